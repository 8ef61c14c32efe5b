"""A channel whose history the bot may no longer read: Discord shows it empty, and still nothing comes twice."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sockets.bad_days import plain
from tests.sockets.house import House, open_house
from tests.sockets.test_disk import soon
from tests.sockets.test_private_first import POSTS, a_private, history, in_channel, post, press
from tests.standin.discord import Permission, ResetAfter, SeenMessage
from tests.standin.discord import channels as discord_channels


@pytest.fixture
def no_nonces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord knows a repetition for a few minutes; they are over."""
    monkeypatch.setattr(discord_channels, "NONCE_MEMORY", timedelta(0))


def hide_the_past(house: House) -> None:
    bot = house.server.members[house.standin.bot.id]
    house.standin.deny(house.channel, bot, Permission.READ_MESSAGE_HISTORY)


async def its_waiting_message_is_deleted(house: House) -> None:
    asked = await house.imagine("a red fox")
    assert asked.message is not None
    await house.standin.delete(asked.message)


def in_private(house: House) -> list[SeenMessage]:
    return house.standin.messages(house.standin.dm(house.alice))


async def test_the_picture_is_posted_without_being_a_reply(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain, speed=8.0) as house:
        await house.start()
        await its_waiting_message_is_deleted(house)
        hide_the_past(house)
        await soon(lambda: "request delivered" in house.log)
        (posted,) = in_channel(house)
        assert posted.content.startswith("**A red fox**")
        assert (len(posted.files), posted.replies_to, posted.pinged) == (1, None, frozenset({house.alice.id}))
        assert not in_private(house)


@pytest.mark.usefixtures("no_nonces")
async def test_a_picture_whose_post_is_unclear_is_kept(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain, speed=8.0) as house:
        await house.start()
        house.standin.faults.add("POST", POSTS, ResetAfter())
        await its_waiting_message_is_deleted(house)
        await soon(lambda: "delivery failed" in house.log)
        hide_the_past(house)
        await house.stop(signal.SIGKILL)
        await house.start()
        await soon(lambda: "request kept" in house.log)
        assert len(in_channel(house)) == 1
        assert not in_private(house)
        assert "kept for you" in (await history(house)).content


@pytest.mark.usefixtures("no_nonces")
async def test_a_private_picture_whose_post_is_unclear_is_not_posted_elsewhere(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain) as house:
        await house.start()
        fox = await a_private(house, "a red fox")
        house.standin.faults.add("POST", POSTS, ResetAfter())
        assert "Discord did not say" in await post(house, fox, "with")
        hide_the_past(house)
        assert "Ask a moderator to allow Read Message History" in await post(house, fox, "with")
        unreadable, house.channel = house.channel, house.standin.new_channel(house.server, "lounge")
        opened = await (await press(house, await history(house), "1")).answered_within(10)
        assert opened.message is not None
        assert f"I may not look in <#{unreadable.id}>" in await post(house, opened.message, "with")
        assert not in_channel(house)
