"""What RunBase counts of one process's requests while the next one is at work."""

import pytest

from bot.domain.errors import StorageUnavailable
from bot.services.carryover import Carryover
from bot.services.keys import Keys
from tests.fakes import KEY, OTHER_KEY, FakeClock, FakeMeter, FakeOperator, MemorySettings

HOUR_S = 3600.0


class Process:
    """One process after the other, over the same settings."""

    def __init__(self, clock: FakeClock, settings: MemorySettings) -> None:
        self.keys = Keys((KEY, OTHER_KEY), clock, requests_per_window=4, meter=FakeMeter(), operator=FakeOperator())
        self.carryover = Carryover(clock=clock, keys=self.keys, settings=settings)

    async def spend(self, times: int = 1) -> None:
        for _ in range(times):
            await self.carryover.renew()
            self.keys.spend(KEY)

    @property
    def left(self) -> tuple[int, int]:
        return self.keys.left(KEY), self.keys.left(OTHER_KEY)


async def started(clock: FakeClock, settings: MemorySettings) -> Process:
    process = Process(clock, settings)
    await process.carryover.take_over()
    return process


async def test_the_first_process_of_all_has_everything_left() -> None:
    assert (await started(FakeClock(), MemorySettings())).left == (4, 4)


async def test_what_a_process_made_before_it_was_stopped_still_counts() -> None:
    clock, settings = FakeClock(), MemorySettings()
    process = await started(clock, settings)
    await process.spend()
    clock.advance(4)
    await process.spend(2)
    await process.carryover.hand_over()
    clock.advance(5)
    process = await started(clock, settings)
    assert process.left == (1, 4)
    clock.advance(1)
    assert process.left == (2, 4)
    clock.advance(4)
    assert process.left == (4, 4)


async def test_of_a_process_that_was_killed_the_worst_is_believed() -> None:
    clock, settings = FakeClock(), MemorySettings()
    await (await started(clock, settings)).spend()
    clock.advance(1)
    process = await started(clock, settings)
    assert process.left == (0, 0)
    clock.advance(9.9)
    assert process.left == (0, 0)
    clock.advance(0.1)
    assert process.left == (4, 4)


async def test_what_was_killed_long_ago_is_forgotten() -> None:
    clock, settings = FakeClock(), MemorySettings()
    await (await started(clock, settings)).spend()
    clock.advance(20)
    assert (await started(clock, settings)).left == (4, 4)


async def test_whenever_a_process_is_killed_nothing_it_may_have_made_is_forgotten() -> None:
    for killed_after_s in range(30):
        clock, settings = FakeClock(), MemorySettings()
        process = await started(clock, settings)
        for _ in range(killed_after_s):
            clock.advance(1)
            await process.spend()
        await process.spend()
        clock.advance(9.9)
        assert (await started(clock, settings)).left[0] == 0


async def test_a_process_that_asked_nothing_for_long_leaves_nothing_behind_when_it_is_killed() -> None:
    clock, settings = FakeClock(), MemorySettings()
    process = await started(clock, settings)
    await process.spend()
    clock.advance(HOUR_S)
    assert (await started(clock, settings)).left == (4, 4)


async def test_after_a_stop_and_before_the_first_request_it_may_be_killed() -> None:
    clock, settings = FakeClock(), MemorySettings()
    process = await started(clock, settings)
    await process.spend(3)
    await process.carryover.hand_over()
    for _ in range(3):
        assert (await started(clock, settings)).left == (1, 4)


@pytest.mark.parametrize("jump_s", [-HOUR_S, HOUR_S])
async def test_a_clock_that_is_set_meanwhile_blocks_no_key_for_long(jump_s: float) -> None:
    clock, settings = FakeClock(), MemorySettings()
    await (await started(clock, settings)).spend()
    clock.jump(jump_s)
    process = await started(clock, settings)
    clock.advance(10)
    assert process.left == (4, 4)


async def test_a_disk_that_refuses_stops_no_look_and_is_written_to_again() -> None:
    clock, settings = FakeClock(), MemorySettings()
    process = await started(clock, settings)
    settings.trouble = StorageUnavailable()
    await process.spend()
    await process.carryover.hand_over()
    settings.trouble = None
    clock.advance(6)
    await process.spend()
    assert (await started(clock, settings)).left == (0, 0)
