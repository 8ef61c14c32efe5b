"""What RunBase counts of one process's requests while the next one is at work: nothing more, nothing less."""

from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import RequestJournal
from bot.services.keys import Keys
from bot.storage.journal import FileRequestJournal
from tests.fakes import KEY, OTHER_KEY, FakeClock, FakeMeter, FakeOperator, MemoryJournal

HOUR_S = 3600.0
Reopen = Callable[[], RequestJournal]


@pytest.fixture(params=["memory", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Reopen:
    """The same journal as another process finds it."""
    in_memory = MemoryJournal()
    return (lambda: in_memory) if request.param == "memory" else (lambda: FileRequestJournal(tmp_path / "requests"))


def started(clock: FakeClock, journal: RequestJournal, requests: int = 4) -> Keys:
    keys = Keys(
        (KEY, OTHER_KEY),
        clock,
        journal=journal,
        requests_per_window=requests,
        meter=FakeMeter(),
        operator=FakeOperator(),
    )
    keys.take_over()
    return keys


def answered(keys: Keys, times: int = 1) -> None:
    for _ in range(times):
        keys.note_answer(KEY, keys.spend(KEY))


def left(keys: Keys) -> tuple[int, int]:
    return keys.left(KEY), keys.left(OTHER_KEY)


def test_the_first_process_of_all_has_everything_left(reopen: Reopen) -> None:
    assert left(started(FakeClock(), reopen())) == (4, 4)


def test_what_a_process_asked_before_it_ended_counts_for_ten_seconds_each(reopen: Reopen) -> None:
    clock = FakeClock()
    keys = started(clock, reopen())
    answered(keys)
    clock.advance(4)
    answered(keys, 2)
    clock.advance(5)
    keys = started(clock, reopen())
    assert left(keys) == (1, 4)
    clock.advance(1)
    assert left(keys) == (2, 4)
    clock.advance(4)
    assert left(keys) == (4, 4)


def test_what_was_not_answered_when_the_process_ended_may_arrive_as_late_as_the_next_one_starts(
    reopen: Reopen,
) -> None:
    clock = FakeClock()
    started(clock, reopen()).spend(KEY)
    clock.advance(9)
    keys = started(clock, reopen())
    clock.advance(9.9)
    assert left(keys) == (3, 4)
    clock.advance(0.1)
    assert left(keys) == (4, 4)


def test_a_request_counts_from_its_answer(reopen: Reopen) -> None:
    clock = FakeClock()
    keys = started(clock, reopen())
    sent_s = keys.spend(KEY)
    clock.advance(8)
    keys.note_answer(KEY, sent_s)
    clock.advance(9)
    assert left(started(clock, reopen())) == (3, 4)


def test_however_often_processes_follow_each_other_nothing_counts_twice(reopen: Reopen) -> None:
    clock = FakeClock()
    answered(started(clock, reopen()))
    for _ in range(9):
        clock.advance(1)
        assert left(started(clock, reopen())) == (3, 4)
    clock.advance(1)
    assert left(started(clock, reopen())) == (4, 4)


@pytest.mark.parametrize("jump_s", [-HOUR_S, HOUR_S])
def test_setting_the_clock_changes_nothing(reopen: Reopen, jump_s: float) -> None:
    clock = FakeClock()
    answered(started(clock, reopen()), 2)
    clock.jump(jump_s)
    assert left(started(clock, reopen())) == (2, 4)


def test_a_journal_for_days_stays_small_and_exact(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "requests"
    keys = started(clock, FileRequestJournal(path), requests=1000)
    for _ in range(5_000):
        clock.advance(0.5)
        answered(keys)
    lost = keys.spend(OTHER_KEY)
    assert path.stat().st_size < 100_000
    assert left(started(clock, FileRequestJournal(path), requests=1000)) == (keys.left(KEY), 999)
    assert keys.left(KEY) == 1000 - 20
    assert lost == clock.elapsed_s()


def test_a_machine_that_was_started_anew_begins_anew(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "requests"
    path.write_text(f"sent {KEY} 50000.5\nanswered {KEY} 50000.0 50000.25\n")
    assert left(started(clock, FileRequestJournal(path))) == (4, 4)


def test_a_line_that_was_cut_off_was_never_sent(tmp_path: Path) -> None:
    clock, path = FakeClock(), tmp_path / "requests"
    started(clock, FileRequestJournal(path)).spend(KEY)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert left(started(clock, FileRequestJournal(path))) == (4, 4)


@given(st.binary(max_size=200) | st.text("sentanswerd 0123456789.-infa\n", max_size=200).map(str.encode))
def test_nonsense_in_the_journal_blocks_no_key(tmp_path_factory: pytest.TempPathFactory, nonsense: bytes) -> None:
    path = tmp_path_factory.mktemp("journal") / "requests"
    path.write_bytes(nonsense)
    assert left(started(FakeClock(), FileRequestJournal(path))) == (4, 4)


def test_only_the_owner_reads_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "requests"
    answered(started(FakeClock(), FileRequestJournal(path)))
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_a_disk_that_refuses_fails_no_request_and_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock, folder = FakeClock(), tmp_path / "gone"
    keys = started(clock, FileRequestJournal(folder / "requests"))
    answered(keys, 3)
    assert left(keys) == (1, 4)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["requests not noted"]
    folder.mkdir()
    answered(keys)
    assert left(started(clock, FileRequestJournal(folder / "requests"))) == (3, 4)
