"""What an operator's machines see of the real process: its numbers, its health, and the news in a channel."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.sockets.house import KEY, House, open_house

PATIENCE_S = 20.0
Sample = tuple[str, frozenset[tuple[str, str]]]


@dataclass
class Watched:
    """A house whose bot has an address for machines."""

    house: House
    url: str
    client: httpx.AsyncClient

    async def numbers(self) -> dict[Sample, float]:
        text = (await self.client.get(f"{self.url}/metrics")).raise_for_status().text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {(one.name, frozenset(one.labels.items())): one.value for one in samples}

    async def health(self) -> tuple[int, list[str]]:
        """Status, and the lines that are not good."""
        answer = await self.client.get(f"{self.url}/healthz")
        return answer.status_code, [line for line in answer.text.splitlines() if not line.startswith("ok ")]

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Machines ask again and again; so do we."""
        async with asyncio.timeout(PATIENCE_S):
            while not await holds():  # noqa: ASYNC110 - another process does not announce anything
                await asyncio.sleep(0.1)

    async def easel(self, *words: str) -> tuple[int, str]:
        """`python -m bot …` beside the running bot: its exit code, and all it says."""
        asked = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            env=self.house.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asked.communicate()
        assert asked.returncode is not None
        return asked.returncode, said.decode()


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Watched]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    async with open_house(folder) as house, httpx.AsyncClient(trust_env=False) as client:
        house.environment["EASEL__METRICS__LISTEN"] = address
        yield Watched(house, f"http://{address}", client)


def of(name: str, **labels: str) -> Sample:
    return name, frozenset(labels.items())


async def test_a_picture_shows_in_the_numbers_and_no_secret_does(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        await bot.house.start()
        await bot.house.picture(await bot.house.imagine("a red fox"))

        async def is_counted() -> bool:
            return (await bot.numbers()).get(of("easel_runs_ended_total", state="delivered", reason="")) == 1

        await bot.until(is_counted)
        found = await bot.numbers()
        assert found[of("easel_requests_total", kind="generate", private="false")] == 1
        assert found[of("easel_deliveries_total", rung="token")] == 1
        assert found[of("easel_spent_dollars_total")] == 0.05
        assert found[of("easel_refunded_dollars_total")] == 0
        assert found[of("easel_phase_seconds_count", phase="runbase")] == 1
        assert found[of("easel_loop_lag_seconds_count")] > 0
        assert found[of("easel_keys_usable")] == 1
        assert found[of("easel_runs", state="running")] == 0
        assert found[of("process_resident_memory_bytes")] > 0

        page = (await bot.client.get(f"{bot.url}/metrics")).text
        member, secrets = str(bot.house.alice.id), (KEY, bot.house.standin.token)
        assert [one for one in (*secrets, "red fox", member) if one in page] == []


async def test_a_refusal_is_counted_by_what_it_is(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        await bot.house.start()
        await bot.house.imagine("\u200b")
        assert (await bot.numbers())[of("easel_refusals_total", error="PromptEmpty")] == 1


async def test_there_are_two_pages_to_read_and_nothing_to_send(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        await bot.house.start()
        assert (await bot.client.get(f"{bot.url}/")).status_code == 404
        for page in ("metrics", "healthz"):
            for method in ("POST", "PUT", "DELETE", "HEAD"):
                assert (await bot.client.request(method, f"{bot.url}/{page}")).status_code == 405


async def test_health_is_green_then_red_while_the_gateway_is_down_and_green_again(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        await bot.house.start()

        async def is_green() -> bool:
            return await bot.health() == (200, [])

        async def is_red() -> bool:
            return await bot.health() == (503, ["FAIL discord: not connected; it keeps trying"])

        await bot.until(is_green)
        assert await bot.easel("health") == (
            0,
            "ok   discord: connected\nok   database: written\nok   keys: 1 of 1 usable\n",
        )

        bot.house.standin.gateway.go_down()
        await bot.until(is_red)
        code, said = await bot.easel("health")
        assert (code, said.splitlines()[0]) == (1, "FAIL discord: not connected; it keeps trying")

        bot.house.standin.gateway.is_down = False
        await bot.until(is_green)


async def test_health_is_red_while_the_only_key_is_refused_and_the_operator_hears_of_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        house = bot.house
        channel = house.standin.new_channel(house.server, "operations")
        await house.start(EASEL__DISCORD__OPERATOR_CHANNEL=str(channel.id))
        house.emulator.refuse_key(KEY, "invalid_api_key")
        await house.imagine()

        async def is_red() -> bool:
            return await bot.health() == (503, ["FAIL keys: 0 of 1 usable; see `key put aside` in the log"])

        await bot.until(is_red)
        assert (await bot.numbers())[of("easel_keys_usable")] == 0
        await house.standin.until(lambda: bool(house.standin.messages(channel)), within_s=PATIENCE_S)
        (line,) = house.standin.messages(channel)
        assert line.content.startswith("Pictures are paused: RunBase accepts none of my keys.")
        await house.stop()
        assert house.output[-1].count(" no key usable") == 1


async def test_a_bot_that_cannot_log_in_yet_is_red(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        bot.house.standin.gateway.go_down()
        await bot.house.launch()

        async def is_red() -> bool:
            try:
                return (await bot.health())[0] == 503
            except httpx.ConnectError:
                return False

        await bot.until(is_red)


async def test_an_address_in_use_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            await bot.house.launch(EASEL__METRICS__LISTEN=address)
            assert await bot.house.ended() == 1
        assert f"metrics.listen {address}: expected a free address of this machine, found:" in bot.house.output[-1]
        assert "Traceback" not in bot.house.output[-1]


async def test_port_0_is_a_free_one_that_the_log_names(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        await bot.house.start(EASEL__METRICS__LISTEN="127.0.0.1:0")
        await bot.house.stop()
        assert "status open host=127.0.0.1 port=" in bot.house.output[-1]


async def test_the_report_reads_the_ledger_of_a_running_bot_and_of_one_that_was_killed(tmp_path: Path) -> None:
    async with watched(tmp_path) as bot:
        await bot.house.start()
        await bot.house.picture(await bot.house.imagine("a red fox"))
        for _ in range(2):
            code, said = await bot.easel("report")
            assert code == 0
            assert "$0.05" in said
            assert "red fox" not in said
            if bot.house.process is not None:
                await bot.house.stop(signal.SIGKILL)
