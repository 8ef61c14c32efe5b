"""Sits before the look-alike and writes down every request to create a run, and what was answered."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.chaos.evidence import Post
from tests.chaos.marks import Mark, marks_in


@dataclass
class _Heard:
    at_s: float
    mark: Mark | None
    status: int | None = None
    answered_at_s: float | None = None
    body: bytearray = field(default_factory=bytearray)

    def post(self) -> Post:
        is_usable = self.status is not None and 200 <= self.status < 300 and _names_a_run(bytes(self.body))
        return Post(
            at_s=self.at_s,
            mark=self.mark,
            status=self.status,
            answered_at_s=self.answered_at_s,
            is_usable=is_usable,
        )


class _Replayed:
    """`receive` for the application behind, which gets the body that was read here. It knows its connection, since the
    look-alike closes that when an answer is to be lost."""

    def __init__(self, receive: Receive, body: bytes) -> None:
        self.transport: Any = receive.__self__.transport  # type: ignore[attr-defined]
        self._receive = receive
        self._body: bytes | None = body

    async def receive(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class Witness:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, now_s: Callable[[], float], *, arrived: Callable[[], None]) -> None:
        self._app = app
        self._now_s = now_s
        self._arrived = arrived
        self._heard: list[_Heard] = []

    @property
    def posts(self) -> list[Post]:
        return [heard.post() for heard in self._heard]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        heard = _Heard(self._now_s(), _mark_of_prompt(body))
        self._heard.append(heard)
        self._arrived()
        await self._app(scope, _Replayed(receive, body).receive, self._noting(heard, send))

    def _noting(self, heard: _Heard, send: Send) -> Send:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                heard.status = message["status"]
            elif message["type"] == "http.response.body":
                heard.body += message.get("body", b"")
                heard.answered_at_s = self._now_s()
            await send(message)

        return noting


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def _mark_of_prompt(body: bytes) -> Mark | None:
    """References are addresses of files that may carry other marks in their names."""
    try:
        prompt = json.loads(body)["input"]["prompt"]
    except (ValueError, LookupError, TypeError):
        return None
    return next(iter(marks_in(str(prompt))), None)


def _names_a_run(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and bool(answer.get("id"))
