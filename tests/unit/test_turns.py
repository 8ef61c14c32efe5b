"""Whose turn it is, when many wait."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import MemberId, RequestId, RunId, ServerId
from bot.domain.turns import Queued, Turns, Who
from tests.builders import START

NOBODY: Mapping[Who, int] = {}


def line(words: str) -> list[Queued]:
    """`A1 A1 B2`: member 1 of server A twice, then member 2 of server B."""
    return [queued(ord(word[0]), int(word[1:]), number) for number, word in enumerate(words.split())]


def queued(server: int, member: int, number: int) -> Queued:
    run = RunId(f"run{number:05}")
    return Queued(run, RequestId(run), ServerId(server), MemberId(member), START)


def told(order: Sequence[Queued]) -> str:
    return " ".join(f"{chr(one.server)}{one.member}" for one in order)


def heads(waiting: Sequence[Queued]) -> dict[Who, Queued]:
    first: dict[Who, Queued] = {}
    for one in waiting:
        first.setdefault((one.server, one.member), one)
    return first


def served(turns: Turns, waiting: list[Queued], under_way: Mapping[Who, int] = NOBODY) -> list[Queued]:
    """Everybody, one after the other, as the bot would take them."""
    waiting, counts, order = list(waiting), Counter(under_way), []
    while (one := turns.next(heads(waiting), counts)) is not None:
        turns.note_served(one)
        waiting.remove(one)
        counts[one.server, one.member] += 1
        order.append(one)
    return order


def test_members_of_a_server_take_turns() -> None:
    assert told(served(Turns(4), line("A1 A1 A1 A2 A3"))) == "A1 A2 A3 A1 A1"


def test_servers_take_turns_whatever_their_size() -> None:
    assert told(served(Turns(4), line("A1 A2 A3 A4 B9 B9"))) == "A1 B9 A2 B9 A3 A4"


def test_a_member_is_served_in_the_order_of_coming() -> None:
    order = served(Turns(4), line("A1 A1 A1"))
    assert [one.run for one in order] == sorted(one.run for one in order)


def test_who_was_served_last_comes_last() -> None:
    turns = Turns(4)
    served(turns, line("A1"))
    assert told(served(turns, line("A1 A2"))) == "A2 A1"
    assert told(served(turns, line("A1 B2"))) == "B2 A1"


def test_who_has_enough_under_way_lets_others_go_first() -> None:
    busy = {(ServerId(ord("A")), MemberId(1)): 4}
    assert told(served(Turns(4), line("A1 A1 A2 B3"), busy)) == "A2 B3 A1 A1"


def test_alone_a_member_may_use_everything() -> None:
    busy = {(ServerId(ord("A")), MemberId(1)): 100}
    assert told(served(Turns(4), line("A1 A1"), busy)) == "A1 A1"


def test_an_empty_line_has_no_next() -> None:
    assert Turns(4).next({}, NOBODY) is None


def test_who_waits_for_nothing_is_forgotten() -> None:
    turns = Turns(4)
    served(turns, line("A1 B2"))
    turns.forget_all_but(heads(line("B2")).keys())
    assert told(served(turns, line("B2 A1"))) == "A1 B2"


LINES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), max_size=30).map(
    lambda who: [queued(server, member, number) for number, (server, member) in enumerate(who)]
)
BUSY = st.dictionaries(st.tuples(st.integers(1, 3), st.integers(1, 4)), st.integers(0, 6))


@given(LINES, BUSY)
def test_the_order_told_is_the_order_kept(waiting: list[Queued], busy: Mapping[Who, int]) -> None:
    assert list(Turns(4).order(waiting, busy)) == served(Turns(4), waiting, busy)


@given(LINES, BUSY)
def test_everybody_is_served_once(waiting: list[Queued], busy: Mapping[Who, int]) -> None:
    assert sorted(served(Turns(4), waiting, busy), key=lambda one: one.run) == waiting


@given(LINES)
def test_nobody_gets_two_turns_while_a_neighbour_gets_none(waiting: list[Queued]) -> None:
    order = served(Turns(100), waiting)
    for position, one in enumerate(order):
        left = order[position:]
        had = Counter((other.server, other.member) for other in order[:position])
        for other in left:
            if other.server == one.server:
                assert had[one.server, one.member] <= had[other.server, other.member] + 1
