"""Every way to edit once over sockets, with and without the message-content intent."""

from pathlib import Path

import pytest

from tests.scenarios.studio import a_picture
from tests.sockets.house import House, open_house
from tests.standin.discord import Interaction, SeenMessage


async def a_result(house: House) -> Interaction:
    asked = await house.imagine(aspect="3:2")
    await house.picture(asked)
    return asked


def own_messages(house: House) -> list[SeenMessage]:
    return [one for one in house.standin.messages(house.channel) if one.author_id == house.standin.bot.id]


async def the_answer(house: House, count: int) -> SeenMessage:
    """The bot's message number `count`, once it shows a picture."""
    await house.standin.until(
        lambda: len(own_messages(house)) >= count and own_messages(house)[count - 1].content.startswith("**"),
        within_s=20,
    )
    return own_messages(house)[count - 1]


@pytest.mark.parametrize("intent", ["false", "true"])
async def test_every_way_to_edit(tmp_path: Path, intent: str) -> None:
    async with open_house(tmp_path) as house:
        standin, channel, alice = house.standin, house.channel, house.alice
        await house.start(EASEL__DISCORD__MESSAGE_CONTENT=intent, EASEL__QUOTA__MEMBER="[]")
        original = await a_result(house)
        assert original.message is not None

        # by command, of the newest picture
        edited = await (await standin.slash(alice, channel, "edit", instruction="make it night")).acknowledged_within()
        await house.picture(edited)
        assert edited.message is not None
        assert f"/{channel.id}/{original.message.id})" in edited.message.content

        # by the button, in a form
        form = await (await standin.click(alice, original.message, "Edit")).acknowledged_within()
        submitted = await standin.submit(
            form, {"What shall change?": "add a hat", "More pictures to use": [("hat.png", a_picture())]}
        )
        await house.picture(submitted)
        assert submitted.message is not None
        assert "Used red-fox-in-the-snow.png, hat.png" in submitted.message.content

        # by the message command, on somebody's photo
        photo = await standin.send(alice, channel, "look", attachments=[("photo.png", a_picture(colour="teal"))])
        form = await (await standin.message_command(alice, channel, "Edit image", photo)).acknowledged_within()
        submitted = await standin.submit(form, {"What shall change?": "make it night"})
        await house.picture(submitted)

        # by mention, with an attached picture and in a reply to the bot's own
        me = f"<@{standin.bot.id}>"
        count = len(own_messages(house))
        await standin.send(alice, channel, f"{me} make it night --ar 2:3", attachments=[("b.png", a_picture())])
        assert "Portrait 2:3" in (await the_answer(house, count + 1)).content
        await standin.send(alice, channel, f"{me} make it night", reply_to=original.message)
        assert f"/{original.message.id})" in (await the_answer(house, count + 2)).content

        # by mention, in a reply to somebody's photo: only where the bot may read it
        await standin.send(alice, channel, f"{me} make it night", reply_to=photo)
        await standin.until(lambda: len(own_messages(house)) == count + 3, within_s=10)
        if intent == "true":
            await the_answer(house, count + 3)
        else:
            assert "Apps → Edit image" in own_messages(house)[-1].content

        runs = house.emulator.runs
        assert len(runs) == (7 if intent == "true" else 6)
        assert all(run.image_urls for run in runs[1:])


async def test_a_picture_that_has_to_be_converted_is_attached_where_the_service_fetches_it(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        asked = await house.standin.slash(
            house.alice, house.channel, "edit", instruction="make it night", image1=("clip.gif", a_picture("GIF"))
        )
        await asked.acknowledged_within()
        await house.picture(asked)
        assert asked.message is not None
        assert "Used clip.gif (converted)" in asked.message.content
        assert len(asked.message.attachments) == 1
        (run,) = house.emulator.runs
        assert run.image_urls[0].startswith(house.standin.cdn_origin)
        assert "clip.png" in run.image_urls[0]


async def test_a_form_opened_before_a_restart_works_after_it(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        original = await a_result(house)
        assert original.message is not None
        form = await (await house.standin.click(house.alice, original.message, "Edit")).acknowledged_within()
        await house.stop()
        await house.launch()
        await house.standin.connected(times=2, within_s=20)
        submitted = await house.standin.submit(form, {"What shall change?": "make it night"})
        await house.picture(submitted)
