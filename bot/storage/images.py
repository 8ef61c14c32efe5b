"""Finished images with what became of them, and who reported them, in SQLite."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.ids import AttachmentId, ChannelId, MemberId, MessageId, RequestId, RunId, request_of
from bot.domain.images import Image, Post
from bot.domain.moderation import AlreadyReported, TooManyReports
from bot.storage.rows import moment, number, request_from, run_from, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row


class SqliteImageStore:
    """`ImageStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def image(self, run: RunId) -> Image | None:
        return next((image for image in await self.images_of(request_of(run)) if image.id == run), None)

    async def images_of(self, request: RequestId) -> Sequence[Image]:
        read = self._database.read
        rows = await read("find_request", id=request)
        if not rows:
            return ()
        references = await read("list_references", request_id=request)
        asked = request_from(rows[0], references, await read("list_left_out", request_id=request))
        posts = {post.run: post for post in map(_post_from, await read("list_posts", request_id=request))}
        runs = [run_from(row) for row in await read("list_runs_of_request", request_id=request)]
        return [Image(asked, run, posts.get(run.id)) for run in runs]

    async def ancestors(self, run: RunId, *, most: int) -> Sequence[RunId]:
        rows = await self._database.read("list_ancestors", run_id=run, most=most)
        return [RunId(text(row, "run_id")) for row in rows]

    async def children(self, run: RunId, *, most: int) -> Sequence[RunId]:
        rows = await self._database.read("list_children", run_id=run, most=most)
        return [RunId(text(row, "id")) for row in rows]

    async def delete(self, run: RunId, at: datetime) -> None:
        await self._database.write("delete_image", run_id=run, at_ms=to_ms(at))


class SqliteReportStore:
    """`ReportStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def note(self, run: RunId, member: MemberId, at: datetime, *, since: datetime, most: int) -> None:
        async with self._database.transaction() as transaction:
            if not await transaction.run("insert_report", run_id=run, member_id=member, at_ms=to_ms(at)):
                raise AlreadyReported
            (row,) = await transaction.run("count_reports", member_id=member, since_ms=to_ms(since))
            if number(row, "reports") > most:
                raise TooManyReports(most, at - since)

    async def forget(self, run: RunId, member: MemberId) -> None:
        await self._database.write("forget_report", run_id=run, member_id=member)


def _post_from(row: Row) -> Post:
    return Post(
        run=RunId(text(row, "run_id")),
        channel=ChannelId(number(row, "channel_id")),
        message=None if row["message_id"] is None else MessageId(number(row, "message_id")),
        attachment=None if row["attachment_id"] is None else AttachmentId(number(row, "attachment_id")),
        shows_prompt=bool(row["shows_prompt"]),
        posted_at=moment(row, "posted_at_ms"),
    )
