"""Several pictures over sockets: they fill one message, whatever happens midway; and each can be iterated on."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.sockets.house import House, open_house
from tests.standin.discord import Interaction, SeenMessage, Status

UNLIMITED = {"EASEL__QUOTA__MEMBER": "[]"}
RESULT, COUNT = "**", 4
ARRIVES_WITHIN_S = 60.0  # up to four at once, where other tests run beside


def shows(asked: Interaction, count: int) -> bool:
    return asked.message is not None and len(asked.message.attachments) >= count


def is_result(message: SeenMessage | None) -> bool:
    return message is not None and message.content.startswith(RESULT)


async def result_of(house: House, asked: Interaction) -> SeenMessage:
    await house.standin.until(lambda: is_result(asked.message), within_s=ARRIVES_WITHIN_S)
    assert asked.message is not None
    return asked.message


def results(house: House) -> list[SeenMessage]:
    return [one for one in house.standin.messages(house.channel) if is_result(one)]


def all_different(message: SeenMessage) -> bool:
    return len(set(message.files.values())) == len(message.files) == COUNT


async def test_four_pictures_fill_one_message_and_none_is_uploaded_twice(tmp_path: Path) -> None:
    async with open_house(tmp_path, speed=20.0) as house:
        await house.start(**UNLIMITED)
        asked = await house.imagine(count=COUNT)
        message = await result_of(house, asked)
        assert all_different(message)
        assert message.labels == ("1", "2", "3", "4", "Again", "More")
        versions = [one.message for one in house.standin.sightings if one.message.id == message.id]
        assert len({attachment.id for one in versions for attachment in one.attachments}) == COUNT


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_process_that_ends_midway_loses_none_and_doubles_none(tmp_path: Path, how: signal.Signals) -> None:
    async with open_house(tmp_path, speed=8.0) as house:
        await house.start(**UNLIMITED)
        asked = await house.imagine(count=COUNT)
        await house.standin.until(lambda: shows(asked, 1), within_s=ARRIVES_WITHIN_S)
        await house.stop(how)
        await house.launch(**UNLIMITED)
        assert all_different(await result_of(house, asked))
        assert len(results(house)) == 1
        assert len(house.emulator.runs) == COUNT


async def test_when_the_message_is_deleted_midway_all_come_in_one_new_message(tmp_path: Path) -> None:
    async with open_house(tmp_path, speed=8.0) as house:
        await house.start(**UNLIMITED)
        asked = await house.imagine(count=COUNT)
        await house.standin.until(lambda: shows(asked, 1), within_s=ARRIVES_WITHIN_S)
        assert asked.message is not None
        await house.standin.delete(asked.message)
        await house.standin.until(lambda: bool(results(house)), within_s=ARRIVES_WITHIN_S)
        (message,) = results(house)
        assert all_different(message)
        assert house.alice.id in message.pinged


@pytest.mark.parametrize("code", [50027, 10015])
async def test_when_the_token_dies_midway_the_bot_fills_the_message_itself(tmp_path: Path, code: int) -> None:
    async with open_house(tmp_path, speed=8.0) as house:
        await house.start(**UNLIMITED)
        asked = await house.imagine(count=COUNT)
        await house.standin.until(lambda: shows(asked, 1), within_s=ARRIVES_WITHIN_S)
        asked.expire(code)
        assert all_different(await result_of(house, asked))
        assert len(results(house)) == 1


async def test_what_is_made_of_one_of_several_says_where_it_comes_from(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        standin, alice = house.standin, house.alice
        await house.start(**UNLIMITED)
        message = await result_of(house, await house.imagine(count=COUNT))
        link = f"[this picture](https://discord.com/channels/{house.server.id}/{house.channel.id}/{message.id})"

        picked = await (await standin.click(alice, message, "2")).acknowledged_within()
        await standin.until(lambda: picked.message is not None, within_s=ARRIVES_WITHIN_S)
        assert picked.message is not None
        assert picked.message.content == "**Picture 2 of 4**"
        assert picked.message.ephemeral_to == alice.id

        form = await (await standin.click(alice, picked.message, "Edit")).acknowledged_within()
        edited = await result_of(house, await standin.submit(form, {"What shall change?": "make it night"}))
        assert f"edited from {link}" in edited.content

        varied = await (await standin.click(alice, picked.message, "Variations")).acknowledged_within()
        variations = await result_of(house, varied)
        assert f"variation of {link}" in variations.content
        assert len(variations.attachments) == 2

        menu = await (await standin.click(alice, picked.message, "Aspect")).acknowledged_within()
        await standin.until(lambda: menu.message is not None, within_s=ARRIVES_WITHIN_S)
        assert menu.message is not None
        chosen = await (await standin.select(alice, menu.message, "Choose an aspect", "2:3")).acknowledged_within()
        remade = await result_of(house, chosen)
        assert f"remade from {link}" in remade.content
        assert "Portrait 2:3" in remade.content

        again = await (await standin.click(alice, message, "Again")).acknowledged_within()
        assert all_different(await result_of(house, again))

        paths = {urlsplit(url).path for run in house.emulator.runs for url in run.image_urls}
        assert paths == {urlsplit(message.attachments[1].url).path}


async def test_an_answer_that_discord_refuses_costs_nothing(tmp_path: Path) -> None:
    """As where the member is timed out, or the thread is archived."""
    async with open_house(tmp_path) as house:
        await house.start(**UNLIMITED)
        message = await result_of(house, await house.imagine())
        house.standin.faults.add("POST", "/interactions/*/callback", Status(403), times=2)
        await house.standin.click(house.alice, message, "Variations")
        await house.stop()
        assert "member not told" in house.output[-1] or "not acknowledged" in house.output[-1]
        assert len(house.emulator.runs) == 1
