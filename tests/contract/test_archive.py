"""Damaged archives, and those made to do harm: refused in one line, with nothing put in place and nothing touched."""

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import CannotStart
from bot.storage.archive import ArchiveUnfit
from tests.builders import a_picture
from tests.contract import backups
from tests.contract.backups import Home

home, elsewhere, archive = backups.home, backups.elsewhere, backups.archive
GOOD = a_picture("fox")
GOOD_SHA256 = hashlib.sha256(GOOD).hexdigest()
GOOD_NAME = f"files/{GOOD_SHA256[:2]}/{GOOD_SHA256}"
OTHER_NAME = f"files/{'ab'}/{'ab' * 32}"
FAR_TOO_MUCH = 10**15

Piece = tuple[tarfile.TarInfo, bytes]


def plain(name: str, content: bytes = b"", *, size: int | None = None, kind: bytes = tarfile.REGTYPE) -> Piece:
    member = tarfile.TarInfo(name)
    member.size = len(content) if size is None else size
    member.type = kind
    return member, content


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> Piece:
    member, content = plain(name, kind=kind)
    member.linkname = to
    return member, content


def tar_of(pieces: Iterable[Piece]) -> bytes:
    """Header by header, so that they may lie."""
    blocks = []
    for member, content in pieces:
        padding = -len(content) % tarfile.BLOCKSIZE
        blocks += [member.tobuf(tarfile.GNU_FORMAT), content, b"\0" * padding]
    return b"".join(blocks) + b"\0" * 2 * tarfile.BLOCKSIZE


@pytest.fixture
async def database(home: Home, archive: Path) -> bytes:
    """As a backup holds it."""
    async with home.ledger():
        home.back_up(archive)
    with tarfile.open(archive) as tar:
        content = tar.extractfile("easel.sqlite3")
        assert content is not None
        return content.read()


def contents(database: bytes, files: int = 0, **changes: object) -> Piece:
    whole = {
        "format": 1,
        "version": "0.1.0",
        "made_at": "2026-01-01T12:00:00Z",
        "database_sha256": hashlib.sha256(database).hexdigest(),
        "files": files,
    }
    return plain("contents.json", json.dumps(whole | changes).encode())


def refusal(elsewhere: Home, archive: Path, content: bytes) -> str:
    """The one line an operator reads, once nothing was seen to have happened."""
    archive.write_bytes(content)
    around = everything_in(archive.parent)
    with pytest.raises(CannotStart) as refused:
        elsewhere.restore(archive)
    assert everything_in(archive.parent) - around <= {"elsewhere", "elsewhere/easel.sqlite3.lock"}
    line = str(refused.value)
    assert line.startswith(f"{archive}: expected a backup")
    assert line.isprintable()
    return line


def everything_in(folder: Path) -> set[str]:
    return {str(found.relative_to(folder)) for found in folder.rglob("*")}


def test_what_these_tests_make_is_restored_when_nothing_is_wrong_with_it(
    database: bytes, elsewhere: Home, archive: Path
) -> None:
    archive.write_bytes(tar_of([plain("easel.sqlite3", database), plain(GOOD_NAME, GOOD), contents(database, 1)]))
    assert elsewhere.restore(archive).files == 1


# Made to do harm

HOSTILE = {
    "a name that climbs out": plain("files/../../evil", b"evil"),
    "a name that climbs out by the pattern": plain(f"../{GOOD_NAME}", GOOD),
    "a name from the root": plain("/tmp/evil-of-easel", b"evil"),
    "a name in other letters": plain(GOOD_NAME.upper(), GOOD),
    "a name with a line break": plain("files/ab\n/x", b"evil"),
    "a name that is no text": plain("files/\udcff\udcfe", b"evil"),
    "a file in the wrong folder": plain(f"files/zz/{GOOD_SHA256}", GOOD),
    "another file": plain("easel.sqlite3.lock", b""),
    "a symbolic link": link("files", "/tmp"),
    "a symbolic link for the database": link("easel.sqlite3", "/etc/passwd"),
    "a hard link": link(GOOD_NAME, "/etc/passwd", tarfile.LNKTYPE),
    "a device": plain(GOOD_NAME, kind=tarfile.CHRTYPE),
    "a pipe": plain(GOOD_NAME, kind=tarfile.FIFOTYPE),
    "a folder": plain("files", kind=tarfile.DIRTYPE),
    "an endless long name": plain("././@LongLink", size=FAR_TOO_MUCH, kind=tarfile.GNUTYPE_LONGNAME),
    "an endless header": plain("pax", size=FAR_TOO_MUCH, kind=tarfile.XHDTYPE),
    "an endless header for all": plain("pax", size=FAR_TOO_MUCH, kind=tarfile.XGLTYPE),
    "a file with holes": plain(GOOD_NAME, size=FAR_TOO_MUCH, kind=tarfile.GNUTYPE_SPARSE),
    "an endless picture": plain(GOOD_NAME, size=FAR_TOO_MUCH),
    "a size below nothing": plain(GOOD_NAME, size=-1024),
    "a picture that is another one": plain(OTHER_NAME, GOOD),
    "the database once more": plain("easel.sqlite3", b"other"),
    "endless contents": plain("contents.json", size=FAR_TOO_MUCH),
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_no_backup_holds_is_refused(database: bytes, elsewhere: Home, archive: Path, piece: Piece) -> None:
    pieces = [plain("easel.sqlite3", database), piece, contents(database, 1)]
    refusal(elsewhere, archive, tar_of(pieces))
    assert not Path("/tmp/evil-of-easel").exists()


def test_a_database_that_no_disk_can_hold_is_refused_before_it_is_written(elsewhere: Home, archive: Path) -> None:
    line = refusal(elsewhere, archive, tar_of([plain("easel.sqlite3", size=FAR_TOO_MUCH)]))
    assert "it needs 2,000,000,000,000,000 bytes of disk, of which " in line


def test_a_picture_that_unpacks_to_very_much_is_refused(elsewhere: Home, archive: Path) -> None:
    bomb = gzip.compress(tar_of([plain(GOOD_NAME, b"\0" * (64 * 1024 * 1024 + 1))]))
    packed = archive.with_name("easel.tar.gz")
    assert "has 67,108,865 bytes" in refusal(elsewhere, packed, bomb)


# Damaged


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.97])
def test_an_archive_that_was_cut_off_is_refused(
    database: bytes, elsewhere: Home, archive: Path, share: float, compressed: bool
) -> None:
    whole = tar_of([plain("easel.sqlite3", database), plain(GOOD_NAME, GOOD), contents(database, 1)])
    content = gzip.compress(whole) if compressed else whole[: -2 * tarfile.BLOCKSIZE]
    chosen = archive.with_name("easel.tar.gz") if compressed else archive
    refusal(elsewhere, chosen, content[: int(len(content) * share)])


