"""Why a run did not become a picture, as one sentence: what happened, what it cost, what to do next."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.runs import EndReason
from bot.ui.texts import counted_span

_NOTHING_USED = "No quota used."

_ENDINGS: Mapping[EndReason, str] = {
    EndReason.DECLINED: (
        f"The image model declined this prompt under its safety rules. {_NOTHING_USED} Change the words and try again."
    ),
    EndReason.PROVIDER_FAILED: f"The image model could not make this picture. {_NOTHING_USED} Try again.",
    EndReason.PROVIDER_DOWN: (
        f"The image service is not answering right now. {_NOTHING_USED} Try again in a few minutes."
    ),
    EndReason.INPUT_REJECTED: (
        f"The image service did not accept this request. {_NOTHING_USED} Try other words or another reference."
    ),
    EndReason.OUT_OF_CREDIT: (
        "Pictures are paused: this bot's account is out of credit or not accepted. Its operator has been told. "
        + _NOTHING_USED
    ),
    EndReason.MODEL_GONE: (
        "Pictures are paused: the image service no longer offers this bot's model. Its operator has been told. "
        + _NOTHING_USED
    ),
    EndReason.RESULT_UNREADABLE: (
        f"The image service made something that I could not fetch or read. {_NOTHING_USED} Try again."
    ),
    EndReason.LOST_TOUCH: (
        "I lost touch with the image service while sending this. It may or may not have been made; "
        f"I will not send it twice. {_NOTHING_USED} Ask again if you still want it."
    ),
    EndReason.KEY_GONE: (
        "This bot's access to the image service changed while this was being made, so I cannot fetch it. "
        f"{_NOTHING_USED} Ask again if you still want it."
    ),
    EndReason.MEMBER_GONE: (
        f"This was cancelled, since you or I left the server meanwhile. {_NOTHING_USED} Ask again if you still want it."
    ),
    EndReason.CALLED_OFF: f"Cancelled. {_NOTHING_USED} Ask again whenever you like.",
    EndReason.NOT_ACKNOWLEDGED: f"This request was interrupted before it was sent. {_NOTHING_USED} Try again.",
}

# Of several, those that were perhaps made: of one, and of more than one.
_UNCERTAIN: Mapping[EndReason, tuple[str, str]] = {
    EndReason.LOST_TOUCH: (
        "is uncertain: I lost touch with the image service while sending it. It may or may not have been made; I will "
        "not send it twice.",
        "are uncertain: I lost touch with the image service while sending them. They may or may not have been made; I "
        "will not send them twice.",
    ),
    EndReason.KEY_GONE: (
        "is uncertain: this bot's access to the image service changed while it was being made, so I cannot fetch it.",
        "are uncertain: this bot's access to the image service changed while they were being made, so I cannot fetch "
        "them.",
    ),
}


def ending(reason: EndReason, *, gave_up_after: timedelta, private: bool) -> str:
    """Why a run did not become a picture."""
    if reason is not EndReason.TOO_SLOW:
        return _ENDINGS[reason]
    late = f"This picture did not arrive within {counted_span(gave_up_after)}. {_NOTHING_USED}"
    return f"{late} Try again." if private else f"{late[:-1]}; if it still comes, I will post it here."


def ending_of_some(reason: EndReason, count: int, images: int, *, gave_up_after: timedelta, private: bool) -> str:
    """Why some of several did not become pictures. What to do next, their buttons say."""
    them = "it" if count == 1 else "them"
    which, cost = f"{count} of {images}", f"{_NOTHING_USED[:-1]} for {them}"
    if reason in _UNCERTAIN:
        return f"{which} {_UNCERTAIN[reason][count > 1]} {cost}."
    if reason is EndReason.TOO_SLOW:
        late = f"{which} did not arrive within {counted_span(gave_up_after)}. {cost}"
        comes = "it still comes" if count == 1 else "they still come"
        return f"{late}." if private else f"{late}; if {comes}, I will post {them} here."
    why, _, _ = ending(reason, gave_up_after=gave_up_after, private=private).partition(_NOTHING_USED[:-1])
    return f"{which} could not be made: {why.strip()} {cost}."
