"""The states of a run and the legal moves between them, written down once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.ids import AttachmentId, KeyId, MemberId, ProviderRunId, RequestId, RunId, ServerId, Sha256
from bot.domain.requests import Spot


class RunState(StrEnum):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    RUNNING = "running"
    OVERDUE = "overdue"
    READY = "ready"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"


class EndReason(StrEnum):
    """Why a run did not become a picture; each has a sentence in `ui/endings.py`."""

    DECLINED = "declined"
    PROVIDER_FAILED = "provider_failed"
    PROVIDER_DOWN = "provider_down"
    INPUT_REJECTED = "input_rejected"
    OUT_OF_CREDIT = "out_of_credit"
    MODEL_GONE = "model_gone"
    RESULT_UNREADABLE = "result_unreadable"
    LOST_TOUCH = "lost_touch"
    KEY_GONE = "key_gone"
    TOO_SLOW = "too_slow"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    MEMBER_GONE = "member_gone"
    CALLED_OFF = "called_off"


MOVES: Mapping[RunState, frozenset[RunState]] = MappingProxyType(
    {
        RunState.QUEUED: frozenset({RunState.SUBMITTING, RunState.CANCELLED, RunState.FAILED}),
        # Back to the queue only when RunBase certainly created nothing.
        RunState.SUBMITTING: frozenset({RunState.QUEUED, RunState.RUNNING, RunState.FAILED, RunState.UNCERTAIN}),
        RunState.RUNNING: frozenset({RunState.READY, RunState.FAILED, RunState.OVERDUE, RunState.UNCERTAIN}),
        RunState.OVERDUE: frozenset({RunState.READY, RunState.FAILED, RunState.UNCERTAIN}),
        # Failed only when the finished picture was lost from the disk.
        RunState.READY: frozenset({RunState.DELIVERED, RunState.FAILED}),
        RunState.DELIVERED: frozenset(),
        RunState.FAILED: frozenset(),
        RunState.CANCELLED: frozenset(),
        RunState.UNCERTAIN: frozenset(),
    }
)

GIVES_BACK = frozenset({RunState.FAILED, RunState.CANCELLED, RunState.UNCERTAIN, RunState.OVERDUE})
"""States on whose entry the quota that was taken for the run is given back."""

AWAITED = frozenset({RunState.QUEUED, RunState.SUBMITTING, RunState.RUNNING})
"""States in which the member still waits, holding quota."""


def is_legal(before: RunState, after: RunState) -> bool:
    return after in MOVES[before]


@dataclass(frozen=True, slots=True)
class Run:
    """One RunBase run made for a request.

    `key_id` and `provider_id` are set from `running` on, `spot` and `attachment` when it was delivered. `deleted_at` is
    when somebody deleted the picture, and nothing is to be done with it any more.
    """

    id: RunId
    request_id: RequestId
    number: int
    server_id: ServerId
    member_id: MemberId
    state: RunState
    queued_at: datetime
    key_id: KeyId | None = None
    provider_id: ProviderRunId | None = None
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    reason: EndReason | None = None
    image: Sha256 | None = None
    spot: Spot | None = None
    attachment: AttachmentId | None = None
    deleted_at: datetime | None = None
