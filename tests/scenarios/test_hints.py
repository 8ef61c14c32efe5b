"""Help with prompts: said to the member alone, once a day, and never in the way of the picture."""

import sqlite3
from contextlib import closing

import pytest
from simcord.results import InteractionResult, ResponseMessage

from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import Studio, a_picture, is_result, shown

LONG = "a red fox in the snow, and " * 50
WORDY = 'a poster that says "' + "much more than anybody will ever want to read on a poster of this size" + '"'
A_DAY_S = 86_400.0


def hints(result: InteractionResult) -> list[ResponseMessage]:
    assert all(followup.ephemeral for followup in result.followups)
    return list(result.followups)


def hinted(studio: Studio, count: int) -> bool:
    """Whether so many members are known to have had theirs."""
    with closing(sqlite3.connect(f"file:{studio.world.config.storage.path}?mode=ro", uri=True)) as connection:
        ((found,),) = connection.execute("SELECT COUNT(*) FROM hints")
    return bool(found == count)


@pytest.mark.parametrize("private", [False, True])
async def test_a_long_prompt_is_made_and_its_member_hears_what_the_model_likes(studio: Studio, private: bool) -> None:
    result = await studio.imagine(LONG, private=private)
    (hint,) = hints(result)
    assert f"{len(LONG.strip()):,} characters" in hint.content
    assert "RunBase's page on GPT Image 1 advises" in hint.content
    assert shown(result).ephemeral is private
    assert shown(result).content.startswith("> a red fox")
    await studio.finished(result)
    assert studio.takes() == {"spent": 1}


async def test_much_writing_is_hinted_at_in_edits_too(studio: Studio) -> None:
    result = await studio.edit(WORDY, image1=("beach.png", a_picture()))
    (hint,) = hints(result)
    assert "small or complex text may need iteration" in hint.content
    await studio.finished(result)


async def test_where_the_answer_was_put_off_the_hint_comes_after_it(studio: Studio) -> None:
    result = await studio.edit(LONG, image1=("clip.gif", a_picture("GIF")))  # converted, and so attached
    assert len(hints(result)) == 1
    await studio.finished(result)


@pytest.mark.parametrize("restarted", [False, True])
async def test_once_a_day_is_enough(studio: Studio, restarted: bool) -> None:
    assert len(hints(await studio.imagine(LONG))) == 1
    if restarted:
        await studio.world.restart()
    assert hints(await studio.imagine(WORDY)) == []
    assert len(hints(await studio.imagine(LONG, member=studio.bob))) == 1
    await studio.world.advance(A_DAY_S, step_s=A_DAY_S / 4)
    assert len(hints(await studio.imagine(WORDY))) == 1


async def test_everyday_prompts_pass_without_a_word(studio: Studio) -> None:
    assert hints(await studio.imagine("a red fox in the snow, vintage travel poster")) == []
    assert hinted(studio, 0)


async def test_what_was_refused_brings_no_hint(studio: Studio) -> None:
    result = await studio.imagine(LONG * 5)
    assert studio.refused() == ["PromptTooLong"]
    assert hints(result) == []
    assert hinted(studio, 0)


async def test_a_button_repeats_what_somebody_wrote_before(studio: Studio) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine(LONG)
    await studio.world.until(lambda: "I lost touch" in shown(lost).content)
    again = await studio.bob.click(shown(lost).message, label="Try again")
    assert hints(again) == []
    await studio.finished(again)


async def test_a_mention_is_answered_in_the_open_and_so_without_a_hint(studio: Studio) -> None:
    bot = studio.world.env.bot.user
    assert bot is not None
    await studio.alice.send(studio.channel, f"<@{bot.id}> {LONG}")
    await studio.world.until(lambda: any(is_result(message) for message in studio.channel.history()))
    assert hinted(studio, 0)
