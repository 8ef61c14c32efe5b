"""What the terminal says: why there is no picture and what that cost, what became of references, the last line."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain import errors
from bot.domain.errors import BotError
from bot.domain.requests import Change, Omission, Request
from bot.domain.runs import EndReason
from bot.domain.styles import STYLES
from bot.ports import Picture
from bot.services.inlining import is_kept
from bot.ui.texts import span
from bot.ui.words import alt_text

LEDGER_IN_USE = (
    "The bot is running, or another `imagine`: ask on Discord with /imagine, stop the bot meanwhile, or give --config "
    "a file with another storage.path."
)
NO_PREVIEW = (
    "--offline: expected the libraries of the look-alike, found them missing. Install the extra `preview`: "
    "uv sync --extra preview"
)
STOPPED_WHILE_MADE = "Stopped. The picture is paid for and being made: the next `imagine` fetches it."
STOPPED_OFFLINE = "Stopped. Nothing was paid."
WAITING_FOR_THE_ANSWER = "Waiting for RunBase's last answer. Ctrl+C again ends at once."
NOTHING_UNDER_WAY = 'Nothing is under way. Say what to make: imagine "a red fox in the snow"'
_SHOWN_PROMPT = 28  # with the bar and the pace: within 80 columns
_NOTHING_PAID = "Nothing was paid."
_REFUNDED = "It costs nothing: RunBase refunds what fails."
_NO_CREDIT = (
    f"RunBase takes none of the keys: they have no credit left, or are refused. {_NOTHING_PAID} Top up in RunBase's "
    "console, or check RUNBASE_API_KEYS."
)
_NO_MODEL = f"RunBase does not offer the configured model. {_NOTHING_PAID} Set runbase.model to another one."

_ENDINGS: Mapping[EndReason, str] = {
    EndReason.DECLINED: (
        f"The image model declined this prompt under its safety rules. {_REFUNDED} Change the words and try again."
    ),
    EndReason.PROVIDER_FAILED: f"The image model could not make this picture. {_REFUNDED} Try again.",
    EndReason.PROVIDER_DOWN: f"RunBase is not answering. {_NOTHING_PAID} Try again in a few minutes.",
    EndReason.INPUT_REJECTED: (
        f"RunBase did not accept this request. {_NOTHING_PAID} Try other words or another reference."
    ),
    EndReason.OUT_OF_CREDIT: _NO_CREDIT,
    EndReason.MODEL_GONE: _NO_MODEL,
    EndReason.RESULT_UNREADABLE: (
        "RunBase made something that I could not fetch or read. It was paid for: RunBase's console may show it."
    ),
    EndReason.LOST_TOUCH: (
        "I lost touch with RunBase while sending this. It may or may not have been made and paid for; I will not send "
        "it twice. Ask again if you still want it."
    ),
    EndReason.KEY_GONE: (
        "The key this was made with is no longer in RUNBASE_API_KEYS, and no other can fetch it. Ask again if you "
        "still want it."
    ),
    EndReason.TOO_SLOW: (
        "This picture is paid for and did not arrive in time. If RunBase still makes it, the next `imagine` fetches it."
    ),
    EndReason.CALLED_OFF: f"This was cancelled. {_NOTHING_PAID} Ask again if you want it.",
    EndReason.NOT_ACKNOWLEDGED: f"This was interrupted before it was sent. {_NOTHING_PAID} Ask again if you want it.",
}
_LOCAL_REFUSED = (
    f"RunBase did not accept this request. {_NOTHING_PAID} Perhaps it takes no files from the command line, only "
    "addresses: an https address that leads to the picture works as a --reference."
)

_SENTENCES: Mapping[type[BotError], str | Callable[[Any], str]] = {
    errors.PromptEmpty: "There is nothing to read in the prompt. Say in a few words what the picture should show.",
    errors.PromptTooLong: lambda error: _prompt_too_long(error),
    errors.UnknownAspect: lambda error: (
        f"--aspect {error.given}: expected one of {', '.join(error.offered)}, found {error.given}"
    ),
    errors.UnknownStyle: lambda error: _unknown_style(error),
    errors.TooManyReferences: lambda error: (
        f"{error.limit} references are the most; you gave {error.given}. Pick those that matter most."
    ),
    errors.ReferenceEmpty: lambda error: f"{error.filename} is empty: it has 0 bytes.",
    errors.ReferenceTooLarge: lambda error: (
        f"{error.filename} is larger than {math.ceil(error.limit_bytes / 1_000_000)} MB. Give a smaller version."
    ),
    errors.ReferenceTooManyPixels: lambda error: (
        f"{error.filename} has {error.width_px:,}×{error.height_px:,} pixels; {error.limit_px // 1_000_000} million "
        "fit. Give a smaller version."
    ),
    errors.NotAPicture: lambda error: (
        f"{error.filename} is not a picture I can read. PNG, JPEG, WebP, GIF, HEIC, AVIF, BMP and TIFF work."
    ),
    errors.BrokenPicture: lambda error: f"{error.filename} is damaged or incomplete. Save it again and give that file.",
    errors.QuotaExceeded: lambda error: _quota_exceeded(error),
    errors.QueueFull: "Earlier pictures of the terminal are still waiting. Call `imagine` without a prompt first.",
    errors.OutOfCredit: _NO_CREDIT,
    errors.ModelGone: _NO_MODEL,
    errors.StorageUnavailable: (
        f"The database or the disk refuses. {_NOTHING_PAID} See whether storage.path can be written and has room."
    ),
    errors.Refused: f"This was refused. {_NOTHING_PAID}",
    errors.Unavailable: f"This does not work just now. {_NOTHING_PAID}",
}

_CHANGES = {
    Change.NONE: "",
    Change.CONVERTED: " (converted)",
    Change.MADE_SMALLER: " (made smaller)",
    Change.FIRST_FRAME: " (its first frame)",
}


def sentence(error: BotError) -> str:
    """Of the nearest class in the error's family that has one."""
    words = next(_SENTENCES[family] for family in type(error).__mro__ if family in _SENTENCES)
    return words if isinstance(words, str) else words(error)


