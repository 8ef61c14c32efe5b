"""What the look-alike sends back: runs, refusals, and the broken answers and files that faults ask for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.ports import Clock
from bot.preview.emulator.faults import Fault
from bot.preview.emulator.ledger import OPEN, EmulatedRun, Status
from bot.preview.emulator.rules import Refusal
from bot.preview.emulator.wire import Lost, Streamed

_PAGE = "<!doctype html><html><title>One moment, please</title><body><h1>We will be right back</h1></body></html>"
_HUGE_BYTES = 25_000_000
_PIECES, _PAUSE_S = 16, 2.0  # a slow file takes half a minute
_CHUNK_BYTES = 65_536

# The statuses in which a fault of shape can be seen.
VISIBLE_IN: Mapping[Fault, frozenset[Status]] = {
    Fault.UNKNOWN_STATUS: OPEN,
    Fault.NEVER_ENDING: frozenset(Status),
    Fault.NO_URL: frozenset({Status.SUCCEEDED}),
    Fault.SINGLE_URL: frozenset({Status.SUCCEEDED}),
    Fault.PLAIN_ERROR: frozenset({Status.FAILED}),
}


def refused(refusal: Refusal) -> Response:
    return JSONResponse({"error": {"message": refusal.message, "code": refusal.code}}, refusal.status)


def server_error() -> Response:
    return JSONResponse({"error": {"message": "Internal server error"}}, 500)


BROKEN: Mapping[Fault, Callable[[], Response]] = {
    Fault.RESET_BEFORE: lambda: Lost(httpx.ConnectError("connection refused")),
    Fault.TIMEOUT_BEFORE: lambda: Lost(httpx.ReadTimeout("no answer"), silent=True),
    Fault.ERROR_BEFORE: server_error,
    Fault.RESET_AFTER: lambda: Lost(httpx.ReadError("connection reset by peer")),
    Fault.TIMEOUT_AFTER: lambda: Lost(httpx.ReadTimeout("no answer"), silent=True),
    Fault.ERROR_AFTER: server_error,
    Fault.GARBAGE_JSON: lambda: Response('{"id": "run_', media_type="application/json"),
    Fault.HTML_BODY: lambda: HTMLResponse(_PAGE),
    Fault.BAD_GATEWAY: lambda: HTMLResponse(_PAGE, 502),
}


def run_answer(run: EmulatedRun, shapes: frozenset[Fault | None], file_url: str) -> dict[str, Any]:
    status = Status.PROCESSING if Fault.NEVER_ENDING in shapes else run.status
    answer: dict[str, Any] = {
        "id": run.id,
        "status": "warming_up" if status in OPEN and Fault.UNKNOWN_STATUS in shapes else status,
        "model": run.model,
        "createdAt": run.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "costUsd": float(run.charged - run.refunded),
    }
    if status is Status.SUCCEEDED:
        answer["output"] = _output(shapes, file_url)
    if status is Status.FAILED:
        answer["error"] = _error(run, shapes)
    return answer


def _output(shapes: frozenset[Fault | None], file_url: str) -> dict[str, Any]:
    if Fault.NO_URL in shapes:
        return {"urls": []}
    return {"url": file_url} if Fault.SINGLE_URL in shapes else {"urls": [file_url]}


def _error(run: EmulatedRun, shapes: frozenset[Fault | None]) -> str | dict[str, str]:
    if isinstance(run.error, Mapping):
        return run.error["message"] if Fault.PLAIN_ERROR in shapes else dict(run.error)
    return str(run.error)


def file_answer(picture: bytes) -> Response:
    return Response(picture, media_type="image/png")


def broken_file(fault: Fault, picture: bytes, clock: Clock, redirect_url: Callable[[], str]) -> Response:
    whole = {"content-length": str(len(picture))}
    half = picture[: len(picture) // 2]
    answers: Mapping[Fault, Callable[[], Response]] = {
        Fault.FORBIDDEN: lambda: Response("Forbidden", 403),
        Fault.MISSING: lambda: Response("Not found", 404),
        Fault.SLOW: lambda: Streamed(_slowly(picture, clock), whole),
        Fault.ENDLESS: lambda: Streamed(_for_ever(picture), {}),
        Fault.TRUNCATED: lambda: Streamed(_then_broken(half), whole),
        Fault.HALF_IMAGE: lambda: file_answer(half),
        Fault.NOT_AN_IMAGE: lambda: file_answer(_PAGE.encode()),
        Fault.HUGE: lambda: file_answer(picture.ljust(_HUGE_BYTES, b"\0")),
        Fault.REDIRECT: lambda: RedirectResponse(redirect_url(), 302),
    }
    return answers.get(fault, BROKEN.get(fault, server_error))()


async def _slowly(picture: bytes, clock: Clock) -> AsyncIterator[bytes]:
    step = len(picture) // _PIECES + 1
    for start in range(0, len(picture), step):
        yield picture[start : start + step]
        await clock.sleep(_PAUSE_S)


async def _for_ever(picture: bytes) -> AsyncIterator[bytes]:
    yield picture
    while True:
        await asyncio.sleep(0)  # lets others run; no time passes
        yield bytes(_CHUNK_BYTES)


async def _then_broken(half: bytes) -> AsyncIterator[bytes]:
    yield half
    raise httpx.ReadError("connection reset by peer")
