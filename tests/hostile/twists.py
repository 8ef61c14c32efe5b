"""One thing wrong at a time: every place of a payload, and what may stand there instead."""

import copy
from collections.abc import Iterator
from typing import Any

from tests.hostile.crafted import DEEP, LONG
from tests.standin.discord.commanding import Twist

Place = tuple[str | int, ...]

_GONE = object()
RUBBISH: tuple[Any, ...] = (_GONE, None, True, -1, 10**30, 0.5, "", LONG, "9" * 40, [], {}, [None], DEEP)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Of everything inside, in the order it stands there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        yield (*at, key)
        yield from places(child, (*at, key))


def twists(payload: Any) -> Iterator[Twist]:
    return (_twist(place, rubbish) for place in places(payload) for rubbish in RUBBISH)


def _twist(place: Place, rubbish: object) -> Twist:
    def twisted(payload: Any) -> Any:
        whole = copy.deepcopy(payload)
        *way, last = place
        holder = whole
        for step in way:
            holder = holder[step]
        if rubbish is _GONE:
            del holder[last]
        else:
            holder[last] = rubbish
        return whole

    return twisted
