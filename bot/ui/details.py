"""What "More" tells of a picture: its whole prompt, what was really sent, a command to copy, and the facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from bot.domain.catalogue import CATALOGUE
from bot.domain.images import Sight
from bot.domain.requests import Relation, Request
from bot.domain.styles import STYLES
from bot.services.viewing import Details
from bot.ui.quoting import RULES

_MOST_CHARACTERS = 2000  # Discord's limit for a message
_FENCE = "```"


@dataclass(frozen=True, slots=True)
class Block:
    """A text that is shown exactly as it is: in the message where it fits, else as a file."""

    title: str
    text: str
    file_name: str

    def shown(self, *, as_file: bool) -> str:
        if as_file:
            return f"**{self.title}** · attached as {self.file_name}"
        return f"**{self.title}**\n{_FENCE}\n{self.text}\n{_FENCE}"

    @property
    def breaks_out(self) -> bool:
        """Nothing can be escaped in a code block, so this text would end it."""
        return _FENCE in self.text


@dataclass(frozen=True, slots=True)
class Panel:
    content: str
    files: tuple[Block, ...]


def panel_of(details: Details, *, among_others: bool = False) -> Panel:
    """As much in the message as fits into it; the longest become files first.

    `among_others` where it was asked for under several pictures.
    """
    blocks, others = list(_blocks(details)), _others(details) if among_others else ""
    files = {block for block in blocks if block.breaks_out}
    while len(_content(details, blocks, files, others)) > _MOST_CHARACTERS:
        files.add(max((block for block in blocks if block not in files), key=lambda block: len(block.text)))
    return _panel(details, blocks, files, others)


def panel_past_filters(details: Details, *, among_others: bool = False) -> Panel:
    """Where the server's rules do not let the words be shown: to their own member as files, to nobody else."""
    blocks = list(_blocks(details)) if details.is_own else []
    return _panel(details, blocks, set(blocks), _others(details) if among_others else "")


def _panel(details: Details, blocks: Sequence[Block], files: set[Block], others: str) -> Panel:
    return Panel(_content(details, blocks, files, others), tuple(block for block in blocks if block in files))


def _content(details: Details, blocks: Sequence[Block], files: set[Block], others: str) -> str:
    number = f"**Picture {details.number} of {details.count}**" if details.count > 1 else ""
    shown = [block.shown(as_file=block in files) for block in blocks]
    facts = f"-# {' · '.join(_facts(details))}"
    return "\n".join(filter(None, [number, *shown, *_notes(details, blocks), facts, others]))


def _others(details: Details) -> str:
    return f"-# These buttons are about picture {details.number}. For another, press its number first."


def _blocks(details: Details) -> Iterator[Block]:
    request = details.image.request
    if details.sight is not Sight.WHOLE or not request.prompt:
        return
    yield Block("Prompt", request.prompt, "prompt.txt")
    if request.sent_prompt is not None:
        yield Block("Sent to the model", request.sent_prompt, "sent.txt")
    if (command := command_of(request)) is not None:
        yield Block("Copy and paste", command, "command.txt")


def command_of(request: Request) -> str | None:
    """As Discord reads it when it is pasted into the message box; None where only a button makes such a picture."""
    parent = request.parent
    if parent is not None and parent.relation is not Relation.EDIT:
        return None
    words = " ".join(request.prompt.split())
    options = [
        f"/imagine prompt:{words}" if parent is None else f"/edit instruction:{words}",
        f"aspect:{CATALOGUE[request.model].aspect(request.aspect).name}",
        f"count:{request.images}" if request.images > 1 and parent is None else "",
        f"style:{request.style}" if request.style else "",
        "private:True" if request.address.private else "",
    ]
    return " ".join(filter(None, options))


def _notes(details: Details, blocks: Sequence[Block]) -> Iterator[str]:
    request = details.image.request
    if details.sight is not Sight.WHOLE:
        yield "This picture was posted without its prompt."
    elif not request.prompt:
        yield "Its words are no longer kept."
    elif not blocks:
        yield RULES
    else:
        yield from _notes_on_words(request)


def _notes_on_words(request: Request) -> Iterator[str]:
    parent, count = request.parent, len(request.references)
    if request.sent_prompt is None:
        yield "-# The prompt was sent to the model exactly as it stands here, and nothing else."
    if parent is not None and parent.relation is Relation.VARIATION:
        yield "-# Made with Variations under the picture that Lineage shows; press Again for two more."
    elif parent is not None and parent.relation is Relation.REMAKE:
        yield "-# Made with Aspect under the picture that Lineage shows."
    elif parent is not None:
        yield "-# Attach the picture to change as image1, unless it is your newest one in the channel."
    elif count:
        yield f"-# Attach its {'reference' if count == 1 else f'{count} references'} again."


def _facts(details: Details) -> Iterator[str]:
    request, run = details.image.request, details.image.run
    model = CATALOGUE[request.model]
    yield model.name
    yield model.aspect(request.aspect).name
    if details.sight is Sight.WHOLE and (style := STYLES.get(request.style or "")):
        yield style.name
    if run.ended_at is not None and run.submitted_at is not None:
        yield f"{max(1, round((run.ended_at - run.submitted_at).total_seconds()))} s"
    yield discord.utils.format_dt(request.created_at, "f")
    yield f"for <@{request.address.member_id}>"
