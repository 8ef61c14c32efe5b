"""What the services need from the world, as Protocols. Adapters implement them; only `app` knows which."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import (
    AttachmentId,
    ChannelId,
    EditId,
    KeyId,
    MemberId,
    MessageId,
    ProviderRunId,
    RequestId,
    RunId,
    ServerId,
    Sha256,
)
from bot.domain.ladder import Rung
from bot.domain.pacing import RunTimes
from bot.domain.quotas import Usage, Window
from bot.domain.requests import Address, Kind, Opening, Request, Spot
from bot.domain.requests import Change as Change
from bot.domain.runs import AWAITED, EndReason, Run, RunState
from bot.domain.turns import Queued, Standing, Who


class Clock(Protocol):
    """The only source of time: `now` is aware UTC, and simulated worlds bring their own."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        """Return when the event is set or the time is over, whichever comes first; the event stays as it is."""


# The image service


@dataclass(frozen=True, slots=True)
class ImageInput:
    model: str
    prompt: str
    aspect: str
    image_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StillRunning:
    pass


@dataclass(frozen=True, slots=True)
class Succeeded:
    """`url` is None when RunBase names none, which it should."""

    url: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    reason: EndReason


Look = StillRunning | Succeeded | Failed


class ImageApi(Protocol):
    """RunBase, one key at a time. A run can be read only with the key that created it."""

    @property
    def keys(self) -> Sequence[KeyId]: ...

    async def create(self, key: KeyId, wanted: ImageInput) -> ProviderRunId:
        """Pay for a run.

        Raises: CreateFailed when certainly nothing was created, CreateUncertain when that cannot be known.
        """

    async def look(self, key: KeyId, run: ProviderRunId) -> Look:
        """Raises: LookFailed, which says nothing about the run."""


class Downloads(Protocol):
    """The only way bytes come in from addresses that somebody else chose."""

    async def reference(self, url: str, *, limit_bytes: int) -> bytes:
        """A file that a member attached on Discord. Raises: DownloadFailed."""

    async def result(self, url: str, *, limit_bytes: int) -> bytes:
        """A picture RunBase made. Raises: DownloadFailed."""


# Pictures


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file turned out to be; `format` is `png`, `jpeg` or `webp`."""

    format: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reference fit for the model. With `Change.NONE` the content is the very bytes that came in."""

    content: bytes
    picture: Picture
    change: Change


class Imaging(Protocol):
    """Everything that decodes or encodes pixels. Bytes are hostile; work is done off the event loop."""

    async def prepare(self, content: bytes, *, filename: str, limit_bytes: int) -> Prepared:
        """A member's file as a PNG, JPEG or WebP of at most `limit_bytes`. Raises: ReferenceRefused."""

    async def inspect(self, content: bytes, *, filename: str) -> Picture:
        """Decode the whole picture once. Raises: ReferenceRefused with the filename."""

    async def fit(self, content: bytes, *, limit_bytes: int) -> tuple[bytes, str]:
        """The picture as a file of at most `limit_bytes` and its format, untouched when it fits already."""

    async def convert(self, content: bytes, *, into: str) -> bytes:
        """The picture as a `png`, `jpeg` or `webp` file, untouched when it is one already."""


class FileStore(Protocol):
    """Bytes by their SHA-256."""

    async def keep(self, content: bytes) -> Sha256: ...

    async def read(self, sha256: Sha256) -> bytes: ...

    async def sweep(self, needed: Set[Sha256], *, before: datetime) -> int:
        """Delete what is not needed and was last kept before a moment."""


# The ledger


@dataclass(frozen=True, slots=True)
class Attempt:
    """A new message was about to be posted on a rung: it may be there."""

    rung: Rung
    at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """A request with its runs: what delivery looks at."""

    request: Request
    runs: tuple[Run, ...]
    attempt: Attempt | None = None

    @property
    def is_awaited(self) -> bool:
        return any(run.state in AWAITED for run in self.runs)


@dataclass(frozen=True, slots=True)
class Past:
    """A request as its member's history tells of it; `quota_used` counts pictures, held or spent."""

    request: Request
    runs: tuple[Run, ...]
    is_kept: bool
    quota_used: int


