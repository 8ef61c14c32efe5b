"""Forms that members opened, and the images edits are made from, in SQLite."""

from datetime import datetime

from bot.domain.ids import AttachmentId, ChannelId, EditId, MemberId, MessageId, RunId, ServerId, Sha256
from bot.domain.requests import Address, Opening, Upload
from bot.ports import OwnImage
from bot.storage.rows import moment, number, parent_from, parent_values, text, to_ms
from bot.storage.sqlite import SqliteDatabase
from bot.storage.statements import Row


class SqliteEditStore:
    """`EditStore` on SQLite."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    async def open(self, edit: EditId, opening: Opening, at: datetime) -> None:
        address = opening.address
        async with self._database.transaction() as transaction:
            await transaction.run(
                "insert_edit",
                id=edit,
                application_id=address.application_id,
                server_id=address.server_id,
                channel_id=address.channel_id,
                member_id=address.member_id,
                private=address.private,
                **parent_values(opening.parent),
                opened_at_ms=to_ms(at),
            )
            for position, picture in enumerate(opening.pictures):
                await transaction.run(
                    "insert_edit_picture",
                    edit_id=edit,
                    number=position,
                    filename=picture.filename,
                    url=picture.url,
                    size_bytes=picture.size_bytes,
                    sha256=picture.kept,
                )

    async def opened(self, edit: EditId) -> Opening | None:
        rows = await self._database.read("find_edit", id=edit)
        if not rows:
            return None
        parent = parent_from(rows[0])
        assert parent is not None
        pictures = await self._database.read("list_edit_pictures", edit_id=edit)
        return Opening(_address_from(rows[0]), parent, tuple(map(_upload_from, pictures)))

    async def newest_image(self, server: ServerId, channel: ChannelId, member: MemberId) -> OwnImage | None:
        rows = await self._database.read("find_newest_image", server_id=server, channel_id=channel, member_id=member)
        return _image_from(rows[0]) if rows else None

    async def run_of_message(self, message: MessageId) -> RunId | None:
        rows = await self._database.read("find_run_of_message", message_id=message)
        return RunId(text(rows[0], "id")) if rows else None


def _address_from(row: Row) -> Address:
    """The form's own token has served: what it is answered with comes with the filled-in form."""
    return Address(
        application_id=number(row, "application_id"),
        server_id=ServerId(number(row, "server_id")),
        channel_id=ChannelId(number(row, "channel_id")),
        member_id=MemberId(number(row, "member_id")),
        token=None,
        token_expires_at=moment(row, "opened_at_ms"),
        private=bool(row["private"]),
    )


def _upload_from(row: Row) -> Upload:
    size_bytes = None if row["size_bytes"] is None else number(row, "size_bytes")
    kept = None if row["sha256"] is None else Sha256(text(row, "sha256"))
    url = text(row, "url")
    return Upload(text(row, "filename"), url, size_bytes, kept, is_shown=bool(kept and url))


def _image_from(row: Row) -> OwnImage:
    return OwnImage(
        run=RunId(text(row, "run_id")),
        message=MessageId(number(row, "message_id")),
        attachment=None if row["attachment_id"] is None else AttachmentId(number(row, "attachment_id")),
        private=bool(row["private"]),
        sha256=Sha256(text(row, "image_sha256")),
    )
