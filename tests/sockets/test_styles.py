"""Styles and hints over sockets: suggested, chosen, shown; and a hint that stays out of the way."""

from pathlib import Path

from bot.domain.styles import STYLES
from tests.sockets.house import House, open_house
from tests.standin.discord import Interaction
from tests.standin.discord.faults import Reset

POSTER = STYLES["travel-poster"]
LONG = "a red fox in the snow, and " * 50


async def suggested(house: House, typed: str) -> list[str]:
    asked = await house.standin.autocomplete(house.alice, house.channel, "imagine", "style", typed, prompt="a red fox")
    await asked.acknowledged_within()
    assert asked.choices is not None
    return [str(choice) for choice in asked.choices]


def page(asked: Interaction) -> str:
    """The words of the components, in the order they stand there."""
    assert asked.message is not None
    (container, *_) = asked.message.components
    return "\n".join(part.get("content", "") for part in container["components"])


async def test_a_style_is_suggested_chosen_and_shown(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        (chosen, *_) = await suggested(house, "vint")
        assert await suggested(house, "zzz") == []
        assert len(await suggested(house, "")) == 25

        asked = await house.imagine("a red fox", style=chosen)
        await house.picture(asked)
        assert asked.message is not None
        assert "Vintage travel poster" in asked.message.content
        assert [run.prompt for run in house.emulator.runs] == [f"a red fox\n\n{POSTER.words}"]

        listed = await (await house.standin.slash(house.alice, house.channel, "styles")).acknowledged_within()
        assert listed.ephemeral
        assert POSTER.name in page(listed)
        assert listed.message is not None
        turned = await (
            await house.standin.click(house.alice, listed.message, POSTER.group.label)
        ).acknowledged_within()
        assert turned.kind == "update"
        assert POSTER.words in page(listed)


async def test_the_pages_turn_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        listed = await (await house.standin.slash(house.alice, house.channel, "styles")).acknowledged_within()
        await house.stop()
        await house.launch()
        await house.standin.connected(times=2, within_s=20)
        assert listed.message is not None
        await (await house.standin.click(house.alice, listed.message, POSTER.group.label)).acknowledged_within()
        assert POSTER.words in page(listed)


async def test_of_many_long_prompts_at_once_one_brings_a_hint(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        asked = [
            await house.standin.slash(house.alice, house.channel, "imagine", prompt=f"{LONG} {number}")
            for number in range(4)
        ]
        for one in asked:
            await one.acknowledged_within()
            await house.picture(one)
        (hint,) = [hint for one in asked for hint in one.followups]
        assert "RunBase's page on GPT Image 1 advises" in hint.content
        assert hint.ephemeral_to is not None


async def test_a_hint_that_cannot_be_shown_is_nobodys_trouble(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        house.standin.faults.add("POST", "/webhooks/*", Reset(), times=9)
        asked = await house.imagine(LONG)
        await house.picture(asked)
        assert asked.message is not None
        assert asked.followups == ()
        assert await house.stop() == 0
        assert "hint not shown interaction=" in house.output[-1]
        assert "Traceback" not in house.output[-1]
