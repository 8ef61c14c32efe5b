"""Files that embeds and components show: linking them to a message's attachments, and writing their addresses."""

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tests.standin.discord.world import Attachment, Json, Message

if TYPE_CHECKING:
    from tests.standin.discord.cdn import Cdn

SCHEME = "attachment://"
# discord-api-docs, components/reference.mdx: 13 is File, which alone repeats name and size.
FILE_COMPONENT = 13


def holders(tree: Any) -> Iterator[Json]:
    """Every object in embeds or components that may point at a file, wherever it is nested."""
    if isinstance(tree, dict):
        if isinstance(tree.get(_key(tree)), str):
            yield tree
        for value in tree.values():
            yield from holders(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from holders(value)


def _key(holder: Json) -> str:
    return "icon_url" if "icon_url" in holder else "url"


def linked(tree: list[Json], attachments: list[Attachment], cdn: "Cdn") -> list[Json]:
    """A copy in which everything that shows one of these attachments carries its id."""
    copied = deepcopy(tree)
    for holder in holders(copied):
        url = holder[_key(holder)]
        by_id = cdn.attachment_id(url)
        shown = next((kept for kept in attachments if kept.id == by_id or _names(url, kept)), None)
        holder.pop("attachment_id", None)
        if shown is not None:
            holder["attachment_id"] = shown.id
    return copied


def _names(url: str, attachment: Attachment) -> bool:
    return url == SCHEME + attachment.filename


def relinked(tree: list[Json], before: list[Attachment], after: list[Attachment]) -> list[Json]:
    """A copy that shows the copies of the files it showed."""
    copied = deepcopy(tree)
    new_ids = {old.id: new.id for old, new in zip(before, after, strict=True)}
    for holder in holders(copied):
        if "attachment_id" in holder:
            holder["attachment_id"] = new_ids[holder["attachment_id"]]
    return copied


def hidden_attachments(message: Message) -> set[int]:
    shown = [*holders(message.embeds), *holders(message.components)]
    return {holder["attachment_id"] for holder in shown if "attachment_id" in holder}


def with_addresses(tree: list[Json], message: Message, cdn: "Cdn") -> list[Json]:
    """A copy with fresh signed addresses, as Discord hands embeds and components out."""
    copied = deepcopy(tree)
    by_id = {kept.id: kept for kept in message.attachments}
    for holder in holders(copied):
        kept = by_id.get(holder.get("attachment_id", 0))
        if kept is not None:
            holder.update(_unfurled(holder, kept, cdn))
    for component in _file_components(copied):
        kept = by_id.get(component["file"].get("attachment_id", 0))
        if kept is not None:
            component.update(name=kept.filename, size=len(kept.content))
    return copied


def _unfurled(holder: Json, kept: Attachment, cdn: "Cdn") -> Json:
    address = cdn.sign(kept)
    if _key(holder) == "icon_url":
        return {"icon_url": address, "proxy_icon_url": address}
    width, height = kept.size_px or (None, None)
    return {
        "url": address,
        "proxy_url": address,
        "width": width,
        "height": height,
        "content_type": kept.content_type,
        "attachment_id": str(kept.id),
    }


def _file_components(tree: Any) -> Iterator[Json]:
    if isinstance(tree, list):
        for value in tree:
            yield from _file_components(value)
    elif isinstance(tree, dict):
        if tree.get("type") == FILE_COMPONENT and isinstance(tree.get("file"), dict):
            yield tree
        yield from _file_components(tree.get("components", []))
