"""What members wrote and gave is gone from the disk when its time is over; old pictures can still be worked with."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import Studio, a_picture, is_result, open_studio, shown

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
SHORT = {"keep_prompts": timedelta(hours=2), "keep_requests": timedelta(days=2), "keep_images": timedelta(hours=1)}
PLANTED = "planted-by-a-member"


@pytest.fixture
async def forgetful(tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(tmp_path, storage=SHORT) as opened:
        yield opened


async def time_passes(studio: Studio, seconds: float) -> None:
    """In big steps, and enough of them for the loops to notice."""
    await studio.world.advance(seconds, step_s=seconds / 50)
    await studio.world.advance(600, step_s=30)


def rows(studio: Studio) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in every table."""
    with closing(sqlite3.connect(studio.world.config.storage.path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: database.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def on_disk(studio: Studio) -> dict[str, bytes]:
    """The database, its log and all else in the bot's folder."""
    folder = studio.world.config.storage.path.parent
    return {found.name: found.read_bytes() for found in folder.rglob("*") if found.is_file()}


def where(planted: str, studio: Studio) -> set[str]:
    in_tables = {table for table, found in rows(studio).items() if planted in str(found)}
    return in_tables | {name for name, content in on_disk(studio).items() if planted.encode() in content}


def tokens(studio: Studio) -> list[str]:
    return [token for (token,) in studio._rows("SELECT token FROM requests WHERE token IS NOT NULL")]


async def a_result(studio: Studio, **options: Any) -> InteractionResult:
    result = await studio.imagine(**options)
    await studio.finished(result)
    return result


# What is gone


async def test_what_members_wrote_and_gave_is_nowhere_on_the_disk_any_more(forgetful: Studio) -> None:
    studio = forgetful
    for number in range(3):
        picture = a_picture(colour="red" if number % 2 else "blue")
        pictures = {"reference1": (f"{PLANTED}-1.png", picture), "reference2": (f"{PLANTED}-2.png", picture)}
        await a_result(studio, prompt=f"{PLANTED} {number}", private=number == 2, **pictures)
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine(f"{PLANTED} and lost")
    await studio.world.until(lambda: "I lost touch" in shown(lost).content)
    await studio.alice.click(shown(await a_result(studio, prompt=f"{PLANTED} once more")).message, label="Edit")
    assert {"requests", "request_references", "request_left_out", "edit_pictures"} <= where(PLANTED, studio)

    await time_passes(studio, DAY_S + HOUR_S)
    assert where(PLANTED, studio) == set()
    assert studio.runs() == {"delivered": 4, "uncertain": 1}
    ours = {f"easel.sqlite3{ending}" for ending in ("", "-wal", "-shm", ".lock", ".requests")}
    assert set(on_disk(studio)) == ours


async def test_tokens_are_nowhere_on_the_disk_once_they_are_dead(forgetful: Studio) -> None:
    studio = forgetful
    await studio.world.pause()
    await studio.imagine()
    await studio.imagine(private=True)
    one, other = tokens(studio)
    assert where(one, studio)
    await studio.world.restart()
    studio.world.env.inject_error("PATCH", "/webhooks/*", status=503, times=None)
    studio.world.env.inject_error("PATCH", "/channels/*", status=503, times=None)
    await studio.world.until(lambda: studio.runs() == {"ready": 2})
    assert tokens(studio) == [one, other]

    await studio.world.advance(20 * 60, step_s=30)
    await time_passes(studio, 2 * HOUR_S)
    assert where(one, studio) == where(other, studio) == set()


async def test_in_the_end_nothing_is_left_of_a_request_but_its_message(forgetful: Studio) -> None:
    result = await a_result(forgetful)
    await time_passes(forgetful, 2 * DAY_S + HOUR_S)
    left = {table for table, found in rows(forgetful).items() if found}
    assert left == {"schema_migrations", "quota_windows", "settings"}
    assert is_result(shown(result))


async def test_a_picture_nobody_could_be_shown_is_kept_with_its_words(forgetful: Studio) -> None:
    studio = forgetful
    studio.world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    studio.world.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, times=None)
    await studio.imagine("a fox that waits", private=True)
    await studio.world.until(lambda: studio.runs() == {"ready": 1})
    await time_passes(studio, 3 * DAY_S)
    assert studio.runs() == {"ready": 1}
    assert where("a fox that waits", studio)


# What goes on working


@pytest.mark.parametrize("seconds", [3 * HOUR_S, 3 * DAY_S], ids=["without its words", "without its request"])
async def test_the_edit_button_under_an_old_result_opens_a_form_that_makes_the_edit(
    forgetful: Studio, seconds: float
) -> None:
    studio = forgetful
    original = await a_result(studio)
    await time_passes(studio, seconds)
    form = await studio.bob.click(shown(original).message, label="Edit")
    edit = await studio.bob.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(edit)
    link = f"https://discord.com/channels/{studio.server.id}/{studio.channel.id}/{shown(original).id}"
    assert f"edited from [this picture]({link})" in shown(edit).content


@pytest.mark.parametrize("seconds", [3 * HOUR_S, 3 * DAY_S], ids=["without its words", "without its request"])
async def test_a_reply_to_an_old_result_edits_it(forgetful: Studio, seconds: float) -> None:
    studio = forgetful
    original = await a_result(studio, aspect="2:3")
    await time_passes(studio, seconds)
    assert studio.world.env.bot.user is not None
    mention = f"<@{studio.world.env.bot.user.id}>"
    await studio.alice.send(studio.channel, f"{mention} make it night", reply_to=shown(original).message)
    await studio.world.until(lambda: len(studio.channel.history()) == 3 and is_result(studio.channel.history()[-1]))
    answer = studio.channel.history()[-1]
    assert "Portrait 2:3" in answer.content
    assert f"/{studio.channel.id}/{shown(original).id})" in answer.content


async def test_an_edit_keeps_its_link_when_the_picture_it_was_made_from_is_forgotten(forgetful: Studio) -> None:
    studio = forgetful
    original = await a_result(studio)
    await time_passes(studio, 2 * DAY_S - 2 * HOUR_S)
    form = await studio.alice.click(shown(original).message, label="Edit")
    await studio.world.pause()
    edit = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.world.advance(4 * HOUR_S, step_s=HOUR_S)
    await studio.world.restart()
    await studio.finished(edit)
    await time_passes(studio, HOUR_S)
    assert studio.runs() == {"delivered": 1}
    assert f"/{studio.channel.id}/{shown(original).id})" in shown(edit).content


async def test_what_is_forgotten_cannot_be_asked_for_once_more(forgetful: Studio) -> None:
    studio = forgetful
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine()
    await studio.world.until(lambda: "I lost touch" in shown(lost).content)
    await time_passes(studio, 3 * HOUR_S)
    again = await studio.alice.click(shown(lost).message, label="Try again")
    assert len(studio.world.emulator.runs) == 1
    assert "I do not have this any more" in shown(again).content


async def test_quota_counts_as_long_as_its_window_says(tmp_path: Path) -> None:
    quota = {"member": [{"images": 1, "per": "5d"}]}
    async with open_studio(tmp_path, storage=SHORT, quota=quota) as studio:
        await a_result(studio)
        await time_passes(studio, 4 * DAY_S)
        assert rows(studio)["requests"] == []
        refused = await studio.imagine()
        assert studio.refused() == ["QuotaExceeded"]
        assert "1 of 1" in shown(refused).content
        await time_passes(studio, DAY_S)
        assert studio.takes() == {}
        await a_result(studio)
