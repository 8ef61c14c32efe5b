"""Bytes by their SHA-256, in memory and on disk; and what only a disk can do wrong."""

import asyncio
import hashlib
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import FileLost, StorageUnavailable
from bot.domain.ids import Sha256
from bot.ports import FileStore
from bot.storage.files import DiskFileStore
from tests.builders import a_sha256
from tests.fakes import FakeClock, MemoryFileStore

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2101, 1, 1, tzinfo=UTC)

STORES: dict[str, Callable[[Path], FileStore]] = {
    "memory": lambda _: MemoryFileStore(FakeClock()),
    "disk": lambda folder: DiskFileStore(folder, FakeClock()),
}


@pytest.fixture(params=STORES)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return STORES[request.param](tmp_path / "files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def disk(folder: Path) -> DiskFileStore:
    return DiskFileStore(folder, FakeClock())


async def test_bytes_come_back_by_the_name_of_their_content(files: FileStore) -> None:
    content = bytes(range(256)) * 100
    name = await files.keep(content)
    assert name == hashlib.sha256(content).hexdigest()
    assert await files.read(name) == content


async def test_nothing_is_content_too(files: FileStore) -> None:
    assert await files.read(await files.keep(b"")) == b""


async def test_the_same_bytes_are_one_file(files: FileStore) -> None:
    assert await files.keep(b"a fox") == await files.keep(b"a fox")
    assert await files.sweep(frozenset(), before=FAR_AHEAD) == 1


async def test_what_was_never_kept_cannot_be_read(files: FileStore) -> None:
    with pytest.raises(StorageUnavailable):
        await files.read(a_sha256("fox"))


async def test_a_sweep_leaves_what_is_needed(files: FileStore) -> None:
    needed, served = await files.keep(b"needed"), await files.keep(b"served")
    assert await files.sweep(frozenset({needed}), before=FAR_AHEAD) == 1
    assert await files.read(needed) == b"needed"
    with pytest.raises(StorageUnavailable):
        await files.read(served)


async def test_a_sweep_leaves_what_is_young(files: FileStore) -> None:
    young = await files.keep(b"young")
    assert await files.sweep(frozenset(), before=LONG_AGO) == 0
    assert await files.read(young) == b"young"


async def test_an_empty_store_has_nothing_to_sweep(files: FileStore) -> None:
    assert await files.sweep(frozenset(), before=FAR_AHEAD) == 0


async def test_many_files_at_once_are_all_kept(files: FileStore) -> None:
    contents = [f"picture {number}".encode() * 1000 for number in range(50)]
    names = await asyncio.gather(*map(files.keep, contents))
    assert await asyncio.gather(*map(files.read, names)) == contents


# Staged


async def test_what_is_staged_is_read_once_it_is_kept(files: FileStore) -> None:
    staged = await files.stage(b"a fox")
    with pytest.raises(FileLost):
        await files.read(staged.sha256)
    await files.keep_staged(staged)
    await files.discard(staged)
    assert await files.read(staged.sha256) == b"a fox"


async def test_what_is_discarded_cannot_be_kept_any_more(files: FileStore) -> None:
    staged = await files.stage(b"a fox")
    await files.discard(staged)
    await files.discard(staged)
    with pytest.raises(StorageUnavailable):
        await files.keep_staged(staged)


async def test_what_one_discards_the_other_keeps(files: FileStore) -> None:
    kept, discarded = await files.stage(b"a fox"), await files.stage(b"a fox")
    await files.keep_staged(kept)
    await files.discard(discarded)
    assert await files.read(kept.sha256) == b"a fox"


async def test_what_is_kept_from_a_stage_is_young(files: FileStore) -> None:
    staged = await files.stage(b"a fox")
    await files.keep_staged(staged)
    assert await files.sweep(frozenset(), before=LONG_AGO) == 0
    assert await files.sweep(frozenset({staged.sha256}), before=FAR_AHEAD) == 0


# On disk


async def test_what_is_discarded_leaves_the_disk(disk: DiskFileStore, folder: Path) -> None:
    await disk.discard(await disk.stage(b"a fox"))
    assert _files(folder) == []


async def test_what_a_crash_left_staged_is_swept_in_time(disk: DiskFileStore, folder: Path) -> None:
    staged = await disk.stage(b"a fox")
    assert await disk.sweep(frozenset({staged.sha256}), before=LONG_AGO) == 0
    assert await disk.sweep(frozenset({staged.sha256}), before=FAR_AHEAD) == 1
    assert _files(folder) == []


async def test_keeping_again_makes_a_file_young_again(disk: DiskFileStore, folder: Path) -> None:
    name = await disk.keep(b"a fox")
    (path,) = _files(folder)
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    await disk.keep(b"a fox")
    assert await disk.sweep(frozenset(), before=LONG_AGO + timedelta(days=1)) == 0
    assert await disk.read(name) == b"a fox"


async def test_what_is_kept_again_during_a_sweep_stays(disk: DiskFileStore, folder: Path) -> None:
    contents = {await disk.keep(content): content for content in (b"a fox", b"a hare")}
    for path in _files(folder):
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    asked: list[Sha256] = []

    class NothingNeeded(frozenset[Sha256]):
        # While the second is looked at, somebody keeps the first again.
        def __contains__(self, name: object) -> bool:
            asked.append(Sha256(str(name)))
            if len(asked) == len(contents):
                asyncio.run(disk.keep(contents[asked[0]]))
            return False

    await disk.sweep(NothingNeeded(), before=LONG_AGO + timedelta(days=1))
    first, second = asked
    assert await disk.read(first) == contents[first]
    with pytest.raises(FileLost):
        await disk.read(second)


async def test_a_file_that_was_tampered_with_is_not_shown(disk: DiskFileStore, folder: Path) -> None:
    name = await disk.keep(b"a fox")
    (path,) = _files(folder)
    path.write_bytes(b"a wolf")
    with pytest.raises(StorageUnavailable):
        await disk.read(name)


async def test_keeping_again_heals_a_file_that_was_damaged(disk: DiskFileStore, folder: Path) -> None:
    name = await disk.keep(b"a fox")
    (path,) = _files(folder)
    path.write_bytes(b"a f")
    await disk.keep(b"a fox")
    assert await disk.read(name) == b"a fox"


async def test_a_disk_that_fills_up_leaves_nothing_half_written(disk: DiskFileStore, folder: Path) -> None:
    with _disk_takes(1000), pytest.raises(StorageUnavailable):
        await disk.keep(b"x" * 5000)
    assert _files(folder) == []
    assert await disk.read(await disk.keep(b"x" * 5000)) == b"x" * 5000


async def test_a_disk_that_fills_up_harms_nothing_that_is_there(disk: DiskFileStore) -> None:
    name = await disk.keep(b"x" * 5000)
    with _disk_takes(1000), pytest.raises(StorageUnavailable):
        await disk.keep(b"x" * 5000)
    assert await disk.read(name) == b"x" * 5000


async def test_what_was_refused_is_refused_until_as_much_fits_again(disk: DiskFileStore, folder: Path) -> None:
    await disk.check_room()
    with _disk_takes(1000):
        with pytest.raises(StorageUnavailable):
            await disk.keep(b"x" * 5000)
        await asyncio.to_thread((folder / "filler").write_bytes, b"x" * 900)
        for _ in range(2):
            with pytest.raises(StorageUnavailable):
                await disk.check_room()
    await disk.check_room()
    assert [file.name for file in _files(folder)] == ["filler"]


async def test_a_folder_that_cannot_be_made_is_storage_trouble(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        await DiskFileStore(tmp_path / "files", FakeClock()).keep(b"a fox")


async def test_a_reader_sees_the_whole_file_or_none(disk: DiskFileStore) -> None:
    content = b"a long picture " * 200_000
    name = Sha256(hashlib.sha256(content).hexdigest())
    keeping = asyncio.ensure_future(disk.keep(content))
    seen: set[bytes] = set()
    while not keeping.done():
        try:
            seen.add(await disk.read(name))
        except StorageUnavailable:
            continue
    assert seen <= {content}
    assert await keeping == name


async def test_what_a_crash_left_half_written_is_never_read_and_swept_in_time(
    disk: DiskFileStore, folder: Path
) -> None:
    name = await disk.keep(b"a fox")
    (path,) = _files(folder)
    path.rename(path.with_name(f"{name}.4711.half"))
    with pytest.raises(StorageUnavailable):
        await disk.read(name)
    assert await disk.sweep(frozenset({name}), before=LONG_AGO) == 0
    assert await disk.sweep(frozenset({name}), before=FAR_AHEAD) == 1
    assert _files(folder) == []


async def test_the_same_bytes_many_times_at_once_are_one_file(disk: DiskFileStore, folder: Path) -> None:
    content = b"a fox" * 100_000
    for _ in range(10):
        answers = await asyncio.gather(*(disk.keep(content) for _ in range(8)), return_exceptions=True)
        assert set(answers) == {hashlib.sha256(content).hexdigest()}
    assert len(_files(folder)) == 1


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@contextmanager
def _disk_takes(size_bytes: int) -> Iterator[None]:
    """The kernel itself refuses to let any file grow beyond."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
