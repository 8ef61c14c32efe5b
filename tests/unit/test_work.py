"""Loops that survive bad turns, and hands that hold one thing each."""

import asyncio
import logging

import pytest

from bot.services.work import Hands, keep_working
from tests.fakes import FakeClock, eventually


class Turns:
    """A loop's turn that remembers when it was done and fails when told to."""

    def __init__(self, clock: FakeClock, *, pause_s: float = 60.0) -> None:
        self._clock = clock
        self._pause_s = pause_s
        self.at_s: list[float] = []
        self.fails = False

    async def __call__(self) -> float:
        self.at_s.append((self._clock.now() - self._started).total_seconds())
        if self.fails:
            raise RuntimeError("a bug")
        return self._pause_s

    async def __aenter__(self) -> "Turns":
        self._started = self._clock.now()
        self.wake, self.stopping = asyncio.Event(), asyncio.Event()
        self._loop = asyncio.create_task(keep_working("test", self, self._clock, self.wake, self.stopping))
        await self.are(1)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)

    async def are(self, number: int) -> None:
        """Wait for so many turns, and until the loop rests again."""
        await eventually(lambda: len(self.at_s) >= number)
        for _ in range(10):
            await asyncio.sleep(0)


async def test_a_loop_turns_again_after_the_pause_it_asked_for() -> None:
    clock = FakeClock()
    async with Turns(clock) as turns:
        clock.advance(59)
        await turns.are(1)
        assert turns.at_s == [0]
        clock.advance(1)
        await turns.are(2)
    assert turns.at_s == [0, 60]


async def test_waking_brings_the_next_turn_forward_once() -> None:
    clock = FakeClock()
    async with Turns(clock) as turns:
        clock.advance(5)
        turns.wake.set()
        await turns.are(2)
        assert turns.at_s == [0, 5]
        clock.advance(59)
        await turns.are(2)
        assert turns.at_s == [0, 5]


async def test_what_happens_during_a_turn_is_not_slept_through() -> None:
    clock, wake, seen = FakeClock(), asyncio.Event(), []

    async def turn() -> float:
        seen.append(clock.now())
        if len(seen) == 1:
            wake.set()
        return 60.0

    loop = asyncio.create_task(keep_working("test", turn, clock, wake, asyncio.Event()))
    await eventually(lambda: len(seen) == 2)
    loop.cancel()
    assert seen[0] == seen[1]


async def test_a_loop_survives_a_bug_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    async with Turns(clock) as turns:
        turns.fails = True
        clock.advance(60)
        await turns.are(2)
        turns.fails = False
        clock.advance(5)
        await turns.are(3)
    assert turns.at_s == [0, 60, 65]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "loop failed loop=test")
    ]


async def test_a_loop_ends_when_it_is_cancelled() -> None:
    async with Turns(FakeClock()) as turns:
        loop = turns._loop
    assert loop.cancelled()


async def test_a_loop_that_shall_stop_ends_its_turn_and_begins_no_other() -> None:
    clock = FakeClock()
    async with Turns(clock) as turns:
        turns.stopping.set()
        turns.wake.set()
        await asyncio.wait_for(turns._loop, 5)
    assert turns.at_s == [0]


# Hands


class Piece:
    """Work that goes on until it may end."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.was_cancelled = False
        self.is_done = False

    async def __call__(self) -> None:
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        self.is_done = True


async def test_hands_hold_what_they_work_on_until_it_is_done() -> None:
    hands, piece = Hands("test", most=2), Piece()
    hands.take("fox", piece(), lambda: None)
    assert (hands.holds("fox"), hands.holds("hare"), hands.are_busy, hands.are_full) == (True, False, True, False)
    piece.may_end.set()
    await eventually(lambda: not hands.are_busy)
    assert not hands.holds("fox")
    assert piece.is_done


async def test_hands_are_full_when_they_hold_as_many_as_they_may() -> None:
    hands, pieces = Hands("test", most=2), [Piece(), Piece()]
    for number, piece in enumerate(pieces):
        hands.take(number, piece(), lambda: None)
    assert hands.are_full
    pieces[0].may_end.set()
    await eventually(lambda: not hands.are_full)
    assert (hands.holds(0), hands.holds(1)) == (False, True)
    pieces[1].may_end.set()
    await hands.finish()


async def test_what_comes_after_finds_the_hand_free() -> None:
    hands, piece, found = Hands("test", most=1), Piece(), []
    piece.may_end.set()
    hands.take("fox", piece(), lambda: found.append(hands.holds("fox")))
    await hands.finish()
    assert found == [False]


async def test_a_failure_is_logged_and_lets_go(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("a bug")

    hands, told = Hands("test", most=1), asyncio.Event()
    hands.take("fox", fail(), told.set)
    await eventually(told.is_set)
    assert not hands.are_busy
    assert [record.getMessage() for record in caplog.records] == ["work failed loop=test on=fox"]


async def test_finishing_waits_for_what_is_under_way() -> None:
    hands, piece = Hands("test", most=1), Piece()
    hands.take("fox", piece(), lambda: None)
    finishing = asyncio.create_task(hands.finish())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not finishing.done()
    piece.may_end.set()
    await finishing
    assert (piece.is_done, piece.was_cancelled) == (True, False)


async def test_finishing_cancels_what_outlasts_its_grace() -> None:
    hands, slow, quick = Hands("test", most=2), Piece(), Piece()
    quick.may_end.set()
    hands.take("slow", slow(), lambda: None)
    hands.take("quick", quick(), lambda: None)
    await eventually(lambda: quick.is_done)
    await hands.finish(grace_s=0)
    assert (slow.was_cancelled, quick.was_cancelled) == (True, False)
    assert not hands.are_busy


async def test_finishing_with_empty_hands_is_nothing() -> None:
    hands = Hands("test", most=1)
    await hands.finish()
    assert not hands.are_busy