def endings(request: Request, reasons: Sequence[EndReason]) -> str:
    """Why there is no picture."""
    return " ".join(_ending(request, reason) for reason in dict.fromkeys(reasons))


def receipt(request: Request) -> str:
    """What became of the references; empty when they went as they were."""
    if not request.left_out and all(one.change is Change.NONE for one in request.references):
        return ""
    used = [f"{one.filename}{_CHANGES[one.change]}" for one in request.references]
    twice = [one.filename for one in request.left_out if one.why is Omission.DUPLICATE]
    return "; ".join([f"Used {', '.join(used)}", *(f"left out {name}: the same as another" for name in twice)])


def summary(path: Path, picture: Picture, seconds: float, cost: str | None) -> str:
    """`fox.png  1536×1024  14 s  $0.05`; without a cost where RunBase documents none."""
    facts = (str(path), f"{picture.width_px}×{picture.height_px}", f"{max(1, round(seconds))} s", cost)
    return "  ".join(filter(None, facts))


def about_earlier(request: Request, words: str) -> str:
    return f"An earlier call asked for “{short(request.prompt)}”: {words}"


def still_being_made(count: int) -> str:
    pictures = "A picture of an earlier call is" if count == 1 else f"{count} pictures of earlier calls are"
    return f"{pictures} still being made. The next `imagine` looks again."


def unsaved(path: Path, why: str) -> str:
    return (
        f"{path}: expected a file I can write, found: {why}. The picture is kept: once that is mended, call `imagine` "
        "without a prompt to save it."
    )


def short(prompt: str) -> str:
    """On one line, in a few words."""
    words = alt_text(prompt)
    return words if len(words) <= _SHOWN_PROMPT else f"{words[: _SHOWN_PROMPT - 1].rstrip()}…"


def _ending(request: Request, reason: EndReason) -> str:
    if reason is EndReason.INPUT_REJECTED and any(is_kept(one.url) for one in request.references):
        return _LOCAL_REFUSED
    return _ENDINGS.get(reason, f"This came to nothing. {_NOTHING_PAID}")


def _prompt_too_long(error: errors.PromptTooLong) -> str:
    added = f"the style adds {error.style:,}, so {error.fits:,} of " if error.style else ""
    return f"The prompt has {error.length:,} characters; {added}{error.limit:,} fit. Cut {error.length - error.fits:,}."


def _unknown_style(error: errors.UnknownStyle) -> str:
    near = f"Did you mean {' or '.join(error.near)}? " if error.near else ""
    return (
        f"--style {error.given}: expected one of the styles, found {error.given}. {near}There are {', '.join(STYLES)}"
    )


def _quota_exceeded(error: errors.QuotaExceeded) -> str:
    if not error.limit:
        return "Pictures are switched off: quota.global allows none."
    opens = "" if error.opens_at is None else f" The next one opens at {error.opens_at.astimezone():%H:%M on %d %B}."
    return (
        f"{error.used:,} of {error.limit:,} pictures were made in the last {span(error.per)}, by everybody together "
        f"(quota.global).{opens} {_NOTHING_PAID}"
    )
