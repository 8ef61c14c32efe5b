"""How files are sent to the bot, byte by byte, by servers that mean it no good: references and results alike."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bot.domain.errors import DownloadFailed, DownloadRefused, DownloadTooLarge
from bot.providers.fetcher import HttpDownloads
from tests.hostile.villain import (
    CHUNKED,
    CUT_OFF,
    ENDLESS,
    NO_HTTP,
    OK,
    SLOW,
    Villain,
    Way,
    chunk,
    dripping,
    endlessly,
    hurried,
    open_villain,
    says,
    whole,
)
from tests.unit.picture_files import peak_bytes

LIMIT = 1_000_000
A_FILE = 25_000_000  # the most the bot takes of one
KINDS = pytest.mark.parametrize("kind", ["reference", "result"])


@pytest.fixture
async def villain() -> AsyncIterator[Villain]:
    async with open_villain() as villain:
        yield villain


@pytest.fixture
async def downloads(villain: Villain) -> AsyncIterator[HttpDownloads]:
    """Over real connections. The villain is Discord's file server and, since RunBase is on this machine, RunBase's."""
    opened = HttpDownloads(cdn_origins=(villain.origin,), base_url=villain.origin)
    yield opened
    await opened.close()


async def fetched(downloads: HttpDownloads, kind: str, url: str, limit_bytes: int = LIMIT) -> bytes:
    download = downloads.reference if kind == "reference" else downloads.result
    return await download(url, limit_bytes=limit_bytes)


def ways(table: dict[str, Way]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", table.values(), ids=table.keys())


# ---- too much -------------------------------------------------------------------------------------------------------


@KINDS
@ways(ENDLESS)
async def test_an_endless_file_is_left_at_the_limit(
    villain: Villain, downloads: HttpDownloads, kind: str, way: Way
) -> None:
    url = villain.at("/endless", way)
    with peak_bytes() as peak, pytest.raises(DownloadTooLarge):
        await fetched(downloads, kind, url)
    assert peak() < 10 * LIMIT


async def test_a_dozen_endless_files_at_once_never_stand_in_memory_side_by_side(
    villain: Villain, downloads: HttpDownloads
) -> None:
    url = villain.at("/endless", ENDLESS["chunks without end"])
    with peak_bytes() as peak:
        files = [fetched(downloads, kind, url, A_FILE) for kind in ("reference", "result") for _ in range(6)]
        found = await asyncio.gather(*files, return_exceptions=True)
    assert {type(error) for error in found} == {DownloadTooLarge}
    assert peak() < 7 * A_FILE


async def test_a_refused_file_is_not_kept_by_the_error_that_tells_of_it(
    villain: Villain, downloads: HttpDownloads
) -> None:
    url = villain.at("/endless", ENDLESS["five gigabytes"])
    with peak_bytes() as peak:
        errors = [await refusal(downloads, url) for _ in range(6)]
    assert len(errors) == 6
    assert peak() < 3 * A_FILE


async def refusal(downloads: HttpDownloads, url: str) -> BaseException:
    with pytest.raises(DownloadTooLarge) as raised:
        await downloads.reference(url, limit_bytes=A_FILE)
    return raised.value


@KINDS
async def test_thousands_of_chunks_of_a_byte_keep_nobody_waiting(
    villain: Villain, downloads: HttpDownloads, kind: str
) -> None:
    chunks = 9_000
    url = villain.at("/chunks", says(CHUNKED + chunk(b"x") * chunks + chunk(b"")))
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    others = asyncio.create_task(take_turns())
    assert len(await fetched(downloads, kind, url)) == chunks
    others.cancel()
    assert turns >= chunks


@KINDS
async def test_a_file_in_a_million_pieces_is_left(villain: Villain, downloads: HttpDownloads, kind: str) -> None:
    url = villain.at("/pieces", endlessly(CHUNKED, chunk(b"x") * 1000))
    with pytest.raises(DownloadFailed) as raised:
        await fetched(downloads, kind, url)
    assert type(raised.value) is DownloadFailed  # and not too large: long before that


@KINDS
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
async def test_a_body_that_unpacks_to_gigabytes_is_never_unpacked(
    villain: Villain, downloads: HttpDownloads, kind: str, encoding: str
) -> None:
    packed = gzip.compress(bytes(50_000_000))
    url = villain.at("/bomb", says(whole(200, packed, {"Content-Encoding": encoding})))
    with peak_bytes() as peak:
        assert await fetched(downloads, kind, url) == packed
    assert peak() < 10 * LIMIT


# ---- too slow: by a clock that is pushed on -------------------------------------------------------------------------


@KINDS
@ways(SLOW)
async def test_what_comes_too_slowly_is_given_up_within_a_minute(
    villain: Villain, downloads: HttpDownloads, kind: str, way: Way
) -> None:
    url = villain.at("/slow", way)
    async with hurried() as hurry:
        with pytest.raises(DownloadFailed):
            await fetched(downloads, kind, url)
        assert hurry.ahead_s < 65


@KINDS
@pytest.mark.parametrize("name", ["a byte a second", "a chunk a second", "a header a second"])
async def test_what_drips_is_given_up_long_before_the_minute_is_over(
    villain: Villain, downloads: HttpDownloads, kind: str, name: str
) -> None:
    url = villain.at("/slow", SLOW[name])
    async with hurried() as hurry:
        with pytest.raises(DownloadFailed):
            await fetched(downloads, kind, url)
        assert 9 < hurry.ahead_s < 30


async def test_a_file_that_would_take_an_hour_is_given_up_after_a_minute(
    villain: Villain, downloads: HttpDownloads
) -> None:
    url = villain.at("/patient", dripping(CHUNKED, chunk(bytes(250_000)), every_s=5))
    async with hurried() as hurry:
        with pytest.raises(DownloadFailed):
            await downloads.reference(url, limit_bytes=A_FILE)
        assert hurry.ahead_s < 65


async def test_a_file_that_begins_quickly_and_then_drips_is_given_up_as_soon(
    villain: Villain, downloads: HttpDownloads
) -> None:
    async def falter(writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + chunk(bytes(5_000_000)))
        await endless_drops(writer)

    async def endless_drops(writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            await writer.drain()
            await asyncio.sleep(1)
            writer.write(chunk(b"x"))

    url = villain.at("/faltering", falter)
    async with hurried() as hurry:
        with pytest.raises(DownloadFailed):
            await downloads.reference(url, limit_bytes=A_FILE)
        assert hurry.ahead_s < 30


async def test_a_large_file_over_an_ordinary_line_is_not_given_up(villain: Villain, downloads: HttpDownloads) -> None:
    async def steady(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
        for _ in range(40):  # 250 kB a second
            await writer.drain()
            await asyncio.sleep(1)
            writer.write(bytes(250_000))

    url = villain.at("/steady", steady)
    async with hurried():
        assert len(await downloads.reference(url, limit_bytes=A_FILE)) == 10_000_000


@KINDS
async def test_slow_files_hold_up_nobody_elses(villain: Villain, downloads: HttpDownloads, kind: str) -> None:
    all_there = asyncio.Barrier(11)

    async def drip(writer: asyncio.StreamWriter) -> None:
        await all_there.wait()
        await SLOW["a byte a second"](writer)

    slow, good = villain.at("/slow", drip), villain.at("/good", says(whole(200, b"picture")))
    waiting = [asyncio.create_task(fetched(downloads, kind, slow)) for _ in range(10)]
    await all_there.wait()
    assert await fetched(downloads, kind, good) == b"picture"
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


# ---- lies and rubbish -----------------------------------------------------------------------------------------------


@KINDS
@ways(NO_HTTP | CUT_OFF)
async def test_what_is_no_whole_answer_is_no_file(
    villain: Villain, downloads: HttpDownloads, kind: str, way: Way
) -> None:
    url = villain.at("/rubbish", way)
    with peak_bytes() as peak, pytest.raises(DownloadFailed):
        await fetched(downloads, kind, url)
    assert peak() < 30_000_000


@KINDS
async def test_bytes_beyond_the_promised_length_are_not_taken(
    villain: Villain, downloads: HttpDownloads, kind: str
) -> None:
    url = villain.at("/more", says(whole(200, b"picture") + b"HTTP/1.1 200 OK\r\n\r\n<script>"))
    assert await fetched(downloads, kind, url) == b"picture"
    assert await fetched(downloads, kind, url) == b"picture"


@KINDS
async def test_a_promise_of_less_hides_nothing_more(villain: Villain, downloads: HttpDownloads, kind: str) -> None:
    url = villain.at("/less", endlessly(OK + b"Content-Length: 3\r\n\r\n", b"x" * 65_536))
    assert await fetched(downloads, kind, url) == b"xxx"


# ---- redirects ------------------------------------------------------------------------------------------------------


async def test_redirects_in_a_circle_end(villain: Villain, downloads: HttpDownloads) -> None:
    there, back = (says(whole(302, b"", {"Location": to})) for to in ("/back", "/there"))
    villain.at("/back", back)
    url = villain.at("/there", there)
    with pytest.raises(DownloadRefused):
        await downloads.result(url, limit_bytes=LIMIT)
    assert villain.asked == ["/there", "/back"] * 2


async def test_a_redirect_carries_no_endless_body(villain: Villain, downloads: HttpDownloads) -> None:
    there = endlessly(b"HTTP/1.1 302 x\r\nLocation: /good\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(bytes(65_536)))
    villain.at("/good", says(whole(200, b"picture")))
    with peak_bytes() as peak, suppress(DownloadFailed):
        assert await downloads.result(villain.at("/there", there), limit_bytes=LIMIT) == b"picture"
    assert peak() < 10 * LIMIT
