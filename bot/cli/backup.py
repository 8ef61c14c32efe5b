"""`backup` and `restore`: everything that cannot be made again, in one archive and back."""

from datetime import UTC, datetime
from pathlib import Path

from bot.beside import back_up, restore
from bot.cli.terminal import console, stop
from bot.config import Config
from bot.domain.errors import CannotStart


def back_up_and_tell(config: Config, archive: Path) -> None:
    try:
        storage = config.storage
        done = back_up(storage.path, storage.files, archive, keep_images=storage.keep_images, at=datetime.now(UTC))
    except CannotStart as error:
        stop(str(error))
    _say(f"{archive}: {_size(done.size_bytes)}")
    _say(f"requests: {done.requests:,}, of them unfinished: {done.unsettled:,}")
    _say(f"files: {done.files:,}, {_size(done.files_bytes)}")
    _count("files that were gone or damaged already", done.left_out)
    _say("It holds what members wrote and gave, and no tokens or keys. Keep it where nobody else reads it.")


def restore_and_tell(config: Config, archive: Path) -> None:
    try:
        done = restore(archive, config.storage.path, config.storage.files, at=datetime.now(UTC))
    except CannotStart as error:
        stop(str(error))
    settled = done.settled
    _say(f"{config.storage.path}: as it was on {done.made_at.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC")
    _say(f"requests: {done.requests:,}")
    _say(f"files: {done.files:,}")
    _count("files that are needed and were not in the backup", done.missing)
    _count("waited to be sent, may have been made since, cancelled", settled.cancelled)
    _count("were just being sent, may have been made since, uncertain", settled.uncertain)
    _count("were being made, still looked for", settled.looked_after)
    _count("requests kept for their members to fetch with /history, since they may have been shown", settled.kept)


def _count(what: str, count: int) -> None:
    if count:
        _say(f"{what}: {count:,}")


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f} MB"
