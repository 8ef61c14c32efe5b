"""Styles as members choose them: while they type, by name, in a mention, and on the pages of `/styles`."""

import sqlite3
from contextlib import closing
from typing import Any

import discord
import pytest

from bot.domain.styles import STYLES, Group
from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import Studio, a_picture, is_result, shown

POSTER = STYLES["travel-poster"]
PIXELS = STYLES["pixel-art"]


async def suggested(studio: Studio, typed: str, command: str = "imagine") -> list[str]:
    filled: dict[str, Any] = {"prompt": "a fox"} if command == "imagine" else {"instruction": "make it night"}
    choices = await studio.alice.autocomplete(studio.channel, command, "style", typed, **filled)
    assert len(choices) <= 25
    assert all(len(choice["name"]) <= 100 for choice in choices)
    return [choice["value"] for choice in choices]


def styles_stored(studio: Studio) -> list[str | None]:
    with closing(sqlite3.connect(f"file:{studio.world.config.storage.path}?mode=ro", uri=True)) as connection:
        return [style for (style,) in connection.execute("SELECT style FROM requests ORDER BY created_at_ms")]


def sent(studio: Studio) -> str:
    """What the model was told last."""
    return studio.world.emulator.runs[-1].prompt


# ---- chosen ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["travel-poster", "Vintage travel poster", "VINTAGE TRAVEL POSTER"])
async def test_a_style_is_added_to_the_words_and_named_under_the_picture(studio: Studio, typed: str) -> None:
    result = await studio.imagine("a red fox", style=typed, aspect="3:2")
    await studio.finished(result)
    assert sent(studio) == f"a red fox\n\n{POSTER.words}"
    assert "Landscape 3:2 · Vintage travel poster · " in shown(result).content
    assert shown(result).attachments[0].description == "a red fox"
    assert styles_stored(studio) == ["travel-poster"]


async def test_an_edit_takes_a_style(studio: Studio) -> None:
    result = await studio.edit("make it night", image1=("beach.png", a_picture()), style="pixel-art")
    await studio.finished(result)
    assert sent(studio) == f"make it night\n\n{PIXELS.words}"
    assert "16-bit pixel art" in shown(result).content


async def test_a_picture_without_a_style_is_made_of_the_words_alone(studio: Studio) -> None:
    await studio.finished(await studio.imagine("a red fox"))
    assert sent(studio) == "a red fox"
    assert styles_stored(studio) == [None]


@pytest.mark.parametrize("restarted", [False, True])
async def test_asked_once_more_the_style_stays(studio: Studio, restarted: bool) -> None:
    studio.world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER, times=1)
    lost = await studio.imagine("a red fox", style="travel-poster")
    await studio.world.until(lambda: "I lost touch" in shown(lost).content)
    if restarted:
        await studio.world.restart()
    again = await studio.alice.click(shown(lost).message, label="Try again")
    await studio.finished(again)
    assert sent(studio) == f"a red fox\n\n{POSTER.words}"
    assert "Vintage travel poster" in shown(again).content
    assert styles_stored(studio) == ["travel-poster", "travel-poster"]


async def test_a_mention_takes_a_style(studio: Studio) -> None:
    bot = studio.world.env.bot.user
    assert bot is not None
    await studio.alice.send(studio.channel, f"<@{bot.id}> a red fox --style vintage-travel-poster")
    await studio.world.until(lambda: any(is_result(message) for message in studio.channel.history()))
    assert sent(studio) == f"a red fox\n\n{POSTER.words}"


# ---- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("vintage poster", "Did you mean `travel-poster`"),
        ("sinthwave", "Did you mean `synthwave`"),
        ("**[free](https://evil.test)** @everyone", r"\*\*\[free\]\(https\://evil.test\)\*\* \@everyone"),
        ("x" * 6000, "`/styles`"),
        (" ", "`/styles`"),
    ],
)
async def test_what_is_no_style_is_refused_with_what_may_be_meant(studio: Studio, typed: str, said: str) -> None:
    result = await studio.craft({"prompt": "a red fox", "style": typed})
    assert studio.refused() == ["UnknownStyle"]
    assert shown(result).ephemeral
    assert said in shown(result).content
    assert len(shown(result).content) < 300
    assert studio.stored_nothing()


async def test_a_prompt_has_to_leave_room_for_its_style(studio: Studio) -> None:
    room = 4000 - len(POSTER.words) - 2
    result = await studio.imagine("x" * (room + 1), style="travel-poster")
    assert studio.refused() == ["PromptTooLong"]
    added = f"the style adds {len(POSTER.words) + 2}, so {room:,} of 4,000 fit. Cut 1 and try again."
    assert shown(result).content == f"Your prompt has {room + 1:,} characters; {added}"
    assert studio.stored_nothing()

    await studio.finished(await studio.imagine("x" * room, style="travel-poster"))
    assert len(sent(studio)) == 4000


# ---- while somebody types -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["imagine", "edit"])
async def test_suggestions_follow_what_is_typed(studio: Studio, command: str) -> None:
    assert (await suggested(studio, "VINT", command))[0] == "travel-poster"
    assert (await suggested(studio, "tattoo", command)) == ["line-art"]
    assert len(await suggested(studio, "", command)) == 25


@pytest.mark.parametrize("typed", ["zzz", "🦊", "'; DROP TABLE", "x" * 6000, "\u202e"])
async def test_garbage_suggests_nothing(studio: Studio, typed: str) -> None:
    assert await suggested(studio, typed) == []


async def test_a_suggestion_can_be_sent_as_it_is(studio: Studio) -> None:
    (chosen, *_) = await suggested(studio, "ghibli")
    result = await studio.imagine("a red fox", style=chosen)
    await studio.finished(result)
    assert "Studio Ghibli watercolor" in shown(result).content


# ---- the pages ------------------------------------------------------------------------------------------------------


def words_on(page: discord.Message) -> str:
    """What stands there, buttons aside."""
    displays = [part for container in page.components[:1] for part in getattr(container, "children", ())]
    return "\n".join(getattr(part, "content", "") for part in displays)


async def test_all_styles_are_listed_for_the_member_alone(studio: Studio) -> None:
    result = await studio.alice.slash(studio.channel, "styles")
    assert shown(result).ephemeral
    page = words_on(shown(result).message)
    assert all(style.name in page for style in STYLES.values())
    assert all(f"**{group.label}**" in page for group in Group)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_group_shows_what_each_suits_and_adds(studio: Studio, restarted: bool) -> None:
    result = await studio.alice.slash(studio.channel, "styles")
    if restarted:
        await studio.world.restart()
    for group in Group:
        await studio.alice.click(shown(result), label=group.label)
        page = words_on(shown(result).message)
        styles = [style for style in STYLES.values() if style.group is group]
        assert all(part in page for style in styles for part in (style.name, style.suits, style.words))
        assert len(page) < 4000
    await studio.alice.click(shown(result), label="All styles")
    assert POSTER.name in words_on(shown(result).message)
    assert POSTER.words not in words_on(shown(result).message)
