"""Plays the plan of one seed with one bot, from its first start to the comparison of all books."""

import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.acting import Progress, act
from tests.chaos.checker import check
from tests.chaos.contestants import Contestant
from tests.chaos.deck import met
from tests.chaos.evidence import Verdict
from tests.chaos.gathering import Gathering
from tests.chaos.plan import MEMBERS, ROOMS, Plan
from tests.chaos.settling import settle
from tests.chaos.stage import open_stage
from tests.chaos.timeline import write_timeline

_STARTS_WITHIN_S = 20.0


@dataclass(frozen=True)
class Outcome:
    """What came of one seed. `met` counts every trouble that did happen, by its name."""

    contestant: str
    seed: int
    verdict: Verdict
    met: Counter[str]
    kills: int
    stops: int
    crashes: int
    keeps_books: bool
    folder: Path


async def play(contestant: Contestant, plan: Plan, folder: Path, progress: Progress = lambda: None) -> Outcome:
    """The empty `folder` gets the bot's files and log and, in the end, a timeline of everything."""
    async with open_stage(contestant, folder, seed=plan.seed, rooms=ROOMS, members=MEMBERS) as stage:
        await stage.keeper.start()
        if not await stage.is_online(within_s=_STARTS_WITHIN_S):
            raise RuntimeError(f"{contestant.name} did not start; see the log in {folder}")
        asked = await act(stage, plan, progress)
        gathering = Gathering(stage, asked)
        await settle(stage, gathering, asked)
        await stage.keeper.end(signal.SIGTERM)
        evidence = gathering.evidence(contestant.books(stage.database) if contestant.books else None)
        verdict = check(evidence)
        write_timeline(folder, stage, asked, evidence, verdict)
        kills = sum(end.how is signal.SIGKILL for end in plan.ends)
        return Outcome(
            contestant=contestant.name,
            seed=plan.seed,
            verdict=verdict,
            met=met(stage),
            kills=kills,
            stops=len(plan.ends) - kills,
            crashes=stage.keeper.crashes,
            keeps_books=contestant.books is not None,
            folder=folder,
        )
