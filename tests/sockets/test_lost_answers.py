"""Discord's answers are lost on their way: what members read then, and that it is no mistake in the bot."""

import signal
from pathlib import Path

from tests.scenarios.studio import a_picture
from tests.sockets.bad_days import plain
from tests.sockets.house import House, open_house
from tests.sockets.test_disk import soon
from tests.sockets.test_private_first import history, in_channel
from tests.standin.discord import Reset, ResetAfter, SeenMessage, StatusAfter


async def history_with_one_kept(house: House) -> SeenMessage:
    """Its message was deleted, and its member takes no direct messages."""
    asked = await house.imagine(private=True)
    assert asked.message is not None
    house.alice.user.accepts_dms = False
    house.standin.posting.delete(house.channel, [house.channel.messages[asked.message.id]])
    while "kept for you" not in (mine := await history(house)).content:
        pass
    return mine


async def test_when_it_is_unclear_whether_the_answer_arrived_the_picture_stays_kept(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain) as house:
        await house.start()
        mine = await history_with_one_kept(house)
        house.standin.faults.add("POST", "/interactions/*", ResetAfter())
        house.standin.faults.add("GET", "/webhooks/*", Reset(), times=2)  # aiohttp repeats a GET once
        unclear = await house.standin.click(house.alice, mine, "Show 1")
        await unclear.wait(lambda: unclear.message is not None and "moment" not in unclear.message.content, within_s=10)
        assert unclear.message is not None
        assert unclear.message.content == (
            "Discord did not say whether it took my answer. The picture is still kept for you: use `/history` to open "
            "it once more."
        )
        assert "unexpected error" not in house.log

        await house.picture(await house.standin.click(house.alice, mine, "Show 1"))


async def test_what_was_attached_is_found_when_the_answer_to_that_is_lost(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain) as house:
        await house.start()
        house.standin.faults.add("PATCH", "/webhooks/*", ResetAfter())
        await house.picture(await house.imagine(reference1=("clip.gif", a_picture("GIF"))))

        house.standin.faults.add("PATCH", "/webhooks/*", ResetAfter())
        house.standin.faults.add("GET", "/webhooks/*", Reset(), times=2)  # aiohttp repeats a GET once
        asked = await house.imagine(reference1=("clip.gif", a_picture("GIF")))
        await soon(lambda: "answer unclear" in house.log)
        await house.stop(signal.SIGKILL)
        await house.start()
        await house.picture(asked)
        assert all(run.image_urls for run in house.emulator.runs)


async def test_a_private_picture_that_its_answer_may_show_is_kept_when_the_token_dies(tmp_path: Path) -> None:
    """discord.py repeats what Discord answers with 502, and it is the repetition that Discord refuses."""
    async with open_house(tmp_path, painter=plain) as house:
        await house.start()
        asked = await house.imagine(private=True)
        await house.standin.until(lambda: any(one.method == "PATCH" for one in house.standin.requests))
        house.standin.faults.add("PATCH", "/webhooks/*", StatusAfter(502), times=100)
        await house.standin.until(lambda: asked.message is not None and bool(asked.message.files), within_s=60)
        asked.expire(50027)
        house.standin.faults.clear()
        await soon(lambda: "request kept" in house.log)
        assert not house.standin.messages(house.standin.dm(house.alice))
        assert "kept for you" in (await history(house)).content


async def test_a_refusal_of_what_was_said_is_let_be_when_its_answer_is_lost_twice(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        me = f"<@{house.standin.bot.id}>"
        house.standin.faults.add("POST", "/channels/*/messages", Reset(), times=2)
        await house.standin.send(house.alice, house.channel, f"{me} a fox --stylize 250")
        await house.standin.until(lambda: house.standin.faults.are_spent)
        await house.standin.send(house.alice, house.channel, me)
        await house.standin.until(lambda: len(in_channel(house)) == 1)
        assert in_channel(house)[0].content.startswith("Tell me what to make")
        assert await house.stop() == 0
        assert "Traceback" not in house.output[-1]
