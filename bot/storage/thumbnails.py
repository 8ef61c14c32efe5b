"""Thumbnails and their moves in SQLite."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.errors import AlreadyAsked
from bot.domain.ids import MemberId, ServerId
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import TooManyThumbnails
from bot.domain.thumbnails.states import ThumbnailState, is_legal
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, Move, Place, Thumbnail, Trouble
from bot.ports.thumbnails import Posted, Tended
from bot.storage.rows import from_ms, moment, number, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row, Transaction
from bot.storage.thumbnail_rows import (
    move_from,
    move_values,
    place_from,
    reference_values,
    thumbnail_from,
    thumbnail_values,
)


class SqliteThumbnailStore:
    """`ThumbnailStore` on SQLite: every move is one guarded statement, with its entry in the history beside it."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def ask(self, thumbnail: Thumbnail, *, most_open: int) -> int:
        async with self._database.transaction() as transaction:
            if await transaction.run("find_thumbnail_of_source", source_id=thumbnail.source_id):
                raise AlreadyAsked
            rows = await transaction.run("insert_thumbnail", **thumbnail_values(thumbnail), most_open=most_open)
            if not rows:
                raise TooManyThumbnails(most_open)
            for position, reference in enumerate(thumbnail.references):
                await transaction.run(
                    "insert_thumbnail_reference", **reference_values(thumbnail.id, position, reference)
                )
            return number(rows[0], "number")

    async def thumbnail(self, thumbnail: ThumbnailId) -> Thumbnail | None:
        rows = await self._database.read("find_thumbnail", id=thumbnail)
        if not rows:
            return None
        return thumbnail_from(rows[0], await self._database.read("list_thumbnail_references", thumbnail_id=thumbnail))

    async def numbered(self, server: ServerId, number: int) -> Thumbnail | None:
        found = await self._all(await self._database.read("find_numbered_thumbnail", server_id=server, number=number))
        return found[0] if found else None

    async def listed(self, server: ServerId, *, of: MemberId | None, only_open: bool, most: int) -> Sequence[Thumbnail]:
        rows = await self._database.read(
            "list_thumbnails", server_id=server, member_id=of or 0, only_open=only_open, most=most
        )
        return await self._all(rows)

    async def open_ones(self, *, asked_before: datetime, server: ServerId | None = None) -> Sequence[Thumbnail]:
        rows = await self._database.read(
            "list_open_thumbnails", asked_before_ms=to_ms(asked_before), server_id=server or 0
        )
        return await self._all(rows)

    async def to_tend(self, at: datetime) -> Sequence[Tended]:
        rows = await self._database.read("list_thumbnails_to_tend", at_ms=to_ms(at), most=MOST_CANDIDATES)
        return [Tended(ThumbnailId(text(row, "id")), bool(row["is_pressing"]), bool(row["is_dirty"])) for row in rows]

    async def next_deadline(self, after: datetime) -> datetime | None:
        (row,) = await self._database.read("find_next_deadline", at_ms=to_ms(after))
        return None if row["at_ms"] is None else from_ms(number(row, "at_ms"))

    async def move(self, thumbnail: ThumbnailId, move: Move) -> bool:
        async with self._database.transaction() as transaction:
            return await move_in(transaction, thumbnail, move)

    async def moves(self, thumbnail: ThumbnailId) -> Sequence[Move]:
        return [move_from(row) for row in await self._database.read("list_thumbnail_moves", thumbnail_id=thumbnail)]

    async def note_trouble(self, thumbnail: ThumbnailId, trouble: Trouble | None, until: datetime | None) -> None:
        until_ms = None if until is None else to_ms(until)
        await self._database.write("note_trouble", id=thumbnail, trouble=trouble, until_ms=until_ms)

    async def show_again(self, server: ServerId) -> None:
        await self._database.write("show_thumbnails_again", server_id=server)

    async def reletter(self, thumbnail: ThumbnailId, headline: str, template: str) -> bool:
        return bool(
            await self._database.write("reletter_thumbnail", id=thumbnail, headline=headline, template=template)
        )

    async def note_shown(self, thumbnail: ThumbnailId, revision: int, picture: str) -> None:
        await self._database.write("note_shown", id=thumbnail, revision=revision, picture=picture)

    async def note_edition(self, thumbnail: ThumbnailId, edition: int) -> None:
        await self._database.write("note_edition", id=thumbnail, edition=edition)

    async def post(self, thumbnail: ThumbnailId, mark: str) -> Posted | None:
        rows = await self._database.read("find_thumbnail_post", thumbnail_id=thumbnail, mark=mark)
        return Posted(moment(rows[0], "attempted_at_ms"), place_from(rows[0])) if rows else None

    async def attempt(self, thumbnail: ThumbnailId, mark: str, at: datetime) -> None:
        await self._database.write("attempt_thumbnail_post", thumbnail_id=thumbnail, mark=mark, at_ms=to_ms(at))

    async def note_post(self, thumbnail: ThumbnailId, mark: str, place: Place) -> None:
        await self._database.write(
            "note_thumbnail_post",
            thumbnail_id=thumbnail,
            mark=mark,
            channel_id=place.spot.channel,
            message_id=place.spot.message,
            thread_id=place.thread,
        )

    async def forget_post(self, thumbnail: ThumbnailId, mark: str) -> None:
        await self._database.write("forget_thumbnail_post", thumbnail_id=thumbnail, mark=mark)

    async def _all(self, rows: Sequence[Row]) -> list[Thumbnail]:
        found = [await self.thumbnail(ThumbnailId(text(row, "id"))) for row in rows]
        return [one for one in found if one is not None]


async def move_in(transaction: Transaction, thumbnail: ThumbnailId, move: Move) -> bool:
    """In a transaction that may do more."""
    assert is_legal(move.before, move.after), (move.before, move.after)
    values = move_values(thumbnail, move)
    if not await transaction.run("move_thumbnail", **values):
        return False
    await transaction.run("insert_thumbnail_move", **values)
    if move.after is ThumbnailState.APPROVED:
        await transaction.run("clear_votes", thumbnail_id=thumbnail)
    return True
