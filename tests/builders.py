"""Records of the domain with sensible defaults: a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.domain.catalogue import DEFAULT_MODEL
from bot.domain.errors import QuotaScope
from bot.domain.ids import ChannelId, MemberId, MessageId, RequestId, RunId, ServerId, Sha256, run_id
from bot.domain.quotas import Usage, Window
from bot.domain.requests import Address, Draft, Kind, Reference, Request, Upload
from bot.domain.runs import Run, RunState

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKEN_LIFE = timedelta(minutes=15)
MESSAGE = MessageId(900)

_numbers = count(1)

_ADDRESS = Address(
    application_id=1,
    server_id=ServerId(10),
    channel_id=ChannelId(20),
    member_id=MemberId(30),
    token="a-token",
    token_expires_at=START + TOKEN_LIFE,
)


def an_address(**changes: Any) -> Address:
    return replace(_ADDRESS, **changes)


def asked_by(member: int, server: int = 10, **changes: Any) -> Address:
    return an_address(server_id=ServerId(server), member_id=MemberId(member), **changes)


def an_upload(filename: str = "fox.png", **changes: Any) -> Upload:
    return replace(Upload(filename, f"https://cdn.test/{filename}", size_bytes=100), **changes)


def a_reference(filename: str = "fox.png", **changes: Any) -> Reference:
    reference = Reference(
        filename=filename,
        url=f"https://cdn.test/{filename}",
        sha256=a_sha256(filename),
        size_bytes=100,
        width_px=8,
        height_px=8,
    )
    return replace(reference, **changes)


def a_sha256(of: str) -> Sha256:
    return Sha256(of.encode().hex().ljust(64, "0")[:64])


def a_draft(prompt: str = "a red fox in the snow", **changes: Any) -> Draft:
    draft = Draft(
        source_id=next(_numbers),
        address=_ADDRESS,
        prompt=prompt,
        aspect=None,
        uploads=(),
        upload_limit_bytes=10_000_000,
    )
    return replace(draft, **changes)


def a_request(**changes: Any) -> Request:
    """Each one has ids of its own; they sort in the order of making."""
    number = next(_numbers)
    request = Request(
        id=RequestId(f"request{number:07}"),
        source_id=number,
        kind=Kind.GENERATE,
        address=_ADDRESS,
        prompt="a red fox in the snow",
        model=DEFAULT_MODEL,
        aspect="1:1",
        images=1,
        references=(),
        upload_limit_bytes=10_000_000,
        created_at=START,
    )
    return replace(request, **changes)


def a_run(**changes: Any) -> Run:
    request = RequestId(f"request{next(_numbers):07}")
    run = Run(
        id=run_id(request, 0),
        request_id=request,
        number=0,
        server_id=_ADDRESS.server_id,
        member_id=_ADDRESS.member_id,
        state=RunState.QUEUED,
        queued_at=START,
    )
    return replace(run, **changes)


def first_run(request: Request) -> RunId:
    return run_id(request.id, 0)


def runs_of(request: Request) -> tuple[RunId, ...]:
    return tuple(run_id(request.id, number) for number in range(request.images))


def a_window(images: int = 5, *, scope: QuotaScope = QuotaScope.MEMBER, per: timedelta = timedelta(hours=1)) -> Window:
    return Window(scope, images, per)


def a_usage(window: Window, *minutes: float) -> Usage:
    """What was taken so many minutes after the start."""
    return Usage.of(window, [START + timedelta(minutes=minute) for minute in sorted(minutes)])


def a_picture(of: str = "fox", *, size_bytes: int = 60, width_px: int = 8, height_px: int = 8) -> bytes:
    """What `FakeImaging` takes for a picture."""
    return f"PICTURE of {of} {width_px}x{height_px};".encode().ljust(size_bytes, b".")
