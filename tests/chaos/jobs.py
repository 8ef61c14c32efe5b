"""Plays several seeds at once, each in a process of its own, behind a progress bar."""

import asyncio
import multiprocessing
import queue
import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.contestants import CONTESTANTS, EASEL
from tests.chaos.deck import DECK
from tests.chaos.plan import make_plan
from tests.chaos.play import Outcome, play

_LOOK_EVERY_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Job:
    """`folder` is emptied before, and removed after when nothing in it is of interest."""

    bot: str
    seed: int
    requests: int
    kills: int
    requests_per_s: float
    folder: Path


def run_jobs(jobs: Sequence[Job], *, at_once: int, console: Console) -> list[Outcome]:
    spawn = multiprocessing.get_context("spawn")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        spawn.Manager() as manager,
        ProcessPoolExecutor(at_once, mp_context=spawn) as pool,
        Progress(*columns, console=console) as progress,
    ):
        done: Any = manager.Queue()
        bars = {_name(job): progress.add_task(_name(job), total=job.requests, start=False) for job in jobs}
        futures = [pool.submit(_run, job, done) for job in jobs]
        while not all(future.done() for future in futures):
            _advance(progress, bars, done)
            _stop_at_the_first_failure(futures)
        return [future.result() for future in futures]


def _name(job: Job) -> str:
    return f"{job.bot} {job.seed}"


def _advance(progress: Progress, bars: dict[str, Any], done: Any) -> None:
    try:
        name = done.get(timeout=_LOOK_EVERY_S)
    except queue.Empty:
        return
    if not progress.tasks[bars[name]].started:
        progress.start_task(bars[name])
    progress.advance(bars[name])


def _stop_at_the_first_failure(futures: Sequence[Future[Outcome]]) -> None:
    """A seed that could not be played is a fault of the harness: the others need not be waited for."""
    if any(future.done() and future.exception() for future in futures):
        for future in futures:
            future.cancel()


def _run(job: Job, done: Any) -> Outcome:
    shutil.rmtree(job.folder, ignore_errors=True)
    job.folder.mkdir(parents=True)
    plan = make_plan(
        job.seed,
        asks=job.requests,
        kills=job.kills,
        troubles=tuple(DECK),
        asks_per_s=job.requests_per_s,
    )
    outcome = asyncio.run(play(CONTESTANTS[job.bot], plan, job.folder.resolve(), progress=lambda: done.put(_name(job))))
    if not (outcome.verdict.breaches and outcome.contestant == EASEL.name):
        shutil.rmtree(job.folder)
    return outcome
