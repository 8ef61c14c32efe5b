"""The forms for edits, new words and posting, and how what was filled in is read from the interaction itself.

discord.py remembers opened modals in memory, so one opened before a restart would be discarded, and one that was
dismissed would be remembered for ever. These are not remembered at all: the custom id says what they belong to.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.catalogue import Model
from bot.domain.errors import FormGone
from bot.domain.ids import EditId, RequestId, RunId
from bot.domain.requests import SAME_AS_PICTURE, Request, Upload
from bot.ui.pictures import told_upload
from bot.ui.words import unformatted

_EDIT = re.compile(r"v1:edit:submit:([\w-]{16})")
_REWORD = re.compile(r"v1:request:reword:([\w-]{16})")
_POST = re.compile(r"v1:post:submit:([\w-]{16}(?:\.\d)?)")
_INSTRUCTION, _ASPECT, _REFERENCES, _PROMPT, _WORDS = "instruction", "aspect", "references", "prompt", "words"
_WITH_PROMPT, _WITHOUT = "with", "without"
_MOST_UPLOADS = 4
_MOST_CHARACTERS = 4000  # Discord's limit for a text input, and the model's for a prompt
_MOST_RADIO_OPTIONS = 10  # Discord: 2–10 options in a radio group
_MOST_OF_AN_OPTION = 100  # Discord's limit for an option's description


@dataclass(frozen=True, slots=True)
class FilledIn:
    edit: EditId
    instruction: str
    aspect: str
    uploads: tuple[Upload, ...]


@dataclass(frozen=True, slots=True)
class Reworded:
    request: RequestId
    prompt: str


@dataclass(frozen=True, slots=True)
class PostForm:
    """What is to be posted: a run by its id, or a request with all of its pictures."""

    target: RequestId | RunId
    shows_prompt: bool


def edit_modal(edit: EditId, model: Model, *, pictures: int) -> discord.ui.Modal:
    title = "Edit this picture" if pictures == 1 else f"Edit these {pictures} pictures"
    modal = discord.ui.Modal(title=title, custom_id=f"v1:edit:submit:{edit}")
    instruction: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_INSTRUCTION,
        style=discord.TextStyle.paragraph,
        max_length=_MOST_CHARACTERS,
        placeholder="make it night and add a lighthouse",
    )
    uploads: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
        custom_id=_REFERENCES, required=False, min_values=0, max_values=_MOST_UPLOADS
    )
    modal.add_item(discord.ui.Label(text="What shall change?", component=instruction))
    modal.add_item(discord.ui.Label(text="Aspect", component=_aspects(model)))
    modal.add_item(discord.ui.Label(text="More pictures to use", description="Optional, up to 4", component=uploads))
    modal.stop()  # finished before it is sent: so discord.py does not remember it
    return modal


def reword_modal(request: Request) -> discord.ui.Modal:
    """The prompt as it was, to be changed."""
    modal = discord.ui.Modal(title="Change the prompt", custom_id=f"v1:request:reword:{request.id}")
    prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_PROMPT, style=discord.TextStyle.paragraph, max_length=_MOST_CHARACTERS, default=request.prompt
    )
    modal.add_item(discord.ui.Label(text="What should the picture show?", component=prompt))
    modal.stop()
    return modal


def post_modal(target: RequestId | RunId, *, pictures: int, prompt: str) -> discord.ui.Modal:
    """The prompt is quoted, so that nobody has to remember what they are about to show to others."""
    quoted = unformatted(prompt, limit=_MOST_OF_AN_OPTION) or None
    title = "Post this picture here" if pictures == 1 else f"Post these {pictures} pictures here"
    modal = discord.ui.Modal(title=title, custom_id=f"v1:post:submit:{target}")
    choices: discord.ui.RadioGroup[Any] = discord.ui.RadioGroup(
        custom_id=_WORDS,
        options=[
            discord.RadioGroupOption(label="With the prompt", value=_WITH_PROMPT, description=quoted, default=True),
            discord.RadioGroupOption(label="Without it", value=_WITHOUT, description="Nobody else sees the words"),
        ],
    )
    modal.add_item(discord.ui.Label(text="Everybody in this channel will see it", component=choices))
    modal.stop()
    return modal


def read_edit(interaction: discord.Interaction[Any]) -> FilledIn | None:
    """What a member filled in; None when the interaction is no submitted edit."""
    sent = submitted(interaction, _EDIT)
    if sent is None:
        return None
    edit, fields, resolved = sent
    return FilledIn(
        edit=EditId(edit),
        instruction=text_in(fields.get(_INSTRUCTION)),
        aspect=_choice(fields.get(_ASPECT)),
        uploads=tuple(uploads_in(fields.get(_REFERENCES), resolved)),
    )


def read_reworded(interaction: discord.Interaction[Any]) -> Reworded | None:
    """The new prompt; None when the interaction is no submitted prompt."""
    sent = submitted(interaction, _REWORD)
    if sent is None:
        return None
    request, fields, _ = sent
    return Reworded(RequestId(request), text_in(fields.get(_PROMPT)))


def read_posting(interaction: discord.Interaction[Any]) -> PostForm | None:
    """None when the interaction is no form about posting. Only who says so shows their words."""
    sent = submitted(interaction, _POST)
    if sent is None:
        return None
    target, fields, _ = sent
    kind = RunId if "." in target else RequestId
    return PostForm(kind(target), shows_prompt=text_in(fields.get(_WORDS)) == _WITH_PROMPT)


def check_submitted(interaction: discord.Interaction[Any]) -> None:
    """For a form that none of these is: of another version. Raises: FormGone."""
    if interaction.type is discord.InteractionType.modal_submit:
        raise FormGone


def submitted(
    interaction: discord.Interaction[Any], custom_id: re.Pattern[str]
) -> tuple[str, Mapping[str, Mapping[str, Any]], object] | None:
    """What the form belongs to, its fields by custom id, and what came along with them."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    sent: Mapping[str, Any] = interaction.data or {}
    match = custom_id.fullmatch(str(sent.get("custom_id", "")))
    if match is None:
        return None
    fields = {str(field.get("custom_id")): field for field in _fields(sent.get("components"))}
    return match[1], fields, sent.get("resolved")


