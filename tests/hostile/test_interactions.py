"""Interactions that no client of Discord's would send: a private sentence, nothing stored, nothing spent."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.hostile.crafted import (
    COMMANDS,
    NOT_ONES_OWN,
    PRESSES,
    badly_filled_in,
)
from tests.hostile.fortress import BOBS_PROMPT, UNLIMITED, Fortress, open_fortress
from tests.standin.discord import Interaction, InteractionType, SeenMessage


@pytest_asyncio.fixture
async def fortress(tmp_path: Path) -> AsyncIterator[Fortress]:
    async with open_fortress(tmp_path, **UNLIMITED) as opened:
        yield opened


async def sent(
    fortress: Fortress, kind: InteractionType, table: Mapping[str, Any], on: SeenMessage | None = None
) -> dict[str, Interaction]:
    house = fortress.house
    return {words: await house.standin.craft(house.alice, house.channel, kind, data, on=on) for words, data in table.items()}


async def refused(asked: Mapping[str, Interaction]) -> dict[str, str]:
    """The one private sentence that each was answered with."""
    for interaction in asked.values():
        await interaction.acknowledged_within()
        assert interaction.kind == "message", asked
    messages = {words: interaction.message for words, interaction in asked.items()}
    assert {words: message for words, message in messages.items() if message is None or message.ephemeral_to is None} == {}
    return {words: message.content for words, message in messages.items() if message is not None}


async def a_picture_of_alice(fortress: Fortress) -> SeenMessage:
    asked = await fortress.house.imagine()
    await fortress.house.picture(asked)
    assert asked.message is not None
    return asked.message


def only_bob_was_served(fortress: Fortress, *others: str) -> bool:
    prompts = [run.prompt for run in fortress.house.emulator.runs if run.prompt != BOBS_PROMPT]
    return prompts == fortress.stored(fortress.house.alice) == list(others)


async def test_commands_that_no_client_sends_are_refused_in_private(fortress: Fortress) -> None:
    async def attack() -> None:
        sentences = await refused(await sent(fortress, InteractionType.COMMAND, COMMANDS))
        print(sentences)

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress)
    await fortress.ends_calmly()


async def test_buttons_that_are_not_there_are_refused_in_private(fortress: Fortress) -> None:
    picture = await a_picture_of_alice(fortress)

    async def attack() -> None:
        sentences = await refused(await sent(fortress, InteractionType.COMPONENT, PRESSES, on=picture))
        assert set(sentences.values()) == {"I do not have this any more. Use `/imagine` or `/edit` to ask anew."}

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress, "a red fox in the snow")
    await fortress.ends_calmly()


async def test_forms_that_nobody_opened_are_refused_in_private(fortress: Fortress) -> None:
    picture = await a_picture_of_alice(fortress)

    async def attack() -> None:
        print(await refused(await sent(fortress, InteractionType.MODAL_SUBMIT, NOT_ONES_OWN, on=picture)))

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress, "a red fox in the snow")
    await fortress.ends_calmly()


async def test_forms_filled_in_as_no_client_does_are_refused_in_private(fortress: Fortress) -> None:
    house = fortress.house
    picture = await a_picture_of_alice(fortress)
    opened = await (await house.standin.click(house.alice, picture, "Edit")).acknowledged_within()
    assert opened.modal is not None
    forms = badly_filled_in(opened.modal.custom_id)

    async def attack() -> None:
        print(await refused(await sent(fortress, InteractionType.MODAL_SUBMIT, forms, on=picture)))

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress, "a red fox in the snow")
    await fortress.ends_calmly()
