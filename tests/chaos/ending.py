"""Ends the bot's process at its worst moments, and starts it again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from tests.chaos.plan import Moment, PlannedEnd
from tests.chaos.stage import Stage
from tests.standin.discord import Sighting, Way

_COMES_WITHIN_S = 2.0
_CONNECTS_WITHIN_S = 8.0


async def end_again_and_again(stage: Stage, ends: Sequence[PlannedEnd], start_s: float) -> None:
    """A process that is only starting has little to lose: most are ended when they are connected."""
    for end in ends:
        await stage.nap_until(start_s + end.at_s)
        if end.moment is not Moment.STARTING:
            await stage.is_online(within_s=_CONNECTS_WITHIN_S)
            await asyncio.sleep(end.lives_s)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_MOMENTS[end.moment](stage), _COMES_WITHIN_S)
        await stage.keeper.restart(end.how, down_s=end.down_s)


async def _now(stage: Stage) -> None:
    """Whatever the bot is doing."""


async def _answering(stage: Stage) -> None:
    await _seen(stage, lambda sighting: sighting.way is Way.ANSWER)


async def _sending(stage: Stage) -> None:
    await stage.runbase.post_arrived.wait()


async def _showing(stage: Stage) -> None:
    await _seen(stage, lambda sighting: bool(sighting.message.attachments) and sighting.way is not Way.REMOVED)


async def _seen(stage: Stage, is_it: Callable[[Sighting], bool]) -> None:
    sightings = stage.standin.sightings
    before = len(sightings)
    await stage.standin.until(lambda: any(map(is_it, sightings[before:])), within_s=_COMES_WITHIN_S)


_MOMENTS: Mapping[Moment, Callable[[Stage], Awaitable[None]]] = {
    Moment.STARTING: _now,
    Moment.ANY: _now,
    Moment.ANSWERING: _answering,
    Moment.SENDING: _sending,
    Moment.SHOWING: _showing,
}
