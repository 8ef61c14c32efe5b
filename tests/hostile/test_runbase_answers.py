"""What RunBase may answer when it is broken or somebody else's: over real connections, byte by byte."""

import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.domain.errors import BotError, CreateUncertain, DownloadFailed, InputDeclined, InputRejected, LookFailed
from bot.domain.ids import ProviderRunId
from bot.domain.runs import EndReason
from bot.ports import Failed, StillRunning, Succeeded
from bot.providers.fetcher import HttpDownloads
from bot.providers.runbase import RunBaseImageApi
from tests.contract.runbase_world import RUN, WANTED, client
from tests.hostile.villain import (
    CUT_OFF,
    ENDLESS,
    NO_HTTP,
    SLOW,
    Villain,
    Way,
    hurried,
    lengthy,
    open_villain,
    says,
    whole,
)
from tests.unit.picture_files import peak_bytes

Call = Callable[[RunBaseImageApi], Awaitable[object]]
MEGABYTE = 1024 * 1024


@pytest.fixture
async def villain() -> AsyncIterator[Villain]:
    async with open_villain() as villain:
        yield villain


@pytest.fixture
async def api(villain: Villain) -> AsyncIterator[RunBaseImageApi]:
    api = client(None, base_url=villain.origin)
    yield api
    await api.close()


def answering(villain: Villain, way: Way) -> None:
    """To creations and looks alike."""
    villain.at("/runs", way)
    villain.at(f"/runs/{RUN}", way)


# A creation whose answer makes no sense may have cost money; such a look says nothing about the run.
CALLS: tuple[tuple[Call, type[BotError]], ...] = (
    (lambda api: api.create(api.keys[0], WANTED), CreateUncertain),
    (lambda api: api.look(api.keys[0], RUN), LookFailed),
)


def document(**found: Any) -> Way:
    return says(whole(200, json.dumps(found).encode()))


# ---- answers that are none ------------------------------------------------------------------------------------------

DEEP = b"[" * 500_000
HUGE: dict[str, Way] = {
    "50 MB of JSON": lengthy(b'{"id": "run_1", "padding": "', MEGABYTE * b"x", 50, b'"}'),
    "millions of addresses": lengthy(
        b'{"id": "run_1", "status": "succeeded", "output": {"urls": ["x"', 100_000 * b',"https://x"', 50, b"]}}"
    ),
    "an id of a megabyte": says(whole(200, json.dumps({"id": "x" * MEGABYTE}).encode())),
    "lists in lists": says(whole(200, b'{"id": "run_1", "output": ' + DEEP)),
    "lists in lists that close again": says(whole(200, b'{"output": ' + DEEP + b"]" * 500_000 + b"}")),
    "objects in objects": says(whole(200, b'{"a":' * 150_000 + b"1" + b"}" * 150_000)),
    "a number of 5,000 digits": says(whole(200, b'{"id": "run_1", "costUsd": ' + b"9" * 5000 + b"}")),
    "a packed gigabyte": says(whole(200, gzip.compress(bytes(50_000_000)), {"Content-Encoding": "gzip"})),
    "a page": says(whole(200, b"<!doctype html><title>runbase.net</title>", {"Content-Type": "text/html"})),
    "a redirect to the inside": says(whole(307, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})),
}
NONE = HUGE | NO_HTTP | CUT_OFF | ENDLESS


@pytest.mark.parametrize("way", NONE.values(), ids=NONE.keys())
async def test_an_answer_that_is_none_is_left_and_costs_no_memory(
    villain: Villain, api: RunBaseImageApi, way: Way
) -> None:
    answering(villain, way)
    for call, error in CALLS:
        with peak_bytes() as peak, pytest.raises(error):
            await call(api)
        assert peak() < 30_000_000


@pytest.mark.parametrize("way", SLOW.values(), ids=SLOW.keys())
async def test_an_answer_that_never_ends_is_given_up(villain: Villain, api: RunBaseImageApi, way: Way) -> None:
    answering(villain, way)
    for call, error in CALLS:
        async with hurried() as hurry:
            with pytest.raises(error):
                await call(api)
            assert hurry.ahead_s < (35 if error is LookFailed else 130)


# ---- ids ------------------------------------------------------------------------------------------------------------

LEADING_ELSEWHERE = {
    "up": "..",
    "here": ".",
    "dots": "...",
    "nothing": "",
    "a blank": " ",
    "two lines": "run_1\n2026-01-01 00:00:00,000 INFO    bot run ended run=forged",
    "a carriage return": "run_1\rHost: evil",
    "a header": "run_1\r\nHost: evil",
    "a null byte": "run_1\0",
    "an escape": "run_1\x1b[2J",
    "right to left": "run_\u202e1",
    "a wide character": "run\uff0f1",
    "half a character": "run_\ud800",
    "a number": 7,
    "a list": ["run_1"],
    "an object": {"$ne": None},
    "true": True,
}


