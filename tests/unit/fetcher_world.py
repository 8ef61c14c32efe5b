"""A web in a box for the fetcher: names, answers, and every request that would have left; shared by its tests."""

import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import httpx

from bot.providers.fetcher import HttpDownloads

CDN = "https://cdn.discordapp.com"
LIMIT = 1_000_000
PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1::1"
Answer = Callable[[httpx.Request], httpx.Response]


def response(
    status: int = 200, body: bytes = b"picture", *, headers: Mapping[str, str] = MappingProxyType({})
) -> httpx.Response:
    """As it comes from a network: not read yet."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


class Web:
    """Answers requests with `answer`, and names with `names`; nothing else has an address, nothing leaves."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.names: dict[str, Sequence[str]] = {"files.test": [PUBLIC], "six.test": [PUBLIC_6]}
        self.answer: Answer = lambda request: response()
        self.downloads = self.opened("https://runbase.net/api/v1")

    def opened(self, base_url: str) -> HttpDownloads:
        transport = httpx.MockTransport(self._answered)
        return HttpDownloads(
            cdn_origins=(CDN, "https://media.discordapp.net"),
            base_url=base_url,
            cdn_transport=transport,
            image_transport=transport,
        )

    def _answered(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    async def getaddrinfo(self, host: str, port: int, *, type: int) -> list[Any]:  # noqa: A002 - the loop's own name
        """In the place of the event loop's: the system reads addresses written as numbers, but is asked no names."""
        found: list[Any] = []
        for address in self.names.get(host, [host]):
            found += socket.getaddrinfo(address, port, type=socket.SocketKind(type), flags=socket.AI_NUMERICHOST)
        return found

    @property
    def visited(self) -> list[str]:
        return [str(request.url) for request in self.requests]


class Endless:
    """A body that goes on far beyond every limit."""

    def __init__(self) -> None:
        self.sent_bytes = 0

    async def body(self) -> AsyncIterator[bytes]:
        while self.sent_bytes < 100 * LIMIT:
            self.sent_bytes += 65_536
            yield bytes(65_536)
        raise AssertionError("nobody stopped reading")
