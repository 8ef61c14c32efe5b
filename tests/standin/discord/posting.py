"""Messages coming to be, changing and going, whoever is behind it: shared by channels, interactions and members."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

from tests.standin.discord.core import Core
from tests.standin.discord.forms import check_message, must_not_be_empty
from tests.standin.discord.interactions import Interaction
from tests.standin.discord.media import linked, relinked
from tests.standin.discord.mentions import IN_CHANNELS, IN_INTERACTIONS, mentioned, rules
from tests.standin.discord.permissions import ALL, Permission, channel_permissions
from tests.standin.discord.ratelimits import Limited
from tests.standin.discord.refusals import refusal
from tests.standin.discord.seen import display_texts, embed_texts, walk
from tests.standin.discord.sightings import Way
from tests.standin.discord.world import (
    NO_FLAGS,
    Attachment,
    Channel,
    Json,
    Mentioned,
    Message,
    MessageFlag,
    MessageType,
    Reference,
    ReferenceType,
    Upload,
    User,
)

Files = Mapping[int, Upload]

# Flags that a request may set; resources/message.mdx "Create Message".
SETTABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2
OLD = timedelta(hours=1)


@dataclass(frozen=True)
class Context:
    """Where a message comes from, as far as the rules differ. `at` is where its form begins in the request."""

    message_type: MessageType = MessageType.DEFAULT
    usual_mentions: tuple[str, ...] = IN_CHANNELS
    ephemeral_to: User | None = None
    reference: Reference | None = None
    interaction: Interaction | None = None
    at: tuple[str, ...] = ()


class Posting:
    def __init__(self, core: Core) -> None:
        self._core = core

    def create(self, channel: Channel, author: User, body: Json, files: Files, context: Context) -> Message:
        """The message, not yet published. Raises: Refusal, and then nothing has happened."""
        check_message(body, files, at=context.at)
        self._check_bot(channel, author, body, files)
        message = self._blank(channel, author, body, context)
        message.attachments = self._listed(message, body.get("attachments"), files)
        self._write(message, body, context)
        must_not_be_empty(message)
        return message

    def forward(self, channel: Channel, author: User, target: Message) -> Message:
        """A snapshot stays as it is, whatever becomes of the original; resources/message.mdx "Message Snapshots"."""
        snapshot = replace(target, attachments=[self._copied(kept, channel) for kept in target.attachments])
        snapshot.embeds = relinked(target.embeds, target.attachments, snapshot.attachments)
        snapshot.components = relinked(target.components, target.attachments, snapshot.attachments)
        return Message(
            id=self._core.ids.next(),
            channel=channel,
            author=author,
            created_at=self._core.now(),
            flags=MessageFlag.HAS_SNAPSHOT,
            reference=reference_to(target, ReferenceType.FORWARD),
            snapshot=snapshot,
        )

    def _copied(self, kept: Attachment, channel: Channel) -> Attachment:
        copied = self._core.cdn.keep(Upload(kept.filename, kept.content), channel.id, ephemeral=False)
        copied.description, copied.is_spoiler = kept.description, kept.is_spoiler
        return copied

    def publish(self, message: Message) -> None:
        message.channel.messages[message.id] = message
        self._core.sight(message, _way_of_post(message))
        self._core.events.message_created(message)
        self._core.changes.notify()

    def edit(self, message: Message, body: Json, files: Files, context: Context) -> None:
        """Change what `body` names and keep the rest. Raises: Refusal, and then nothing has happened."""
        check_message(body, files, before=message, at=context.at)
        self._check_bot(message.channel, message.author, body, files)
        _must_leave_something(message, body, files)
        self._replace_attachments(message, body, files)
        self._write(message, body, context)
        message.flags &= ~MessageFlag.LOADING
        self._core.sight(message, Way.TOKEN if context.interaction else Way.EDIT)
        self.touch(message)

    def touch(self, message: Message) -> None:
        message.edited_at = self._core.now()
        message.edits += 1
        self._core.events.message_edited(message)
        self._core.changes.notify()

    def delete(self, channel: Channel, messages: list[Message]) -> None:
        for message in messages:
            self._core.sight(message, Way.REMOVED)
            del channel.messages[message.id]
            for attachment in message.attachments:
                self._core.cdn.remove(attachment)
        if any(message.ephemeral_to is None for message in messages):
            self._core.events.messages_deleted(channel, [message.id for message in messages])
        self._core.changes.notify()

    def check_old_edits(self, message: Message) -> None:
        """Raises: Limited with code 30046."""
        allowed = self._core.settings.old_edits_allowed
        is_old = self._core.now() - message.created_at > OLD
        too_many = is_old and allowed is not None and message.edits >= allowed
        if too_many or message.refuses_edits:
            limited = Limited(self._core.settings.old_edit_retry_after_s)
            text = "Maximum number of edits to messages older than 1 hour reached. Try again later."
            limited.body |= {"message": text, "code": 30046}
            raise limited

    def _blank(self, channel: Channel, author: User, body: Json, context: Context) -> Message:
        flags = MessageFlag(body.get("flags") or 0) & SETTABLE
        return Message(
            id=self._core.ids.next(),
            channel=channel,
            author=author,
            created_at=self._core.now(),
            type=context.message_type,
            flags=flags | (MessageFlag.EPHEMERAL if context.ephemeral_to else NO_FLAGS),
            reference=context.reference,
            ephemeral_to=context.ephemeral_to,
            interaction=context.interaction,
            nonce=None if body.get("nonce") is None else str(body["nonce"]),
        )

    def _write(self, message: Message, body: Json, context: Context) -> None:
        if "content" in body:
            message.content = body["content"] or ""
        if "embeds" in body:
            message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or []]
        if "components" in body:
            message.components = _numbered(body["components"] or [])
        if body.get("poll"):
            message.poll = {**body["poll"], "results": None}
        if "flags" in body:
            message.flags = _changed_flags(message.flags, MessageFlag(body["flags"] or 0))
        message.embeds = linked(message.embeds, message.attachments, self._core.cdn)
        message.components = linked(message.components, message.attachments, self._core.cdn)
        message.allowed_mentions = body.get("allowed_mentions")
        message.mentioned = self._mentioned(message, context)

    def _mentioned(self, message: Message, context: Context) -> Mentioned:
        text = "\n".join([message.content, *display_texts(message.components)])
        replied = None if message.interaction else self._core.payloads.replied_to(message)
        return mentioned(
            text,
            rules(message.allowed_mentions, context.usual_mentions),
            message.channel,
            self._core.world,
            self._permissions(message.channel, message.author),
            replied.author if replied else None,
        )

    def _permissions(self, channel: Channel, author: User) -> Permission:
        member = self._core.world.member(channel.server, author.id)
        return ALL if member is None else channel_permissions(member, channel)

    def _replace_attachments(self, message: Message, body: Json, files: Files) -> None:
        listed = body.get("attachments")
        if listed is None and not files:
            return
        if listed is None:
            listed = [{"id": kept.id} for kept in message.attachments] + [{"id": index} for index in files]
        attachments = self._listed(message, listed, files)
        for gone in message.attachments:
            if gone not in attachments:
                self._core.cdn.remove(gone)
        message.attachments = attachments

    def _listed(self, message: Message, listed: Any, files: Files) -> list[Attachment]:
        """Kept files by their id, new ones by the index of their upload."""
        if listed is None:
            listed = [{"id": index} for index in files]
        kept = {attachment.id: attachment for attachment in message.attachments}
        attachments = []
        for entry in listed:
            attachment = kept.get(int(entry["id"])) or self._keep(message, files[int(entry["id"])], entry)
            if entry.get("description") is not None:
                attachment.description = entry["description"]
            attachments.append(attachment)
        return attachments

    def _keep(self, message: Message, upload: Upload, entry: Json) -> Attachment:
        ephemeral = message.ephemeral_to is not None
        home = self._core.bot.id if ephemeral else message.channel.id
        kept = self._core.cdn.keep(upload, home, ephemeral=ephemeral, filename=entry.get("filename"))
        kept.is_spoiler = kept.is_spoiler or bool(entry.get("is_spoiler"))
        return kept

    def _check_bot(self, channel: Channel, author: User, body: Json, files: Files) -> None:
        """Rules that bots meet; members have subscriptions, and clients that check. Raises: Refusal."""
        if not author.bot:
            return
        if any(len(upload.content) > self._core.settings.file_limit_bytes for upload in files.values()):
            raise refusal(40005)
        blocked = channel.server.blocked_words if channel.server else set()
        if any(word.lower() in _words(body) for word in blocked):
            raise refusal(200000)


def _way_of_post(message: Message) -> Way:
    if message.interaction is not None:
        return Way.ANSWER
    return Way.POST if message.channel.recipient is None else Way.DIRECT


def _changed_flags(before: MessageFlag, asked: MessageFlag) -> MessageFlag:
    """Embeds can be hidden and shown again; V2 is for good."""
    kept = before & ~MessageFlag.SUPPRESS_EMBEDS
    return kept | (asked & (MessageFlag.SUPPRESS_EMBEDS | MessageFlag.COMPONENTS_V2))


def _words(body: Json) -> str:
    embeds, components = body.get("embeds") or [], body.get("components") or []
    return "\n".join([body.get("content") or "", *embed_texts(embeds), *display_texts(components)]).lower()


def interaction_context(interaction: Interaction, *, reply_to: Message | None = None, **changes: Any) -> Context:
    reference = None if reply_to is None else reference_to(reply_to)
    return Context(usual_mentions=IN_INTERACTIONS, reference=reference, interaction=interaction, **changes)


def reference_to(message: Message, kind: ReferenceType = ReferenceType.REPLY) -> Reference:
    server = message.channel.server
    return Reference(kind, message.id, message.channel.id, server.id if server else None)


def _must_leave_something(message: Message, body: Json, files: Files) -> None:
    after = Message(message.id, message.channel, message.author, message.created_at)
    after.content = (body["content"] or "") if "content" in body else message.content
    after.embeds = (body["embeds"] or []) if "embeds" in body else message.embeds
    after.components = (body["components"] or []) if "components" in body else message.components
    after.poll = body.get("poll") or message.poll
    keeps_files = (
        bool(body["attachments"]) if body.get("attachments") is not None else bool(message.attachments or files)
    )
    if not keeps_files:
        must_not_be_empty(after)


def _numbered(components: list[Json]) -> list[Json]:
    """Discord numbers what has no id."""
    used = {part["id"] for part in walk(components) if part.get("id")}
    fresh = (number for number in count(1) if number not in used)
    for part in walk(components):
        if not part.get("id"):
            part["id"] = next(fresh)
    return components
