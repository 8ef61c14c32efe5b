"""The disk under the real process: members are refused, what was paid for is kept, and nothing is half written."""

import asyncio
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from bot.storage.sqlite import bring_up_to_date
from tests.builders import START
from tests.contract.damages import DAMAGES, PAGE_BYTES, Damage, checkpoint, contents, scribble
from tests.sockets.bad_days import plain
from tests.sockets.disks import (
    DISKS,
    REFUSAL,
    UNPRIVILEGED,
    Moments,
    OpenDisk,
    a_pipe_in_place_of,
    closed_folder,
    failed_start,
    half_files,
    ledger,
)
from tests.sockets.house import House, open_house
from tests.standin.discord import Hold, Interaction

PATIENCE_S = 30.0
NO_ROOM = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh")
RUNS = "SELECT runs.state, takes.state FROM runs JOIN takes ON takes.id = runs.id ORDER BY queued_at_ms"


async def ask(house: House, name: str) -> Interaction:
    member = house.standin.new_member(house.server, name)
    asked = await house.standin.slash(member, house.channel, "imagine", prompt=f"a fox for {name}")
    return await asked.acknowledged_within()


async def reads(house: House, asked: Interaction, words: str) -> None:
    await house.standin.until(lambda: asked.message is not None and words in asked.message.content, within_s=PATIENCE_S)


async def written(house: House, *runs: tuple[str, str]) -> None:
    """The ledger comes to hold these states of runs and takes, oldest first."""
    await soon(lambda: ledger(house, RUNS) == list(runs))


