"""More, lineage, the way back, reports and deleting, once over sockets."""

import io
from pathlib import Path

from PIL import Image

from tests.sockets.house import House, open_house
from tests.standin.discord import Interaction, SeenMessage


async def pressed(house: House, message: SeenMessage, *path: str) -> SeenMessage:
    """One button after the other, each in the answer of the one before."""
    for label in path:
        answer = await (await house.standin.click(house.alice, message, label)).answered_within(20)
        assert answer.message is not None
        message = answer.message
    return message


async def delete(house: House, message: SeenMessage, *path: str) -> None:
    """The panel itself says when it is done."""
    panel = await pressed(house, message, *path, "More")
    answer = await house.standin.click(house.alice, panel, "Delete")
    done = "the picture is gone here"
    await house.standin.until(lambda: answer.message is not None and done in answer.message.content, within_s=20)


async def edited(house: House, form: Interaction, instruction: str) -> SeenMessage:
    submitted = await house.standin.submit(form, {"What shall change?": instruction})
    await house.picture(submitted)
    assert submitted.message is not None
    return submitted.message


def is_there(house: House, message: SeenMessage) -> bool:
    return any(one.id == message.id for one in house.standin.messages(house.channel))


async def test_everything_behind_more(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        standin, alice = house.standin, house.alice
        reports = standin.new_channel(house.server, "reports")
        settings = {"EASEL__DISCORD__REPORT_CHANNEL": str(reports.id), "EASEL__QUOTA__MEMBER": "[]"}
        await house.start(**settings)
        asked = await house.imagine("a red fox " * 220, aspect="3:2")
        await house.picture(asked)
        first = asked.message
        assert first is not None
        form = await (await standin.click(alice, first, "Edit")).acknowledged_within()
        second = await edited(house, form, "make it night")
        await house.stop()
        await house.launch(**settings)
        await standin.connected(times=2, within_s=20)

        # the whole prompt, as it is
        more = await pressed(house, first, "More")
        assert more.ephemeral_to == alice.id
        assert more.files["prompt.txt"].decode() == ("a red fox " * 220).strip()
        assert more.labels == ("Lineage", "Delete", "Report")

        # the strip
        strip = await pressed(house, second, "More", "Lineage")
        assert f"/{house.channel.id}/{first.id}>)" in strip.content
        with Image.open(io.BytesIO(strip.files["lineage.webp"])) as sheet:
            assert sheet.format == "WEBP"

        # back to the first picture, and on from there
        form = await (await standin.click(alice, strip, "Back")).acknowledged_within()
        third = await edited(house, form, "make it day")
        assert third.ephemeral_to is None
        assert f"/{house.channel.id}/{first.id})" in third.content
        assert len(house.emulator.runs[-1].image_urls) == 1

        # a report pings nobody
        assert (await pressed(house, second, "More", "Report")).content.startswith("Thank you")
        assert "already" in (await pressed(house, second, "More", "Report")).content
        (report,) = standin.messages(reports)
        assert f"/{house.channel.id}/{second.id}" in report.content
        assert not report.pinged

        # gone, and said to be gone
        await delete(house, first)
        assert not is_there(house, first)
        assert is_there(house, second)
        assert "1. a red fox" in (gone := await pressed(house, second, "More", "Lineage")).content
        assert "· deleted" in gone.content
        assert gone.labels == ()


async def test_one_of_several_is_deleted_and_the_others_stay(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        asked = await house.imagine(count=3)
        await house.standin.until(lambda: asked.message is not None and "Again" in asked.message.labels, within_s=20)
        assert asked.message is not None
        before = [(kept.id, kept.content) for kept in asked.message.attachments]
        await delete(house, asked.message, "2")
        after = [(kept.id, kept.content) for kept in asked.message.attachments]
        assert after == [before[0], before[2]]
        assert asked.message.labels[:3] == ("1", "3", "Again")
