"""Statements by their names, on a connection to SQLite."""

from collections.abc import Mapping

import aiosqlite

from bot.storage.queries import query

Row = Mapping[str, int | str | None]
Value = int | str | None


class Transaction:
    """Named statements inside an open transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def run(self, name: str, /, **values: Value) -> list[Row]:
        return await fetch(self._connection, name, values)


async def fetch(connection: aiosqlite.Connection, name: str, values: Mapping[str, Value]) -> list[Row]:
    """In one call: each goes to the connection's thread and back, which takes longer than most statements."""
    return [dict(row) for row in await connection.execute_fetchall(query(name), values)]
