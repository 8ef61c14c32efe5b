"""This machine's clock against the dates Discord puts on its answers: addresses of files and interactions expire."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.cli.checks.lines import Line, failed, ok, skipped, warning
from bot.ports import Clock

_NOTICEABLE = timedelta(seconds=2)
# From here on files are refused as expired, and answers come too late without being late.
_HARMFUL = timedelta(seconds=60)
_CURE = "Let the system keep the time: timedatectl set-ntp true."


class Dates:
    """How far ahead of Discord's clock ours was at each answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead: list[timedelta] = []

    @property
    def ahead(self) -> timedelta | None:
        """The least of all: delays on the way only ever add."""
        return min(self._ahead, key=abs, default=None)

    def trace(self) -> aiohttp.TraceConfig:
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._note)
        return config

    async def _note(self, _session: object, _context: object, answer: aiohttp.TraceRequestEndParams) -> None:
        theirs = _date(answer.response.headers.get("Date", ""))
        if theirs is not None:
            self._ahead.append(self._clock.now() - theirs)


def clock_line(ahead: timedelta | None) -> Line:
    if ahead is None:
        return skipped("clock", "Discord sent no date to compare with")
    if abs(ahead) <= _NOTICEABLE:
        return ok("clock", "agrees with Discord's to within 2 seconds")
    finding = f"{abs(ahead).total_seconds():,.0f} seconds {'ahead of' if ahead > timedelta(0) else 'behind'} Discord's"
    return failed("clock", finding, _CURE) if abs(ahead) > _HARMFUL else warning("clock", finding, _CURE)


def _date(header: str) -> datetime | None:
    """In the middle of the second that the header names."""
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) + timedelta(seconds=0.5)
