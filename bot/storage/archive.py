"""The archive that a backup is: a tar of the database, the files it needs, and last what should be in it.

What is read may be damaged, or made by somebody else: nothing in it is believed before it was checked.
"""

import hashlib
import io
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot import __version__
from bot.domain.errors import CannotStart
from bot.domain.ids import Sha256
from bot.storage.files import path_within

DATABASE = "easel.sqlite3"
FILES = "files"
_CONTENTS = "contents.json"
_MOST_CONTENTS_BYTES = 64 * 1024
_MOST_FILE_BYTES = 64 * 1024 * 1024  # pictures and references have at most 25 MB
_CHUNK_BYTES = 1024 * 1024
_FILE_NAME = re.compile(rf"{FILES}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")


class ArchiveUnfit(CannotStart):
    """It cannot be written or read, or is not what a backup writes; the line names it."""


class Contents(BaseModel):
    """What an archive should hold. It comes last, so that an archive which was cut off has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    version: str = Field(default=__version__, max_length=100)
    made_at: AwareDatetime
    database_sha256: str
    files: int


def is_compressed(archive: Path) -> bool:
    """By its name. Raises: ArchiveUnfit."""
    if archive.name.endswith((".tar.gz", ".tgz")):
        return True
    if archive.suffix != ".tar":
        raise ArchiveUnfit(f"{archive}: expected a name that ends in .tar or .tar.gz")
    return False


# ---- writing --------------------------------------------------------------------------------------------------------


class ArchiveWriter:
    """Adds one thing after the other. Raises: OSError."""

    def __init__(self, tar: tarfile.TarFile, made_at: datetime) -> None:
        self._tar = tar
        self._made_at = made_at
        self._files = 0
        self._database_sha256 = ""

    @classmethod
    @contextmanager
    def open(cls, path: Path, made_at: datetime, *, compressed: bool) -> Iterator[Self]:
        """A new file that nobody else may read, on disk when this ends."""
        path.touch(mode=0o600, exist_ok=False)
        with path.open("wb") as file:
            with _packing(file, compressed=compressed) as tar:
                yield cls(tar, made_at)
            file.flush()
            os.fsync(file.fileno())

    def add_database(self, path: Path) -> None:
        with path.open("rb") as file:
            self._database_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self._add(DATABASE, file, path.stat().st_size)

    def add_file(self, sha256: Sha256, content: bytes) -> None:
        self._files += 1
        self._add(f"{FILES}/{path_within(sha256).as_posix()}", io.BytesIO(content), len(content))

    def finish(self) -> None:
        contents = Contents(made_at=self._made_at, database_sha256=self._database_sha256, files=self._files)
        content = contents.model_dump_json(indent=2).encode()
        self._add(_CONTENTS, io.BytesIO(content), len(content))

    def _add(self, name: str, source: IO[bytes], size_bytes: int) -> None:
        member = tarfile.TarInfo(name)
        member.size = size_bytes
        member.mode = 0o600
        member.mtime = int(self._made_at.timestamp())
        self._tar.addfile(member, source)


def _packing(file: IO[bytes], *, compressed: bool) -> tarfile.TarFile:
    """GNU's format has room for a database over 8 GB and needs no extra headers for it."""
    if compressed:
        return tarfile.open(fileobj=file, mode="w:gz", format=tarfile.GNU_FORMAT, compresslevel=6)
    return tarfile.open(fileobj=file, mode="w:", format=tarfile.GNU_FORMAT)


# ---- reading --------------------------------------------------------------------------------------------------------


class _Member(tarfile.TarInfo):
    """A plain file. Links, devices, and headers that have tarfile read as much as they like are refused unread."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        if member.type != tarfile.REGTYPE or member.size < 0:
            raise ArchiveUnfit(f"{member.name!a:.100} is no plain file")
        return member


def unpack(archive: Path, folder: Path) -> Contents:
    """Into an empty folder, checked by name, size and SHA-256. Raises: ArchiveUnfit."""
    compressed = is_compressed(archive)
    try:
        with tarfile.open(archive, "r:gz" if compressed else "r:", tarinfo=_Member) as tar:
            return _unpack(tar, folder)
    except ArchiveUnfit as error:
        raise ArchiveUnfit(f"{archive}: expected a backup, found that {error}") from error
    except (tarfile.TarError, EOFError, zlib.error, ValidationError) as error:
        raise ArchiveUnfit(f"{archive}: expected a backup, found a damaged one or another file") from error
    except OSError as error:
        raise ArchiveUnfit(f"{archive}: expected a backup I can unpack, found: {error.strerror or error}") from error


def _unpack(tar: tarfile.TarFile, folder: Path) -> Contents:
    found: dict[str, str] = {}
    for member in tar:
        if member.name in found:
            raise ArchiveUnfit(f"{member.name} is in it twice")
        if member.name == _CONTENTS:
            contents = Contents.model_validate_json(_small(tar, member))
            _check_against(contents, found)
            return contents
        found[member.name] = _unpack_one(tar, member, folder)
    raise ArchiveUnfit("it ends too early")


def _check_against(contents: Contents, found: dict[str, str]) -> None:
    database_sha256 = found.pop(DATABASE, None)
    if database_sha256 != contents.database_sha256:
        raise ArchiveUnfit("its database is damaged")
    if len(found) != contents.files:
        raise ArchiveUnfit(f"{len(found)} of its {contents.files} files are there")


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Its SHA-256. The name on disk is made of what the pattern allows."""
    match = _FILE_NAME.fullmatch(member.name)
    if match is None and member.name != DATABASE:
        raise ArchiveUnfit(f"{member.name!a:.100} is in it")
    if match is not None and member.size > _MOST_FILE_BYTES:
        raise ArchiveUnfit(f"{member.name} has {member.size:,} bytes")
    _check_room(folder, member.size)
    path = folder / DATABASE if match is None else folder / FILES / path_within(match[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    sha256 = _write(tar, member, path)
    if match is not None and sha256 != match[2]:
        raise ArchiveUnfit(f"{member.name} is damaged")
    return sha256


def _check_room(folder: Path, size_bytes: int) -> None:
    """A database is written once more when it is brought up to date."""
    free_bytes = shutil.disk_usage(folder).free
    if 2 * size_bytes > free_bytes:
        raise ArchiveUnfit(f"it needs {2 * size_bytes:,} bytes of disk, of which {free_bytes:,} are free")


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> str:
    source = tar.extractfile(member)
    assert source is not None  # a plain file
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _small(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > _MOST_CONTENTS_BYTES:
        raise ArchiveUnfit(f"{_CONTENTS} has {member.size:,} bytes")
    source = tar.extractfile(member)
    assert source is not None
    return source.read()
