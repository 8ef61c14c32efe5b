"""A disk is lost, and a backup brought back that does not know what the bot did after it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.storage.backup import back_up
from bot.storage.restore import restore
from tests.scenarios.studio import Studio, is_result, open_studio, shown


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """The bot has a folder of its own, which can be lost."""
    async with open_studio(tmp_path / "bot") as opened:
        yield opened


def backed_up(studio: Studio) -> Path:
    storage = studio.world.config.storage
    archive = storage.path.parent.with_name("easel.tar")
    now = studio.world.clock.now()
    back_up(storage.path, storage.files, archive, keep_images=storage.keep_images, at=now)
    return archive


async def disk_is_lost_and_restored(studio: Studio, archive: Path) -> None:
    storage = studio.world.config.storage
    await studio.world.close()
    shutil.rmtree(storage.path.parent)
    restore(archive, storage.path, storage.files, at=studio.world.clock.now())
    await studio.world.restart()
    await studio.world.advance(300, step_s=1)


def seen(result: InteractionResult) -> tuple[str, list[int], bool]:
    """What the message shows, by the words and the pictures in it."""
    message = shown(result)
    return message.content, [attachment.id for attachment in message.attachments], is_result(message)


def labels(message: Any) -> list[str]:
    return [button.label for row in message.components for button in row.children]


async def test_what_waited_is_not_made_again_and_its_picture_stays(studio: Studio) -> None:
    await studio.world.pause()
    result = await studio.imagine()
    archive = backed_up(studio)
    await studio.world.restart()
    await studio.finished(result)
    before = seen(result)

    await disk_is_lost_and_restored(studio, archive)
    assert len(studio.world.emulator.runs) == 1
    assert seen(result) == before
    assert len(studio.channel.history()) == 1
    assert studio.runs() == {"cancelled": 1}
    assert studio.takes() == {"given_back": 1}


async def test_what_was_being_made_is_fetched_by_its_member_and_not_posted_again(studio: Studio) -> None:
    result = await studio.imagine()
    await studio.world.until(lambda: studio.runs() == {"running": 1})
    archive = backed_up(studio)
    await studio.finished(result)
    before = seen(result)

    await disk_is_lost_and_restored(studio, archive)
    await studio.world.restart()
    await studio.world.advance(60, step_s=1)
    assert len(studio.world.emulator.runs) == 1
    assert seen(result) == before
    assert len(studio.channel.history()) == 1
    assert studio.runs() == {"ready": 1}

    history = await studio.alice.slash(studio.channel, "history")
    assert "kept for you" in shown(history).content
    brought = await studio.alice.click(shown(history).message, label=labels(shown(history).message)[0])
    await studio.finished(brought)
    assert studio.runs() == {"delivered": 1}
    assert studio.takes() == {"spent": 1}


async def test_a_finished_picture_that_was_not_shown_yet_is_kept(studio: Studio) -> None:
    result = await studio.imagine()
    studio.world.env.inject_error("PATCH", "/webhooks/*", status=503, times=None)
    studio.world.env.inject_error("PATCH", "/channels/*", status=503, times=None)
    await studio.world.until(lambda: studio.runs() == {"ready": 1})
    archive = backed_up(studio)
    studio.world.env.backend.faults.clear()
    await studio.finished(result)
    before = seen(result)

    await disk_is_lost_and_restored(studio, archive)
    assert seen(result) == before
    assert studio.runs() == {"ready": 1}
    assert "kept for you" in shown(await studio.alice.slash(studio.channel, "history")).content


async def test_new_requests_are_served_by_the_restored_ledger(studio: Studio) -> None:
    await studio.finished(await studio.imagine("before the backup"))
    archive = backed_up(studio)
    await studio.finished(await studio.imagine("after the backup"))
    await disk_is_lost_and_restored(studio, archive)
    await studio.finished(await studio.imagine("after the restore"))
    history = shown(await studio.alice.slash(studio.channel, "history")).content
    assert "before the backup" in history
    assert "after the backup" not in history
    assert studio.takes() == {"spent": 2}
