"""A hundred members who ask all at once, and what they get to see."""

import asyncio
import math
import time
from dataclasses import dataclass

from tests.bench.load.pictures import clip
from tests.bench.load.stage import Stage
from tests.standin.discord import Interaction
from tests.standin.discord.world import Message

ASKS, WITHIN_S = 500, 5.0
CLIPS = 10
_PROMPT = "a red fox in the snow, vintage travel poster"
_GIVES_UP_AFTER_S = 3.0  # Discord
_LOOK_EVERY_S = 0.25


@dataclass(eq=False)
class Asked:
    interaction: Interaction
    at_s: float
    acknowledged_s: float = math.inf

    @property
    def shown(self) -> list[Message]:
        original = self.interaction.original
        return [*([] if original is None else [original]), *self.interaction.posted]

    @property
    def is_delivered(self) -> bool:
        return any(message.attachments for message in self.shown)

    @property
    def is_over(self) -> bool:
        """With a picture, or with a second message that says that there is none."""
        return self.is_delivered or bool(self.interaction.posted)

    def forget_picture(self) -> None:
        """This process would have to remember a gigabyte, and nobody looks at it again."""
        for message in self.shown:
            for attachment in message.attachments:
                attachment.content = b""


class Crowd:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.asked: list[Asked] = []

    @property
    def delivered(self) -> int:
        return sum(one.is_delivered for one in self.asked)

    def acknowledged_s(self, share: float) -> float:
        return sorted(one.acknowledged_s for one in self.asked)[math.ceil(len(self.asked) * share) - 1]

    async def ask(self) -> None:
        """Evenly spread; returns when each was acknowledged, or Discord does not wait for it any more."""
        began_s = time.perf_counter()
        watching = asyncio.create_task(self._watch())
        for number in range(ASKS):
            await asyncio.sleep(max(0.0, began_s + number * WITHIN_S / ASKS - time.perf_counter()))
            member, channel = self._stage.members[number % len(self._stage.members)]
            at_s = time.perf_counter()
            asked = await self._stage.standin.slash(member, channel, "imagine", prompt=f"{number}: {_PROMPT}")
            self.asked.append(Asked(asked, at_s))
        await watching

    async def _watch(self) -> None:
        """Looks at those who wait whenever something changed."""
        waiting: list[Asked] = []
        seen = 0

        def all_are_acknowledged() -> bool:
            nonlocal seen, waiting
            now_s = time.perf_counter()
            waiting += self.asked[seen:]
            seen = len(self.asked)
            for one in waiting:
                if one.interaction.acknowledged:
                    one.acknowledged_s = now_s - one.at_s
            waiting = [one for one in waiting if math.isinf(one.acknowledged_s)]
            return seen == ASKS and not waiting

        try:
            await self._stage.standin.until(all_are_acknowledged, within_s=WITHIN_S + _GIVES_UP_AFTER_S)
        except TimeoutError:
            return

    async def wait(self, *, within_s: float) -> float:
        """Until nobody waits any more. Returns the seconds that took."""
        began_s = time.perf_counter()
        waiting = set(self.asked)
        while waiting and time.perf_counter() < began_s + within_s:
            await asyncio.sleep(_LOOK_EVERY_S)
            over = {one for one in waiting if one.is_over}
            for one in over:
                one.forget_picture()
            waiting -= over
        return time.perf_counter() - began_s

    async def ask_with_clips(self, *, within_s: float) -> None:
        """A few more, each with a file that has to be converted."""
        file = clip()
        late = Crowd(self._stage)
        for member, channel in self._stage.members[:CLIPS]:
            asked = await self._stage.standin.slash(
                member, channel, "imagine", prompt=_PROMPT, reference1=("clip.gif", file)
            )
            late.asked.append(Asked(asked, time.perf_counter()))
        await late.wait(within_s=within_s)
