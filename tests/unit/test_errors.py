"""Every failure has a sentence of its own that says what happened, what it cost and what to do next."""

import logging
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import discord
import pytest
from discord import app_commands

from bot.domain import errors, moderation, posting
from bot.domain.errors import BotError, QuotaExceeded, QuotaScope, Refused, Unavailable
from bot.domain.ids import ChannelId, MessageId, ServerId
from bot.domain.requests import Spot
from bot.domain.runs import EndReason
from bot.domain.thumbnails import errors as designs
from bot.domain.thumbnails import refusals
from bot.ui.endings import ending, ending_of_some
from bot.ui.errors import answer_to, sentence, unexpected
from bot.ui.links import link_to
from tests.builders import START
from tests.fakes import FakeMeter

GIVE_UP_AFTER = timedelta(minutes=10)
SOMEWHERE = Spot(ChannelId(20), MessageId(900))
REFERENCE = re.compile(
    r"Something went wrong on my side \(ref ([2-9A-Z]{4})\)\. No quota used\. "
    r"Try again; if it goes on, tell this bot's operator the ref\."
)
NEXT = re.compile(
    r"\b(?:(?:Add|Ask|Attach|Change|Choose|Cut|Describe|Give|Leave|Mention|Open|Pick|Reload|Reply|Right-click|Save|Say|"
    r"Send|Try|Use|Write|work|works)\b|opens <t:\d+:R>|operator has been told|is already being made|will post it here)",
    re.IGNORECASE,
)


MODULES = {module.__name__ for module in (errors, moderation, posting, designs, refusals)}


def leaves(root: type[BotError]) -> Iterator[type[BotError]]:
    for kind in root.__subclasses__():
        if kind.__module__ in MODULES:
            yield from leaves(kind) if kind.__subclasses__() else (kind,)


def an_error(kind: type[BotError], **given: Any) -> BotError:
    """With something plausible in every field that is not given."""
    if not is_dataclass(kind):
        return kind()
    hints = get_type_hints(kind)
    return kind(**{field.name: given.get(field.name, a_value(field.name, hints[field.name])) for field in fields(kind)})


