"""A private picture over sockets: posted once although answers are lost and the bot is killed, found in the history."""

import asyncio
import io
import signal
from pathlib import Path

from PIL import Image

from tests.sockets.bad_days import plain
from tests.sockets.house import House, open_house
from tests.standin.discord import Hold, Interaction, Reset, ResetAfter, SeenMessage

POSTS = "/channels/*/messages"
CHOICE = "Everybody in this channel will see it"


async def a_private(house: House, prompt: str) -> SeenMessage:
    asked = await house.imagine(prompt, private=True)
    await house.picture(asked)
    assert asked.message is not None
    return asked.message


async def press(house: House, message: SeenMessage, label: str) -> Interaction:
    return await (await house.standin.click(house.alice, message, label)).acknowledged_within()


async def post(house: House, message: SeenMessage, words: str) -> str:
    form = await press(house, message, "Post to channel")
    answer = form if form.modal is None else await house.standin.submit(form, {CHOICE: words})
    await answer.answered_within(20)
    assert answer.message is not None
    return answer.message.content


async def history(house: House, **options: str) -> SeenMessage:
    asked = await house.standin.slash(house.alice, house.channel, "history", **options)
    await asked.answered_within(10)
    assert asked.message is not None
    return asked.message


def in_channel(house: House) -> list[SeenMessage]:
    """What everybody sees."""
    everything = house.standin.messages(house.channel)
    return [one for one in everything if one.author_id == house.standin.bot.id and one.ephemeral_to is None]


async def test_a_private_picture_is_posted_once_and_found_again(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain) as house:
        await house.start()
        await the_answer_to_the_post_is_lost(house)
        await the_post_never_arrives(house)
        await the_bot_is_killed_while_it_posts(house)
        await all_of_it_is_in_the_history(house)
        await discarding_takes_only_the_private_message(house)


async def the_answer_to_the_post_is_lost(house: House) -> None:
    """The second press finds it."""
    fox = await a_private(house, "a red fox")
    assert not in_channel(house)
    house.standin.faults.add("POST", POSTS, ResetAfter())
    assert "Discord did not say whether it took the picture" in await post(house, fox, "with")
    (posted,) = in_channel(house)
    assert (await post(house, fox, "without")).startswith("This is posted already.")
    assert [one.id for one in in_channel(house)] == [posted.id]
    assert posted.content.startswith("**A red fox**\n-# <@")
    assert not posted.pinged
    assert posted.attachments[0].description == "a red fox"
    assert posted.labels == ("Edit", "Again", "Variations", "Aspect", "More")


async def the_post_never_arrives(house: House) -> None:
    """The second press makes it."""
    hare = await a_private(house, "a white hare")
    house.standin.faults.add("POST", POSTS, Reset())
    assert "Discord did not say" in await post(house, hare, "with")
    assert (await post(house, hare, "without")).startswith("Posted: ")
    _, without = in_channel(house)
    assert "hare" not in f"{without.content} {without.attachments}"


async def the_bot_is_killed_while_it_posts(house: House) -> None:
    """Before Discord looked at it."""
    wolf = await a_private(house, "a grey wolf")
    hold = Hold()
    house.standin.faults.add("POST", POSTS, hold)
    form = await press(house, wolf, "Post to channel")
    await house.standin.submit(form, {CHOICE: "with"})
    await asyncio.wait_for(hold.arrived.wait(), timeout=10)
    await house.stop(signal.SIGKILL)
    await house.start()


async def all_of_it_is_in_the_history(house: House) -> None:
    """On a page of small pictures; from there it is posted."""
    mine = await history(house)
    assert mine.ephemeral_to == house.alice.user.id
    sheet = Image.open(io.BytesIO(mine.files["history.webp"]))
    assert (sheet.format, sheet.width) == ("WEBP", 998)
    assert mine.content.count("[posted](<https://discord.com/channels/") == 2
    opened = await (await press(house, mine, "1")).answered_within(10)
    assert opened.message is not None
    assert (await post(house, opened.message, "with")).startswith("Posted: ")
    titles = [one.content.partition("\n")[0] for one in in_channel(house)]
    assert titles[::2] == ["**A red fox**", "**A grey wolf**"]

    found = await history(house, search="GREY wolf")
    assert [line[:2] for line in found.content.splitlines()[1:]] == ["1."]
    assert "[posted](<" in found.content


async def discarding_takes_only_the_private_message(house: House) -> None:
    owl = await a_private(house, "an owl")
    gone = await press(house, owl, "Discard")
    assert gone.kind == "update"
    assert gone.message is None or not gone.message.attachments
    assert "· deleted ·" in (await history(house, search="owl")).content
    assert len(in_channel(house)) == 3
