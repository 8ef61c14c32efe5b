"""Seven days at RunBase, all at the same time: what goes wrong on each, and what its members do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.preview.emulator import Fault, Place
from tests.chaos.runbase import HurriedClock
from tests.scenarios.studio import a_picture
from tests.sockets.days import Day, Record, Row
from tests.sockets.house import open_house

KEYS = tuple(f"sk-of-the-bad-days-{number}" for number in range(1, 8))
NOT_OURS = "https://10.0.0.1/fox.png"
NOWHERE = "https://nowhere.invalid/api/v1"


def plain(prompt: str, size: tuple[int, int], *_: object) -> bytes:
    """Quickly painted: these days there are many pictures, and nobody looks at them."""
    return a_picture("PNG", size, f"hsl({hash(prompt) % 360}, 80%, 50%)")


@asynccontextmanager
async def a_day(folder: Path, up: asyncio.Barrier, *keys: str, **changes: str) -> AsyncIterator[Day]:
    async with open_house(folder, keys=keys, clock=HurriedClock(), painter=plain, is_new=True) as house:
        house.environment |= {"EASEL__QUOTA__MEMBER": "[]", "EASEL__RUNBASE__READ_TIMEOUT": "5s", **changes}
        day = Day(house)
        await house.start()
        await up.wait()
        yield day


# ---- the answer to an order is lost ---------------------------------------------------------------------------------

LOST_BEFORE = (Fault.TIMEOUT_BEFORE, Fault.ERROR_BEFORE, Fault.RESET_BEFORE)
LOST_AFTER = (
    Fault.RESET_AFTER,
    Fault.TIMEOUT_AFTER,
    Fault.ERROR_AFTER,
    Fault.GARBAGE_JSON,
    Fault.HTML_BODY,
    Fault.BAD_GATEWAY,
)
LOST = (*LOST_AFTER, *LOST_BEFORE)


async def answers_are_lost(folder: Path, up: asyncio.Barrier) -> Record:
    """After five with two keys the first key has lost three in a row; good answers come in between afterwards."""
    async with a_day(folder, up, *KEYS[:2]) as day:

        async def lose(*faults: Fault) -> None:
            for fault in faults:
                day.house.emulator.faults.set(Place.CREATE, fault, times=1)
                await day.ask(fault)
                await day.reads(fault, "I lost touch")

        async def succeed(*prompts: str) -> None:
            for prompt in prompts:
                await day.ask(prompt)
                await day.comes_to(prompt, "running")

        await lose(*LOST[:5])
        await succeed("sixth", "seventh", "eighth")
        await lose(*LOST[5:7])
        await succeed("last")
        await lose(*LOST[7:])
        await day.settled("uncertain", "delivered")
        return day.record()


# ---- a look, or the picture, goes wrong -----------------------------------------------------------------------------


def rows(place: Place, *faults: Fault, times: int | None = None) -> tuple[Row, ...]:
    return tuple(Row(f"{place} {fault}", place, fault, times) for fault in faults)


ONCE = (
    *rows(
        Place.READ,
        Fault.TIMEOUT_BEFORE,
        Fault.ERROR_BEFORE,
        Fault.RESET_AFTER,
        Fault.TIMEOUT_AFTER,
        Fault.ERROR_AFTER,
        Fault.GARBAGE_JSON,
        Fault.HTML_BODY,
        Fault.BAD_GATEWAY,
        Fault.NEVER_ENDING,
        Fault.NO_URL,
        Fault.SINGLE_URL,
        times=1,
    ),
    *rows(
        Place.FILE,
        Fault.ERROR_BEFORE,
        Fault.FORBIDDEN,
        Fault.MISSING,
        Fault.SLOW,
        Fault.TRUNCATED,
        Fault.HALF_IMAGE,
        Fault.NOT_AN_IMAGE,
        times=1,
    ),
    # Met twice by one look: what is larger than usual is fetched again, in its turn.
    Row("endless", Place.FILE, Fault.ENDLESS, times=2),
    Row("huge", Place.FILE, Fault.HUGE, times=2),
    Row("redirected", Place.FILE, Fault.REDIRECT, times=1, url=NOT_OURS),
)


async def looks_and_pictures_fail_once(folder: Path, up: asyncio.Barrier) -> Record:
    async with a_day(folder, up, *KEYS) as day:
        day.faults.set(Place.READ, Fault.RESET_BEFORE, times=1)
        await asyncio.gather(*map(day.meet, ONCE))
        await day.settled("delivered")
        return day.record()


OVERDUE = (
    *rows(Place.READ, Fault.NEVER_ENDING, Fault.ERROR_BEFORE, Fault.GARBAGE_JSON, Fault.NO_URL),
    *rows(Place.FILE, Fault.ERROR_BEFORE, Fault.FORBIDDEN, Fault.MISSING, Fault.TRUNCATED),
    *rows(Place.FILE, Fault.HALF_IMAGE, Fault.NOT_AN_IMAGE, Fault.HUGE),
)
UNKNOWN = Row("warming up", Place.READ, Fault.UNKNOWN_STATUS)
UNREADABLE = (
    Row("endless for good", Place.FILE, Fault.ENDLESS),
    Row("redirected for good", Place.FILE, Fault.REDIRECT, url=NOT_OURS),
)
DECLINED = (Row("unsafe-preview"), Row("unsafe-preview told plainly", Place.READ, Fault.PLAIN_ERROR))
FAILED = (Row("fail-preview"), Row("fail-preview told plainly", Place.READ, Fault.PLAIN_ERROR))


async def it_stays_like_that(folder: Path, up: asyncio.Barrier) -> tuple[Record, Record]:
    """The evening, and the morning after: RunBase is well again, and the bot was restarted."""
    async with a_day(folder, up, *KEYS, EASEL__RUNBASE__GIVE_UP_AFTER="1s") as day:
        day.faults.set(Place.CREATE, Fault.NEVER_ENDING, times=1)
        await day.meet(UNKNOWN)
        await day.comes_to(UNKNOWN.prompt, "running")
        await asyncio.gather(*map(day.meet, (*OVERDUE, *UNREADABLE, *DECLINED, *FAILED)))
        await day.settled("overdue", "failed")
        for row in (UNKNOWN, *OVERDUE):
            await day.reads(row.prompt, "did not arrive")
        evening = day.record()
        await day.house.stop()
        day.faults.heal()
        await day.house.start(EASEL__RUNBASE__GIVE_UP_AFTER="1s")
        for row in OVERDUE:
            await day.comes_to(row.prompt, "delivered")
        return evening, day.record()


# ---- keys -----------------------------------------------------------------------------------------------------------

REFUSED = {
    KEYS[1]: "USAGE_EXCEEDED",
    KEYS[2]: "invalid_api_key",
    KEYS[3]: "insufficient_balance",
    KEYS[4]: "api_key_spend_limit_exceeded",
    KEYS[5]: "ip_not_allowed",
}


async def keys_are_refused(folder: Path, up: asyncio.Barrier) -> tuple[Record, Record]:
    """Noon, when one of seven keys still works, and the evening, when none does."""
    async with a_day(folder, up, *KEYS) as day:
        emulator = day.house.emulator
        for key, code in {**REFUSED, KEYS[0]: "RATE_LIMITED"}.items():
            emulator.refuse_key(key, code)
        await day.ask("with the last key")
        await day.settled("delivered")
        noon = day.record()
        for key in (KEYS[0], KEYS[6]):
            emulator.refuse_key(key, "insufficient_balance")
        await day.ask("with none")
        await day.reads("with none", "Pictures are paused")
        await day.settled("delivered", "failed")
        await day.ask("after that")
        return noon, day.record()


async def it_accepts_nothing_of_this(folder: Path, up: asyncio.Barrier) -> Record:
    async with a_day(folder, up, KEYS[0]) as day:
        day.house.emulator.refuse_key(KEYS[0], "invalid_input")
        await day.ask("not accepted")
        await day.settled("failed")
        await day.reads("not accepted", "did not accept")
        return day.record()


# ---- nobody there ---------------------------------------------------------------------------------------------------


async def it_is_not_there(folder: Path, up: asyncio.Barrier, base_url: str) -> Record:
    async with a_day(folder, up, KEYS[0], EASEL__RUNBASE__BASE_URL=base_url) as day:
        await day.ask("nobody there")
        await day.reads("nobody there", "is not answering")
        await day.settled("failed")
        return day.record()


# ---- all of them ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Days:
    lost: Record
    once: Record
    evening: Record
    morning: Record
    noon: Record
    no_keys: Record
    unacceptable: Record
    refused: Record
    unresolvable: Record


def _room(folder: Path, name: str) -> Path:
    room = folder / name
    room.mkdir()
    return room


async def pass_all_days(folder: Path) -> Days:
    """They begin when every bot is up, since starting keeps a small machine busy."""
    up = asyncio.Barrier(7)
    async with asyncio.TaskGroup() as together:
        lost = together.create_task(answers_are_lost(_room(folder, "lost"), up))
        once = together.create_task(looks_and_pictures_fail_once(_room(folder, "once"), up))
        stays = together.create_task(it_stays_like_that(_room(folder, "stays"), up))
        keys = together.create_task(keys_are_refused(_room(folder, "keys"), up))
        unacceptable = together.create_task(it_accepts_nothing_of_this(_room(folder, "unacceptable"), up))
        refused = together.create_task(it_is_not_there(_room(folder, "refused"), up, "http://127.0.0.1:9/api/v1"))
        unresolvable = together.create_task(it_is_not_there(_room(folder, "unresolvable"), up, NOWHERE))
    return Days(
        lost.result(),
        once.result(),
        *stays.result(),
        *keys.result(),
        unacceptable.result(),
        refused.result(),
        unresolvable.result(),
    )