def a_value(name: str, kind: Any) -> Any:
    known = {"filename": "notes.txt", "permissions": ("attach_files",), "waiting": 1000, "length": 4213, "limit": 4000}
    by_type = {int: 6_000_000, str: "17:4", datetime: START, timedelta: timedelta(hours=1), bool: True, float: 1.5}
    by_type |= {Path: Path("data"), ServerId: 10, ChannelId: 20, Spot: SOMEWHERE}
    if name in known:
        return known[name]
    options = get_args(kind)
    if get_origin(kind) is tuple:
        return ("Square 1:1", "Landscape 3:2")
    if get_origin(kind) is Literal:
        return options[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return by_type[next(option for option in (options or (kind,)) if option in by_type)]


LEAVES = [*leaves(Refused), *leaves(Unavailable)]
PERMISSIONS = ("view_channel", "send_messages", "send_messages_in_threads", "attach_files")


def endings(*, private: bool) -> dict[EndReason, str]:
    return {reason: ending(reason, gave_up_after=GIVE_UP_AFTER, private=private) for reason in EndReason}


# ---- one sentence each ----------------------------------------------------------------------------------------------


def test_the_tree_of_errors_is_found() -> None:
    assert {errors.NotInServer, errors.NotAPicture, QuotaExceeded, errors.FileLost} <= set(LEAVES)
    assert len(LEAVES) >= 23


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence(kind: type[BotError]) -> None:
    said = sentence(an_error(kind))
    assert not REFERENCE.fullmatch(said)
    assert said[0].isupper() or said.lstrip("-").startswith(("notes.txt", "17:4"))
    assert said.endswith(".")


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_says_what_to_do_next(kind: type[BotError]) -> None:
    assert NEXT.search(sentence(an_error(kind)))


def test_no_two_errors_read_alike() -> None:
    said = {kind: sentence(an_error(kind)) for kind in LEAVES}
    assert len(set(said.values())) == len(LEAVES)


@pytest.mark.parametrize("private", [False, True])
def test_every_ending_has_a_sentence_of_its_own_and_costs_nothing(private: bool) -> None:
    said = endings(private=private)
    assert len(set(said.values())) == len(EndReason)
    assert all("No quota used" in text and text.endswith(".") for text in said.values())


@pytest.mark.parametrize("reason", EndReason)
def test_every_ending_says_what_to_do_next(reason: EndReason) -> None:
    assert NEXT.search(endings(private=False)[reason])


ABOUT_QUOTA = [kind for kind in leaves(Unavailable) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", ABOUT_QUOTA, ids=lambda kind: kind.__name__)
def test_what_is_not_the_members_fault_says_that_it_costs_nothing(kind: type[BotError]) -> None:
    assert "No quota used" in sentence(an_error(kind))


def test_no_sentence_speaks_the_programmers_language() -> None:
    said = [sentence(an_error(kind)) for kind in LEAVES]
    said += [*endings(private=False).values(), *endings(private=True).values()]
    names = [kind.__name__ for kind in (*LEAVES, BotError, Refused, Unavailable)]
    for text in said:
        assert not any(re.search(rf"\b{name}\b", text) for name in names if name.lower() != "refused")
        assert not re.search(r"[a-z]_[a-z]|Exception|Traceback|None|\{|\}", text)
        assert "\n" not in text


# ---- what some of them say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", QuotaScope)
def test_a_full_quota_says_when_it_opens_as_a_timestamp(scope: QuotaScope) -> None:
    opens_at = START + timedelta(minutes=20)
    said = sentence(QuotaExceeded(scope, 5, 5, timedelta(hours=1), asked=1, opens_at=opens_at))
    assert f"<t:{int(opens_at.timestamp())}:R>" in said
    assert "5 of 5 pictures in the last hour" in said


def test_the_quotas_of_members_servers_and_everyone_read_differently() -> None:
    said = {sentence(an_error(QuotaExceeded, scope=scope)) for scope in QuotaScope}
    assert len(said) == 3


def test_a_quota_that_never_opens_names_the_limit_and_no_time() -> None:
    said = sentence(QuotaExceeded(QuotaScope.MEMBER, 0, 3, timedelta(days=1), asked=4, opens_at=None))
    assert "At most 3 pictures" in said
    assert "<t:" not in said


def test_a_long_prompt_says_what_is_added_to_it() -> None:
    said = sentence(errors.PromptTooLong(length=3900, limit=4000, style=182))
    assert said == "Your prompt has 3,900 characters; the style adds 182, so 3,818 of 4,000 fit. Cut 82 and try again."
    said = sentence(errors.PromptTooLong(length=3900, limit=4000, style=182, guidance=200))
    assert "; the style adds 182 and this button adds 200, so 3,618 of 4,000 fit. Ask in fewer words" in said


def test_a_style_that_is_not_there_is_named_safely() -> None:
    said = sentence(errors.UnknownStyle("vintage **poster**", near=("travel-poster", "emblem")))
    assert said.startswith(r"I do not know the style vintage \*\*poster\*\*. Did you mean `travel-poster` or `emblem`?")
    assert sentence(errors.UnknownStyle("zzz")).startswith("I do not know the style zzz. Choose one")


def test_who_asks_for_more_than_is_left_is_told_how_many_that_are() -> None:
    opens_at = START + timedelta(minutes=20)
    refused = QuotaExceeded(QuotaScope.MEMBER, 2, 5, timedelta(hours=1), asked=4, opens_at=opens_at, left=3)
    assert sentence(refused) == (
        "You have 3 pictures left just now, and you asked for 4. "
        f"Ask for 3, or try again <t:{int(opens_at.timestamp())}:R>."
    )


def test_where_nobody_chose_how_many_nobody_is_told_to_ask_for_fewer() -> None:
    opens_at = START + timedelta(minutes=20)
    full = QuotaExceeded(QuotaScope.GLOBAL, 4, 5, timedelta(hours=1), 2, opens_at, left=1, is_fixed=True)
    assert sentence(full) == (
        "All servers together have 1 picture left just now, and this makes 2. "
        f"Try again <t:{int(opens_at.timestamp())}:R>, or make fewer with Edit or `/imagine`."
    )
    never = QuotaExceeded(QuotaScope.MEMBER, 0, 1, timedelta(days=1), 2, None, is_fixed=True)
    assert sentence(never) == (
        "At most 1 picture may be made here in any day, and this makes 2. "
        "Make fewer with Edit or `/imagine`, or ask this bot's operator to allow more."
    )


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("reason", EndReason)
def test_of_several_every_ending_says_how_many_it_is_about_and_what_they_cost(reason: EndReason, private: bool) -> None:
    one, two = (ending_of_some(reason, count, 4, gave_up_after=GIVE_UP_AFTER, private=private) for count in (1, 2))
    assert one.startswith(("1 of 4 could not be made: ", "1 of 4 is uncertain: ", "1 of 4 did not arrive within "))
    assert two.startswith(("2 of 4 could not be made: ", "2 of 4 are uncertain: ", "2 of 4 did not arrive within "))
    assert "No quota used for it" in one
    assert "No quota used for them" in two
    assert one.endswith(".")


def test_of_what_was_perhaps_made_nobody_says_that_it_could_not_be_made() -> None:
    one, two = (
        ending_of_some(EndReason.LOST_TOUCH, count, 4, gave_up_after=GIVE_UP_AFTER, private=False) for count in (1, 2)
    )
    assert one == (
        "1 of 4 is uncertain: I lost touch with the image service while sending it. It may or may not have been made; "
        "I will not send it twice. No quota used for it."
    )
    assert two == (
        "2 of 4 are uncertain: I lost touch with the image service while sending them. They may or may not have been "
        "made; I will not send them twice. No quota used for them."
    )


def test_of_several_that_are_too_slow_it_is_said_that_they_may_still_come() -> None:
    said = ending_of_some(EndReason.TOO_SLOW, 2, 4, gave_up_after=GIVE_UP_AFTER, private=False)
    assert said == (
        "2 of 4 did not arrive within 10 minutes. No quota used for them; if they still come, I will post them here."
    )


def test_a_long_prompt_says_how_much_to_cut() -> None:
    said = sentence(errors.PromptTooLong(length=4213, limit=4000))
    assert said == "Your prompt has 4,213 characters; 4,000 fit. Cut 213 and try again."


@pytest.mark.parametrize(
    "missing", [(name,) for name in PERMISSIONS] + [PERMISSIONS[:2], ("send_messages", "attach_files")]
)
def test_a_missing_permission_is_called_what_discord_calls_it(missing: tuple[str, ...]) -> None:
    said = sentence(errors.PermissionMissing(missing, channel_id=20))
    assert "<#20>" in said
    assert "_" not in said
    assert all(name.replace("_", " ").title().replace(" In ", " in ") in said for name in missing)


FROM_MEMBERS = [kind for kind in LEAVES if kind is not errors.OptionWithoutValue]  # whose name is one of the bot's own


@pytest.mark.parametrize("kind", FROM_MEMBERS, ids=lambda kind: kind.__name__)
def test_what_members_wrote_cannot_format_mention_or_link(kind: type[BotError]) -> None:
    error, hostile = an_error(kind), "**[x](https://evil.test)** @everyone <@1>\n# \u202e"
    for name, value in vars(error).items():
        if type(value) is str:
            setattr(error, name, hostile)
    said = sentence(error).replace(f"<{link_to(ServerId(10), SOMEWHERE)}>", "")  # the bot's own message
    assert not re.search(r"(?<!\\)(?:\*\*|\]\(|://|@everyone|<@1>)|\n|\u202e", said)
    assert len(said) <= 2000


def test_a_picture_that_is_too_slow_is_promised_only_where_it_can_be_kept() -> None:
    public, private = (endings(private=private)[EndReason.TOO_SLOW] for private in (False, True))
    assert public.startswith("This picture did not arrive within 10 minutes. ")
    assert "I will post it here" in public
    assert "post" not in private


# ---- bugs -----------------------------------------------------------------------------------------------------------


class Boom(Exception):
    pass


async def _command(interaction: discord.Interaction) -> None:
    """A command for the errors that name one."""


COMMAND: app_commands.Command[Any, ..., Any] = app_commands.Command(name="imagine", description="x", callback=_command)


@pytest.mark.parametrize(
    "error", [Boom("a secret"), KeyError("a secret"), errors.CreateUncertain(), errors.BotError("x")]
)
def test_a_bug_shows_only_a_short_reference_and_the_log_has_the_rest(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    said = answer_to(error, FakeMeter(), about="")
    shown = REFERENCE.fullmatch(said)
    assert shown
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert record.exc_info[1] is error
    assert shown[1] in record.getMessage()
    assert "a secret" not in record.getMessage()


def test_references_differ_and_leave_out_what_looks_alike() -> None:
    references = [REFERENCE.fullmatch(unexpected(Boom())) for _ in range(200)]
    found = [match[1] for match in references if match]
    assert len(found) == 200
    assert len(set(found)) > 190
    assert not set("01OIS5") & set("".join(found)) - set("S")


def test_an_error_inside_a_command_is_told_as_itself(caplog: pytest.LogCaptureFixture) -> None:
    wrapped = app_commands.CommandInvokeError(COMMAND, errors.PromptEmpty())
    wrapped.__cause__ = errors.PromptEmpty()
    assert answer_to(wrapped, FakeMeter(), about="") == sentence(errors.PromptEmpty())
    assert not caplog.records


def test_a_bug_inside_a_command_is_logged_as_itself(caplog: pytest.LogCaptureFixture) -> None:
    bug = Boom()
    wrapped = app_commands.CommandInvokeError(COMMAND, bug)
    wrapped.__cause__ = bug
    assert REFERENCE.fullmatch(answer_to(wrapped, FakeMeter(), about=""))
    assert caplog.records[0].exc_info
    assert caplog.records[0].exc_info[1] is bug


@pytest.mark.parametrize(
    "error", [app_commands.CommandNotFound("old", []), app_commands.CommandSignatureMismatch(COMMAND)]
)
def test_a_command_that_has_changed_asks_for_a_reload(
    error: app_commands.AppCommandError, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Reload Discord" in answer_to(error, FakeMeter(), about="")
    assert not caplog.records


# ---- sentences that could mislead -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        QuotaExceeded(QuotaScope.MEMBER, 0, 1, timedelta(hours=1), asked=2, opens_at=None),
        errors.TooManyReferences(given=2, limit=1),
    ],
)
def test_one_is_singular(error: BotError) -> None:
    assert not re.search(r"\b1 (pictures|references)\b|the 1 that matter", sentence(error))


@pytest.mark.parametrize(
    "said",
    [
        sentence(QuotaExceeded(QuotaScope.MEMBER, 0, 3, timedelta(days=1), asked=4, opens_at=None)),
        endings(private=True)[EndReason.TOO_SLOW],
    ],
    ids=["a quota that never opens", "too slow in private"],
)
def test_dead_ends_say_what_to_do_next(said: str) -> None:
    assert NEXT.search(said)


def test_a_file_that_is_a_little_too_large_does_not_seem_to_fit() -> None:
    said = sentence(errors.ReferenceTooLarge("cat.png", 4_000_001, 4_000_000))
    sizes = re.findall(r"([\d.]+) MB", said)
    assert len(set(sizes)) == 2
