"""Pages of all that was asked for, and posts from private, in SQLite."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.gallery import Wanted, Whose
from bot.domain.ids import ChannelId, RunId, ServerId
from bot.ports import PastImage, Placed
from bot.storage.images import SqliteImageStore
from bot.storage.rows import number, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row, Value


class SqliteGalleryStore:
    """`GalleryStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._images = SqliteImageStore(database)

    async def page(self, wanted: Wanted, *, skip: int, most: int) -> Sequence[PastImage]:
        read, values = self._database.read, {**_values(wanted), "skip": skip, "most": most}
        if wanted.whose is Whose.MINE:
            rows = await read("list_own_images", **values)
        else:
            rows = await read("list_server_images", **values)
        return [past for row in rows if (past := await self._past(row)) is not None]

    async def count(self, wanted: Wanted) -> int:
        read, values = self._database.read, _values(wanted)
        if wanted.whose is Whose.MINE:
            (row,) = await read("count_own_images", **values)
        else:
            (row,) = await read("count_server_images", **values)
        return number(row, "images")

    async def channels(self, server: ServerId) -> Sequence[ChannelId]:
        rows = await self._database.read("list_channels", server_id=server)
        return [ChannelId(number(row, "channel_id")) for row in rows]

    async def _past(self, row: Row) -> PastImage | None:
        """None when it was forgotten just now."""
        image = await self._images.image(RunId(text(row, "id")))
        return None if image is None else PastImage(image, bool(row["is_kept"]), bool(row["took_quota"]))


class SqlitePostStore:
    """`PostStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def reserve(self, runs: Sequence[RunId], channel: ChannelId, *, shows_prompt: bool, at: datetime) -> bool:
        try:
            async with self._database.transaction() as transaction:
                for run in runs:
                    reserved = await transaction.run(
                        "reserve_post", run_id=run, channel_id=channel, shows_prompt=shows_prompt, at_ms=to_ms(at)
                    )
                    if not reserved:
                        raise _Taken
        except _Taken:
            return False
        return True

    async def fill(self, places: Sequence[Placed]) -> None:
        async with self._database.transaction() as transaction:
            for place in places:
                await transaction.run(
                    "fill_post",
                    run_id=place.run,
                    channel_id=place.channel,
                    message_id=place.message,
                    attachment_id=place.attachment,
                )

    async def release(self, runs: Sequence[RunId]) -> None:
        async with self._database.transaction() as transaction:
            for run in runs:
                await transaction.run("release_post", run_id=run)


class _Taken(Exception):
    """Rolls the transaction back."""


def _values(wanted: Wanted) -> dict[str, Value]:
    pattern = _pattern(wanted.search)
    if wanted.whose is Whose.MINE:
        return {"server_id": wanted.server, "member_id": wanted.member, "pattern": pattern}
    return {"server_id": wanted.server, "hidden": _listed(wanted.hidden), "pattern": pattern}


def _pattern(search: str) -> str:
    """The words anywhere in the prompt, in their order."""
    words = [_literal(word) for word in search.lower().split()]
    return f"%{'%'.join(words)}%" if words else "%"


def _literal(word: str) -> str:
    for special in "\\%_":
        word = word.replace(special, f"\\{special}")
    return word


def _listed(channels: frozenset[ChannelId]) -> str:
    return f",{','.join(map(str, sorted(channels)))},"
