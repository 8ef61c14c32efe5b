"""The short form of the chaos run: one seed, judged as the long form is."""

from pathlib import Path

from tests.chaos.contestants import EASEL
from tests.chaos.deck import DECK
from tests.chaos.plan import make_plan
from tests.chaos.play import play

SEED = 20261122
# Runs that never yield anything keep their members waiting to the very end.
ENDLESS = frozenset({"RunBase create: never ending", "RunBase create: no url"})


async def test_kills_and_faults_lose_nothing_pay_nothing_twice_and_leave_nobody_waiting(tmp_path: Path) -> None:
    troubles = [name for name in DECK if name not in ENDLESS]
    plan = make_plan(SEED, asks=30, kills=3, troubles=troubles, asks_per_s=4.0)
    outcome = await play(EASEL, plan, tmp_path)
    timeline = (tmp_path / "timeline.txt").read_text()
    assert outcome.verdict.breaches == [], timeline
    assert outcome.verdict.counts["delivered"]
