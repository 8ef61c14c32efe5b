"""Addresses that want the bot to connect where it must not: a socket listens there, and nobody ever comes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.errors import DownloadFailed, DownloadRefused
from bot.providers.fetcher import HttpDownloads
from tests.hostile.villain import Villain, open_villain, says, whole
from tests.unit.fetcher_world import CDN, LIMIT, PUBLIC, Web


@pytest.fixture
async def trap() -> AsyncIterator[Villain]:
    """Whatever is asked of it, it has been connected to."""
    async with open_villain() as trap:
        yield trap


@pytest.fixture
async def downloads() -> AsyncIterator[HttpDownloads]:
    """As on Discord, over real connections; what leads off this machine, pytest-socket blocks with an error."""
    opened = HttpDownloads(cdn_origins=(CDN,), base_url="https://runbase.net/api/v1")
    yield opened
    await opened.close()


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Web:
    """In the place of all resolvers. No name is asked of anybody; those that matter lead to this machine."""
    web = Web()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", web.getaddrinfo)
    return web


# ---- references: hosts that look like Discord's ---------------------------------------------------------------------

LOOK_ALIKES = {
    "a longer name": "https://cdn.discordapp.com.evil:{port}/a.png",
    "a longer name before": "https://evil-cdn.discordapp.com:{port}/a.png",
    "another ending": "https://cdn.discordapp.co:{port}/a.png",
    "a trailing dot": "https://cdn.discordapp.com.:{port}/a.png",
    "upper case": "https://CDN.DISCORDAPP.COM:{port}/a.png",
    "a port": "https://cdn.discordapp.com:{port}/a.png",
    "no TLS": "http://cdn.discordapp.com:{port}/a.png",
    "a user": "https://cdn.discordapp.com@127.0.0.1:{port}/a.png",
    "a user with a password": "https://cdn.discordapp.com:443@127.0.0.1:{port}/a.png",
    "a user that is percent-encoded": "https://cdn.discordapp.com%40127.0.0.1:{port}/a.png",
    "a path in the user": "https://cdn.discordapp.com%2fa.png@127.0.0.1:{port}/",
    "a backslash": "https://cdn.discordapp.com\\@127.0.0.1:{port}/a.png",
    "a backslash the other way": "https://127.0.0.1:{port}\\@cdn.discordapp.com/a.png",
    "a backslash and a dot": "https://cdn.discordapp.com\\.evil:{port}/a.png",
    "a tab": "https://cdn.discordapp.com\t@127.0.0.1:{port}/a.png",
    "a tab in the name": "https://cdn.disc\tordapp.com:{port}/a.png",
    "a line break": "https://cdn.discordapp.com\n@127.0.0.1:{port}/a.png",
    "a line break before": "\nhttps://127.0.0.1:{port}/?https://cdn.discordapp.com/a.png",
    "a header in the address": "https://cdn.discordapp.com:{port}\r\nHost: evil/a.png",
    "a null byte": "https://cdn.discordapp.com\x00.evil:{port}/a.png",
    "a percent-encoded name": "https://cdn%2ediscordapp%2ecom:{port}/a.png",
    "a percent-encoded dot": "https://cdn.discordapp.com%2eevil:{port}/a.png",
    "punycode": "https://xn--cdn-discordapp-com-.evil:{port}/a.png",
    "a Cyrillic letter": "https://cdn.disc\u043erdapp.com:{port}/a.png",
    "wide letters": "https://\uff43\uff44\uff4e.discordapp.com:{port}/a.png",
    "an ideographic dot": "https://cdn\u3002discordapp\u3002com:{port}/a.png",
    "a soft hyphen": "https://cdn.discord\u00adapp.com:{port}/a.png",
    "brackets": "https://[::ffff:127.0.0.1]:{port}/cdn.discordapp.com/a.png",
    "brackets around the name": "https://[cdn.discordapp.com]:{port}/a.png",
    "an address": "https://127.0.0.1:{port}/cdn.discordapp.com/a.png",
    "a number": "https://2130706433:{port}/cdn.discordapp.com/a.png",
    "no scheme": "//127.0.0.1:{port}/a.png",
    "another scheme": "ftp://cdn.discordapp.com:{port}/a.png",
    "a nested scheme": "https:https://cdn.discordapp.com:{port}/a.png",
    "three slashes": "https:///127.0.0.1:{port}/a.png",
}


@pytest.mark.parametrize("look_alike", LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
async def test_a_look_alike_of_discords_file_server_is_refused_before_any_connection(
    trap: Villain, downloads: HttpDownloads, names: Web, look_alike: str
) -> None:
    url = look_alike.format(port=trap.port)
    names.names |= {name: ["127.0.0.1"] for name in ("cdn.discordapp.com", "cdn.discordapp.com.evil", "evil")}
    with pytest.raises(DownloadRefused):
        await downloads.reference(url, limit_bytes=LIMIT)
    assert trap.connections == 0


INSIDE = {
    "this machine": "http://127.0.0.1:{port}/",
    "this machine by TLS": "https://127.0.0.1:{port}/",
    "this machine by name": "http://localhost:{port}/",
    "this machine without a scheme": "//127.0.0.1:{port}/",
    "this machine in IPv6": "http://[::ffff:127.0.0.1]:{port}/",
    "a private address": "http://10.0.0.1/",
    "another private address": "http://192.168.0.1:{port}/",
    "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "a link-local address": "http://[fe80::1]/",
    "another host": "https://evil.test/",
    "a file": "file:///etc/passwd",
    "Discord itself": "https://cdn.discordapp.com/a.png",
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE.keys())
async def test_a_redirect_of_a_reference_is_not_followed_anywhere(
    trap: Villain, names: Web, inside: str, status: int
) -> None:
    async with open_villain() as cdn:
        to = inside.format(port=trap.port)
        url = cdn.at("/a.png", says(whole(status, b"", {"Location": to})))
        downloads = HttpDownloads(cdn_origins=(cdn.origin,), base_url="https://runbase.net/api/v1")
        with pytest.raises(DownloadRefused):
            await downloads.reference(url, limit_bytes=LIMIT)
        await downloads.close()
    assert cdn.asked == ["/a.png"]
    assert trap.connections == 0


# ---- results: every way of writing this machine, and others that nobody outside may reach ---------------------------

WRITTEN = {
    "plain": "https://127.0.0.1:{port}/",
    "without TLS": "http://127.0.0.1:{port}/",
    "decimal": "https://2130706433:{port}/",
    "octal": "https://0177.0.0.01:{port}/",
    "octal, in one": "https://017700000001:{port}/",
    "hexadecimal": "https://0x7f000001:{port}/",
    "hexadecimal, in parts": "https://0x7f.0x0.0x0.0x1:{port}/",
    "mixed": "https://0x7f.0.1:{port}/",
    "short": "https://127.1:{port}/",
    "zero": "https://0:{port}/",
    "no address in particular": "https://0.0.0.0:{port}/",
    "another of the range": "https://127.8.8.8:{port}/",
    "IPv6": "https://[::1]:{port}/",
    "IPv6, in full": "https://[0000:0000:0000:0000:0000:0000:0000:0001]:{port}/",
    "IPv6 of nothing": "https://[::]:{port}/",
    "IPv4 mapped into IPv6": "https://[::ffff:127.0.0.1]:{port}/",
    "IPv4 mapped, in hexadecimal": "https://[::ffff:7f00:1]:{port}/",
    "IPv4 in compatible IPv6": "https://[::127.0.0.1]:{port}/",
    "IPv4 translated": "https://[64:ff9b::7f00:1]:{port}/",
    "6to4": "https://[2002:7f00:1::]:{port}/",
    "with a zone": "https://[::1%25lo]:{port}/",
    "a name": "https://localhost:{port}/",
    "a name in capitals": "https://LOCALHOST:{port}/",
    "a name with a dot": "https://localhost.:{port}/",
    "a public name that leads here": "https://here.test:{port}/",
    "a public name that leads here, too": "https://both.test:{port}/",
    "digits in circles": "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:{port}/",
    "ideographic dots": "https://127\u30020\u30020\u30021:{port}/",
    "a user": "https://files.test@127.0.0.1:{port}/",
    "a backslash": "https://127.0.0.1:{port}\\@files.test/",
    "private": "https://10.1.2.3/",
    "private, too": "https://172.16.0.1/",
    "a home's router": "https://192.168.1.1/",
    "a carrier's": "https://100.64.0.1/",
    "a cloud's metadata": "https://169.254.169.254/latest/meta-data/",
    "a cloud's metadata by name": "https://metadata.google.internal/computeMetadata/v1/",
    "a cloud's metadata in IPv6": "https://[fd00:ec2::254]/latest/meta-data/",
    "a cloud's metadata, mapped": "https://[::ffff:a9fe:a9fe]/",
    "link-local": "https://[fe80::1]/",
    "everybody": "https://255.255.255.255/",
    "a group": "https://224.0.0.1/",
}
LEADS_TO: dict[str, Any] = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "here.test": ["127.0.0.1"],
    "both.test": [PUBLIC, "127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
async def test_a_result_from_inside_is_refused_before_any_connection_however_it_is_written(
    trap: Villain, downloads: HttpDownloads, names: Web, written: str
) -> None:
    names.names |= LEADS_TO
    with pytest.raises(DownloadFailed):
        await downloads.result(written.format(port=trap.port), limit_bytes=LIMIT)
    assert trap.connections == 0


# To this machine without TLS is the one way that is open, to a look-alike of RunBase, where the operator set one up.
CLOSED = {name: written for name, written in WRITTEN.items() if name != "without TLS"}


@pytest.mark.parametrize("written", CLOSED.values(), ids=CLOSED.keys())
async def test_a_redirect_of_a_result_to_the_inside_is_refused_before_any_connection(
    trap: Villain, names: Web, written: str
) -> None:
    names.names |= LEADS_TO
    async with open_villain() as runbase:
        url = runbase.at("/1.png", says(whole(302, b"", {"Location": written.format(port=trap.port)})))
        downloads = HttpDownloads(cdn_origins=(CDN,), base_url=runbase.origin)
        with pytest.raises(DownloadFailed):
            await downloads.result(url, limit_bytes=LIMIT)
        await downloads.close()
    assert trap.connections == 0


async def test_a_name_that_leads_elsewhere_once_it_was_checked_is_not_asked_again(names: Web) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    asked: list[str] = []

    async def rebound(host: str, port: int, *, type: int) -> list[Any]:  # noqa: A002 - the loop's own name
        asked.append(host)
        names.names[host] = next(answers)
        return await Web.getaddrinfo(names, host, port, type=type)

    asyncio.get_running_loop().getaddrinfo = rebound  # type: ignore[method-assign, assignment]
    await names.downloads.result("https://rebound.test/1.png", limit_bytes=LIMIT)
    assert asked == ["rebound.test"]
    assert names.visited == [f"https://{PUBLIC}/1.png"]
