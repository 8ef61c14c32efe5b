"""One member who does not stop: others are served in time, nobody gets more than their share, and nothing is lost."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from tests.hostile.fortress import UNLIMITED, Fortress, open_fortress
from tests.scenarios.studio import a_picture
from tests.standin.discord import Interaction

AT_ONCE = 200


async def test_200_requests_at_once_take_no_more_than_the_quota_and_all_are_answered(tmp_path: Path) -> None:
    async with open_fortress(tmp_path) as fortress:
        house = fortress.house
        asked: list[Interaction] = []

        async def attack() -> None:
            now = [
                await house.standin.slash(house.alice, house.channel, "imagine", prompt=f"fox number {number}")
                for number in range(AT_ONCE)
            ]
            asked.extend([await one.acknowledged_within() for one in now])

        await fortress.withstands(attack)
        accepted = [one for one in asked if not one.ephemeral]
        refused = {one.message.content.partition(" The next")[0] for one in asked if one.ephemeral and one.message}
        assert len(accepted) == 5
        assert refused == {"You have made 5 of 5 pictures in the last hour."}
        for one in accepted:
            await house.picture(one)
        await fortress.ends_calmly()
        takes = fortress.rows("SELECT state, COUNT(*) FROM takes WHERE member_id = ? GROUP BY state", house.alice.id)
        assert takes == [("spent", 5)]
        assert len(fortress.stored(house.alice)) == 5


async def ask_history(fortress: Fortress) -> Interaction:
    return await fortress.house.standin.slash(fortress.house.alice, fortress.house.channel, "history")


async def ask_quota(fortress: Fortress) -> Interaction:
    return await fortress.house.standin.slash(fortress.house.alice, fortress.house.channel, "quota")


async def open_form(fortress: Fortress) -> Interaction:
    house = fortress.house
    photo = next(one for one in house.standin.messages(house.channel) if one.author_id == house.alice.id)
    return await house.standin.message_command(house.alice, house.channel, "Edit image", photo)


async def send_what_is_no_picture(fortress: Fortress) -> Interaction:
    house = fortress.house
    return await house.standin.slash(
        house.alice, house.channel, "imagine", prompt="a fox", reference1=("cat.png", b"These are only words.")
    )


ASKING: Mapping[str, Callable[[Fortress], Awaitable[Interaction]]] = {
    "history": ask_history,
    "quota": ask_quota,
    "forms": open_form,
    "files that are no pictures": send_what_is_no_picture,
}


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING.keys())
async def test_200_of_anything_at_once_are_answered(
    tmp_path: Path, ask: Callable[[Fortress], Awaitable[Interaction]]
) -> None:
    async with open_fortress(tmp_path, **UNLIMITED) as fortress:
        house = fortress.house
        await house.standin.send(house.alice, house.channel, "look", attachments=[("photo.png", a_picture())])

        async def attack() -> None:
            for one in [await ask(fortress) for _ in range(AT_ONCE)]:
                await one.acknowledged_within()

        await fortress.withstands(attack)
        assert fortress.stored(house.alice) == []
        await fortress.ends_calmly()
