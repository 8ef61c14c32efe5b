"""What is in a backup, that it is whole while the bot writes, and what is refused."""

import asyncio
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import CannotStart
from bot.domain.runs import RunState
from bot.storage.backup import BackupFailed
from tests.builders import MESSAGE, START, a_picture, a_request, an_address, first_run
from tests.contract import backups
from tests.contract.backups import Home
from tests.contract.ledgers import PLENTY

home, elsewhere, archive = backups.home, backups.elsewhere, backups.archive
TOKEN = "a-token-that-nobody-may-read"


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def read(path: Path) -> bytes:
    return path.read_bytes()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def beside(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def unpacked(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


# What is in it


async def test_a_backup_holds_the_database_and_the_files_it_needs(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        for state in (RunState.QUEUED, RunState.READY, RunState.DELIVERED):
            await home.run_in(ledger, state)
        await home.keep(a_picture("left behind by nobody"))
        made = home.back_up(archive)
    contents = unpacked(archive)
    names = sorted(name for name in contents if name.startswith("files/"))
    pictures = {contents[name] for name in names}
    assert len(pictures) == 5  # two results, three references
    assert a_picture("left behind by nobody") not in pictures
    assert list(contents) == ["easel.sqlite3", *names, "contents.json"]
    assert (made.requests, made.unsettled, made.files, made.left_out) == (3, 2, 5, 0)
    assert made.files_bytes == sum(map(len, pictures))
    assert made.size_bytes == len(read(archive))


async def test_tokens_are_nowhere_in_it(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        for number in range(200):
            await ledger.acknowledged(address=an_address(token=f"{TOKEN}-{number}" * 5), prompt=f"fox {number}")
        home.back_up(archive)
        assert TOKEN in str(ledger.tokens())
    assert TOKEN.encode() not in read(archive)
    assert b"fox 199" in read(archive)


async def test_nobody_else_may_read_it_and_nothing_else_is_left(home: Home, archive: Path) -> None:
    async with home.ledger():
        home.back_up(archive)
    assert mode_of(archive) == 0o600
    assert beside(archive) == ["easel.tar", "home"]


@pytest.mark.parametrize("name", ["easel.tar.gz", "easel.tgz"])
async def test_its_name_says_whether_it_is_compressed(home: Home, tmp_path: Path, name: str) -> None:
    async with home.ledger():
        home.back_up(tmp_path / name)
    assert read(tmp_path / name).startswith(b"\x1f\x8b")
    assert list(unpacked(tmp_path / name)) == ["easel.sqlite3", "contents.json"]


async def test_a_stopped_bot_is_backed_up_as_well(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        await home.run_in(ledger, RunState.READY)
    assert home.back_up(archive).files == 2


async def test_files_that_are_gone_or_damaged_are_left_out_and_counted(home: Home, archive: Path) -> None:
    async with home.ledger() as ledger:
        await home.run_in(ledger, RunState.READY)
        gone, damaged = sorted(home.files.glob("*/*"))
        gone.unlink()
        damaged.write_bytes(b"something else")
        made = home.back_up(archive)
    assert (made.files, made.left_out) == (0, 2)


# While the bot writes


async def test_whatever_is_written_meanwhile_a_backup_holds_whole_requests(home: Home, tmp_path: Path) -> None:
    async with home.ledger() as ledger:
        is_over, has_asked = asyncio.Event(), asyncio.Event()

        async def ask_on_and_on() -> None:
            while not is_over.is_set():
                request = a_request(images=4)
                await ledger.requests.accept(request, queue_length=PLENTY)
                await ledger.requests.acknowledge(request.id, MESSAGE, START)
                await ledger.requests.end(first_run(request), RunState.CANCELLED, backups.REASON, START)
                has_asked.set()

        asking = [asyncio.create_task(ask_on_and_on()) for _ in range(4)]
        sizes = []
        for number in range(5):
            has_asked.clear()
            await has_asked.wait()
            made = await asyncio.to_thread(home.back_up, tmp_path / f"{number}.tar")
            sizes.append(made.requests)
        is_over.set()
        await asyncio.gather(*asking)
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
    for number, requests in enumerate(sizes):
        copy = tmp_path / f"{number}.sqlite3"
        copy.write_bytes(unpacked(tmp_path / f"{number}.tar")["easel.sqlite3"])
        assert query(copy, "PRAGMA integrity_check") == [("ok",)]
        assert query(copy, "SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM takes)") == [(4 * requests,) * 2]
        cancelled = query(copy, "SELECT id FROM runs WHERE state = 'cancelled' ORDER BY 1")
        assert query(copy, "SELECT id FROM takes WHERE state = 'given_back' ORDER BY 1") == cancelled


# What is refused


async def test_nothing_is_overwritten(home: Home, archive: Path) -> None:
    async with home.ledger():
        home.back_up(archive)
        before = read(archive)
        with pytest.raises(BackupFailed, match=f"^{archive}: expected a new file, found that there is one already$"):
            home.back_up(archive)
    assert read(archive) == before


@pytest.mark.parametrize("name", ["easel", "easel.zip", "easel.gz", "tar"])
async def test_another_kind_of_archive_is_not_made(home: Home, tmp_path: Path, name: str) -> None:
    async with home.ledger():
        with pytest.raises(CannotStart, match=r"expected a name that ends in \.tar or \.tar\.gz"):
            home.back_up(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_without_a_database_there_is_nothing_to_back_up(home: Home, archive: Path) -> None:
    with pytest.raises(
        BackupFailed, match=f"^storage.path {home.database}: expected the bot's database, found no file$"
    ):
        home.back_up(archive)
    assert not home.folder.exists()


@pytest.mark.parametrize("content", [b"a letter to my aunt\n" * 100, b""], ids=["a letter", "nothing"])
def test_what_is_no_database_of_the_bot_is_named(home: Home, archive: Path, content: bytes) -> None:
    home.folder.mkdir()
    home.database.write_bytes(content)
    with pytest.raises(BackupFailed, match=f"^storage.path {home.database}: expected the bot's database, found: "):
        home.back_up(archive)
    assert beside(archive) == ["home"]


async def test_a_folder_that_is_not_there_is_named(home: Home, tmp_path: Path) -> None:
    archive = tmp_path / "nowhere" / "easel.tar"
    async with home.ledger():
        with pytest.raises(BackupFailed, match=f"^{archive}: expected a file I can write, found: No such file"):
            home.back_up(archive)