def _aspects(model: Model) -> discord.ui.Item[Any]:
    choices = [("Same as the picture", SAME_AS_PICTURE), *((aspect.name, aspect.ratio) for aspect in model.aspects)]
    if len(choices) > _MOST_RADIO_OPTIONS:
        options = [
            discord.SelectOption(label=name, value=value, default=not n) for n, (name, value) in enumerate(choices)
        ]
        return discord.ui.Select(custom_id=_ASPECT, options=options)
    radios = [
        discord.RadioGroupOption(label=name, value=value, default=not n) for n, (name, value) in enumerate(choices)
    ]
    return discord.ui.RadioGroup(custom_id=_ASPECT, options=radios)


def _fields(components: object) -> Iterator[Mapping[str, Any]]:
    """The inputs inside a modal's labels; anything may have been sent."""
    for label in components if isinstance(components, list) else ():
        inner = label.get("component") if isinstance(label, Mapping) else None
        if isinstance(inner, Mapping):
            yield inner


def text_in(field: Mapping[str, Any] | None) -> str:
    value = field.get("value") if field is not None else None
    return value if isinstance(value, str) else ""


def values_in(field: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What was chosen of a select."""
    values = field.get("values") if field is not None else None
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _choice(field: Mapping[str, Any] | None) -> str:
    if field is None:
        return SAME_AS_PICTURE
    values = field.get("values")
    chosen = field.get("value") or (values[0] if isinstance(values, list) and values else None)
    return str(chosen or SAME_AS_PICTURE)


def uploads_in(field: Mapping[str, Any] | None, resolved: object) -> Iterator[Upload]:
    attachments = resolved.get("attachments") if isinstance(resolved, Mapping) else None
    chosen = field.get("values") if field is not None else None
    if not isinstance(attachments, Mapping) or not isinstance(chosen, list):
        return
    for identifier in chosen:
        attachment = attachments.get(str(identifier))
        if isinstance(attachment, Mapping):
            yield told_upload(attachment.get("filename"), attachment.get("url"), attachment.get("size"))
