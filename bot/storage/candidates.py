"""Candidates in SQLite, and the rounds of pictures that become some."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.ids import MemberId, RunId, Sha256
from bot.domain.requests import Spot
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import AlreadyEntered, ThumbnailGone, ThumbnailMoved, TooManyCandidates
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import Candidate, Move, Round
from bot.storage.rows import number, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Transaction
from bot.storage.thumbnail_rows import candidate_from, round_from
from bot.storage.thumbnails import move_in


class SqliteCandidateStore:
    """`CandidateStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def order(self, order: Round, move: Move | None, *, expected: ThumbnailState, most: int) -> int | None:
        async with self._database.transaction() as transaction:
            rows = await transaction.run(
                "insert_round",
                thumbnail_id=order.thumbnail,
                words=order.words,
                pictures=order.pictures,
                parent=order.parent,
                asked_by=order.asked_by,
                asked_at_ms=to_ms(order.asked_at),
                expected=expected,
                most=most,
            )
            if not rows:
                return None
            if move is not None:
                await move_in(transaction, order.thumbnail, move)
            await transaction.run("touch_thumbnail", id=order.thumbnail)
            return number(rows[0], "number")

    async def open_rounds(self, thumbnail: ThumbnailId | None = None) -> Sequence[Round]:
        return [round_from(row) for row in await self._database.read("list_open_rounds", thumbnail_id=thumbnail or "")]

    async def quota_used(self, thumbnail: ThumbnailId) -> int:
        (row,) = await self._database.read("count_quota_used", thumbnail_id=thumbnail)
        return number(row, "images")

    async def note_waiting(self, order: Round, spot: Spot) -> None:
        await self._database.write(
            "note_round_waiting",
            thumbnail_id=order.thumbnail,
            number=order.number,
            channel_id=spot.channel,
            message_id=spot.message,
        )

    async def settle(self, order: Round, at: datetime) -> bool:
        async with self._database.transaction() as transaction:
            rows = await transaction.run(
                "settle_round", thumbnail_id=order.thumbnail, number=order.number, at_ms=to_ms(at)
            )
            if rows:
                await transaction.run("touch_thumbnail", id=order.thumbnail)
            return bool(rows)

    async def collect(self, thumbnail: ThumbnailId, at: datetime, *, most: int) -> Sequence[RunId]:
        at_ms, new = to_ms(at), list[RunId]()
        async with self._database.transaction() as transaction:
            removed = await transaction.run("remove_deleted_candidates", thumbnail_id=thumbnail, at_ms=at_ms)
            for row in await transaction.run("list_pictures_to_collect", thumbnail_id=thumbnail):
                is_new = await transaction.run(
                    "insert_candidate",
                    thumbnail_id=thumbnail,
                    sha256=row["image_sha256"],
                    member_id=row["member_id"],
                    run_id=row["run_id"],
                    parent=row["parent"],
                    at_ms=at_ms,
                    most=most,
                )
                new += [RunId(text(row, "run_id"))] * bool(is_new)
            if removed or new:
                await transaction.run("touch_thumbnail", id=thumbnail)
        return new

    async def candidates(self, thumbnail: ThumbnailId) -> Sequence[Candidate]:
        return [candidate_from(row) for row in await self._database.read("list_candidates", thumbnail_id=thumbnail)]

    async def enter(self, thumbnail: ThumbnailId, member: MemberId, sha256: Sha256, at: datetime, *, most: int) -> int:
        async with self._database.transaction() as transaction:
            rows = await transaction.run(
                "insert_entry", thumbnail_id=thumbnail, member_id=member, sha256=sha256, at_ms=to_ms(at), most=most
            )
            if not rows:
                raise await _why_not_entered(transaction, thumbnail, member, most)
            await transaction.run("touch_thumbnail", id=thumbnail)
            return number(rows[0], "number")

    async def remove(self, thumbnail: ThumbnailId, number: int, by: MemberId, at: datetime) -> bool:
        async with self._database.transaction() as transaction:
            rows = await transaction.run(
                "remove_candidate", thumbnail_id=thumbnail, number=number, removed_by=by, at_ms=to_ms(at)
            )
            if rows:
                await transaction.run("touch_thumbnail", id=thumbnail)
            return bool(rows)


async def _why_not_entered(
    transaction: Transaction, thumbnail: ThumbnailId, member: MemberId, most: int
) -> AlreadyEntered | TooManyCandidates | ThumbnailGone | ThumbnailMoved:
    rows = await transaction.run("find_thumbnail", id=thumbnail)
    if not rows:
        return ThumbnailGone()
    state = ThumbnailState(text(rows[0], "state"))
    is_open = state in {ThumbnailState.APPROVED, ThumbnailState.MAKING, ThumbnailState.VOTING}
    if not is_open and (state is not ThumbnailState.DECIDING or rows[0]["vote_opened_at_ms"] is not None):
        return ThumbnailMoved(state)
    candidates = map(candidate_from, await transaction.run("list_candidates", thumbnail_id=thumbnail))
    if any(one.is_entry and one.author == member and not one.is_removed for one in candidates):
        return AlreadyEntered()
    return TooManyCandidates(most)
