"""What discord.py does not tell: that it sent a request once more by itself, since the first time went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass
class Call:
    """Everything that is asked of Discord within a `with`."""

    is_unclear: bool = False
    """Whether Discord may have done something that it did not confirm: a refusal may be that of a repetition."""


NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_call: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def watched_call() -> Iterator[Call]:
    call = Call()
    before = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(before)


def trace() -> aiohttp.TraceConfig:
    """For the client whose calls are to be watched."""
    config = aiohttp.TraceConfig()
    config.on_request_end.append(_note_answer)
    config.on_request_exception.append(_note_silence)
    return config


async def _note_answer(session: object, context: Any, answer: aiohttp.TraceRequestEndParams) -> None:
    if answer.response.status >= 500:
        _note_unclear(answer.method)


async def _note_silence(session: object, context: Any, silence: aiohttp.TraceRequestExceptionParams) -> None:
    if not isinstance(silence.exception, NOT_SENT):
        _note_unclear(silence.method)


def _note_unclear(method: str) -> None:
    if method != "GET" and (call := _call.get()) is not None:
        call.is_unclear = True
