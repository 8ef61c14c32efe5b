"""The gateway: sessions that outlive their connections, events by intent, resuming, and ways to break it."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any, Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from tests.standin.discord.world import Json

# discord-api-docs, events/gateway.mdx shows this value in its example of HELLO.
HEARTBEAT_INTERVAL_MS = 41_250


class Op(IntEnum):
    """discord-api-docs, topics/opcodes-and-status-codes.mdx "Gateway Opcodes"."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class CloseCode(IntEnum):
    AUTHENTICATION_FAILED = 4004
    DISALLOWED_INTENTS = 4014


class Intent(IntFlag):
    """discord-api-docs, events/gateway.mdx "List of Intents"."""

    SERVERS = 1 << 0
    MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    SERVER_MESSAGES = 1 << 9
    SERVER_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.MEMBERS | Intent.PRESENCES | Intent.MESSAGE_CONTENT

Render = Callable[[Intent], Json]


@dataclass(eq=False)
class Session:
    """What Discord remembers of a client: its intents and everything it was sent."""

    id: str
    intents: Intent
    shard: tuple[int, int]
    sent: list[Json] = field(default_factory=list)
    connection: "Connection | None" = None

    def dispatch(self, event: str, data: Any) -> None:
        frame = {"op": Op.DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(frame)
        if self.connection is not None:
            self.connection.send(frame)

    def sees(self, server_id: int | None) -> bool:
        """discord-api-docs, events/gateway.mdx "Sharding": direct messages go to shard 0."""
        number, count = self.shard
        return number == (0 if server_id is None else (server_id >> 22) % count)


class Connection:
    """One websocket; frames are queued so that plain functions can send."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._queue: asyncio.Queue[Json | int] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        self._queue.put_nowait(frame)

    def close(self, code: int) -> None:
        self._queue.put_nowait(code)

    def drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        while True:
            frame = await self._queue.get()
            if isinstance(frame, int):
                await self._socket.close(code=frame)
                return
            await self._socket.send_str(json.dumps(frame))


class Application(Protocol):
    """What the gateway needs to know of the bot and its world."""

    def token(self) -> str: ...

    def ready(self, session_id: str, shard: tuple[int, int]) -> Json: ...

    def servers(self) -> Iterable[tuple[int, Json]]:
        """The servers the bot is in, each with its GUILD_CREATE."""

    def chunks(self, asked: Json) -> Iterable[Json]:
        """Answers to a request for members."""


class Gateway:
    """`application` is filled in by whoever puts the stand-in together."""

    application: Application

    def __init__(self, changed: Callable[[], None]) -> None:
        self.heartbeat_interval_ms = HEARTBEAT_INTERVAL_MS
        self.allowed_privileged = PRIVILEGED
        self.identified: list[Json] = []
        self.resumed = 0
        self.is_down = False
        self.sessions: dict[str, Session] = {}
        self._changed = changed
        self._connections: set[Connection] = set()
        self._sockets: set[web.WebSocketResponse] = set()

    @property
    def is_connected(self) -> bool:
        return any(session.connection is not None for session in self.sessions.values())

    @property
    def intents(self) -> Intent | None:
        """What the client asked for when it last identified."""
        return Intent(self.identified[-1].get("intents", 0)) if self.identified else None

    def dispatch(self, event: str, render: Render, *, intent: Intent | None, server_id: int | None) -> None:
        """To every session that wants it, also to those that are away and may resume."""
        for session in self.sessions.values():
            wanted = intent is None or intent & session.intents
            if wanted and session.sees(server_id):
                session.dispatch(event, render(session.intents))

    def close(self, code: int = 4000) -> None:
        """Close every connection with this code; sessions stay and can be resumed."""
        for connection in self._detach():
            connection.close(code)

    def drop(self) -> None:
        """Cut every connection without a word; sessions stay and can be resumed."""
        for connection in self._detach():
            connection.drop()

    def go_down(self) -> None:
        """Cut every connection, and take none until `is_down` is taken back."""
        self.is_down = True
        self.drop()

    def reconnect(self) -> None:
        """Ask clients to come back and resume, as Discord does before a deployment."""
        for connection in self._detach():
            connection.send({"op": Op.RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        connections = self._detach()
        if not resumable:
            self.sessions.clear()
        for connection in connections:
            connection.send({"op": Op.INVALID_SESSION, "d": resumable})

    def _detach(self) -> list[Connection]:
        for session in self.sessions.values():
            session.connection = None
        self._changed()
        return list(self._connections)

    async def stop(self) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.is_down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        self._sockets.add(socket)
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            connection.send({"op": Op.HELLO, "d": {"heartbeat_interval": self.heartbeat_interval_ms}})
            await self._read(socket, connection)
        finally:
            await _finish(writer)
            self._forget(socket, connection)
        return socket

    async def _read(self, socket: web.WebSocketResponse, connection: Connection) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                self._receive(frame["op"], frame.get("d"), connection)

    def _forget(self, socket: web.WebSocketResponse, connection: Connection) -> None:
        self._sockets.discard(socket)
        self._connections.discard(connection)
        for session in list(self.sessions.values()):
            if session.connection is connection:
                session.connection = None
                if socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):  # These end a session for good.
                    del self.sessions[session.id]
        self._changed()

    def _receive(self, op: int, data: Any, connection: Connection) -> None:
        if op == Op.HEARTBEAT:
            connection.send({"op": Op.HEARTBEAT_ACK, "d": None})
        elif op == Op.IDENTIFY:
            self._identify(data, connection)
        elif op == Op.RESUME:
            self._resume(data, connection)
        elif op == Op.REQUEST_MEMBERS:
            self._send_members(data, connection)

    def _identify(self, data: Json, connection: Connection) -> None:
        intents = Intent(data.get("intents", 0))
        if data.get("token") != self.application.token():
            connection.close(CloseCode.AUTHENTICATION_FAILED)
        elif intents & PRIVILEGED & ~self.allowed_privileged:
            connection.close(CloseCode.DISALLOWED_INTENTS)
        else:
            self._start(data, intents, connection)

    def _start(self, data: Json, intents: Intent, connection: Connection) -> None:
        number, count = data.get("shard", (0, 1))
        session = Session(secrets.token_hex(16), intents, (number, count), connection=connection)
        self.sessions[session.id] = session
        self.identified.append(data)
        session.dispatch("READY", self.application.ready(session.id, session.shard))
        for server_id, server in self.application.servers():
            if Intent.SERVERS & intents and session.sees(server_id):
                session.dispatch("GUILD_CREATE", server)
        self._changed()

    def _resume(self, data: Json, connection: Connection) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or data.get("token") != self.application.token():
            connection.send({"op": Op.INVALID_SESSION, "d": False})
            return
        for frame in session.sent[data["seq"] :]:
            connection.send(frame)
        session.connection = connection
        self.resumed += 1
        session.dispatch("RESUMED", {"_trace": []})
        self._changed()

    def _send_members(self, data: Json, connection: Connection) -> None:
        session = next((s for s in self.sessions.values() if s.connection is connection), None)
        if session is not None:
            for chunk in self.application.chunks(data):
                session.dispatch("GUILD_MEMBERS_CHUNK", chunk)


async def _finish(writer: asyncio.Task[None]) -> None:
    writer.cancel()
    await asyncio.wait({writer})
    if not writer.cancelled() and (error := writer.exception()) is not None and not isinstance(error, ConnectionError):
        raise error
