"""`backup` and `restore`: everything that cannot be made again, in one archive and back."""

from datetime import UTC, datetime
from pathlib import Path

from bot.cli.terminal import console, stop
from bot.config import Config
from bot.domain.errors import CannotStart
from bot.storage.backup import back_up
from bot.storage.restore import restore


def back_up_and_tell(config: Config, archive: Path) -> None:
    try:
        storage = config.storage
        done = back_up(storage.path, storage.files, archive, keep_images=storage.keep_images, at=datetime.now(UTC))
    except CannotStart as error:
        stop(str(error))
    _say(f"{archive}: {_size(done.size_bytes)}")
    _say(f"{done.requests:,} requests, {done.unsettled:,} of them unfinished")
    _say(f"{done.files:,} files, {_size(done.files_bytes)}")
    if done.left_out:
        _say(f"{done.left_out:,} files were gone or damaged already")
    _say("It holds what members wrote and gave, and no tokens or keys. Keep it where nobody else reads it.")


def restore_and_tell(config: Config, archive: Path) -> None:
    try:
        done = restore(archive, config.storage.path, config.storage.files, at=datetime.now(UTC))
    except CannotStart as error:
        stop(str(error))
    settled = done.settled
    _say(f"{config.storage.path}: as it was on {done.made_at.astimezone(UTC):%Y-%m-%d at %H:%M:%S} UTC")
    _say(f"{done.requests:,} requests, {done.files:,} files")
    for count, what in (
        (done.missing, "files that are needed were not in the backup; their members are told when they ask"),
        (settled.cancelled, "pictures waited to be sent and are cancelled: they may have been made since"),
        (settled.uncertain, "pictures were just being sent and are uncertain: they may have been made since"),
        (settled.looked_after, "pictures were being made; the bot goes on looking for them"),
        (settled.kept, "requests are kept for their members, who fetch them with /history: they may have been posted"),
    ):
        if count:
            _say(f"{count:,} {what}")


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f} MB"
