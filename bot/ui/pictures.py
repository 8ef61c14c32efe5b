"""Finds the pictures a message shows: attached, embedded, forwarded, or in a layout of components."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

import discord

from bot.domain.errors import NoPictureThere, OnlyVideosThere
from bot.domain.requests import Upload
from bot.ui.words import uploaded_name

# By the name where Discord gives no content type. What a file really is, its bytes decide later.
_PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".heic", ".heif", ".bmp", ".tif", ".tiff")
_UNKNOWN_SIZE = None
_MOST_BYTES = 2**53  # larger than any file, and a number that everybody can write down

Shown = discord.Message | discord.MessageSnapshot


def pictures_in(message: discord.Message) -> tuple[Upload, ...]:
    """In the order they are shown, each address once.

    Raises: NoPictureThere, OnlyVideosThere.
    """
    uploads: dict[str, Upload] = {}
    parts: tuple[Shown, ...] = (message, *message.message_snapshots)
    for part in parts:
        for upload in _pictures_of(part):
            uploads.setdefault(upload.url, upload)
    if uploads:
        return tuple(uploads.values())
    if any(_is_video(attachment) for part in parts for attachment in part.attachments):
        raise OnlyVideosThere
    raise NoPictureThere


def attached_pictures(message: discord.Message) -> tuple[Upload, ...]:
    """Only what a member attached: the preview of a link is not theirs. Raises: OnlyVideosThere."""
    uploads = tuple(upload_of(attachment) for attachment in message.attachments if _is_picture(attachment))
    if not uploads and any(map(_is_video, message.attachments)):
        raise OnlyVideosThere
    return uploads


def upload_of(attachment: discord.Attachment) -> Upload:
    return told_upload(attachment.filename, attachment.url, attachment.size)


def told_upload(filename: object, url: object, size: object) -> Upload:
    """Of what Discord tells, whatever it is. A size that cannot be one counts as unknown."""
    return Upload(
        filename=uploaded_name(filename if isinstance(filename, str) else ""),
        url=url if isinstance(url, str) else "",
        size_bytes=min(size, _MOST_BYTES) if isinstance(size, int) and size >= 0 else None,
    )


def _pictures_of(message: Shown) -> Iterator[Upload]:
    yield from (upload_of(attachment) for attachment in message.attachments if _is_picture(attachment))
    for embed in message.embeds:
        yield from _of_embed(embed)
    yield from _of_components(components_of(message))


def components_of(message: Shown) -> Sequence[discord.Component]:
    """discord.py leaves them unset where Discord leaves them out."""
    return getattr(message, "components", ())


def _of_embed(embed: discord.Embed) -> Iterator[Upload]:
    """An embed's thumbnail counts only where it has no larger picture."""
    media = embed.image if embed.image.url else embed.thumbnail
    if media.url:
        yield _by_address(media.url)


def _of_components(components: Iterable[discord.Component]) -> Iterator[Upload]:
    for component in components:
        match component:
            case discord.components.MediaGalleryComponent():
                yield from (_of_media(item.media) for item in component.items if _shows_picture(item.media))
            case discord.components.ThumbnailComponent() | discord.components.FileComponent():
                if _shows_picture(component.media):
                    yield _of_media(component.media)
            case discord.components.SectionComponent():
                yield from _of_components([component.accessory])
            case discord.components.Container():
                yield from _of_components(component.children)


def _of_media(media: discord.UnfurledMediaItem) -> Upload:
    return _by_address(media.url)


def _by_address(url: str) -> Upload:
    """What is shown without being attached has no name and no size of its own."""
    name = unquote(_path(url).rsplit("/", 1)[-1])
    return told_upload(name, url, _UNKNOWN_SIZE)


def _path(url: str) -> str:
    """Of what may be no address at all: other bots write what they like into embeds."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _is_picture(attachment: discord.Attachment) -> bool:
    if attachment.content_type is not None and attachment.content_type.startswith("image/"):
        return True
    return attachment.filename.lower().endswith(_PICTURE_ENDINGS)


def _is_video(attachment: discord.Attachment) -> bool:
    return attachment.content_type is not None and attachment.content_type.startswith("video/")


def _shows_picture(media: discord.UnfurledMediaItem) -> bool:
    if media.content_type is not None:
        return media.content_type.startswith("image/")
    return _path(media.url).lower().endswith(_PICTURE_ENDINGS)
