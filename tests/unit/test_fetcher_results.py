"""Fetching results: from public addresses only, over connections to the very address that was checked."""

import asyncio

import httpx
import pytest

from bot.domain.errors import DownloadFailed, DownloadRefused
from tests.unit.fetcher_world import LIMIT, PUBLIC, PUBLIC_6, Web, response

URL = "https://files.test/1.png"


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", web.getaddrinfo)
    return web


# ---- results: https, and public addresses only ----------------------------------------------------------------------

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
]


def url_of(address: str) -> str:
    return f"https://[{address}]/1.png" if ":" in address else f"https://{address}/1.png"


@pytest.mark.parametrize("address", INSIDE)
async def test_a_result_from_inside_is_refused_by_address_and_by_name(web: Web, address: str) -> None:
    web.names |= {"inside.test": [address], "mixed.test": [PUBLIC, address], "mixed-too.test": [address, PUBLIC]}
    for url in (url_of(address), *(f"https://{name}.test/1.png" for name in ("inside", "mixed", "mixed-too"))):
        with pytest.raises(DownloadRefused):
            await web.downloads.result(url, limit_bytes=LIMIT)
    assert not web.requests


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "0", "[::127.0.0.1%lo]"])
async def test_an_odd_way_of_writing_an_address_inside_helps_nobody(web: Web, host: str) -> None:
    with pytest.raises(DownloadFailed):
        await web.downloads.result(f"https://{host}/1.png", limit_bytes=LIMIT)
    assert not web.requests


