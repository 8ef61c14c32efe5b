"""What came as a direct message: its buttons ask Discord whether their member is in the server still."""

from pathlib import Path

from tests.sockets.bad_days import plain
from tests.sockets.house import ARRIVES_WITHIN_S, House, open_house
from tests.standin.discord import Hold, Permission, SeenMessage


async def sent_directly(house: House) -> SeenMessage:
    """Its message was deleted, and the bot may not post another in that channel any more."""
    asked = await house.imagine()
    assert asked.message is not None
    house.standin.deny(house.channel, house.server.everyone, Permission.SEND_MESSAGES)
    house.standin.posting.delete(house.channel, [house.channel.messages[asked.message.id]])
    directly = house.standin.dm(house.alice)
    await house.standin.until(lambda: bool(house.standin.messages(directly)), within_s=ARRIVES_WITHIN_S)
    (message,) = house.standin.messages(directly)
    return message


async def test_a_form_opens_in_time_however_long_discord_looks_for_the_member(tmp_path: Path) -> None:
    async with open_house(tmp_path, painter=plain, speed=4) as house:
        await house.start()
        message = await sent_directly(house)
        looking = Hold()
        house.standin.faults.add("GET", "/guilds/*/members/*", looking)
        pressed = await house.standin.click(house.alice.user, message, "Edit")
        await pressed.acknowledged_within()
        assert looking.arrived.is_set()
        assert pressed.modal is not None
        looking.release()
