"""A server that answers with whatever bytes it is told to, and the ways of answering that no honest server has."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Way = Callable[[asyncio.StreamWriter], Awaitable[None]]
PIECE = bytes(65_536)
_LENGTH = re.compile(rb"\ncontent-length: (\d+)", re.IGNORECASE)
OK = b"HTTP/1.1 200 OK\r\n"
FIVE_GIGABYTES = 5 * 1024**3


@dataclass
class Villain:
    """What it does is looked up by path, query left out, or else by path and body; if need be it says 404."""

    ways: dict[str, Way] = field(default_factory=dict)
    otherwise: Callable[[str, bytes], Way] = lambda path, body: says(whole(404, b""))
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def at(self, path: str, way: Way) -> str:
        """The address at which it answers like this."""
        self.ways[path] = way
        return self.origin + path

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode("ascii").partition("?")[0]
            self.asked.append(path)
            body = await reader.readexactly(int((_LENGTH.search(head) or [0, 0])[1]))
            await (self.ways.get(path) or self.otherwise(path, body))(writer)
            await writer.drain()
        writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()


@asynccontextmanager
async def open_villain() -> AsyncIterator[Villain]:
    villain = Villain()
    visits: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        visits.add(task)
        with suppress(asyncio.CancelledError):
            await villain.visit(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    villain.port = server.sockets[0].getsockname()[1]
    try:
        yield villain
    finally:
        server.close()
        for task in visits:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        await server.wait_closed()


# ---- ways -----------------------------------------------------------------------------------------------------------


def whole(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def says(*parts: bytes) -> Way:
    async def way(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)

    return way


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


def endlessly(start: bytes, piece: bytes) -> Way:
    """As fast as it is read."""

    async def way(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # a full buffer is not certain: this machine reads quickly

    return way


def lengthy(start: bytes, piece: bytes, times: int, end: bytes) -> Way:
    """A whole answer that is never in memory as a whole."""

    async def way(writer: asyncio.StreamWriter) -> None:
        writer.write(PROMISED % (len(start) + len(piece) * times + len(end)) + start)
        for _ in range(times):
            writer.write(piece)
            await writer.drain()
        writer.write(end)

    return way


def dripping(start: bytes, drop: bytes = b"x", *, every_s: float = 1.0) -> Way:
    async def way(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            await writer.drain()
            await asyncio.sleep(every_s)
            writer.write(drop)

    return way


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PROMISED = OK + b"Content-Length: %d\r\n\r\n"
ENDLESS: dict[str, Way] = {
    "chunks without end": endlessly(CHUNKED, chunk(PIECE)),
    "five gigabytes": endlessly(PROMISED % FIVE_GIGABYTES, PIECE),
    "a body without a length": endlessly(OK + b"\r\n", PIECE),
}
SLOW: dict[str, Way] = {
    "a byte a second": dripping(PROMISED % 1_000_000),
    "a chunk a second": dripping(CHUNKED, chunk(b"x")),
    "a header a second": dripping(OK, b"X-More: x\r\n"),
    "a status line a letter a second": dripping(b"HTTP/1.1", b" "),
    "a promise a second": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silence": dripping(b"", b""),
}
NO_HTTP: dict[str, Way] = {
    "another protocol": says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "a status of four digits": says(b"HTTP/1.1 2000 OK\r\n\r\n"),
    "a status of letters": says(b"HTTP/1.1 abc OK\r\n\r\n"),
    "zeros": says(bytes(200_000)),
    "nothing": says(),
    "a header without a colon": says(OK + b"rubbish\r\n\r\n"),
    "a header of zeros": says(OK + b"X: \0\0\0\r\n\r\n"),
    "a header of 5 MB": says(OK + b"X: " + b"x" * 5_000_000 + b"\r\n\r\n"),
    "a status line of 5 MB": says(b"HTTP/1.1 200 " + b"O" * 5_000_000 + b"\r\n\r\n"),
    "headers without end": endlessly(OK, b"X-More: xxxxxxxxxxxxxxxxxxxxxxxx\r\n" * 1000),
    "a length below zero": says(OK + b"Content-Length: -1\r\n\r\nx"),
    "a length of 5,000 digits": says(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nx"),
    "two lengths": says(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "a chunk of no length": says(CHUNKED + b"zz\r\nxx\r\n"),
    "a chunk of 10^24 bytes": says(CHUNKED + b"f" * 20 + b"\r\nxx\r\n"),
    "a chunk that never closes": says(CHUNKED + b"1\r\nxxxxxxxx\r\n"),
}
CUT_OFF: dict[str, Way] = {
    "less than was promised": says(PROMISED % 1000 + b"x" * 999),
    "chunks that break off": says(CHUNKED + chunk(b"x" * 999)),
}


# ---- time -----------------------------------------------------------------------------------------------------------


@dataclass
class Hurry:
    """The loop's clock, on which a minute passes in a moment."""

    ahead_s: float = 0.0


@asynccontextmanager
async def hurried(step_s: float = 0.25) -> AsyncIterator[Hurry]:
    """Within it every timer of the running loop, the program's and the server's, runs by a clock that is pushed on."""
    loop = asyncio.get_running_loop()
    real, hurry = loop.time, Hurry()
    loop.time = lambda: real() + hurry.ahead_s  # type: ignore[method-assign]

    async def push() -> None:
        while True:
            hurry.ahead_s += step_s
            for _ in range(20):  # turns in which sockets are read, so that nothing is late that is there
                await asyncio.sleep(0)

    pushing = asyncio.create_task(push())
    try:
        yield hurry
    finally:
        pushing.cancel()
