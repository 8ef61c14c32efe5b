"""What messages say: the waiting line, the result, the quota; facts as small print, times as Discord timestamps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import discord

from bot.domain.catalogue import CATALOGUE
from bot.domain.errors import QuotaScope
from bot.domain.pacing import RunTimes
from bot.domain.quotas import Usage
from bot.domain.requests import Request
from bot.ports import Finished, Waiting
from bot.ui.words import plain

_SHOWN_PROMPT = 200
_SHOWN_FILE_NAME = 40
_CELLS = 8
_SLOW_PERCENTILE = 0.95
_USUAL = (0.25, 0.8)
_SPANS = (("week", 7 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def relative(at: datetime) -> str:
    return discord.utils.format_dt(at, "R")


def quote(request: Request) -> str:
    return f"> {plain(request.prompt, limit=_SHOWN_PROMPT)}"


def accepted(request: Request) -> str:
    """The first thing a member sees of a request."""
    return _lines(quote(request), "-# In line to be made", _used(request))


def being_made(request: Request, waiting: Waiting) -> str:
    return _lines(quote(request), f"-# Being made · {_pace(waiting)}", _used(request))


def result(request: Request, image: Finished) -> str:
    prompt = plain(request.prompt, limit=_SHOWN_PROMPT)
    aspect = CATALOGUE[request.model].aspect(request.aspect).name
    facts = f"-# <@{request.address.member_id}> · {aspect} · {_seconds(image.seconds)}"
    return _lines(f"**{prompt[:1].upper()}{prompt[1:]}**", facts, _used(request))


def problem(request: Request, sentences: Sequence[str]) -> str:
    return _lines(quote(request), *sentences)


def quota(usages: Sequence[Usage]) -> str:
    """Every window that counts for a member: used, limit, bar, and when the next slot opens."""
    if not usages:
        return "There is no limit on pictures here."
    return "\n".join(["**Your pictures**", *map(_window_line, usages)])


def span(per: timedelta) -> str:
    """`hour`, `day`, `3 hours`: as it is said after "in the last"."""
    seconds = int(per.total_seconds())
    unit, length = next((unit, length) for unit, length in _SPANS if seconds % length == 0)
    count = seconds // length
    return unit if count == 1 else f"{count} {unit}s"


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _used(request: Request) -> str:
    names = [plain(reference.filename, limit=_SHOWN_FILE_NAME) for reference in request.references]
    return f"-# Used {', '.join(names)}" if names else ""


def _pace(waiting: Waiting) -> str:
    """Elapsed time against what is usual. The bar stops short of full: nobody knows when a run ends."""
    times = waiting.times
    if waiting.elapsed_s > times.percentile(_SLOW_PERCENTILE):
        return f"slower than usual · {_bar(_CELLS - 1, _CELLS)}"
    filled = min(_CELLS - 1, int(_CELLS * waiting.elapsed_s / times.median_s))
    return f"usually {_range(times)} · {_bar(filled, _CELLS)}"


def _range(times: RunTimes) -> str:
    low, high = (round(times.percentile(share)) for share in _USUAL)
    return f"{low}–{high} s" if low < high else f"{high} s"


def _bar(filled: int, cells: int) -> str:
    return "▰" * filled + "▱" * (cells - filled)


def _seconds(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


_WHOSE = {
    QuotaScope.MEMBER: "You",
    QuotaScope.SERVER: "This server",
    QuotaScope.GLOBAL: "Everyone with this bot",
}


def _window_line(usage: Usage) -> str:
    window = usage.window
    used = min(usage.used, window.images)
    filled = -(-used * _CELLS // window.images) if window.images else _CELLS
    facts = f"{_WHOSE[window.scope]}, last {span(window.per)} · {usage.used:,} of {window.images:,} used"
    return _lines(f"{facts} · {_bar(filled, _CELLS)}", f"-# {_next_slot(usage)}")


def _next_slot(usage: Usage) -> str:
    if not usage.window.images:
        return "Closed by this bot's operator"
    if not usage.used:
        return "All free"
    left = max(0, usage.window.images - usage.used)
    opens_at = usage.taken_at[max(0, usage.used - usage.window.images)] + usage.window.per
    return f"{left:,} left · the next slot opens {relative(opens_at)}"
