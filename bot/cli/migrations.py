"""`migrate`: the database brought up to date without starting the bot."""

from datetime import UTC, datetime

from bot.beside import migrate_database
from bot.cli.terminal import console, stop
from bot.config import Config
from bot.domain.errors import CannotStart


def migrate_and_tell(config: Config) -> None:
    try:
        done = migrate_database(config, at=datetime.now(UTC))
    except CannotStart as error:
        stop(str(error))
    for migration in done.applied:
        console.print(f"applied {migration.version:04} {migration.name}")
    if done.backup:
        console.print(f"the database as it was before: {done.backup}")
    if not done.applied:
        console.print("nothing to do")
