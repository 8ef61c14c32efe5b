"""Reads what Easel wrote down, from its SQLite file and its folder of pictures, after its process has ended."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.chaos.evidence import Books, TakeState
from tests.chaos.marks import Mark, marks_in, pictured

_TAKES = "SELECT request.prompt, take.state FROM takes AS take JOIN requests AS request ON request.id = take.request_id"
_KEPT = "SELECT id, prompt FROM requests WHERE kept_at_ms IS NOT NULL AND settled_at_ms IS NULL"
_READY = "SELECT image_sha256 FROM runs WHERE request_id = ? AND state = 'ready'"
_RUNS = "SELECT request.prompt FROM runs AS run JOIN requests AS request ON request.id = run.request_id"
_UNCERTAIN = f"{_RUNS} WHERE run.state = 'uncertain'"
_OVERDUE = f"{_RUNS} WHERE run.reason = 'too_slow'"


def read_books(database: Path) -> Books:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        takes: defaultdict[Mark, list[TakeState]] = defaultdict(list)
        for prompt, state in connection.execute(_TAKES):
            takes[_mark(prompt)].append(TakeState(state))
        kept = list(_kept(connection, database.parent / "files"))
        return Books(
            takes=takes,
            kept=Counter(mark for mark, _ in kept),
            kept_pictures=Counter(mark for mark, pictures in kept for _ in range(pictures)),
            uncertain=Counter(_mark(prompt) for (prompt,) in connection.execute(_UNCERTAIN)),
            overdue=Counter(_mark(prompt) for (prompt,) in connection.execute(_OVERDUE)),
        )


def _kept(connection: sqlite3.Connection, folder: Path) -> Iterator[tuple[Mark, int]]:
    """Requests, and how many pictures wait with each; only while all their files are whole. Bad news needs none."""
    for request, prompt in connection.execute(_KEPT):
        mark = _mark(prompt)
        images = [sha256 for (sha256,) in connection.execute(_READY, (request,))]
        if all(_is_whole(folder / sha256[:2] / sha256, mark) for sha256 in images):
            yield mark, len(images)


def _is_whole(picture: Path, mark: Mark) -> bool:
    carried = pictured(picture.read_bytes()) if picture.is_file() else None
    return carried is not None and carried.mark == mark


def _mark(prompt: str) -> Mark:
    (mark,) = marks_in(prompt)
    return mark
