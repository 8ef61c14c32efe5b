"""What of the command line was understood: one picture, and the files to make of it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.cli.imagine.targets import Target, WrongOrder, folder_of
from bot.domain.thumbnails.colours import Colour, parse_colour
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.errors import HeadlineTooLong, UnknownColour, UnknownSize, UnknownTemplate
from bot.domain.thumbnails.headlines import parse_headline
from bot.domain.thumbnails.sizes import SIZES, Size, size_of
from bot.domain.thumbnails.templates import Template, template_of

_EVERY_SIZE = "all"
_MOST_BYTES = 100_000_000  # four times what members may attach
_FORMATS: Mapping[str, str] = MappingProxyType({".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"})


@dataclass(frozen=True, slots=True)
class Wish:
    """As it was typed."""

    picture: Path
    headline: str
    sizes: tuple[str, ...]
    template: str
    accent: str | None
    out: Path | None
    clean: bool
    force: bool
    umask: int = 0o022


@dataclass(frozen=True, slots=True)
class Job:
    design: Design
    target: Target


@dataclass(frozen=True, slots=True)
class Order:
    content: bytes
    filename: str
    jobs: tuple[Job, ...]
    mode: int


def order_of(wish: Wish) -> Order:
    """Raises: WrongOrder."""
    headline, template, accent = _headline(wish.headline), _template(wish.template), _accent(wish.accent)
    sizes = _sizes(wish.sizes)
    jobs = tuple(_jobs(wish, [Design(size, template, headline, accent) for size in sizes]))
    return Order(_content(wish.picture), wish.picture.name, jobs, mode=0o666 & ~wish.umask)


def _headline(text: str) -> str:
    try:
        return parse_headline(text)
    except HeadlineTooLong as error:
        raise WrongOrder(
            f"--headline: expected at most {error.limit} characters, found {error.length}. "
            f"Cut {error.length - error.limit}"
        ) from error


def _template(word: str) -> Template:
    try:
        return template_of(word)
    except UnknownTemplate as error:
        raise WrongOrder(f"--template {word}: expected one of {', '.join(error.offered)}, found {word}") from error


def _accent(text: str | None) -> Colour | None:
    try:
        return None if text is None else parse_colour(text)
    except UnknownColour as error:
        raise WrongOrder(f"--accent {text}: expected a colour such as '#ffd400', found {text}") from error


def _sizes(words: Sequence[str]) -> tuple[Size, ...]:
    if any(word.strip().casefold() == _EVERY_SIZE for word in words):
        return tuple(SIZES.values())
    try:
        return tuple(dict.fromkeys(size_of(word) for word in words))
    except UnknownSize as error:
        offered = ", ".join((*error.offered, _EVERY_SIZE))
        raise WrongOrder(f"--size {error.given}: expected one of {offered}, found {error.given}") from error


def _jobs(wish: Wish, designs: Sequence[Design]) -> Iterator[Job]:
    for design in designs:
        for variant in _variants(design, wish):
            target = _target(wish, variant, is_only=len(designs) == 1, is_extra=variant is not design)
            if os.path.lexists(target.path) and not wish.force:
                raise WrongOrder(
                    f"{target.path}: is there already. Choose another name with --out, or replace it with --force"
                )
            yield Job(variant, target)


def _variants(design: Design, wish: Wish) -> Iterator[Design]:
    """With its headline, and without as well if that was asked for."""
    yield design
    if wish.clean and design.headline:
        yield Design(design.size, design.template, "", design.accent)


def _target(wish: Wish, design: Design, *, is_only: bool, is_extra: bool) -> Target:
    if is_only and wish.out is not None and not wish.out.is_dir():
        folder_of(wish.out)
        path = wish.out
    else:
        path = _folder(wish.out) / f"{wish.picture.stem}-{design.size.key}.jpg"
    if path.suffix.lower() not in _FORMATS:
        found = path.suffix or "no ending"
        raise WrongOrder(f"--out {path}: expected a name that ends in .png or .jpg, found {found}")
    path = path.with_stem(f"{path.stem}-clean") if is_extra else path
    return Target(path, _FORMATS[path.suffix.lower()], may_replace=wish.force)


def _folder(out: Path | None) -> Path:
    """For several files. What is not there yet is made with the first of them."""
    if out is None or out.is_dir():
        return folder_of(out)
    if out.suffix or os.path.lexists(out):
        raise WrongOrder(f"--out {out}: expected a folder for several sizes, found the name of one file")
    there = next(parent for parent in out.parents if os.path.lexists(parent))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise WrongOrder(f"--out {out}: expected a folder I can make, but I cannot write into {there}. Choose another")
    return out


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise WrongOrder(f"{path}: expected a picture, found no such file")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise WrongOrder(f"{path}: expected a file I can read, found: {why}") from error
    if len(content) > _MOST_BYTES:
        raise WrongOrder(f"{path}: expected at most {_MOST_BYTES // 1_000_000} MB, found more. Give a smaller version")
    return content
