"""`python -m tests.chaos`: the long form, over several seeds and both bots, with a table in the end."""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from tests.chaos.contestants import CONTESTANTS, EASEL, NAIVE
from tests.chaos.jobs import Job, run_jobs
from tests.chaos.play import Outcome
from tests.chaos.table import never_happened, results, troubles

SEEDS = 5
REQUESTS, KILLS = 500, 50
REQUESTS_PER_S = 1.6

console = Console(highlight=False)


def main() -> int:
    options = _options()
    seeds = options.seed or seeds_of(options.commit or _head(), SEEDS)
    console.print(f"seeds {' '.join(map(str, seeds))}")
    jobs = [
        Job(
            bot=bot,
            seed=seed,
            requests=options.requests,
            kills=options.kills,
            requests_per_s=options.rate,
            folder=options.out / f"{bot}-{seed}",
        )
        for bot in options.bot or CONTESTANTS
        for seed in seeds
    ]
    outcomes = run_jobs(jobs, at_once=options.jobs, console=console)
    return _tell(outcomes, options)


def _tell(outcomes: Sequence[Outcome], options: argparse.Namespace) -> int:
    """Returns the exit code."""
    by_bot = {name: [one for one in outcomes if one.contestant == name] for name in (EASEL.name, NAIVE.name)}
    by_bot = {name: of for name, of in by_bot.items() if of}
    shown = by_bot.get(EASEL.name) or outcomes
    console.print(troubles(shown), results(by_bot))
    complaints = list(_complaints(by_bot, partial=options.partial))
    for complaint in complaints:
        console.print(f"[bold red]{complaint}[/]", soft_wrap=True)
    return 1 if complaints else 0


def _complaints(by_bot: Mapping[str, Sequence[Outcome]], *, partial: bool) -> Sequence[str]:
    complaints = [
        f"{one.contestant}, seed {one.seed}: {breach.kind}: {breach.what} ({breach.mark} in {one.folder}/timeline.txt)"
        for one in by_bot.get(EASEL.name, ())
        for breach in one.verdict.breaches
    ]
    if EASEL.name in by_bot and not partial:
        complaints += [f"never happened: {name}" for name in never_happened(by_bot[EASEL.name])]
    if NAIVE.name in by_bot and not any(one.verdict.breaches for one in by_bot[NAIVE.name]):
        complaints.append("the naive bot passed: the checker does not see")
    return complaints


def seeds_of(commit: str, count: int) -> list[int]:
    digests = [hashlib.sha256(f"{commit}:{number}".encode()).digest() for number in range(count)]
    return [int.from_bytes(digest[:4], "big") for digest in digests]


def _head() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit("git rev-parse HEAD: expected a commit to derive the seeds from, found none: give --commit or --seed")
    return done.stdout.strip()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--commit", help="the seeds are derived from it (default: git rev-parse HEAD)")
    parser.add_argument("--seed", type=int, action="append", help="this seed, repeatable, in place of derived ones")
    parser.add_argument("--bot", choices=CONTESTANTS, action="append", help="repeatable (default: both)")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="in each seed (default 500)")
    parser.add_argument("--kills", type=int, default=KILLS, help="in each seed (default 50)")
    parser.add_argument("--rate", type=float, default=REQUESTS_PER_S, help="requests a second in one seed")
    parser.add_argument("--jobs", type=int, default=5, help="seeds played at the same time (default 5)")
    parser.add_argument("--partial", action="store_true", help="do not insist that every trouble happens")
    parser.add_argument("--out", type=Path, default=Path("out/chaos"), help="logs of seeds that fail")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
