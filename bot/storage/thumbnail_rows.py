"""Between rows and the records of thumbnails."""

from collections.abc import Sequence

from bot.domain.ids import ChannelId, MemberId, MessageId, RequestId, RunId, ServerId, Sha256
from bot.domain.requests import Change, Reference, Spot
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.states import ThumbnailState, Why
from bot.domain.thumbnails.thumbnails import Candidate, Move, Place, Round, Thumbnail, Trouble
from bot.storage.rows import moment, moment_or_none, ms_or_none, number, text, to_ms
from bot.storage.statements import Row, Value


def thumbnail_values(thumbnail: Thumbnail) -> dict[str, Value]:
    return {
        "id": thumbnail.id,
        "source_id": thumbnail.source_id,
        "application_id": thumbnail.application_id,
        "server_id": thumbnail.server,
        "member_id": thumbnail.requester,
        "shows": thumbnail.shows,
        "headline": thumbnail.headline,
        "style": thumbnail.style,
        "sizes": " ".join(thumbnail.sizes),
        "template": thumbnail.template,
        "pictures": thumbnail.pictures,
        "upload_limit_bytes": thumbnail.upload_limit_bytes,
        "asked_at_ms": to_ms(thumbnail.asked_at),
        "state": thumbnail.state,
        "why": thumbnail.why,
        "deadline_ms": ms_or_none(thumbnail.deadline),
    }


def thumbnail_from(row: Row, references: Sequence[Row]) -> Thumbnail:
    return Thumbnail(
        id=ThumbnailId(text(row, "id")),
        number=number(row, "number"),
        source_id=number(row, "source_id"),
        application_id=number(row, "application_id"),
        server=ServerId(number(row, "server_id")),
        requester=MemberId(number(row, "member_id")),
        shows=text(row, "shows"),
        headline=text(row, "headline"),
        style=_text_or_none(row, "style"),
        sizes=tuple(text(row, "sizes").split()),
        template=text(row, "template"),
        pictures=number(row, "pictures"),
        references=tuple(map(_reference_from, references)),
        upload_limit_bytes=number(row, "upload_limit_bytes"),
        asked_at=moment(row, "asked_at_ms"),
        state=ThumbnailState(text(row, "state")),
        moved_at=moment(row, "moved_at_ms"),
        moved_by=_member_or_none(row, "moved_by"),
        why=Why(text(row, "why")),
        deadline=moment_or_none(row, "deadline_ms"),
        vote_opened_at=moment_or_none(row, "vote_opened_at_ms"),
        chosen=_number_or_none(row, "chosen"),
        trouble=None if row["trouble"] is None else Trouble(text(row, "trouble")),
        trouble_until=moment_or_none(row, "trouble_until_ms"),
        card=_card_from(row),
        edition=number(row, "edition"),
        posted_edition=number(row, "posted_edition"),
        revision=number(row, "revision"),
        shown_revision=number(row, "shown_revision"),
        shown_picture=text(row, "shown_picture"),
        restored_at=moment_or_none(row, "restored_at_ms"),
    )


def reference_values(thumbnail: ThumbnailId, position: int, reference: Reference) -> dict[str, Value]:
    return {
        "thumbnail_id": thumbnail,
        "number": position,
        "filename": reference.filename,
        "sha256": reference.sha256,
        "size_bytes": reference.size_bytes,
        "width_px": reference.width_px,
        "height_px": reference.height_px,
        "change": reference.change,
    }


def move_values(thumbnail: ThumbnailId, move: Move) -> dict[str, Value]:
    return {
        "id": thumbnail,
        "before": move.before,
        "after": move.after,
        "why": move.why,
        "moved_by": move.by,
        "at_ms": to_ms(move.at),
        "deadline_ms": ms_or_none(move.deadline),
        "chosen": move.chosen,
        "reason": move.reason or None,
    }


def move_from(row: Row) -> Move:
    return Move(
        before=ThumbnailState(text(row, "before")),
        after=ThumbnailState(text(row, "after")),
        at=moment(row, "moved_at_ms"),
        why=Why(text(row, "why")),
        by=_member_or_none(row, "moved_by"),
        deadline=moment_or_none(row, "deadline_ms"),
        chosen=_number_or_none(row, "chosen"),
        reason=_text_or_none(row, "reason") or "",
    )


def place_from(row: Row) -> Place | None:
    spot = _spot_from(row, "")
    if spot is None:
        return None
    thread = _number_or_none(row, "thread_id")
    return Place(spot, None if thread is None else ChannelId(thread))


def round_from(row: Row) -> Round:
    request = _text_or_none(row, "request_id")
    return Round(
        thumbnail=ThumbnailId(text(row, "thumbnail_id")),
        number=number(row, "number"),
        words=text(row, "words"),
        pictures=number(row, "pictures"),
        asked_by=MemberId(number(row, "asked_by")),
        asked_at=moment(row, "asked_at_ms"),
        parent=_number_or_none(row, "parent"),
        waiting=_spot_from(row, "waiting_"),
        request=None if request is None else RequestId(request),
        is_answered=row["acknowledged_at_ms"] is not None,
        awaited=number(row, "awaited"),
    )


def candidate_from(row: Row) -> Candidate:
    run, is_deleted = _text_or_none(row, "run_id"), row["deleted_at_ms"] is not None
    return Candidate(
        number=number(row, "number"),
        sha256=Sha256(text(row, "sha256")),
        author=MemberId(number(row, "member_id")),
        added_at=moment(row, "added_at_ms"),
        run=None if run is None else RunId(run),
        parent=_number_or_none(row, "parent"),
        spot=_spot_from(row, ""),
        is_removed=is_deleted or row["removed_at_ms"] is not None,
        is_deleted=is_deleted,
    )


def _reference_from(row: Row) -> Reference:
    return Reference(
        filename=text(row, "filename"),
        url=None,
        sha256=Sha256(text(row, "sha256")),
        size_bytes=number(row, "size_bytes"),
        width_px=number(row, "width_px"),
        height_px=number(row, "height_px"),
        change=Change(text(row, "change")),
    )


def _card_from(row: Row) -> Place | None:
    spot = _spot_from(row, "card_")
    if spot is None:
        return None
    thread = _number_or_none(row, "card_thread_id")
    return Place(spot, None if thread is None else ChannelId(thread))


def _spot_from(row: Row, prefix: str) -> Spot | None:
    channel, message = row[f"{prefix}channel_id"], row[f"{prefix}message_id"]
    if channel is None or message is None:
        return None
    return Spot(ChannelId(int(channel)), MessageId(int(message)))


def _number_or_none(row: Row, column: str) -> int | None:
    return None if row[column] is None else number(row, column)


def _text_or_none(row: Row, column: str) -> str | None:
    return None if row[column] is None else text(row, column)


def _member_or_none(row: Row, column: str) -> MemberId | None:
    return None if row[column] is None else MemberId(number(row, column))
