"""Names for the identifiers that travel through the bot, and how new ones are made."""

import secrets
from typing import NewType

RequestId = NewType("RequestId", str)
RunId = NewType("RunId", str)
KeyId = NewType("KeyId", str)
ProviderRunId = NewType("ProviderRunId", str)
Sha256 = NewType("Sha256", str)
EditId = NewType("EditId", str)

ServerId = NewType("ServerId", int)
ChannelId = NewType("ChannelId", int)
MemberId = NewType("MemberId", int)
MessageId = NewType("MessageId", int)
AttachmentId = NewType("AttachmentId", int)


def new_request_id() -> RequestId:
    """16 URL-safe characters: short enough for a nonce (25) and a custom id (100), too many to guess."""
    return RequestId(secrets.token_urlsafe(12))


def new_edit_id() -> EditId:
    return EditId(secrets.token_urlsafe(12))


def run_id(request: RequestId, number: int) -> RunId:
    """The id of a request's run number 0, 1, …; readable in logs, unique without asking the database."""
    return RunId(f"{request}.{number}")


def request_of(run: RunId) -> RequestId:
    """The request a run was made for."""
    return RequestId(run.rpartition(".")[0])
