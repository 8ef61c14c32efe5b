"""The middle of a run: members ask, their ways are closed, troubles strike and the process ends, all side by side."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine

from tests.chaos.asked import Asked
from tests.chaos.deck import DECK
from tests.chaos.doors import answer_to, close
from tests.chaos.ending import end_again_and_again
from tests.chaos.members import acknowledged, ask
from tests.chaos.plan import Closing, Plan, PlannedAsk, PlannedTrouble
from tests.chaos.stage import Stage
from tests.standin.discord import NotOffered

Progress = Callable[[], None]

_ANSWERED_WITHIN_S = 3.0
_ONCE_MORE = ("Retry", "Try again")
_ASKS_ONCE_MORE_AFTER_S = (1.0, 3.5)
_ASKS_ONCE_MORE = 0.5


async def act(stage: Stage, plan: Plan, progress: Progress) -> list[Asked]:
    """Returns when everything planned was asked; what still goes wrong then, ends."""
    start_s = stage.now_s()
    everybody: list[Asked] = []
    async with _until_then(*(_strike(stage, trouble, start_s) for trouble in plan.troubles)):
        await asyncio.gather(
            end_again_and_again(stage, plan.ends, start_s),
            *(_live_through(stage, planned, start_s, everybody, progress) for planned in plan.asks),
        )
    return everybody


@contextlib.asynccontextmanager
async def _until_then(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for done in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(done, Exception):
                raise done


async def _strike(stage: Stage, trouble: PlannedTrouble, start_s: float) -> None:
    await stage.nap_until(start_s + trouble.at_s)
    await DECK[trouble.name](stage, random.Random(trouble.seed))


async def _live_through(
    stage: Stage, planned: PlannedAsk, start_s: float, everybody: list[Asked], progress: Progress
) -> None:
    """One request: asked, then spoiled as its story says, else asked once more where the bot offers that."""
    await stage.nap_until(start_s + planned.at_s)
    asked = await ask(stage, planned)
    if asked is not None:
        everybody.append(asked)
        if await _is_answered(stage, asked):
            await _spoil_or_repeat(stage, asked)
    progress()


async def _is_answered(stage: Stage, asked: Asked) -> bool:
    """A command was waited for already; a mention may be answered later."""
    if asked.message is None:
        return bool(asked.acknowledged)
    try:
        await stage.standin.until(lambda: answer_to(stage, asked) is not None, within_s=_ANSWERED_WITHIN_S)
    except TimeoutError:
        return False
    return True


async def _spoil_or_repeat(stage: Stage, asked: Asked) -> None:
    closings = asked.planned.story.closings
    if closings:
        await asyncio.gather(*(_close_later(stage, asked, *closing) for closing in closings))
    else:
        await _ask_once_more(stage, asked)


async def _close_later(stage: Stage, asked: Asked, closing: Closing, delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    await close(stage, asked, closing)


async def _ask_once_more(stage: Stage, asked: Asked) -> None:
    dice = random.Random(asked.planned.mark)
    await asyncio.sleep(dice.uniform(*_ASKS_ONCE_MORE_AFTER_S))
    message = answer_to(stage, asked)
    label = next((label for label in _ONCE_MORE if message is not None and label in message.labels), None)
    if message is None or label is None or dice.random() > _ASKS_ONCE_MORE:
        return
    with contextlib.suppress(NotOffered, LookupError):
        interaction = await stage.standin.click(asked.member, message, label)
        asked.interactions.append(interaction)
        await acknowledged(interaction)