@pytest.mark.parametrize("address", ["64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "::127.0.0.1", "224.0.0.1", "ff02::1"])
async def test_an_address_inside_is_not_hidden_in_another(web: Web, address: str) -> None:
    with pytest.raises(DownloadRefused):
        await web.downloads.result(url_of(address), limit_bytes=LIMIT)


NOT_HTTPS = [
    "",
    "1.png",
    "//files.test/1.png",
    "http://files.test/1.png",
    "http://127.0.0.1/1.png",
    "http://localhost/1.png",
    "ftp://files.test/1.png",
    "file:///etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "https://",
    "https:///1.png",
    "https://user@files.test/1.png",
    "https://user:pass@files.test/1.png",
    "https://:pass@files.test/1.png",
    "https://files.test:99999/1.png",
    "https://files.test:x/1.png",
]


@pytest.mark.parametrize("url", NOT_HTTPS)
async def test_a_result_that_is_not_plainly_on_the_web_is_refused(web: Web, url: str) -> None:
    with pytest.raises(DownloadRefused):
        await web.downloads.result(url, limit_bytes=LIMIT)
    assert not web.requests


async def test_a_name_without_an_address_may_have_one_next_time(web: Web) -> None:
    with pytest.raises(DownloadFailed) as raised:
        await web.downloads.result("https://nowhere.test/1.png", limit_bytes=LIMIT)
    assert type(raised.value) is DownloadFailed
    assert not web.requests


PINNED = [
    ("https://files.test/1.png?a=b%20c", f"https://{PUBLIC}/1.png?a=b%20c", "files.test", "files.test"),
    ("https://files.test:8443/1.png", f"https://{PUBLIC}:8443/1.png", "files.test:8443", "files.test"),
    ("https://six.test/1.png", f"https://[{PUBLIC_6}]/1.png", "six.test", "six.test"),
    (f"https://{PUBLIC}/1.png", f"https://{PUBLIC}/1.png", PUBLIC, PUBLIC),
]


@pytest.mark.parametrize(("url", "goes_to", "host", "certificate_of"), PINNED)
async def test_the_connection_goes_to_the_address_that_was_checked(
    web: Web, url: str, goes_to: str, host: str, certificate_of: str
) -> None:
    assert await web.downloads.result(url, limit_bytes=LIMIT) == b"picture"
    (request,) = web.requests
    assert str(request.url) == goes_to
    assert request.headers["Host"] == host
    assert request.extensions["sni_hostname"] == certificate_of


async def test_a_name_beyond_ascii_is_looked_up_and_asked_for_as_the_web_does(web: Web) -> None:
    web.names |= {"bücher.test": [PUBLIC], "xn--bcher-kva.test": [PUBLIC]}
    assert await web.downloads.result("https://bücher.test/1.png", limit_bytes=LIMIT) == b"picture"
    (request,) = web.requests
    assert request.headers["Host"] == request.extensions["sni_hostname"] == "xn--bcher-kva.test"


async def test_a_user_without_a_name_is_refused_like_any_other(web: Web) -> None:
    with pytest.raises(DownloadRefused):
        await web.downloads.result("https://@files.test/1.png", limit_bytes=LIMIT)


# ---- redirects of results -------------------------------------------------------------------------------------------


def leading(web: Web, *ways: str) -> None:
    """Each way is where the request before it is sent to; after the last one there is a picture."""
    to = iter(ways)

    def answer(request: httpx.Request) -> httpx.Response:
        way = next(to, None)
        return response() if way is None else response(302, headers={"Location": way})

    web.answer = answer


@pytest.mark.parametrize("ways", [1, 2, 3])
async def test_three_redirects_are_followed_and_each_is_checked_anew(web: Web, ways: int) -> None:
    leading(web, *["https://six.test/2.png", "/3.png", "4.png"][:ways])
    assert await web.downloads.result(URL, limit_bytes=LIMIT) == b"picture"
    found = [f"https://{PUBLIC}/1.png", *(f"https://[{PUBLIC_6}]/{number}.png" for number in (2, 3, 4))]
    assert web.visited == found[: ways + 1]
    assert [request.headers["Host"] for request in web.requests[1:]] == ["six.test"] * ways


async def test_a_fourth_redirect_is_refused(web: Web) -> None:
    leading(web, *["/again.png"] * 10)
    with pytest.raises(DownloadRefused):
        await web.downloads.result(URL, limit_bytes=LIMIT)
    assert len(web.requests) == 4


@pytest.mark.parametrize("way", ["http://files.test/1.png", "//u@files.test/1.png", *map(url_of, INSIDE)])
async def test_a_redirect_to_what_would_be_refused_is_refused(web: Web, way: str) -> None:
    leading(web, way)
    with pytest.raises(DownloadRefused):
        await web.downloads.result(URL, limit_bytes=LIMIT)
    assert len(web.requests) == 1


async def test_a_name_that_changes_its_address_between_redirects_is_caught(web: Web) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        web.names["files.test"] = ["10.0.0.1"]
        return response(302, headers={"Location": "https://files.test/2.png"})

    web.answer = answer
    with pytest.raises(DownloadRefused):
        await web.downloads.result(URL, limit_bytes=LIMIT)
    assert len(web.requests) == 1


@pytest.mark.parametrize("way", ["https://[", "/\x00", f"/{'x' * 70_000}"], ids=["bracket", "control", "length"])
async def test_a_redirect_to_an_impossible_address_is_refused(web: Web, way: str) -> None:
    leading(web, way)
    with pytest.raises(DownloadFailed):
        await web.downloads.result(URL, limit_bytes=LIMIT)


# ---- a look-alike on this machine -----------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://127.0.0.1:8460/1.png", "http://localhost/1.png", "http://[::1]:1/1.png"])
async def test_results_come_from_this_machine_only_if_runbase_does(web: Web, url: str) -> None:
    local = web.opened("http://127.0.0.1:8460/api/v1")
    assert await local.result(url, limit_bytes=LIMIT) == b"picture"
    assert web.visited == [url]
    with pytest.raises(DownloadRefused):
        await web.downloads.result(url, limit_bytes=LIMIT)


@pytest.mark.parametrize("url", ["http://files.test/1.png", "http://10.0.0.1/1.png", "https://127.0.0.1/1.png"])
async def test_a_runbase_on_this_machine_opens_no_other_door(web: Web, url: str) -> None:
    local = web.opened("http://127.0.0.1:8460/api/v1")
    with pytest.raises(DownloadRefused):
        await local.result(url, limit_bytes=LIMIT)
    assert not web.requests