class RequestStore(Protocol):
    """Requests, their runs and the quota taken for them, moved together in transactions."""

    async def accept(self, request: Request, *, queue_length: int, edit: EditId | None = None) -> None:
        """Store the request, its queued runs and its takes, or nothing at all. `edit` is the form it came from.

        Raises: QuotaExceeded, QueueFull, AlreadyAsked, AlreadyBeingMade.
        """

    async def acknowledge(
        self, request: RequestId, message: MessageId | None, at: datetime, *, attached: Sequence[str] = ()
    ) -> None:
        """From now on the request may be dispatched; `message` is where its answer goes, if there is one.

        `attached` are the addresses of the references that had none, in their order.
        """

    async def withdraw(self, request: RequestId, reason: EndReason, at: datetime) -> int:
        """Cancel what is still queued of a request and give its quota back. Returns how many runs that were."""

    async def queued_in(self, server: ServerId) -> Sequence[RequestId]:
        """Requests of a server with a queued run."""

    async def queue(self) -> Sequence[Queued]:
        """Every acknowledged queued run, in the order of coming."""

    async def under_way_in(self, server: ServerId) -> Mapping[RequestId, datetime]:
        """Requests of a server that RunBase works on, and since when; the oldest first."""

    async def under_way(self) -> Mapping[Who, int]:
        """How many images RunBase is making for each member."""

    async def queued(self, run: RunId) -> tuple[Request, Run] | None:
        """None when it is not queued any more."""

    async def claim(self, run: RunId, key: KeyId, at: datetime) -> bool:
        """queued → submitting. False when somebody else moved it first."""

    async def release(self, run: RunId) -> bool:
        """submitting → queued, for a run that was certainly not created."""

    async def start(self, run: RunId, provider_id: ProviderRunId) -> bool:
        """submitting → running."""

    async def finish(self, run: RunId, image: Sha256, at: datetime) -> bool:
        """running or overdue → ready."""

    async def end(self, run: RunId, state: RunState, reason: EndReason, at: datetime) -> bool:
        """Move what is not ready yet to failed, cancelled, uncertain or overdue and give the quota back, if legal."""

    async def lose(self, run: RunId, at: datetime) -> bool:
        """ready → failed, for a picture that is gone from the disk; the quota is given back."""

    async def deliver(self, request: RequestId, places: Sequence["Placed"], at: datetime) -> None:
        """The member was shown the outcome: the placed runs are delivered, their takes spent unless given back before.

        The request is settled, unless another picture of it became ready meanwhile.
        """

    async def keep(self, request: RequestId, at: datetime) -> None:
        """No way of delivering is left for now; the pictures stay on disk."""

    async def unkeep_all(self) -> None:
        """Try all kept requests once more."""

    async def readdress(self, request: RequestId, address: Address) -> bool:
        """A kept request is delivered to another answer from now on. False when it was not kept any more."""

    async def note_attempt(self, request: RequestId, attempt: Attempt) -> None:
        """Committed before a message is posted, as `submitting` is before a run is created."""

    async def asked(self, request: RequestId) -> Request | None:
        """The request as it was asked for, finished or not."""

    async def history(self, server: ServerId, member: MemberId, *, most: int) -> Sequence[Past]:
        """A member's latest acknowledged requests in a server, newest first."""

    async def forget_token(self, request: RequestId) -> None: ...

    async def looked_after(self) -> Sequence[Run]:
        """Every running and overdue run."""

    async def undelivered(self) -> Sequence[RequestId]:
        """Requests with nothing left to wait for whose member was not shown the outcome."""

    async def being_made(self, *, closing_before: datetime) -> Sequence[RequestId]:
        """Requests with a run that RunBase works on, and queued ones whose token dies before a moment."""

    async def parcel(self, request: RequestId) -> Parcel | None:
        """The request as it stands; None when its outcome was shown already."""

    async def stranded(self) -> Sequence[Run]:
        """Runs that only a crash leaves behind: submitting, or queued and never acknowledged."""

    async def run_seconds(self, model: str, kind: Kind, *, most: int) -> Sequence[float]:
        """How long the latest runs of this model and kind took to be noticed as finished, in seconds."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where on Discord an image is now."""

    run: RunId
    channel: ChannelId
    message: MessageId
    attachment: AttachmentId | None


@dataclass(frozen=True, slots=True)
class OwnImage:
    """A delivered image: where it is on Discord, and the bytes if they are still on disk."""

    run: RunId
    message: MessageId
    attachment: AttachmentId | None
    private: bool
    sha256: Sha256


class EditStore(Protocol):
    """Forms that members opened, and the images edits are made from."""

    async def open(self, edit: EditId, opening: Opening, at: datetime) -> None: ...

    async def opened(self, edit: EditId) -> Opening | None: ...

    async def newest_image(self, server: ServerId, channel: ChannelId, member: MemberId) -> OwnImage | None: ...

    async def run_of_message(self, message: MessageId) -> RunId | None:
        """The image's run when the message is one of the bot's own results."""


class QuotaStore(Protocol):
    async def configure(self, windows: Sequence[Window]) -> None: ...

    async def usage(self, server: ServerId, member: MemberId, at: datetime) -> tuple[Usage, ...]:
        """Every configured window as it stands for this member."""


class SettingStore(Protocol):
    """Small facts the bot keeps about itself."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...


# Discord


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a request that is being made can honestly be said to be.

    `standing` is its place while it waits in line; `is_closing` says that this message can soon not be
    changed any more.
    """

    elapsed_s: float
    times: RunTimes
    standing: Standing | None = None
    is_closing: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished image, ready to be posted; `seconds` from when RunBase was asked until it was there."""

    run: RunId
    content: bytes
    format: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to show of a request now: its pictures, and why the others did not become any.

    `is_quoted` is False where the member's words may not be repeated.
    """

    images: tuple[Finished, ...]
    problems: tuple[EndReason, ...]
    is_quoted: bool = True


class Membership(Protocol):
    async def is_there(self, address: Address) -> bool:
        """Whether the member still is in the server, and so is the bot; True when that cannot be known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A message that waits for a picture, with the addresses of what is attached to it."""

    message: MessageId
    attached: tuple[str, ...]


class Publisher(Protocol):
    """Edits the one message that a request has, or posts one, on a rung of the delivery ladder.

    Raises: RungClosed when this way is closed for good, PostFailed when it is worth another try.
    """

    async def show_waiting(self, request: Request, rung: Rung, waiting: Waiting) -> None: ...

    async def show_outcome(self, request: Request, rung: Rung, outcome: Outcome) -> Sequence[Placed]:
        """Where each image is now, in the order given. What is posted anew carries the request's id."""

    async def shown(self, request: Request, outcome: Outcome) -> Sequence[Placed] | None:
        """Where the images are if the request's message shows this outcome already; None when it does not."""

    async def find(self, request: Request, attempt: Attempt) -> Spot | None:
        """The message that an earlier attempt posted, if it did."""

    async def find_answer(self, request: Request) -> Answer | None:
        """What the member was shown of a request whose answer was not written down; None when nothing is found."""
