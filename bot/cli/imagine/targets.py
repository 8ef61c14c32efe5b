"""Where pictures go: names, formats, and files that are written whole or not at all and never over another."""

import os
import secrets
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType

from bot.ui.words import file_name

FORMATS: Mapping[str, str] = MappingProxyType({".png": "png", ".webp": "webp", ".jpg": "jpeg", ".jpeg": "jpeg"})
ENDINGS: Mapping[str, str] = MappingProxyType({"png": "png", "webp": "webp", "jpeg": "jpg"})
_DEFAULT_FORMAT = "png"  # what RunBase's models make


class WrongOrder(Exception):
    """`str()` is one line: what is wrong on the command line, and how to mend it. Nothing was spent."""


@dataclass(frozen=True, slots=True)
class Target:
    path: Path
    format: str
    may_replace: bool = False


def target_of(out: Path | None, prompt: str, *, may_replace: bool) -> Target:
    """Where the picture of a prompt shall go: a file, a folder, or nothing said. Raises: WrongOrder."""
    folder = folder_of(out)
    is_file = out is not None and not out.is_dir()
    path = out if out is not None and is_file else folder / file_name(prompt, _DEFAULT_FORMAT)
    if path.suffix.lower() not in FORMATS:
        raise WrongOrder(f"--out {path}: expected a name that ends in .png, .webp or .jpg, found {_ending(path)}")
    if path.exists() and not path.is_file():
        raise WrongOrder(f"--out {path}: expected a file, found something else")
    if os.path.lexists(path) and not may_replace:
        raise WrongOrder(f"{path}: is there already. Choose another name with --out, or replace it with --force")
    return Target(path, FORMATS[path.suffix.lower()], may_replace)


def folder_of(out: Path | None) -> Path:
    """The folder that pictures go to. Raises: WrongOrder when nothing can be written there."""
    folder = Path() if out is None else out if out.is_dir() else out.parent
    if not folder.is_dir():
        raise WrongOrder(
            f"--out {out}: expected a folder that is there, found none. Make it first: mkdir -p '{folder}'"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WrongOrder(
            f"--out {out or folder}: expected a folder I can write into, found one that I cannot. "
            "Choose another with --out"
        )
    return folder


def target_in(folder: Path, prompt: str, kind: str) -> Target:
    """For a picture nobody named a file for: the words of its prompt, in the format it has."""
    return Target(folder / file_name(prompt, ENDINGS[kind]), kind)


def put(content: bytes, target: Target, taken: Set[Path] = frozenset(), *, mode: int = 0o644) -> Path:
    """Blocks. The path may end in a number when somebody was faster: what was paid for is never dropped.

    `taken` are names that are promised to others. Raises: OSError; then no file is left behind.
    """
    half = target.path.with_name(f".{secrets.token_hex(8)}.half")
    try:
        with half.open("xb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        if target.may_replace:
            half.replace(target.path)
            return target.path
        free = (path for path in _numbered(target.path) if path not in taken)
        return next(path for path in free if _take(path, half, content))
    finally:
        half.unlink(missing_ok=True)


def _take(path: Path, half: Path, content: bytes) -> bool:
    """Whether the picture stands under this name now. It did before when a crash came between file and ledger."""
    try:
        os.link(half, path)  # unlike a renaming it never replaces
    except FileExistsError:
        return path.is_file() and path.read_bytes() == content
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            return False
        half.replace(path)
    return True


def _numbered(path: Path) -> Iterator[Path]:
    """`fox.png`, `fox-2.png`, `fox-3.png`, …"""
    yield path
    for number in count(2):
        yield path.with_stem(f"{path.stem}-{number}")


def _ending(path: Path) -> str:
    return path.suffix or "no ending"
