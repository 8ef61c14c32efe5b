"""Being told to stop: what is under way is finished, what is new is refused politely, and a second word ends it."""

import asyncio
import itertools
import signal
from pathlib import Path

from tests.sockets.bad_days import plain
from tests.sockets.house import House, open_house
from tests.standin.discord import Hold, Interaction


async def held(house: House) -> Hold:
    """Somebody has asked, and the answer is on its way to Discord."""
    hold = Hold()
    house.standin.faults.add("POST", "/interactions/*", hold)
    await house.standin.slash(house.alice, house.channel, "imagine", prompt="a red fox")
    await asyncio.wait_for(hold.arrived.wait(), 10)
    return hold


async def refused(house: House) -> tuple[Interaction, int]:
    """The first command that meets the closed door, and how many were taken until the signal had arrived."""
    for taken in itertools.count():
        asked = await house.imagine()
        if asked.ephemeral:
            return asked, taken
    raise AssertionError


def pictures(house: House) -> int:
    return sum(bool(message.attachments) for message in house.standin.messages(house.channel))


async def test_a_command_that_is_being_taken_is_taken_to_its_end(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        hold = await held(house)
        assert house.process is not None
        house.process.send_signal(signal.SIGTERM)
        asked, taken = await refused(house)
        assert asked.message is not None
        assert asked.message.content == "I am just being restarted. No quota used. Try again in a minute."

        hold.release()
        assert await house.ended() == 0
        await house.start()
        await house.standin.until(lambda: pictures(house) == 1 + taken, within_s=20)
        assert len(house.emulator.runs) == 1 + taken


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        hold = await held(house)
        assert house.process is not None
        house.process.send_signal(signal.SIGTERM)
        await refused(house)
        house.process.send_signal(signal.SIGTERM)
        assert await house.ended() == 128 + signal.SIGTERM
        hold.release()


async def test_whatever_discord_leaves_unanswered_the_bot_ends_in_order(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain) as house:
        house.environment["EASEL__QUEUE__SHUTDOWN_GRACE"] = "1s"
        await house.start()
        await held(house)
        await house.stop(signal.SIGKILL)

        found, edited = Hold(), Hold()
        house.standin.faults.add("GET", "*/messages/*", found, times=50)
        house.standin.faults.add("PATCH", "*", edited, times=50)
        await house.start()
        await house.imagine()
        await held(house)
        await asyncio.wait_for(asyncio.gather(found.arrived.wait(), edited.arrived.wait()), 20)
        assert await house.stop() == 0
        assert "stopped\n" in house.output[-1]

        house.standin.faults.clear()
        await house.start()
        await house.standin.until(lambda: pictures(house) == 1, within_s=20)


async def test_it_takes_its_leave_of_discord(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        assert await house.stop() == 0
        await house.standin.until(lambda: not house.standin.gateway.sessions)


async def test_a_bot_that_cannot_log_in_stops_all_the_same(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.environment["EASEL__QUEUE__SHUTDOWN_GRACE"] = "1s"
        login = Hold()
        house.standin.faults.add("GET", "/users/@me", login)
        await house.launch()
        await asyncio.wait_for(login.arrived.wait(), 20)
        assert await asyncio.wait_for(house.stop(), 60) == 0


async def test_a_second_bot_on_the_same_ledger_refuses_to_start(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        first = house.process
        await house.launch()
        assert await house.ended() == 1
        assert "another process works on this database" in house.output[-1]
        assert len(house.output[-1].splitlines()) == 1
        house.process = first
        await house.picture(await house.imagine())
