"""What was asked for on the command line, checked as far as can be before anything is opened or spent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.cli.imagine.targets import Target, WrongOrder, folder_of, target_of
from bot.domain.catalogue import Model
from bot.domain.errors import ReferenceEmpty, ReferenceTooLarge, TooManyReferences
from bot.domain.guidance import Guidance
from bot.domain.instructions import named_aspect
from bot.domain.prompts import parse_prompt
from bot.domain.styles import named_style
from bot.services.references import MOST_FETCHED_BYTES

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HTTPS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?([/?#][^\s\x00-\x1f\x7f]*)?", re.IGNORECASE)
_LONGEST_ADDRESS = 4000  # a signed address has some hundred characters


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands on the command line, as typed."""

    prompt: str | None
    aspect: str | None
    references: tuple[str, ...]
    out: Path | None
    force: bool
    style: str | None = None
    umask: int = 0o022


@dataclass(frozen=True, slots=True)
class LocalFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """A picture on the web that RunBase fetches by itself."""

    url: str

    @property
    def name(self) -> str:
        return urlsplit(self.url).path.rpartition("/")[2] or self.url


@dataclass(frozen=True, slots=True)
class NewPicture:
    prompt: str
    aspect: str | None
    style: str | None
    references: tuple[LocalFile | Link, ...]
    target: Target


@dataclass(frozen=True, slots=True)
class Order:
    """`wanted` is None where only what an earlier call left is to be fetched; that goes to `folder`.

    `mode` is who may read the files.
    """

    wanted: NewPicture | None
    folder: Path
    mode: int


def order_of(wish: Wish, model: Model, *, is_offline: bool) -> Order:
    """Raises: WrongOrder, Refused."""
    mode = 0o666 & ~wish.umask
    if wish.prompt is None:
        if wish.aspect or wish.style or wish.references or wish.force:
            raise WrongOrder('Say what to make: imagine "a red fox in the snow" with these options')
        return Order(None, folder_of(wish.out), mode)
    style = None if wish.style is None else named_style(wish.style)
    prompt = parse_prompt(wish.prompt, limit=model.prompt_characters, guidance=Guidance.of(None, style))
    wanted = NewPicture(
        prompt=prompt,
        aspect=None if wish.aspect is None else named_aspect(wish.aspect, model),
        style=style.id if style else None,
        target=target_of(wish.out, prompt, may_replace=wish.force),
        references=_references(wish.references, model, is_offline=is_offline),
    )
    return Order(wanted, folder_of(wish.out), mode)


def _references(given: Sequence[str], model: Model, *, is_offline: bool) -> tuple[LocalFile | Link, ...]:
    if len(given) > model.references:
        raise TooManyReferences(given=len(given), limit=model.references)
    references = tuple(_link(one) if _ADDRESS.match(one) else _local(Path(one)) for one in given)
    links = [one for one in references if isinstance(one, Link)]
    if links and is_offline:
        raise WrongOrder(f"--reference {links[0].url}: expected a file, since --offline fetches nothing from the web")
    return references


def _link(url: str) -> Link:
    if len(url) > _LONGEST_ADDRESS or not _HTTPS.fullmatch(url):
        raise WrongOrder(f"--reference {url}: expected a file or an address that begins with https://")
    return Link(url)


def _local(path: Path) -> LocalFile:
    """The whole file in memory: it is at most 25 MB."""
    try:
        if not path.is_file():
            raise WrongOrder(f"--reference {path}: expected a file or an https address, found no such file")
        with path.open("rb") as file:
            content = file.read(MOST_FETCHED_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise WrongOrder(f"--reference {path}: expected a file I can read, found: {why}") from error
    if not content:
        raise ReferenceEmpty(path.name)
    if len(content) > MOST_FETCHED_BYTES:
        raise ReferenceTooLarge(path.name, path.stat().st_size, MOST_FETCHED_BYTES)
    return LocalFile(path.name, content)
