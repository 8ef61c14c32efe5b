"""RunBase's keys, each proved by reading a run that does not exist, which costs nothing.

That is one request of each key, the one that `runbase.requests_per_10_s` leaves beside a running bot by default. An
empty balance does not show: only ordering a picture would tell.
"""

import asyncio
from collections.abc import Sequence

from bot.cli.checks.lines import Line, failed, ok, printable, warning
from bot.domain.errors import LookFailed, LookTrouble, RunUnknown
from bot.domain.ids import KeyId
from bot.ports import NO_RUN, ImageApi

_ELSEWHERE = "runbase.base_url seems to lead elsewhere: leave it out, or set it to what RunBase's documentation names."
_NEW_KEY = "Create a key in RunBase's console and put it into RUNBASE_API_KEYS in place of this one."
_RAISE_LIMIT = "Raise the key's limit in RunBase's console, or use another key."
# What an answer means and what helps, by RunBase's error code and else by status.
_BY_CODE = {
    "ip_not_allowed": (
        "RunBase does not let it in from this machine",
        "Allow this machine's address for the key in RunBase's console.",
    ),
    "api_key_spend_limit_exceeded": ("its spend limit is reached", _RAISE_LIMIT),
    "USAGE_EXCEEDED": ("its quota at RunBase is used up", _RAISE_LIMIT),
}
_BY_STATUS = {
    401: ("RunBase refuses it", _NEW_KEY),
    402: ("it is out of credit", "Top up your balance in RunBase's console."),
    403: ("RunBase refuses it", _NEW_KEY),
}
_FOREIGN = ("the answer is not one of RunBase's", _ELSEWHERE)


async def runbase_lines(api: ImageApi) -> Sequence[Line]:
    return await asyncio.gather(*(_prove(api, number, key) for number, key in enumerate(api.keys, start=1)))


async def _prove(api: ImageApi, number: int, key: KeyId) -> Line:
    """Named by its place in RUNBASE_API_KEYS and as the log names it."""
    subject = f"RunBase key {number}"
    try:
        await api.look(key, NO_RUN)
    except RunUnknown:
        return ok(subject, f"works (key={key} in the log); whether it has credit, only an order shows")
    except LookFailed as error:
        return _line(subject, f"key={key}", error)
    return failed(subject, f"key={key}: somebody answers who knows a run that does not exist", _ELSEWHERE)


def _line(subject: str, label: str, error: LookFailed) -> Line:
    match error.trouble:
        case LookTrouble.UNREACHABLE:
            cure = "Check this machine's network and runbase.base_url; RunBase may also be down."
            return failed(subject, f"{label}: no connection to RunBase", cure)
        case LookTrouble.TOO_LATE:
            return failed(subject, f"{label}: RunBase did not answer in time", "Try again in a few minutes.")
        case LookTrouble.UNREADABLE:
            return failed(subject, f"{label}: {_FOREIGN[0]}", _ELSEWHERE)
    return _refused(subject, label, error.status or 0, error.code)


def _refused(subject: str, label: str, status: int, code: str) -> Line:
    if status == 429 and code not in _BY_CODE:
        cure = "Something else uses the same key: give each its own, or lower runbase.requests_per_10_s."
        return warning(subject, f"{label}: works, but is at its limit of requests just now", cure)
    if status >= 500:
        return failed(subject, f"{label}: RunBase has trouble (HTTP {status})", "Try again in a few minutes.")
    meaning, cure = _BY_CODE.get(code) or _BY_STATUS.get(status, _FOREIGN)
    answer = f"HTTP {status}, {printable(code)}" if code else f"HTTP {status}"
    return failed(subject, f"{label}: {meaning} ({answer})", cure)
