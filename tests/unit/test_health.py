"""When the bot calls itself healthy, and what it says when it is not."""

import asyncio

import pytest

from bot.domain.errors import KeyOutOfCredit, StorageUnavailable
from bot.services.health import Health
from bot.services.keys import Keys
from tests.fakes import (
    KEY,
    OTHER_KEY,
    FakeClock,
    FakeGateway,
    FakeMeter,
    FakeOperator,
    MemoryJournal,
    MemorySettings,
    eventually,
)
from tests.unit.workshop import some_time


class Ward:
    """`Health` and everything it looks at."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.gateway = FakeGateway()
        self.settings = MemorySettings()
        self.keys = Keys(
            (KEY, OTHER_KEY),
            self.clock,
            journal=MemoryJournal(),
            requests_per_window=19,
            meter=FakeMeter(),
            operator=FakeOperator(),
        )
        self.health = Health(clock=self.clock, gateway=self.gateway, settings=self.settings, keys=self.keys)

    async def findings(self) -> dict[str, str | None]:
        """What is wrong, by check; None where all is well."""
        self.clock.advance(5)
        return {check.name: None if check.is_good else check.finding for check in await self.health.check()}


WELL = {"discord": None, "database": None, "keys": None}


async def test_a_connected_bot_that_can_write_and_pay_is_healthy() -> None:
    ward = Ward()
    assert await ward.findings() == WELL
    assert ward.settings.values  # really written


async def test_without_a_connection_it_is_not() -> None:
    ward = Ward()
    ward.gateway.is_connected = False
    assert await ward.findings() == WELL | {"discord": "not connected; it keeps trying"}
    ward.gateway.is_connected = True
    assert await ward.findings() == WELL


async def test_a_database_that_cannot_be_written_is_told_in_its_own_words() -> None:
    ward = Ward()
    ward.settings.trouble = StorageUnavailable(why="database or disk is full")
    assert await ward.findings() == WELL | {"database": "cannot be written: database or disk is full"}


async def test_a_write_that_hangs_is_waited_for_two_seconds_and_not_begun_again() -> None:
    ward = Ward()
    ward.settings.hang()
    for _ in range(3):
        checking = asyncio.create_task(ward.findings())
        await some_time()
        ward.clock.advance(2)
        assert await checking == WELL | {"database": "a write has not ended within 2 s"}
    assert ward.settings.most_writing == 1
    ward.settings.go_on()
    await eventually(lambda: bool(ward.settings.values))
    assert await ward.findings() == WELL


async def test_one_usable_key_is_enough() -> None:
    ward = Ward()
    ward.keys.put_aside(KEY, why=KeyOutOfCredit.__name__)
    assert await ward.findings() == WELL


async def test_without_a_usable_key_it_is_sick_until_a_run_was_created() -> None:
    ward = Ward()
    for key in (KEY, OTHER_KEY):
        ward.keys.put_aside(key, why=KeyOutOfCredit.__name__)
    sick = WELL | {"keys": "0 of 2 usable; see `key put aside` in the log"}
    assert await ward.findings() == sick
    ward.clock.advance(301)
    assert await ward.findings() == sick
    ward.keys.note_created(OTHER_KEY)
    assert await ward.findings() == WELL


async def test_within_a_second_the_same_is_said_again() -> None:
    ward = Ward()
    assert await ward.findings() == WELL
    ward.gateway.is_connected = False
    assert all(check.is_good for check in await ward.health.check())
    ward.clock.advance(1)
    assert not all(check.is_good for check in await ward.health.check())


async def test_a_clock_that_was_set_back_makes_nothing_stale_for_long() -> None:
    ward = Ward()
    await ward.findings()
    ward.gateway.is_connected = False
    ward.clock.advance(-3600)
    assert not all(check.is_good for check in await ward.health.check())


async def test_asked_by_many_at_once_it_looks_once() -> None:
    ward = Ward()
    await asyncio.gather(*(ward.health.check() for _ in range(20)))
    assert ward.settings.most_writing == 1


async def test_a_bug_is_no_health() -> None:
    ward = Ward()
    ward.settings.trouble = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await ward.findings()
