"""Small facts the bot keeps about itself, in SQLite."""

from bot.storage.rows import text
from bot.storage.sqlite import SqliteDatabase


class SqliteSettingStore:
    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        rows = await self._database.read("get_setting", name=name)
        return text(rows[0], "value") if rows else None

    async def put(self, name: str, value: str) -> None:
        await self._database.write("put_setting", name=name, value=value)
