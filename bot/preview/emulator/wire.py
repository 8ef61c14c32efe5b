"""What breaks below HTTP: lost answers and broken bodies, exceptions in process, closed sockets under uvicorn."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_IN_PROCESS = "easel.in_process"  # in the scope: where a body that is streamed in process is left for the transport


class Lost(Response):
    """An answer that never comes. On a socket the connection is closed, or with `silent` left until the client goes."""

    def __init__(self, error: httpx.TransportError, *, silent: bool = False) -> None:
        super().__init__()
        self._error = error
        self._silent = silent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _IN_PROCESS in scope:
            raise self._error
        if not self._silent:
            _hang_up(receive)
        await _client_gone(receive)


class Streamed(StreamingResponse):
    """A body sent in pieces; a transport error raised by the pieces breaks the connection there."""

    def __init__(self, pieces: AsyncIterator[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(pieces, headers=headers, media_type="image/png")
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _IN_PROCESS in scope:
            scope[_IN_PROCESS]["body"] = self._pieces
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body"})
            return
        try:
            await super().__call__(scope, receive, send)
        except httpx.TransportError:
            _hang_up(receive)
            await _client_gone(receive)


def _hang_up(receive: Receive) -> None:
    """ASGI cannot close a connection without an answer: this reaches for uvicorn's transport."""
    cycle: Any = getattr(receive, "__self__", None)
    cycle.transport.close()


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class InProcessTransport(httpx.AsyncBaseTransport):
    """httpx's ASGI transport collects whole bodies; this one also streams, and lets transport errors out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        left: dict[str, AsyncIterator[bytes]] = {}

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._app({**scope, _IN_PROCESS: left}, receive, send)

        response = await httpx.ASGITransport(app).handle_async_request(request)
        if "body" not in left:
            return response
        return httpx.Response(response.status_code, headers=response.headers, content=left["body"])
