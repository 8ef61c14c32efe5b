"""When members were last shown a hint, in SQLite."""

from datetime import datetime

from bot.domain.ids import MemberId
from bot.storage.rows import to_ms
from bot.storage.sqlite import SqliteDatabase


class SqliteHintStore:
    """`HintStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def note(self, member: MemberId, at: datetime, *, after: datetime) -> bool:
        noted = await self._database.write("note_hint", member_id=member, at_ms=to_ms(at), after_ms=to_ms(after))
        return bool(noted)
