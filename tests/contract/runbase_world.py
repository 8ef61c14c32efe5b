"""The RunBase client wired to the look-alike, and wires and servers that spoil what passes; shared by its tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
from pydantic import SecretStr

from bot.domain.catalogue import DEFAULT_MODEL
from bot.domain.ids import ProviderRunId
from bot.ports import ImageInput
from bot.preview.emulator import Emulator
from bot.providers.runbase import RunBaseImageApi
from tests.unit.emulator_world import KEY, ORIGIN, OTHER_KEY, StillClock, plain

WANTED = ImageInput(DEFAULT_MODEL, "a red fox in the snow", "3:2")
RUN = ProviderRunId("run_1")
Answer = tuple[int, bytes]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NEVER_LEFT: dict[str, httpx.TransportError] = {
    "connection refused": httpx.ConnectError("[Errno 111] Connection refused"),
    "no such name": httpx.ConnectError("[Errno -2] Name or service not known"),
    "no certificate": httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"),
    "time-out while connecting": httpx.ConnectTimeout(""),
    "no free connection": httpx.PoolTimeout(""),
    "no way through the proxy": httpx.ProxyError("403 Forbidden"),
}
CUT_OFF: dict[str, httpx.TransportError] = {
    "time-out while reading": httpx.ReadTimeout(""),
    "time-out while writing": httpx.WriteTimeout(""),
    "reset while reading": httpx.ReadError(""),
    "reset while writing": httpx.WriteError(""),
    "closed": httpx.CloseError(""),
    "no answer": httpx.RemoteProtocolError("Server disconnected without sending a response."),
    "no HTTP": httpx.LocalProtocolError(""),
}


def client(
    transport: httpx.AsyncBaseTransport | None, *keys: str, base_url: str = ORIGIN, read_timeout_s: float = 5
) -> RunBaseImageApi:
    return RunBaseImageApi(
        base_url,
        [SecretStr(key) for key in keys or (KEY, OTHER_KEY)],
        connect_timeout=timedelta(seconds=5),
        read_timeout=timedelta(seconds=read_timeout_s),
        transport=transport,
    )


class World:
    """The client and the look-alike on a clock that stands still, a dollar on each of two keys."""

    def __init__(self, **options: Any) -> None:
        self.clock = StillClock()
        usual: dict[str, Any] = {"balances": {KEY: 1, OTHER_KEY: 1}, "base_url": ORIGIN, "painter": plain}
        self.runbase = Emulator(clock=self.clock, **(usual | options))
        self.api = client(self.runbase.transport())
        self.key, self.other_key = self.api.keys

    async def create(self, **changes: Any) -> ProviderRunId:
        return await self.api.create(self.key, replace(WANTED, **changes))

    @property
    def charged(self) -> Decimal:
        return 2 - self.runbase.balance(KEY) - self.runbase.balance(OTHER_KEY)


class Between(httpx.AsyncBaseTransport):
    """A wire that puts another request, or another answer, in the place of what passes."""

    def __init__(
        self, emulator: Emulator, *, request: httpx.Request | None = None, answer: Answer | None = None
    ) -> None:
        self._transport = emulator.transport()
        self._request = request
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(self._request or request)
        return response if self._answer is None else response_of(*self._answer)


def response_of(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    """As it comes from a network: not read yet."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def answering(status: int, body: bytes) -> httpx.AsyncBaseTransport:
    return httpx.MockTransport(lambda request: response_of(status, body))


def raising(error: httpx.TransportError) -> httpx.AsyncBaseTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(answer)


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """The address of a server that does with each connection what the handler says, and then closes it."""
    visits: set[asyncio.Task[None] | None] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.add(asyncio.current_task())
        try:
            await handler(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*filter(None, visits))
        await server.wait_closed()


async def whole_request(reader: asyncio.StreamReader) -> None:
    """Returns once a request and its body have arrived."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(lengths[0]))
