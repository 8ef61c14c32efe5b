"""The end of a run: the world calms down, the bot is deployed once more, and members fetch what was kept for them."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence

from tests.chaos.asked import Asked
from tests.chaos.checker import concluded
from tests.chaos.evidence import Books
from tests.chaos.gathering import Gathering
from tests.chaos.marks import Mark, marks_in
from tests.chaos.stage import Stage
from tests.standin.discord import Interaction, NotOffered

_DOWN_S = 0.3
_MOST_S = 90.0  # many may be waiting in line, and the slowest run takes three quarters of a minute
_QUIET_S = 17.0  # longer than any pause of a bot that still has something to do
_LOOK_EVERY_S = 0.5
_SHOWN_WITHIN_S = 5.0
_SHOW = "Show"


async def settle(stage: Stage, gathering: Gathering, asked: Sequence[Asked]) -> None:
    stage.note("CALM")
    stage.calm()
    await stage.runbase.come_up()
    await stage.keeper.restart(signal.SIGTERM, down_s=_DOWN_S)
    await stage.is_online(within_s=_SHOWN_WITHIN_S)
    await _wait(stage, gathering)
    books = _books(stage)
    stage.note("FETCH")
    if books is not None:
        await asyncio.gather(*(_fetch(stage, one) for one in asked if books.kept[one.planned.mark]))
    stage.note("FETCHED")
    await _wait(stage, gathering)


async def _wait(stage: Stage, gathering: Gathering) -> None:
    """Until nothing is left to be done, or nobody does anything any more."""
    deadline_s = stage.now_s() + _MOST_S
    busy_s, traffic = stage.now_s(), -1
    while stage.now_s() < deadline_s and stage.now_s() - busy_s < _QUIET_S:
        if not stage.runbase.is_making and concluded(gathering.evidence(_books(stage))):
            return
        if traffic != stage.traffic:
            busy_s, traffic = stage.now_s(), stage.traffic
        await asyncio.sleep(_LOOK_EVERY_S)


def _books(stage: Stage) -> Books | None:
    return stage.contestant.books(stage.database) if stage.contestant.books else None


async def _fetch(stage: Stage, asked: Asked) -> None:
    """`/history`, and the button beside what was kept; who has left cannot."""
    server = asked.member.server
    if asked.member.id not in server.members or stage.standin.bot.id not in server.members:
        return
    lobby = next(iter(server.channels.values()))  # never closed to the bot
    with contextlib.suppress(NotOffered, LookupError, TimeoutError):
        listed = await stage.standin.slash(asked.member, lobby, "history")
        await listed.answered_within(_SHOWN_WITHIN_S)  # acknowledged at once, filled once the small pictures are drawn
        for label in _buttons(listed, asked.planned.mark)[:1]:  # one brings all pictures of the request
            shown = await stage.standin.click(asked.member, _message(listed), label)
            await stage.standin.until(lambda: _is_shown(shown), within_s=_SHOWN_WITHIN_S)  # noqa: B023 - awaited here


def _buttons(listed: Interaction, mark: Mark) -> Sequence[str]:
    """Buttons are numbered as the lines are; those of other requests are left to their own turn."""
    if listed.message is None:
        return ()
    lines = [line for line in listed.message.content.splitlines() if mark in marks_in(line)]
    numbers = [line.partition(".")[0] for line in lines]
    return [label for label in listed.message.labels if label in [f"{_SHOW} {number}" for number in numbers]]


def _message(listed: Interaction) -> int:
    assert listed.message is not None
    return listed.message.id


def _is_shown(shown: Interaction) -> bool:
    return shown.message is not None and bool(shown.message.attachments)
