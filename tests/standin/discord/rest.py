"""Every REST request passes here: faults, authorization, rate limits, reading, answering, the log."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import BodyPartReader, web

from tests.standin.discord import faults
from tests.standin.discord.ratelimits import Limited, RateLimits
from tests.standin.discord.refusals import Refusal, refusal, unauthorized
from tests.standin.discord.routing import Answer, Call, Route, Router
from tests.standin.discord.world import Upload

# discord-api-docs, resources/message.mdx "Create Message": the whole request.
REQUEST_LIMIT_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One line of the log. `status` is 0 where the connection was cut; `code` is the JSON error code, if any."""

    method: str
    path: str
    status: int
    code: int | None


class Rest:
    def __init__(
        self, router: Router, token: Callable[[], str], date: Callable[[], datetime], changed: Callable[[], None]
    ) -> None:
        self.faults = faults.Faults()
        self.rate_limits = RateLimits()
        self.requests: list[Request] = []
        self.bugs: list[Exception] = []
        self._router = router
        self._token = token
        self._date = date
        self._changed = changed

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["tail"]
        fault = self.faults.meet(request.method, path)
        await _wait(fault)
        if isinstance(fault, faults.Reset):
            return self._cut(request, path)
        answer = await self._answer(request, path, fault)
        if isinstance(fault, faults.ResetAfter):
            return self._cut(request, path)
        if isinstance(fault, faults.StatusAfter):
            answer = _error_page(fault.code)
        answer.headers["Date"] = format_datetime(self._date().astimezone(UTC), usegmt=True)
        self._log(request.method, path, answer.status, _error_code(answer))
        return answer

    async def _answer(self, request: web.Request, path: str, fault: faults.Kind | None) -> web.Response:
        try:
            body, files = await _read(request)
            if isinstance(fault, faults.Status):
                return _error_page(fault.code)
            return self._handle(request, path, body, files)
        except ConnectionResetError:
            return web.Response(status=499)  # The caller was killed in the middle of its request.
        except Limited as limited:
            return _json(limited.status, limited.body, limited.headers)
        except Refusal as refused:
            return _json(refused.status, refused.body)

    def _handle(self, request: web.Request, path: str, body: Any, files: dict[int, Upload]) -> web.Response:
        route, params = self._router.find(request.method, path)
        self._authorize(request, route)
        headers = self.rate_limits.take(request.method, path, route.bucket(params))
        try:
            answer = route.handler(Call(params, request.query, body, files))
        except Refusal as refused:
            own = refused.headers if isinstance(refused, Limited) else {}
            return _json(refused.status, refused.body, {**headers, **own})
        except Exception as bug:
            self.bugs.append(bug)  # The bot gets a 500; the test gets this when the stand-in stops.
            raise
        return _render(answer, headers)

    def _authorize(self, request: web.Request, route: Route) -> None:
        if route.needs_bot and request.headers.get("Authorization") != f"Bot {self._token()}":
            raise unauthorized()

    def _cut(self, request: web.Request, path: str) -> web.Response:
        """Close with RST, so that the other side sees a reset rather than an orderly end."""
        self._log(request.method, path, 0, None)
        if request.transport is not None:
            endpoint = request.transport.get_extra_info("socket")
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.transport.abort()
        return web.Response(status=500)

    def _log(self, method: str, path: str, status: int, code: int | None) -> None:
        self.requests.append(Request(method, path, status, code))
        self._changed()


async def _wait(fault: faults.Kind | None) -> None:
    if isinstance(fault, faults.Slow):
        await asyncio.sleep(fault.seconds)
    elif isinstance(fault, faults.Hold):
        fault.arrived.set()
        await fault.released.wait()


async def _read(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    if (request.content_length or 0) > REQUEST_LIMIT_BYTES:
        await _drain(request)
        raise refusal(40005)
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    return _parse(await request.read()), {}


async def _drain(request: web.Request) -> None:
    """Take the body in all the same, so that the caller can read the refusal."""
    async for _ in request.content.iter_chunked(1 << 20):
        pass


async def _read_multipart(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    body: Any = None
    files: dict[int, Upload] = {}
    parts = await request.multipart()
    while (part := await parts.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise refusal(50035)
        content = bytes(await part.read())
        if part.name == "payload_json":
            body = _parse(content)
        elif part.name and part.name.startswith("files["):
            files[int(part.name[len("files[") : -1])] = Upload(part.filename or "unknown", content)
    if sum(len(upload.content) for upload in files.values()) > REQUEST_LIMIT_BYTES:
        raise refusal(40005)  # Sent in chunks, so that no length was announced.
    return body, files


def _parse(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        raise refusal(50109) from None


def _render(answer: Answer, headers: dict[str, str]) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    return _json(answer.status, answer.body, headers)


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """The content type is exactly this: discord.py compares it as a string."""
    raw = json.dumps(body).encode()
    return web.Response(status=status, body=raw, headers={**(headers or {}), "Content-Type": "application/json"})


def _error_page(status: int) -> web.Response:
    """What stands before Discord answers in HTML, not in JSON."""
    return web.Response(status=status, text=f"<html><title>{status}</title></html>", content_type="text/html")


def _error_code(answer: web.Response) -> int | None:
    if answer.status < 400 or answer.content_type != "application/json" or not isinstance(answer.body, bytes):
        return None
    code = json.loads(answer.body).get("code")
    return code if isinstance(code, int) else None