@pytest.mark.parametrize("where", ["a header", "the database", "a file's header", "a file", "the contents"])
def test_a_flipped_bit_is_noticed(database: bytes, elsewhere: Home, archive: Path, where: str) -> None:
    whole = bytearray(tar_of([plain("easel.sqlite3", database), plain(GOOD_NAME, GOOD), contents(database, 1)]))
    file_header = tarfile.BLOCKSIZE + len(database)
    places = {
        "a header": 7,
        "the database": file_header // 2,
        "a file's header": file_header + 7,
        "a file": file_header + tarfile.BLOCKSIZE + 7,
        "the contents": whole.index(b'"format"') + 2,
    }
    whole[places[where]] ^= 1
    refusal(elsewhere, archive, bytes(whole))


def test_a_file_that_is_missing_is_noticed(database: bytes, elsewhere: Home, archive: Path) -> None:
    line = refusal(elsewhere, archive, tar_of([plain("easel.sqlite3", database), contents(database, 3)]))
    assert line.endswith("found that 0 of its 3 files are there")


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"files": -1},
        {"made_at": "yesterday"},
        {"made_at": "2026-01-01T12:00:00"},
        {"more": 1},
        {"version": "x" * 200},
    ],
    ids=str,
)
def test_contents_that_make_no_sense_are_refused(
    database: bytes, elsewhere: Home, archive: Path, changes: dict[str, Any]
) -> None:
    refusal(elsewhere, archive, tar_of([plain("easel.sqlite3", database), contents(database, **changes)]))


def test_contents_that_are_no_json_are_refused(database: bytes, elsewhere: Home, archive: Path) -> None:
    for content in (b"", b"\xff\xfe", b"[" * 50_000, b"null"):
        refusal(elsewhere, archive, tar_of([plain("easel.sqlite3", database), plain("contents.json", content)]))


OTHER_FILES = {"nothing": b"", "a letter": b"a letter to my aunt\n" * 100, "noise": bytes(range(256)) * 40}


@pytest.mark.parametrize("content", OTHER_FILES.values(), ids=OTHER_FILES.keys())
@pytest.mark.parametrize("name", ["easel.tar", "easel.tar.gz"])
def test_another_file_is_refused(elsewhere: Home, tmp_path: Path, name: str, content: bytes) -> None:
    refusal(elsewhere, tmp_path / name, content)


def test_an_archive_whose_database_is_something_else_is_refused(elsewhere: Home, archive: Path) -> None:
    letter = b"a letter to my aunt\n" * 100
    line = refusal(elsewhere, archive, tar_of([plain("easel.sqlite3", letter), contents(letter)]))
    assert line.endswith("found: file is not a database")


def test_a_damaged_database_is_refused_although_its_sum_is_right(
    database: bytes, elsewhere: Home, archive: Path
) -> None:
    damaged = database[:-4096] + b"\xff" * 4096
    refusal(elsewhere, archive, tar_of([plain("easel.sqlite3", damaged), contents(damaged)]))


def test_an_archive_that_is_not_there_is_named(elsewhere: Home, archive: Path) -> None:
    with pytest.raises(ArchiveUnfit, match=f"^{archive}: expected a backup I can unpack, found: No such file"):
        elsewhere.restore(archive)


def test_a_folder_is_no_archive(elsewhere: Home, archive: Path) -> None:
    archive.mkdir()
    with pytest.raises(ArchiveUnfit, match=r"found: Is a directory$"):
        elsewhere.restore(archive)
