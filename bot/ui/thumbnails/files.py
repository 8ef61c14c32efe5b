"""A thumbnail's files as Discord gets them: named after its words, with alt text, and lines that say what they are."""

import io
from collections.abc import Iterable, Sequence

import discord

from bot.domain.thumbnails.thumbnails import Thumbnail
from bot.ports.thumbnails import Delivered, ThumbnailFile
from bot.ui.thumbnails import texts
from bot.ui.words import alt_text, file_name


def files_of(posts: Iterable[Delivered], *, is_quoted: bool = True) -> list[discord.File]:
    return [_file(post, one, is_quoted=is_quoted) for post in posts for one in post.files]


def words_of(posts: Sequence[Delivered], *, is_quoted: bool = True) -> str:
    """Title, candidate, sizes, whose picture it is, and what could not be lettered."""
    thumbnail, candidate = posts[0].thumbnail, posts[0].candidate
    sizes = texts.sizes([post.files[0].size for post in posts])
    left_out = max((file.left_out for post in posts for file in post.files), key=len) if is_quoted else ""
    with_letters = "with its headline and clean" if thumbnail.headline else ""
    facts = " · ".join(filter(None, [f"Candidate {candidate.number}", sizes, with_letters]))
    title = f"**{texts.title(thumbnail, is_quoted=is_quoted)}**"
    lines = [title, f"-# {facts}", texts.credit(candidate), texts.left_out(left_out)]
    return "\n".join(filter(None, lines))


def _file(post: Delivered, file: ThumbnailFile, *, is_quoted: bool) -> discord.File:
    ending = "jpg" if file.format == "jpeg" else file.format
    stem = file_name(_name(post.thumbnail) if is_quoted else "", ending).removesuffix(f".{ending}")
    clean = "-clean" if file.is_clean and post.thumbnail.headline else ""
    what = "without its headline" if clean else "with its headline" if post.thumbnail.headline else ""
    described = ", ".join(filter(None, [f"Candidate {post.candidate.number} for {file.size.name}", what]))
    return discord.File(
        io.BytesIO(file.content),
        filename=f"{stem}-{file.size.key}{clean}.{ending}",
        description=alt_text(f"{described}: {texts.spoken(post.thumbnail, is_quoted=is_quoted)}"),
    )


def _name(thumbnail: Thumbnail) -> str:
    return thumbnail.headline or thumbnail.shows
