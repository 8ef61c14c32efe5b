"""Fetching from addresses that somebody else chose: where references may come from, and what is capped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import DownloadFailed, DownloadGone, DownloadRefused, DownloadTooLarge
from tests.unit.fetcher_world import CDN, LIMIT, PUBLIC, Endless, Web, response


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", web.getaddrinfo)
    return web


# ---- references: Discord's own servers and nobody else's ------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"{CDN}/attachments/1/2/fox.png?ex=66&is=65&hm=ab",
        "https://media.discordapp.net/a/b c.png",
        "https://cdn.discordapp.com",
    ],
)
async def test_a_reference_comes_from_discord(web: Web, url: str) -> None:
    assert await web.downloads.reference(url, limit_bytes=LIMIT) == b"picture"
    assert len(web.requests) == 1


FOREIGN = [
    "",
    "fox.png",
    "//cdn.discordapp.com/fox.png",
    "cdn.discordapp.com/fox.png",
    "http://cdn.discordapp.com/fox.png",
    "ftp://cdn.discordapp.com/fox.png",
    "file:///etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "https:cdn.discordapp.com/fox.png",
    "https:///cdn.discordapp.com/fox.png",
    "https://cdn.discordapp.com.evil/fox.png",
    "https://cdn.discordapp.com./fox.png",
    "https://evil.cdn.discordapp.com/fox.png",
    "https://xcdn.discordapp.com/fox.png",
    "https://discordapp.com/fox.png",
    "https://cdn.discordapp.com:443/fox.png",
    "https://cdn.discordapp.com:8443/fox.png",
    "https://cdn.discordapp.com:@evil/fox.png",
    "https://cdn.discordapp.com@evil/fox.png",
    "https://cdn.discordapp.com%2f@evil/fox.png",
    "https://cdn.discordapp.com\\@evil/fox.png",
    "https://cdn.discordapp.com\\.evil/fox.png",
    "https://user@cdn.discordapp.com/fox.png",
    "https://user:pass@cdn.discordapp.com/fox.png",
    "https://evil/https://cdn.discordapp.com/fox.png",
    "https://evil?https://cdn.discordapp.com/fox.png",
    "https://evil#https://cdn.discordapp.com/fox.png",
    "https://cdn.discоrdapp.com/fox.png",  # with a Cyrillic о
    "https://127.0.0.1/fox.png",
    "https://169.254.169.254/latest/meta-data",
]


@pytest.mark.parametrize("url", FOREIGN)
async def test_a_reference_from_elsewhere_is_refused_before_anything_is_asked(web: Web, url: str) -> None:
    with pytest.raises(DownloadRefused):
        await web.downloads.reference(url, limit_bytes=LIMIT)
    assert not web.requests


TRICKY = st.text(st.sampled_from("@:/\\?#.[]%&;\t\n\r 0evil\u2044\uff0f\uff20\u3002") | st.characters(), max_size=30)


@given(before=TRICKY, after=TRICKY)
async def test_no_way_of_writing_an_address_leads_elsewhere(before: str, after: str) -> None:
    web = Web()
    for url in (f"{CDN}{after}", f"https://{before}cdn.discordapp.com{after}", f"{before}{CDN}{after}"):
        with suppress(DownloadFailed, httpx.InvalidURL, ValueError):
            await web.downloads.reference(url, limit_bytes=LIMIT)
    assert all(
        (request.url.scheme, request.url.host, request.url.port) == ("https", "cdn.discordapp.com", None)
        for request in web.requests
        if request.url.host
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_of_the_cdn_is_not_followed(web: Web, status: int) -> None:
    web.answer = lambda request: response(status, headers={"Location": f"{CDN}/other.png"})
    with pytest.raises(DownloadRefused):
        await web.downloads.reference(f"{CDN}/fox.png", limit_bytes=LIMIT)
    assert web.visited == [f"{CDN}/fox.png"]


# ---- caps and answers, for both kinds -------------------------------------------------------------------------------

URLS = {"reference": f"{CDN}/fox.png", "result": "https://files.test/1.png"}


async def fetch(web: Web, kind: str, *, limit_bytes: int = LIMIT) -> bytes:
    download = web.downloads.reference if kind == "reference" else web.downloads.result
    return await download(URLS[kind], limit_bytes=limit_bytes)


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("size", [0, 1, LIMIT])
async def test_a_file_up_to_the_limit_comes_whole(web: Web, kind: str, size: int) -> None:
    web.answer = lambda request: response(body=b"x" * size)
    assert len(await fetch(web, kind)) == size


@pytest.mark.parametrize("kind", URLS)
async def test_a_byte_over_the_limit_is_too_much(web: Web, kind: str) -> None:
    web.answer = lambda request: response(body=b"x" * (LIMIT + 1))
    with pytest.raises(DownloadTooLarge):
        await fetch(web, kind)


@pytest.mark.parametrize("kind", URLS)
async def test_an_endless_file_is_left_soon_after_the_limit(web: Web, kind: str) -> None:
    endless = Endless()
    web.answer = lambda request: httpx.Response(200, content=endless.body())
    with pytest.raises(DownloadTooLarge):
        await fetch(web, kind)
    assert endless.sent_bytes < LIMIT + 2 * 65_536


@pytest.mark.parametrize("kind", URLS)
async def test_a_file_is_not_unpacked(web: Web, kind: str) -> None:
    web.answer = lambda request: response(headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8bpacked")
    assert await fetch(web, kind) == b"\x1f\x8bpacked"
    assert web.requests[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("status", [403, 404, 410])
async def test_what_is_gone_is_gone(web: Web, kind: str, status: int) -> None:
    web.answer = lambda request: response(status)
    with pytest.raises(DownloadGone):
        await fetch(web, kind)


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("status", [204, 206, 400, 401, 408, 429, 500, 502, 503])
async def test_any_other_answer_may_be_better_next_time(web: Web, kind: str, status: int) -> None:
    web.answer = lambda request: response(status)
    with pytest.raises(DownloadFailed) as raised:
        await fetch(web, kind)
    assert type(raised.value) is DownloadFailed


BROKEN = [httpx.ConnectError(""), httpx.ReadTimeout(""), httpx.RemoteProtocolError(""), httpx.PoolTimeout("")]


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
async def test_a_broken_connection_may_be_better_next_time(web: Web, kind: str, error: httpx.TransportError) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    web.answer = fail
    with pytest.raises(DownloadFailed) as raised:
        await fetch(web, kind)
    assert type(raised.value) is DownloadFailed
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("kind", URLS)
async def test_a_file_that_breaks_off_is_not_taken_for_a_whole_one(web: Web, kind: str) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise httpx.ReadError("connection reset by peer")

    web.answer = lambda request: httpx.Response(200, content=half())
    with pytest.raises(DownloadFailed):
        await fetch(web, kind)


@pytest.mark.parametrize("kind", URLS)
async def test_a_file_that_does_not_come_is_given_up(web: Web, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence() -> AsyncIterator[bytes]:
        yield b"a byte"
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.providers.fetcher._WHOLE_DOWNLOAD_S", 0.05)
    web.answer = lambda request: httpx.Response(200, content=silence())
    with pytest.raises(DownloadFailed):
        await fetch(web, kind)


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("status", [300, 302, 304])
async def test_a_redirect_to_nowhere_fails(web: Web, kind: str, status: int) -> None:
    web.answer = lambda request: response(status)
    with pytest.raises(DownloadFailed):
        await fetch(web, kind)


IMPOSSIBLE = {
    "bracket": "https://[",
    "host name": "https://ho\u2100st/",
    "control character": f"{CDN}/fox\x00.png",
    "half a character": f"{CDN}/\ud800",
    "length": f"{CDN}/{'x' * 70_000}",
}


@pytest.mark.parametrize("url", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
async def test_an_impossible_address_is_refused(web: Web, url: str) -> None:
    web.names["cdn.discordapp.com"] = [PUBLIC]
    with pytest.raises(DownloadFailed):
        await web.downloads.reference(url, limit_bytes=LIMIT)
    with pytest.raises(DownloadFailed):
        await web.downloads.result(url, limit_bytes=LIMIT)
    assert not web.requests
