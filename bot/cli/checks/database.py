"""The database: there or not, of which schema, writable, with room on the disk, in use or not."""

from bot.cli.checks.lines import Line, failed, ok, warning
from bot.domain.condition import DatabaseCondition, Schema

_MB = 1_000_000
# A picture takes about 2 MB until it is swept, so a busy day takes a gigabyte or two; a database that cannot grow
# any more takes no requests at all.
_LITTLE_BYTES = 1000 * _MB
_TOO_LITTLE_BYTES = 100 * _MB

_SCHEMAS = {
    Schema.ABSENT: "not there yet; the first start makes it",
    Schema.CURRENT: "up to date",
    Schema.OLDER: "made by an older version; the next start brings it up to date, after a copy",
}


def database_lines(found: DatabaseCondition) -> tuple[Line, ...]:
    return _database(found), _disk(found.free_bytes)


def _database(found: DatabaseCondition) -> Line:
    path = str(found.path)
    if found.schema is Schema.DAMAGED:
        cure = (
            "If it was the bot's, it is damaged: stop the bot, move it away and restore a backup, with `python -m bot "
            "restore FILE`. If not, set storage.path to a file of the bot's own."
        )
        return failed("database", f"{path}: found {found.trouble}", cure)
    if found.trouble is not None:
        cure = "Set storage.path to a file that the bot's user can write, in a folder it can write."
        return failed("database", f"{path}: {found.trouble}", cure)
    if found.schema is Schema.FOREIGN:
        return failed("database", f"{path} holds something else", "Set storage.path to a file of the bot's own.")
    if found.schema is Schema.NEWER:
        cure = "Run the version that made it, or restore a backup: `python -m bot restore FILE`."
        return failed("database", f"{path} was made by a newer version of the bot", cure)
    use = "a running bot uses it" if found.in_use else "it can be written"
    return ok("database", f"{path}: {_SCHEMAS[found.schema]}; {use}")


def _disk(free_bytes: int) -> Line:
    finding = f"{free_bytes / 1000 / _MB:,.1f} GB free where the database is"
    cure = "Make room, or move storage.path to a larger disk."
    if free_bytes < _TOO_LITTLE_BYTES:
        return failed("disk", f"{free_bytes // _MB} MB free where the database is", cure)
    return warning("disk", finding, cure) if free_bytes < _LITTLE_BYTES else ok("disk", finding)
