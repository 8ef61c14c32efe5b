"""Votes in SQLite, exact however many come at once."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.ids import MemberId
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import CandidateGone, VoteNotOpen
from bot.storage.rows import number, to_ms
from bot.storage.sqlite import SqliteDatabase


class SqliteVoteStore:
    """`VoteStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def cast(self, thumbnail: ThumbnailId, member: MemberId, candidate: int, at: datetime) -> int | None:
        async with self._database.transaction() as transaction:
            if not await transaction.run("touch_voting", id=thumbnail, at_ms=to_ms(at)):
                raise VoteNotOpen
            before = await transaction.run("find_vote", thumbnail_id=thumbnail, member_id=member)
            rows = await transaction.run(
                "cast_vote", thumbnail_id=thumbnail, member_id=member, candidate=candidate, at_ms=to_ms(at)
            )
            if not rows:
                raise CandidateGone
            return number(before[0], "candidate") if before else None

    async def votes(self, thumbnail: ThumbnailId) -> Mapping[int, int]:
        rows = await self._database.read("count_votes", thumbnail_id=thumbnail)
        return {number(row, "candidate"): number(row, "votes") for row in rows}

    async def vote_of(self, thumbnail: ThumbnailId, member: MemberId) -> int | None:
        rows = await self._database.read("find_vote", thumbnail_id=thumbnail, member_id=member)
        return number(rows[0], "candidate") if rows else None
