"""A thumbnail's files as Discord gets them: named after its words, with alt text, and lines that say what they are."""

import io
from collections.abc import Iterable, Sequence

import discord

from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.ports.thumbnails import Delivered, ThumbnailFile
from bot.ui.thumbnails import texts
from bot.ui.words import alt_text, file_name


def files_of(posts: Iterable[Delivered]) -> list[discord.File]:
    return [_file(post, one) for post in posts for one in post.files]


def words_of(posts: Sequence[Delivered]) -> str:
    """Title, candidate, sizes and whose picture it is."""
    thumbnail, candidate = posts[0].thumbnail, posts[0].candidate
    sizes = ", ".join(str(post.files[0].size) for post in posts)
    with_letters = "with its headline and clean" if thumbnail.headline else ""
    facts = " · ".join(filter(None, [f"Candidate {candidate.number}", sizes, with_letters]))
    return f"**{texts.title(thumbnail)}**\n-# {facts}\n{texts.credit(candidate)}"


def _file(post: Delivered, file: ThumbnailFile) -> discord.File:
    ending = "jpg" if file.format == "jpeg" else file.format
    stem = file_name(_name(post.thumbnail), ending).removesuffix(f".{ending}")
    clean = "-clean" if file.is_clean and post.thumbnail.headline else ""
    what = "without its headline" if clean else "with its headline" if post.thumbnail.headline else ""
    described = ", ".join(filter(None, [f"Candidate {post.candidate.number} for {file.size.name}", what]))
    return discord.File(
        io.BytesIO(file.content),
        filename=f"{stem}-{file.size.key}{clean}.{ending}",
        description=alt_text(f"{described}: {texts.spoken(post.thumbnail)}"),
    )


def _name(thumbnail: Thumbnail) -> str:
    return thumbnail.headline or thumbnail.shows
