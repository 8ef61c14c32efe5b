"""The window of a key, as RunBase's look-alike counts it, while bots are killed, restarted and checked."""

import signal
from pathlib import Path

from tests.sockets.house import House, open_house
from tests.sockets.told import told
from tests.standin.discord import Interaction

GENEROUS = '[{"images": 1000, "per": "1d"}]'


async def busy(house: House, pictures: int = 24) -> list[Interaction]:
    """More pictures are asked for than the window takes, and it is used up."""
    asked = [await house.imagine(f"picture {number}") for number in range(pictures)]
    await house.standin.until(lambda: arrived(house) >= 19, within_s=20)
    return asked


def arrived(house: House) -> int:
    return len(house.emulator.requests_log)


def refused(house: House) -> int:
    return sum(one.status == 429 for one in house.emulator.requests_log)


async def test_killed_and_restarted_within_the_window_the_bot_is_never_too_fast(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start(EASEL__QUOTA__MEMBER=GENEROUS)
        await busy(house)
        await house.stop(signal.SIGKILL)
        before = arrived(house)
        await house.start(EASEL__QUOTA__MEMBER=GENEROUS)
        await house.standin.until(lambda: arrived(house) > before + 5, within_s=30)
        assert refused(house) == 0


async def test_stopped_and_restarted_within_the_window_the_bot_is_never_too_fast(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start(EASEL__QUOTA__MEMBER=GENEROUS)
        await busy(house)
        assert await house.stop() == 0
        before = arrived(house)
        await house.start(EASEL__QUOTA__MEMBER=GENEROUS)
        await house.standin.until(lambda: arrived(house) > before + 5, within_s=30)
        assert refused(house) == 0


async def test_a_bot_that_is_restarted_with_little_to_do_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start()
        await house.picture(await house.imagine())
        assert await house.stop() == 0
        await house.start()
        asked = await house.imagine()
        await house.standin.until(lambda: len(house.emulator.runs) == 2, within_s=5)
        assert await house.picture(asked)


async def test_check_finds_room_beside_a_bot_that_uses_all_it_may(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start(EASEL__QUOTA__MEMBER=GENEROUS)
        await busy(house)
        found = await told(house, "check")
        assert "works" in found.about("RunBase")[0]
        assert len([one for one in house.emulator.requests_log if one.path.endswith("/easel-check")]) == 1
        assert refused(house) == 0
