"""Closing waits for no picture: what is being worked on ends without a result, and nothing is begun any more."""

import asyncio
import os
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.imaging.composition.composer import SandboxedComposer
from bot.imaging.pillow import PillowImaging
from bot.imaging.sandbox import PARTS, Room, answer_of
from tests.scenarios.studio import a_picture


def test_a_process_that_is_working_is_ended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    room = Room()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(answer_of, room, "tests.unit.endless", str(started), sent=b"", about="test")
        process = int(started.read_text(encoding="ascii"))
        room.close()
        with pytest.raises(CancelledError):
            answer.result()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert not caplog.records


def test_no_process_is_started_afterwards(tmp_path: Path) -> None:
    room = Room()
    room.close()
    with pytest.raises(CancelledError):
        answer_of(room, "tests.unit.endless", str(tmp_path / "started"), sent=b"", about="test")
    assert not list(tmp_path.iterdir())


async def test_pictures_that_wait_for_room_are_not_waited_for() -> None:
    imaging = PillowImaging()
    with imaging.room.taking(PARTS):
        preparing = asyncio.create_task(imaging.prepare(a_picture("TIFF"), filename="fox.tiff", limit_bytes=10_000_000))
        await asyncio.sleep(0)
        imaging.close()
    with pytest.raises(asyncio.CancelledError):
        await preparing


async def test_thumbnails_that_wait_for_room_are_not_waited_for() -> None:
    room = Room()
    composer = SandboxedComposer(room)
    with room.taking(PARTS):
        making = asyncio.create_task(composer.small(a_picture(), filename="fox.png", longest_px=64))
        await asyncio.sleep(0)
        composer.close()
    with pytest.raises(asyncio.CancelledError):
        await making