async def soon(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - another process does not announce anything
            await asyncio.sleep(0.05)


# ---- held by somebody else ------------------------------------------------------------------------------------------


@contextmanager
def held(house: House) -> Iterator[sqlite3.Connection]:
    """Somebody has begun to write and does not end."""
    with closing(sqlite3.connect(house.folder / "easel.sqlite3", isolation_level=None)) as foreign:
        yield foreign


async def test_while_somebody_else_writes_nothing_is_lost_and_members_are_refused(tmp_path: Path) -> None:
    async with open_house(tmp_path, is_new=True) as house:
        await house.start()
        moments = Moments()
        house.emulator.faults = moments
        with held(house) as foreign:
            moments.once_created(lambda: foreign.execute("BEGIN EXCLUSIVE"))
            paid = await house.imagine()
            await moments.has_come.wait()
            refused = await asyncio.gather(*(ask(house, name) for name in ("bob", "carol")))
            for asked in refused:
                await reads(house, asked, REFUSAL)
            await soon(lambda: "answer not written down yet" in house.log)
            await soon(lambda: "why=SQLITE_BUSY" in house.log)  # others in the bot may give up before it
            assert ledger(house, RUNS) == [("submitting", "held")]

        await house.picture(paid)
        await house.picture(await ask(house, "erin"))
        assert len(house.emulator.runs) == 2
        await written(house, ("delivered", "spent"), ("delivered", "spent"))
        assert await house.stop() == 0
    log = house.output[-1]
    assert log.count("database refuses: see its disk, and who else uses it why=SQLITE_BUSY") == 1
    assert log.count("database works again") == 1
    assert "Traceback" not in log


# ---- full, or closed ------------------------------------------------------------------------------------------------


async def fills_up(folder: Path, open_disk: OpenDisk) -> House:
    """Two pictures are paid for when the disk fills up: one is being made, the answer to the other is on its way."""
    with open_disk(folder) as disk:
        async with open_house(folder, speed=10, is_new=True) as house:
            house.environment["EASEL__STORAGE__PATH"] = str(disk.folder / "easel.sqlite3")
            house.wrapper = UNPRIVILEGED
            await house.start()
            moments = Moments()
            house.emulator.faults = moments
            running = await house.imagine()
            await written(house, ("running", "held"))
            moments.once_created(lambda: disk.fill(house))
            other = await ask(house, "bob")
            await moments.has_come.wait()
            await soon(lambda: "result not kept yet" in house.log)
            await reads(house, await ask(house, "carol"), REFUSAL)
            assert len(ledger(house, RUNS)) == 2

            disk.make_room(house)
            await house.picture(running)
            await house.picture(other)
            assert len(house.emulator.runs) == 2
            await written(house, ("delivered", "spent"), ("delivered", "spent"))
            assert half_files(house) == []
            assert await house.stop() == 0
    return house


async def test_what_is_paid_for_when_the_disk_fills_up_comes_when_there_is_room_and_nothing_more_is_bought(
    tmp_path: Path,
) -> None:
    houses = await asyncio.gather(*(fills_up(tmp_path / disk.__name__, disk) for disk in DISKS))
    for house, disk in zip(houses, DISKS, strict=True):
        log = house.output[-1]
        assert log.count("files refuse: see their disk, and who may write there why=") == 1
        assert log.count("files are kept again") == 1
        database_refused = disk is not closed_folder
        assert log.count("database refuses: see its disk, and who else uses it why=SQLITE_") == database_refused
        assert log.count("database works again") == database_refused
        assert "Traceback" not in log


def close_file(path: Path) -> None:
    path.chmod(0o444)


def close_folder(path: Path) -> None:
    path.parent.chmod(0o555)


def close_empty_folder(path: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()
    close_folder(path)


@contextmanager
def held_from_the_start(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as foreign:
        foreign.execute("PRAGMA locking_mode = EXCLUSIVE")
        foreign.execute("BEGIN EXCLUSIVE")
        yield


WRITABLE = "Let the bot's user write the file and its folder."
CLOSINGS: Mapping[Callable[[Path], None], str] = {
    close_file: WRITABLE,
    close_empty_folder: "Permission denied",
}


async def test_a_database_that_cannot_be_written_at_the_start_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    async with open_house(tmp_path, is_new=True) as house:

        def a_ledger(name: str) -> Path:
            path = tmp_path / name / "easel.sqlite3"
            bring_up_to_date(path, at=START)
            return path

        async def starts_on(path: Path, cure: str, *wrapper: str) -> None:
            line = await failed_start(house, path, wrapper=wrapper)
            assert line.startswith(f"storage.path {path}: expected a "), path
            assert line.endswith(cure), path

        closed = [a_ledger(close.__name__) for close in CLOSINGS]
        for close, path in zip(CLOSINGS, closed, strict=True):
            close(path)
        full, held = a_ledger("full"), a_ledger("held")
        before = contents(tmp_path)
        with held_from_the_start(held):
            await asyncio.gather(
                *(starts_on(path, cure, *UNPRIVILEGED) for path, cure in zip(closed, CLOSINGS.values(), strict=True)),
                starts_on(full, "See that its disk has room and is in order.", *NO_ROOM),
                starts_on(held, "End the program that holds it."),
            )
        assert contents(tmp_path) == before


# ---- damaged --------------------------------------------------------------------------------------------------------


async def test_a_damaged_database_is_one_line_at_every_start_and_is_left_as_it_is(tmp_path: Path) -> None:
    async with open_house(tmp_path, is_new=True) as house:
        house.environment["EASEL__STORAGE__PATH"] = str(tmp_path / "whole" / "easel.sqlite3")
        await house.start()
        await house.picture(await house.imagine())
        await written(house, ("delivered", "spent"))
        await house.stop(signal.SIGKILL)

        async def starts(name: str, damage: Damage) -> None:
            path = shutil.copytree(house.folder, tmp_path / name) / "easel.sqlite3"
            damage.happen(path)
            before = contents(path.parent)
            line = await failed_start(house, path)
            assert line.startswith(f"storage.path {path}: expected the bot's whole database, {damage.found}")
            assert line.endswith("and restore a backup: `python -m bot restore FILE`")
            assert contents(path.parent) == before, name

        await asyncio.gather(*(starts(name, DAMAGES[name]) for name in ("page", "empty", "garbage in the log")))
        again = await failed_start(house, tmp_path / "page" / "easel.sqlite3")
        assert DAMAGES["page"].found in again
        assert len(house.standin.gateway.identified) == 1

        await house.start()  # on the one that was killed and nothing else
        await house.picture(await house.imagine())


async def test_damage_under_a_running_bot_ends_its_business_and_turns_its_health_red(tmp_path: Path) -> None:
    async with open_house(tmp_path, is_new=True) as house, httpx.AsyncClient(trust_env=False) as machine:
        path = tmp_path / "easel.sqlite3"
        await house.start(EASEL__METRICS__LISTEN="127.0.0.1:0")
        await house.picture(await house.imagine())
        await written(house, ("delivered", "spent"))
        checkpoint(path)
        scribble(path, PAGE_BYTES, b"\xa5" * (path.stat().st_size - PAGE_BYTES))

        await reads(house, await ask(house, "bob"), REFUSAL)
        await reads(house, await ask(house, "carol"), REFUSAL)
        (port,) = re.findall(r"status open host=127\.0\.0\.1 port=(\d+)", house.log)
        health = await machine.get(f"http://127.0.0.1:{port}/healthz")
        assert health.status_code == 503
        assert "FAIL database: cannot be written: database disk image is malformed" in health.text
        assert len(house.emulator.runs) == 1
        assert await house.stop() == 0
        log = house.output[-1]
        assert log.count("database damaged: stop the bot and restore a backup why=SQLITE_CORRUPT") == 1
        assert "Traceback" not in log
        assert "expected the bot's whole database, found it damaged" in await failed_start(house, path)


# ---- silent ---------------------------------------------------------------------------------------------------------


async def test_a_disk_that_never_answers_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.environment["EASEL__QUEUE__SHUTDOWN_GRACE"] = "1s"
        pipe = a_pipe_in_place_of(house.folder / "easel.sqlite3.requests")
        await house.launch()
        other_end = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
        assert await asyncio.wait_for(house.stop(), 60) == 1
        os.close(other_end)
        assert "stopped the hard way" in house.output[-1]


async def test_a_picture_that_cannot_be_read_to_its_end_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain) as house:
        house.environment["EASEL__QUEUE__SHUTDOWN_GRACE"] = "1s"
        await house.start()
        house.standin.faults.add("PATCH", "*", Hold(), times=50)
        await house.imagine()
        await soon(lambda: "run ready" in house.log)
        await house.stop(signal.SIGKILL)
        (picture,) = house.folder.glob("files/??/*")
        pipe = a_pipe_in_place_of(picture)
        await house.start()
        other_end = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
        assert await asyncio.wait_for(house.stop(), 60) == 1
        os.close(other_end)
