"""What tests look at: frozen pictures of messages, buttons and modals as people see them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.standin.discord.media import hidden_attachments
from tests.standin.discord.world import Attachment, Json, Message, MessageFlag, MessageType, ReferenceType

if TYPE_CHECKING:
    from tests.standin.discord.interactions import Interaction
    from tests.standin.discord.payloads import Payloads

BUTTON, TEXT_DISPLAY = 2, 10
SELECTS = (3, 5, 6, 7, 8)


@dataclass(frozen=True)
class SeenAttachment:
    """`is_shown` files stand in the message itself; others only in an embed or component."""

    id: int
    filename: str
    content: bytes = field(repr=False)
    url: str
    description: str | None
    content_type: str | None
    is_spoiler: bool
    is_shown: bool


@dataclass(frozen=True)
class SeenButton:
    label: str
    custom_id: str | None
    url: str | None
    style: int
    disabled: bool


@dataclass(frozen=True)
class SeenSelect:
    custom_id: str
    type: int
    placeholder: str | None
    options: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True)
class SeenMessage:
    """`ephemeral_to` is the id of the only person who sees it; `pinged` are the ids of those whose client lights up."""

    id: int
    channel_id: int
    author_id: int
    content: str
    type: MessageType
    flags: MessageFlag
    attachments: tuple[SeenAttachment, ...]
    embeds: tuple[Json, ...]
    components: tuple[Json, ...]
    buttons: tuple[SeenButton, ...]
    selects: tuple[SeenSelect, ...]
    ephemeral_to: int | None
    interaction: "Interaction | None"
    pinged: frozenset[int]
    allowed_mentions: Json | None
    replies_to: int | None
    forwarded: "SeenMessage | None"
    reactions: dict[str, frozenset[int]]
    poll: Json | None
    created_at: datetime
    edits: int

    @property
    def is_loading(self) -> bool:
        """Still "the bot is thinking"."""
        return MessageFlag.LOADING in self.flags

    @property
    def text(self) -> str:
        """All words: content, embeds and text displays."""
        return "\n".join([self.content, *embed_texts(self.embeds), *display_texts(self.components)]).strip()

    @property
    def files(self) -> dict[str, bytes]:
        return {kept.filename: kept.content for kept in self.attachments}

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.label for button in self.buttons)


def see(message: Message, payloads: "Payloads") -> SeenMessage:
    shown = payloads.message(message)
    components = tuple(shown["components"])
    hidden = hidden_attachments(message)
    reference = message.reference
    return SeenMessage(
        id=message.id,
        channel_id=message.channel.id,
        author_id=message.author.id,
        content=message.content,
        type=message.type,
        flags=message.flags,
        attachments=tuple(_attachment(kept, kept.id not in hidden, payloads) for kept in message.attachments),
        embeds=tuple(shown["embeds"]),
        components=components,
        buttons=tuple(_button(part) for part in walk(components) if part["type"] == BUTTON),
        selects=tuple(_select(part) for part in walk(components) if part["type"] in SELECTS),
        ephemeral_to=message.ephemeral_to.id if message.ephemeral_to else None,
        interaction=message.interaction,
        pinged=message.mentioned.pinged,
        allowed_mentions=message.allowed_mentions,
        replies_to=reference.message_id if reference and reference.type is ReferenceType.REPLY else None,
        forwarded=see(message.snapshot, payloads) if message.snapshot else None,
        reactions={emoji: frozenset(users) for emoji, users in message.reactions.items()},
        poll=message.poll,
        created_at=message.created_at,
        edits=message.edits,
    )


def _attachment(kept: Attachment, is_shown: bool, payloads: "Payloads") -> SeenAttachment:
    return SeenAttachment(
        id=kept.id,
        filename=kept.filename,
        content=kept.content,
        url=payloads.attachment(kept)["url"],
        description=kept.description,
        content_type=kept.content_type,
        is_spoiler=kept.is_spoiler,
        is_shown=is_shown,
    )


def _button(part: Json) -> SeenButton:
    return SeenButton(
        label=part.get("label") or (part.get("emoji") or {}).get("name") or "",
        custom_id=part.get("custom_id"),
        url=part.get("url"),
        style=part["style"],
        disabled=bool(part.get("disabled")),
    )


def _select(part: Json) -> SeenSelect:
    return SeenSelect(
        custom_id=part["custom_id"],
        type=part["type"],
        placeholder=part.get("placeholder"),
        options=tuple(option["value"] for option in part.get("options", ())),
        disabled=bool(part.get("disabled")),
    )


def walk(components: Any) -> Iterator[Json]:
    """Every component of a message or modal, nested ones after their parents."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        yield from walk([component[key] for key in ("accessory", "component") if component.get(key)])


def display_texts(components: Any) -> Iterator[str]:
    return (part["content"] for part in walk(components) if part["type"] == TEXT_DISPLAY)


def embed_texts(embeds: Any) -> Iterator[str]:
    for embed in embeds:
        yield from (embed[key] for key in ("title", "description") if embed.get(key))
        yield from (f"{part.get('name', '')}\n{part.get('value', '')}" for part in embed.get("fields") or ())
        yield from (embed[key][word] for key, word in (("author", "name"), ("footer", "text")) if embed.get(key))


@dataclass(frozen=True)
class SeenField:
    """One input of a modal. `options` are the values a select, radio or checkbox group offers."""

    custom_id: str
    type: int
    label: str
    value: Any
    is_required: bool
    options: tuple[str, ...]


@dataclass(frozen=True)
class SeenModal:
    custom_id: str
    title: str
    fields: tuple[SeenField, ...]
    components: tuple[Json, ...]

    def field(self, name: str) -> SeenField:
        """By custom id or by label."""
        named = [field for field in self.fields if name in (field.custom_id, field.label)]
        if len(named) != 1:
            raise LookupError(f"{name!r} is not one of {[field.label or field.custom_id for field in self.fields]}")
        return named[0]


def see_modal(data: Json) -> SeenModal:
    labelled = [*_labelled(data["components"])]
    fields = tuple(_field(label, part) for label, part in labelled)
    return SeenModal(data["custom_id"], data["title"], fields, tuple(data["components"]))


def _labelled(components: list[Json]) -> Iterator[tuple[str, Json]]:
    for component in components:
        if "component" in component:
            yield component["label"], component["component"]
        for child in component.get("components", ()):
            yield child.get("label") or "", child


def _field(label: str, part: Json) -> SeenField:
    chosen = tuple(option["value"] for option in part.get("options", ()) if option.get("default"))
    return SeenField(
        custom_id=part["custom_id"],
        type=part["type"],
        label=label,
        value=part.get("value", part.get("default", chosen)),
        is_required=bool(part.get("required", True)),
        options=tuple(option["value"] for option in part.get("options", ())),
    )
