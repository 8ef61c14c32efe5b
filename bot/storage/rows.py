"""Between rows and the domain's records."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.ids import (
    AttachmentId,
    ChannelId,
    KeyId,
    MemberId,
    MessageId,
    ProviderRunId,
    RequestId,
    RunId,
    ServerId,
    Sha256,
)
from bot.domain.requests import Address, Change, Kind, LeftOut, Omission, Parent, Reference, Relation, Request, Spot
from bot.domain.runs import EndReason, Run, RunState
from bot.storage.statements import Row, Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    return _EPOCH + ms * _MILLISECOND


def number(row: Row, column: str) -> int:
    value = row[column]
    assert isinstance(value, int), column
    return value


def text(row: Row, column: str) -> str:
    value = row[column]
    assert isinstance(value, str), column
    return value


def moment(row: Row, column: str) -> datetime:
    return from_ms(number(row, column))


def ms_or_none(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def moment_or_none(row: Row, column: str) -> datetime | None:
    return None if row[column] is None else moment(row, column)


def request_values(request: Request) -> dict[str, Value]:
    address = request.address
    return {
        "id": request.id,
        "source_id": request.source_id,
        "kind": request.kind,
        "application_id": address.application_id,
        "server_id": address.server_id,
        "channel_id": address.channel_id,
        "member_id": address.member_id,
        "private": address.private,
        "prompt": request.prompt,
        "model": request.model,
        "aspect": request.aspect,
        "images": request.images,
        "upload_limit_bytes": request.upload_limit_bytes,
        "token": address.token,
        "token_expires_at_ms": to_ms(address.token_expires_at),
        "message_id": address.message_id,
        **parent_values(request.parent),
        "parent_relation": request.parent.relation if request.parent else Relation.EDIT,
        "style": request.style,
        "sent_prompt": request.sent_prompt,
        "pressed": request.pressed,
        "created_at_ms": to_ms(request.created_at),
    }


def parent_values(parent: Parent | None) -> dict[str, Value]:
    return {
        "parent_channel_id": parent.channel_id if parent else None,
        "parent_message_id": parent.message_id if parent else None,
        "parent_run_id": parent.run_id if parent else None,
    }


def parent_from(row: Row, relation: Relation = Relation.EDIT) -> Parent | None:
    if row["parent_channel_id"] is None:
        return None
    return Parent(
        channel_id=ChannelId(number(row, "parent_channel_id")),
        message_id=None if row["parent_message_id"] is None else MessageId(number(row, "parent_message_id")),
        run_id=None if row["parent_run_id"] is None else RunId(text(row, "parent_run_id")),
        relation=relation,
    )


def request_from(row: Row, references: Sequence[Row], left_out: Sequence[Row]) -> Request:
    return Request(
        id=RequestId(text(row, "id")),
        source_id=number(row, "source_id"),
        kind=Kind(text(row, "kind")),
        address=_address_from(row),
        prompt=text(row, "prompt"),
        model=text(row, "model"),
        aspect=text(row, "aspect"),
        images=number(row, "images"),
        references=tuple(map(_reference_from, references)),
        upload_limit_bytes=number(row, "upload_limit_bytes"),
        created_at=moment(row, "created_at_ms"),
        left_out=tuple(LeftOut(text(one, "filename"), Omission(text(one, "why"))) for one in left_out),
        parent=parent_from(row, Relation(text(row, "parent_relation"))),
        style=None if row["style"] is None else text(row, "style"),
        sent_prompt=None if row["sent_prompt"] is None else text(row, "sent_prompt"),
        pressed=None if row["pressed"] is None else text(row, "pressed"),
    )


def _address_from(row: Row) -> Address:
    return Address(
        application_id=number(row, "application_id"),
        server_id=ServerId(number(row, "server_id")),
        channel_id=ChannelId(number(row, "channel_id")),
        member_id=MemberId(number(row, "member_id")),
        token=None if row["token"] is None else text(row, "token"),
        token_expires_at=moment(row, "token_expires_at_ms"),
        message_id=None if row["message_id"] is None else MessageId(number(row, "message_id")),
        private=bool(row["private"]),
    )


def reference_values(request: RequestId, position: int, reference: Reference) -> dict[str, Value]:
    return {
        "request_id": request,
        "number": position,
        "filename": reference.filename,
        "url": reference.url,
        "sha256": reference.sha256,
        "size_bytes": reference.size_bytes,
        "width_px": reference.width_px,
        "height_px": reference.height_px,
        "change": reference.change,
    }


def _reference_from(row: Row) -> Reference:
    return Reference(
        filename=text(row, "filename"),
        url=None if row["url"] is None else text(row, "url"),
        sha256=Sha256(text(row, "sha256")),
        size_bytes=number(row, "size_bytes"),
        width_px=number(row, "width_px"),
        height_px=number(row, "height_px"),
        change=Change(text(row, "change")),
        is_copy=bool(row["is_copy"]),
    )


def run_from(row: Row) -> Run:
    return Run(
        id=RunId(text(row, "id")),
        request_id=RequestId(text(row, "request_id")),
        number=number(row, "number"),
        server_id=ServerId(number(row, "server_id")),
        member_id=MemberId(number(row, "member_id")),
        state=RunState(text(row, "state")),
        queued_at=moment(row, "queued_at_ms"),
        key_id=None if row["key_id"] is None else KeyId(text(row, "key_id")),
        provider_id=None if row["provider_id"] is None else ProviderRunId(text(row, "provider_id")),
        submitted_at=moment_or_none(row, "submitted_at_ms"),
        ended_at=moment_or_none(row, "ended_at_ms"),
        reason=None if row["reason"] is None else EndReason(text(row, "reason")),
        image=None if row["image_sha256"] is None else Sha256(text(row, "image_sha256")),
        spot=_spot_from(row),
        attachment=None if row["attachment_id"] is None else AttachmentId(number(row, "attachment_id")),
        deleted_at=moment_or_none(row, "deleted_at_ms"),
    )


def _spot_from(row: Row) -> Spot | None:
    if row["channel_id"] is None or row["message_id"] is None:
        return None
    return Spot(ChannelId(number(row, "channel_id")), MessageId(number(row, "message_id")))
