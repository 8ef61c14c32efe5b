"""Several pictures at once: one message that fills in, and the numbers that choose one of them."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from simcord.results import InteractionResult

from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import Studio, open_studio, shown

NUMBERS = ["1", "2", "3", "4"]


def rows(message: Any) -> list[list[str]]:
    """What can be pressed, row by row; simcord hands out what Discord sent, or discord.py's view of it."""
    return [
        [child["label"] for child in row["components"]]
        if isinstance(row, dict)
        else [child.label for child in row.children]
        for row in message.components
    ]


def labels(message: Any) -> list[str]:
    return [label for row in rows(message) for label in row]


def names(message: Any) -> list[str]:
    return [one.filename for one in message.attachments]


async def filled_in(studio: Studio, result: InteractionResult, count: int) -> None:
    await studio.world.until(lambda: len(shown(result).attachments) >= count)


async def four(studio: Studio, **options: Any) -> InteractionResult:
    """All four of them, in their message."""
    result = await studio.imagine(count=4, **options)
    await studio.world.until(lambda: shown(result).content.startswith("**"))
    return result


async def its_first_run(studio: Studio, result: InteractionResult, **changes: Any) -> None:
    """RunBase changes its mind about the first of the runs, once all have begun."""
    await studio.world.until(lambda: studio.runs()["queued"] == 0)
    first = studio.world.emulator.runs[0]
    studio.world.emulator._ledger._runs[first.id] = replace(first, **changes)


async def test_the_message_fills_in_and_becomes_the_result(studio: Studio) -> None:
    result = await studio.imagine(count=4, aspect="3:2")
    told: dict[int, str] = {}
    kept: list[int] = []
    while not shown(result).content.startswith("**"):
        await studio.world.advance(0.25)
        message = shown(result)
        told[len(message.attachments)] = message.content
        here = [one.id for one in message.attachments]
        assert here[: len(kept)] == kept  # what is there stays where it is
        kept = here
    part = min(count for count in told if count)
    assert part < 4
    assert f"-# {part} of 4 ready · usually" in told[part]

    message = shown(result)
    assert names(message) == [f"red-fox-in-the-snow-{number}.png" for number in NUMBERS]
    assert message.attachments[2].description == "3 of 4: a red fox in the snow"
    assert "4 pictures · Landscape 3:2" in message.content
    assert rows(message) == [NUMBERS, ["Again", "More"]]
    assert studio.takes() == {"spent": 4}
    assert studio.runs() == {"delivered": 4}


async def test_those_that_are_there_can_be_chosen_while_others_are_being_made(studio: Studio) -> None:
    result = await studio.imagine(count=2)
    await filled_in(studio, result, 1)
    assert labels(shown(result)) == ["1"]
    picked = await studio.bob.click(shown(result).message, label="1")
    assert shown(picked).ephemeral
    assert labels(shown(picked)) == ["Edit", "Variations", "Aspect", "More"]


async def test_one_that_fails_costs_nothing_and_takes_no_other_with_it(studio: Studio) -> None:
    result = await studio.imagine(count=4)
    await its_first_run(studio, result, error="no")
    await studio.world.until(lambda: shown(result).content.startswith("**"))
    assert len(shown(result).attachments) == 3
    assert "1 of 4 could not be made: The image model could not make this picture. No quota used for it." in (
        shown(result).content
    )
    assert rows(shown(result)) == [NUMBERS[:3], ["Again", "More"]]
    assert studio.takes() == {"spent": 3, "given_back": 1}


async def test_where_only_one_comes_it_has_the_buttons_of_one(studio: Studio) -> None:
    result = await studio.imagine(count=2)
    await its_first_run(studio, result, error="no")
    await studio.world.until(lambda: shown(result).content.startswith("**"))
    assert rows(shown(result)) == [["Edit", "Again", "Variations", "Aspect", "More"]]


async def test_where_none_comes_one_sentence_says_why(studio: Studio) -> None:
    result = await studio.imagine("a fox, fail-preview", count=3)
    await studio.world.until(lambda: studio.runs() == {"failed": 3} and "Try again" in labels(shown(result)))
    assert shown(result).content.count("No quota used") == 1
    assert studio.takes() == {"given_back": 3}