@pytest.mark.parametrize("name", LEADING_ELSEWHERE.values(), ids=LEADING_ELSEWHERE.keys())
async def test_an_id_that_would_lead_elsewhere_is_no_id(villain: Villain, api: RunBaseImageApi, name: object) -> None:
    answering(villain, document(id=name))
    with pytest.raises(CreateUncertain):
        await api.create(api.keys[0], WANTED)


ODD = {
    "../../x": "/runs/..%2F..%2Fx",
    "a/b": "/runs/a%2Fb",
    "a?b=c#d": "/runs/a%3Fb%3Dc%23d",
    "%2e%2e%2fx": "/runs/%252e%252e%252fx",
    "https://evil/x": "/runs/https%3A%2F%2Fevil%2Fx",
    "';DROP-TABLE-runs;--": "/runs/%27%3BDROP-TABLE-runs%3B--",
    "@evil": "/runs/%40evil",
}


@pytest.mark.parametrize(("name", "path"), ODD.items())
async def test_an_odd_id_stays_one_part_of_the_address(
    villain: Villain, api: RunBaseImageApi, name: str, path: str
) -> None:
    answering(villain, document(id=name))
    made = await api.create(api.keys[0], WANTED)
    villain.at(path, document(status="failed"))
    assert await api.look(api.keys[0], made) == Failed(EndReason.PROVIDER_FAILED)
    assert villain.asked == ["/runs", path]


# ---- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity", "-Infinity", "1e999", "0.1e-999", '"free"'])
async def test_no_number_of_runbases_says_anything_about_a_run(
    villain: Villain, api: RunBaseImageApi, number: str
) -> None:
    body = '{"id": "run_1", "status": "processing", "costUsd": %s, "eta": %s, "output": {"seed": %s}}'
    answering(villain, says(whole(200, (body % (number, number, number)).encode())))
    assert await api.create(api.keys[0], WANTED) == RUN
    assert await api.look(api.keys[0], RUN) == StillRunning()


TELLING = "sk-very-secret **@everyone** [free](https://evil.test) <script> \u202e\x1b[31m" + "x" * 100_000


@pytest.mark.parametrize("error", [TELLING, {"message": TELLING, "code": TELLING}, {"message": [TELLING]}])
async def test_words_of_runbase_go_no_further_than_to_the_client(
    villain: Villain, api: RunBaseImageApi, error: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    answering(villain, document(status="failed", error=error))
    assert await api.look(api.keys[0], RUN) == Failed(EndReason.PROVIDER_FAILED)
    answering(villain, says(whole(400, json.dumps({"error": error}).encode())))
    with pytest.raises(InputRejected) as raised:
        await api.create(api.keys[0], WANTED)
    assert vars(raised.value) == {}
    assert raised.value.args == ()
    assert caplog.text == ""


async def test_words_about_safety_are_understood_however_many_there_are(villain: Villain, api: RunBaseImageApi) -> None:
    answering(villain, says(whole(400, json.dumps({"error": "x" * 500_000 + " safety"}).encode())))
    with pytest.raises(InputDeclined):
        await api.create(api.keys[0], WANTED)


ADDRESSES = {
    "of a megabyte": "https://files.test/" + "x" * 900_000,
    "of a script": "javascript:alert(1)",
    "of a file": "file:///etc/passwd",
    "of this machine": "https://127.0.0.1/1.png",
    "of a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "of nothing": "",
    "of two lines": "https://files.test/1.png\r\nHost: evil",
    "of half a character": "https://files.test/\\ud800",
    "of a picture": "data:image/png;base64,iVBORw0KGgo=",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
async def test_an_address_of_a_result_is_not_trusted(villain: Villain, api: RunBaseImageApi, address: str) -> None:
    answering(villain, document(status="succeeded", output={"urls": [address]}))
    found = await api.look(api.keys[0], ProviderRunId(RUN))
    assert isinstance(found, Succeeded)
    downloads = HttpDownloads(cdn_origins=(), base_url="https://runbase.net/api/v1")
    with pytest.raises(DownloadFailed):
        await downloads.result(found.url or "", limit_bytes=1000)
    await downloads.close()


async def test_of_a_megabyte_of_addresses_the_first_is_taken(villain: Villain, api: RunBaseImageApi) -> None:
    many = [f"https://files.test/{number}" for number in range(35_000)]
    answering(villain, document(status="succeeded", output={"urls": many}))
    assert await api.look(api.keys[0], RUN) == Succeeded(many[0])
