"""A ledger that remembers how quickly a sped-up look-alike makes pictures, so that a bot looks for them in time."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.ids import AttachmentId, KeyId, ProviderRunId
from bot.domain.requests import Kind, Request
from bot.ports import Placed
from bot.storage.requests import SqliteRequestStore
from bot.storage.sqlite import SqliteDatabase
from tests.builders import MESSAGE, a_request, a_sha256, runs_of

_REQUESTS = 20  # of each kind, with four pictures each: enough for what was believed before to count little
_AGO = timedelta(days=2)  # beyond every window of a quota, and not old enough to be deleted
_SLOWEST, _QUICKEST = timedelta(seconds=20), timedelta(seconds=12)  # the look-alike's, at its ordinary speed
_made: dict[float, bytes] = {}  # by speed


async def remember_runs(path: Path, *, speed: float) -> None:
    """Begin a database at `path`, if there is none. Its requests are of a server and a member that no test has."""
    await asyncio.to_thread(_begin, path, speed)


def _begin(path: Path, speed: float) -> None:
    if path.exists() or not path.parent.is_dir():
        return
    if speed not in _made:
        asyncio.run(_make(path, speed))
        _made[speed] = path.read_bytes()
    path.write_bytes(_made[speed])
    path.chmod(0o600)


async def _make(path: Path, speed: float) -> None:
    now = SystemClock().now()
    database = await SqliteDatabase.open(path, at=now)
    try:
        requests = SqliteRequestStore(database)
        for kind, number in product((Kind.GENERATE, Kind.EDIT), range(_REQUESTS)):
            took = _QUICKEST + (_SLOWEST - _QUICKEST) * number / _REQUESTS
            await _serve(requests, a_request(kind=kind, images=4), now - _AGO, took / speed)
    finally:
        await database.close()


async def _serve(requests: SqliteRequestStore, request: Request, at: datetime, took: timedelta) -> None:
    await requests.accept(replace(request, created_at=at), queue_length=4)
    await requests.acknowledge(request.id, MESSAGE, at)
    for run in runs_of(request):
        await requests.claim(run, KeyId("a-key-of-old"), at)
        await requests.start(run, ProviderRunId(f"provider-{run}"))
        await requests.finish(run, a_sha256(run), at + took, seen_s=took.total_seconds() / 2)
    places = [Placed(run, request.address.channel_id, MESSAGE, AttachmentId(1)) for run in runs_of(request)]
    await requests.deliver(request.id, places, at + took)