async def test_one_that_is_too_slow_comes_beside_the_others_after_all(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.NEVER_ENDING, times=1)
    result = await studio.imagine(count=2)
    await filled_in(studio, result, 1)
    await studio.world.until(lambda: studio.runs()["overdue"] == 1, within_s=700)
    await studio.world.until(lambda: "did not arrive within 10 minutes" in shown(result).content)
    assert "1 of 2 did not arrive" in shown(result).content
    await its_first_run(studio, result, shape=None, finishes_at=studio.world.clock.now())
    await studio.world.until(lambda: len(shown(result).attachments) == 2, within_s=700)
    assert rows(shown(result)) == [["1", "2"], ["Again", "More"]]
    assert "did not arrive" not in shown(result).content
    assert studio.takes() == {"spent": 1, "given_back": 1}


async def test_a_restart_midway_loses_none_and_doubles_none(studio: Studio) -> None:
    result = await studio.imagine(count=4)
    await filled_in(studio, result, 2)
    before = [one.id for one in shown(result).attachments]
    await studio.world.restart()
    await studio.world.until(lambda: shown(result).content.startswith("**"))
    assert len(shown(result).attachments) == 4
    assert [one.id for one in shown(result).attachments][: len(before)] == before
    assert rows(shown(result)) == [NUMBERS, ["Again", "More"]]
    assert len(studio.channel.history()) == 1


async def test_when_the_message_was_deleted_midway_all_come_in_a_new_one(studio: Studio) -> None:
    result = await studio.imagine(count=4)
    await filled_in(studio, result, 1)
    studio.world.env.backend.delete_message(studio.channel.id, shown(result).id)
    await studio.world.until(lambda: studio.runs() == {"delivered": 4})
    (message,) = studio.channel.history()
    assert len(message.attachments) == 4
    assert studio.alice.mention in message.content
    assert rows(message) == [NUMBERS, ["Again", "More"]]
    assert studio.takes() == {"spent": 4}


async def test_four_pictures_of_a_mention(studio: Studio) -> None:
    easel = studio.world.env.bot.user
    assert easel is not None
    await studio.alice.send(studio.channel, f"{easel.mention} a red fox --count 4 --ar 2:3")
    await studio.world.until(lambda: studio.runs() == {"delivered": 4})
    message = studio.channel.history()[-1]
    assert len(message.attachments) == 4
    assert "4 pictures · Portrait 2:3" in message.content


async def test_private_pictures_stay_private_and_can_be_posted(studio: Studio) -> None:
    result = await four(studio, private=True)
    assert shown(result).ephemeral
    assert rows(shown(result)) == [NUMBERS, ["Again", "More", "Post to channel", "Discard"]]
    assert studio.channel.history(viewer=studio.bob) == []
    picked = await studio.alice.click(shown(result), label="2")
    assert rows(shown(picked))[1] == ["Post to channel", "Discard"]


async def test_references_that_were_attached_for_the_service_stay_until_the_last_is_made(studio: Studio) -> None:
    """RunBase may fetch them when it begins with the second."""
    clip = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(clip, "GIF")
    result = await studio.imagine(count=4, reference1=("clip.gif", clip.getvalue()))
    copy = shown(result).attachments[0]
    while not shown(result).content.startswith("**"):
        assert shown(result).attachments[0].id == copy.id
        await studio.world.advance(0.25)
    assert names(shown(result)) == [f"red-fox-in-the-snow-{number}.png" for number in NUMBERS]
    assert all(len(run.image_urls) == 1 for run in studio.world.emulator.runs)


async def test_more_than_is_left_is_refused_before_anything_is_spent(tmp_path: Path) -> None:
    async with open_studio(tmp_path, quota={"member": [{"images": 5, "per": "1h"}]}) as studio:
        for _ in range(2):
            await studio.finished(await studio.imagine())
        result = await studio.imagine(count=4)
        assert studio.refused() == ["QuotaExceeded"]
        assert shown(result).ephemeral
        assert "You have 3 pictures left just now, and you asked for 4. Ask for 3, or try again <t:" in (
            shown(result).content
        )
        assert studio.runs() == {"delivered": 2}
        assert len(studio.world.emulator.runs) == 2


@pytest.mark.parametrize("count", [0, 5, -1, 10**30, "4", True, 2.5])
async def test_a_count_that_no_client_sends_is_refused(studio: Studio, count: object) -> None:
    kinds = {int: 4, bool: 4, str: 4, float: 4}
    command = studio.world.env.backend.commands[None]["imagine", 1]
    options = [
        {"name": "prompt", "type": 3, "value": "a fox"},
        {"name": "count", "type": kinds[type(count)], "value": count},
    ]
    data = {"id": command["id"], "name": "imagine", "type": 1, "options": options}
    result = await studio.alice._dispatch_interaction(2, studio.channel, data)
    assert studio.refused() == ["CommandSignatureMismatch"]
    assert "Reload Discord" in shown(result).content
    assert studio.stored_nothing()
