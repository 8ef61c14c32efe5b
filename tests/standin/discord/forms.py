"""Checking forms the way Discord does: every fault found, each at its place in one nested tree."""

from collections.abc import Mapping
from typing import Any

from tests.standin.discord.components import check_components
from tests.standin.discord.form import Form
from tests.standin.discord.media import SCHEME, holders
from tests.standin.discord.refusals import refusal
from tests.standin.discord.seen import embed_texts
from tests.standin.discord.world import Json, Message, MessageFlag, Upload

# discord-api-docs, resources/message.mdx "Create Message" and "Embed Limits", and Discord's OpenAPI document.
CONTENT_LENGTH = 2000
ATTACHMENTS = 10
ALT_TEXT_LENGTH = 1024
EMBEDS = 10
EMBED_LENGTH = 6000
EMBED_FIELDS = 25
EMBED_LENGTHS = {"title": 256, "description": 4096}
EMBED_PART_LENGTHS = {("author", "name"): 256, ("footer", "text"): 2048}
EMBED_FIELD_LENGTHS = {"name": 256, "value": 1024}
NONCE_LENGTH = 25
POLL_ANSWERS = 10
LEGACY = ("content", "embeds", "poll")


def check_message(
    body: Json, files: Mapping[int, Upload], *, before: Message | None = None, at: tuple[str, ...] = ()
) -> None:
    """Raises: Refusal 50035 with every fault. `before` is the message an edit starts from; `at` prefixes the paths."""
    form = Form(at)
    is_v2 = _is_v2(body, before)
    form.length(("content",), body.get("content"), most=CONTENT_LENGTH)
    form.length(("nonce",), str(body.get("nonce") or ""), most=NONCE_LENGTH)
    _check_embeds(form, body.get("embeds") or [])
    _check_attachments(form, body.get("attachments"), files, before)
    check_components(form, body.get("components") or [], is_v2=is_v2)
    _check_mentions(form, body.get("allowed_mentions") or {})
    _check_poll(form, body.get("poll"))
    if is_v2:
        _check_legacy(form, body, before)
        _check_references(form, body, files, before)
    form.close()


def _is_v2(body: Json, before: Message | None) -> bool:
    asked = MessageFlag(body.get("flags") or 0)
    return MessageFlag.COMPONENTS_V2 in asked or (before is not None and before.is_v2)


def _check_embeds(form: Form, embeds: list[Json]) -> None:
    form.count(("embeds",), embeds, most=EMBEDS)
    for index, embed in enumerate(embeds):
        path = ("embeds", index)
        for key, most in EMBED_LENGTHS.items():
            form.length((*path, key), embed.get(key), most=most)
        for (part, key), most in EMBED_PART_LENGTHS.items():
            form.length((*path, part, key), (embed.get(part) or {}).get(key), most=most)
        _check_embed_fields(form, path, embed.get("fields") or [])
    if sum(map(len, embed_texts(embeds))) > EMBED_LENGTH:
        form.fault(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_LENGTH}")


def _check_embed_fields(form: Form, path: tuple[str | int, ...], fields: list[Json]) -> None:
    form.count((*path, "fields"), fields, most=EMBED_FIELDS)
    for index, entry in enumerate(fields):
        for key, most in EMBED_FIELD_LENGTHS.items():
            form.required((*path, "fields", index, key), entry.get(key))
            form.length((*path, "fields", index, key), entry.get(key), most=most)


def _check_attachments(form: Form, listed: Any, files: Mapping[int, Upload], before: Message | None) -> None:
    entries: list[Json] = listed if listed is not None else [{"id": index} for index in files]
    form.count(("attachments",), entries, most=ATTACHMENTS)
    kept = {attachment.id for attachment in before.attachments} if before else set()
    for index, entry in enumerate(entries):
        form.length(("attachments", index, "description"), entry.get("description"), most=ALT_TEXT_LENGTH)
        if int(entry["id"]) not in kept and int(entry["id"]) not in files:
            form.fault(("attachments", index), "ATTACHMENT_NOT_FOUND", "Attachment data not found")


def _check_mentions(form: Form, allowed: Json) -> None:
    for kind in ("users", "roles"):
        form.count(("allowed_mentions", kind), allowed.get(kind) or [], most=100)
        if allowed.get(kind) and kind in (allowed.get("parse") or []):
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.fault(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def _check_poll(form: Form, poll: Json | None) -> None:
    """discord-api-docs, resources/poll.mdx: question 300, ten answers of 55, 768 hours."""
    if poll is None:
        return
    form.length(("poll", "question", "text"), poll["question"].get("text"), least=1, most=300)
    form.count(("poll", "answers"), poll["answers"], least=1, most=POLL_ANSWERS)
    for index, answer in enumerate(poll["answers"]):
        form.length(("poll", "answers", index, "poll_media", "text"), answer["poll_media"].get("text"), most=55)
    if poll.get("duration", 24) > 768:
        form.fault(("poll", "duration"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 768.")


def _check_legacy(form: Form, body: Json, before: Message | None) -> None:
    """V2 messages hold nothing else; an edit into V2 has to clear what was there."""
    for key in LEGACY:
        standing = getattr(before, key) if before is not None and key not in body else body.get(key)
        if standing:
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            form.fault((key,), code, f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")


def _check_references(form: Form, body: Json, files: Mapping[int, Upload], before: Message | None) -> None:
    names = {upload.filename for upload in files.values()} | {
        entry["filename"] for entry in body.get("attachments") or [] if entry.get("filename")
    }
    names |= {kept.filename for kept in before.attachments} if before else set()
    for holder in holders(body.get("components") or []):
        url = holder.get("url", "")
        if url.startswith(SCHEME) and url.removeprefix(SCHEME) not in names:
            message = f"The referenced attachment '{url.removeprefix(SCHEME)}' was not found in the uploaded files."
            form.fault(("components",), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)


def check_choices(choices: list[Json]) -> None:
    """discord-api-docs, interactions/application-commands.mdx "Autocomplete" and "Option Choice"."""
    form = Form(("data",))
    form.count(("choices",), choices, most=25)
    for index, choice in enumerate(choices):
        form.length(("choices", index, "name"), choice.get("name"), least=1, most=100)
        value = choice.get("value")
        form.length(("choices", index, "value"), value if isinstance(value, str) else None, most=100)
    form.close()


def must_not_be_empty(message: Message) -> None:
    if not (message.content or message.embeds or message.attachments or message.components or message.poll):
        raise refusal(50006)
