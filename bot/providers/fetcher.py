"""Fetches bytes from addresses that somebody else chose: attachments on Discord's CDN, and RunBase's results."""

import asyncio
import io
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from urllib.parse import urljoin, urlsplit

import httpx

from bot.domain.errors import DownloadFailed, DownloadGone, DownloadRefused, DownloadTooLarge
from bot.providers.bodies import pieces

# Long enough for 25 MB over a slow line, short enough that an endless stream does not hold a place for ever.
_WHOLE_DOWNLOAD_S = 60.0
_TIMES = httpx.Timeout(15.0, connect=5.0)
# Connection, certificate and headers: time-outs of single reads do not end a header that comes letter by letter.
_BEGINS_WITHIN_S = 20.0
# So much has to come in so long, which the slowest line manages: a byte a second is given up well within the minute.
_PACE_BYTES = 100_000
_PATIENCE_S = 10.0
# RunBase's pictures have about 2 MB and the model takes references up to 4 MB. Whatever goes on beyond that is in
# memory for two at a time only, however many endless files come in at once.
_LARGE_BYTES = 4_000_000
_LARGE_AT_ONCE = 2
_MOST_REDIRECTS = 3
_GONE = frozenset({403, 404, 410})
# IPv6 ranges that carry an IPv4 address inside: mapped, compatible, NAT64 (RFC 6052, RFC 8215), 6to4 and Teredo.
_TRANSLATED = tuple(
    map(
        ipaddress.IPv6Network,
        ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
    )
)


class HttpDownloads:
    """`Downloads` over HTTP: capped in bytes and time, and never from inside the operator's own network.

    References come only from the configured origins. Results come from https on a public address: names are resolved
    here, every address is checked, and the connection goes to the address that was checked. The exception is a RunBase
    that itself is plain http on this machine (a look-alike): then results may come from this machine, too.
    """

    def __init__(
        self,
        *,
        cdn_origins: Sequence[str],
        base_url: str,
        cdn_transport: httpx.AsyncBaseTransport | None = None,
        image_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._cdn_origins = frozenset(cdn_origins)
        self._may_be_local = urlsplit(base_url).scheme == "http"
        # No proxies from the environment: they would connect for us, past every check of addresses.
        self._cdn = httpx.AsyncClient(timeout=_TIMES, transport=cdn_transport, trust_env=False)
        self._results = httpx.AsyncClient(timeout=_TIMES, transport=image_transport, trust_env=False)
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def close(self) -> None:
        await self._cdn.aclose()
        await self._results.aclose()

    async def reference(self, url: str, *, limit_bytes: int) -> bytes:
        if _origin(url) not in self._cdn_origins:
            raise DownloadRefused
        with _addresses():
            request = httpx.Request("GET", url)
        async with _deadline():
            content = await _read(self._cdn, request, limit_bytes, self._large)
        if isinstance(content, str):
            raise DownloadRefused  # a redirect: the CDN makes none
        return content

    async def result(self, url: str, *, limit_bytes: int) -> bytes:
        async with _deadline():
            for _ in range(1 + _MOST_REDIRECTS):
                content = await _read(self._results, await self._pinned(url), limit_bytes, self._large)
                if isinstance(content, bytes):
                    return content
                with _addresses():
                    url = urljoin(url, content)
        raise DownloadRefused

    async def _pinned(self, url: str) -> httpx.Request:
        """A request to the very address that was checked; the certificate is still checked against the name."""
        with _addresses():
            parts = urlsplit(url)
            wanted = httpx.URL(url)
            port = parts.port or 443
        if "@" in parts.netloc or not parts.hostname:
            raise DownloadRefused
        if self._may_be_local and parts.scheme == "http" and _is_loopback(parts.hostname):
            return httpx.Request("GET", wanted)
        if parts.scheme != "https":
            raise DownloadRefused
        address = await _public_address(parts.hostname, port)
        target = wanted.copy_with(host=f"[{address}]" if ":" in address else address)
        name = wanted.raw_host.decode("ascii")
        named = name if wanted.port is None else f"{name}:{wanted.port}"
        return httpx.Request("GET", target, headers={"Host": named}, extensions={"sni_hostname": name})


def _origin(url: str) -> str:
    """Scheme, host and explicit port as written; whatever else stands before the path makes it no known origin."""
    with _addresses():
        parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def _addresses() -> Iterator[None]:
    """What cannot be read as an address is none to fetch from."""
    try:
        yield
    except (ValueError, httpx.InvalidURL) as error:
        raise DownloadRefused from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _public_address(host: str, port: int) -> str:
    """Raises: DownloadRefused when any address of the name is not a public one; one lie is enough."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DownloadFailed from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(_is_public, addresses)):
        raise DownloadRefused
    return addresses[0]


def _is_public(address: str) -> bool:
    """Global, of one machine, and not an IPv6 address that stands for an IPv4 one somebody else would connect to."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and any(found in network for network in _TRANSLATED):
        return False
    return found.is_global and not found.is_multicast


async def _read(
    client: httpx.AsyncClient, request: httpx.Request, limit_bytes: int, large: asyncio.Semaphore
) -> bytes | str:
    """The body, or where a redirect points to."""
    request.headers.update({"Accept-Encoding": "identity", "User-Agent": "Easel"})
    request.extensions = {**request.extensions, "timeout": _TIMES.as_dict()}
    try:
        async with asyncio.timeout(_BEGINS_WITHIN_S):
            response = await client.send(request, stream=True, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DownloadFailed from error
    try:
        way = _elsewhere(response)
        return await _body(response, limit_bytes, large) if way is None else way
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise DownloadFailed from error
    finally:
        await response.aclose()


def _elsewhere(response: httpx.Response) -> str | None:
    if response.has_redirect_location:
        return str(response.headers["Location"])
    if response.status_code in _GONE:
        raise DownloadGone
    if response.status_code != 200:
        raise DownloadFailed
    return None


async def _body(response: httpx.Response, limit_bytes: int, large: asyncio.Semaphore) -> bytes:
    """Closed at the end, since an error remembers this place and is told to somebody who may take their time."""
    with io.BytesIO() as content:  # what it hands out is what it wrote into, and no copy of it
        await _fill(content, response, limit_bytes, large)
        return content.getvalue()


async def _fill(content: io.BytesIO, response: httpx.Response, limit_bytes: int, large: asyncio.Semaphore) -> None:
    """Raises: TimeoutError when too little of it comes for too long."""
    loop = asyncio.get_running_loop()
    enough = _PACE_BYTES
    async with asyncio.timeout(_PATIENCE_S) as patience, AsyncExitStack() as turn:
        async for piece in pieces(response):
            was_small = content.tell() <= _LARGE_BYTES
            content.write(piece)
            if content.tell() > limit_bytes:
                content.close()  # before the next one has its turn
                raise DownloadTooLarge
            if was_small and content.tell() > _LARGE_BYTES:
                patience.reschedule(None)
                await turn.enter_async_context(large)
                enough = 0
            if content.tell() >= enough:
                enough = content.tell() + _PACE_BYTES
                patience.reschedule(loop.time() + _PATIENCE_S)


@asynccontextmanager
async def _deadline() -> AsyncIterator[None]:
    """The whole download in bounded time: a byte a second would outlive every read time-out."""
    try:
        async with asyncio.timeout(_WHOLE_DOWNLOAD_S):
            yield
    except TimeoutError as error:
        raise DownloadFailed from error
