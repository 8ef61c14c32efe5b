"""The window of a key: never exceeded, whatever happens to clocks, answers and processes."""

import heapq
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import RequestBudget

WINDOW_S = 10.0
# Eighths of a second are exact as floats, so that the model and the budget agree on every edge.
eighths = st.integers(0, 80).map(lambda number: number / 8)
limits = st.integers(1, 6)
pauses = st.lists(st.integers(0, 40).map(lambda number: number / 8), max_size=80)


def most_in_a_window(made_s: Iterable[float]) -> int:
    made = list(made_s)
    return max((len([one for one in made if end_s - WINDOW_S < one <= end_s]) for end_s in made), default=0)


def spend_all(budget: RequestBudget, now_s: float) -> list[float]:
    made = []
    while budget.left(now_s) > 0:
        budget.spend(now_s)
        made.append(now_s)
    return made


@given(limits, pauses)
def test_no_window_ever_sees_more_requests_than_the_budget(limit: int, pauses: list[float]) -> None:
    budget, now_s = RequestBudget(limit, WINDOW_S), 1000.0
    made: list[float] = []
    for pause_s in pauses:
        now_s += pause_s
        if budget.left(now_s) > 0:
            budget.spend(now_s)
            made.append(now_s)
    assert most_in_a_window(made) <= limit


@given(limits, pauses)
def test_a_budget_refuses_only_when_its_window_is_full(limit: int, pauses: list[float]) -> None:
    budget, now_s = RequestBudget(limit, WINDOW_S), 1000.0
    made: list[float] = []
    for pause_s in pauses:
        now_s += pause_s
        in_window = [at_s for at_s in made if at_s > now_s - WINDOW_S]
        assert budget.left(now_s) == limit - len(in_window)
        if budget.left(now_s) > 0:
            budget.spend(now_s)
            made.append(now_s)


@given(limits, pauses)
def test_the_wait_of_a_full_budget_is_exactly_long_enough(limit: int, pauses: list[float]) -> None:
    budget, now_s = RequestBudget(limit, WINDOW_S), 1000.0
    for pause_s in pauses:
        now_s += pause_s
        wait_s = budget.wait_s(now_s)
        assert (wait_s == 0) == (budget.left(now_s) > 0)
        if wait_s > 0.125:
            assert budget.left(now_s + wait_s - 0.125) == 0
        now_s += wait_s
        assert budget.left(now_s) > 0
        budget.spend(now_s)


def test_a_fresh_budget_is_whole() -> None:
    assert RequestBudget(19, WINDOW_S).left(0.0) == 19
    assert RequestBudget(19, WINDOW_S).wait_s(0.0) == 0


@given(limits, st.lists(st.tuples(eighths, st.sampled_from(["ask", "ask for all", "restart", "429"])), max_size=60))
def test_no_window_is_exceeded_across_restarts_and_refusals(limit: int, steps: list[tuple[float, str]]) -> None:
    budget, now_s, made = RequestBudget(limit, WINDOW_S), 1000.0, list[float]()
    for pause_s, what in steps:
        now_s += pause_s
        if what == "restart":
            budget = RequestBudget(limit, WINDOW_S)
            budget.restore(made)
        elif what == "429":
            budget.slow_down(now_s)
        elif what == "ask for all":
            made += spend_all(budget, now_s)
        elif budget.left(now_s) > 0:
            budget.spend(now_s)
            made.append(now_s)
    assert most_in_a_window(made) <= limit


@given(limits, st.lists(st.tuples(eighths, eighths), max_size=40))
def test_a_clock_that_is_set_back_earns_no_refusal(limit: int, steps: list[tuple[float, float]]) -> None:
    budget, now_s, behind_s, made = RequestBudget(limit, WINDOW_S), 1000.0, 0.0, list[float]()
    for pause_s, set_back_s in steps:
        now_s, behind_s = now_s + pause_s, behind_s + set_back_s
        made += [now_s for _ in spend_all(budget, now_s - behind_s)]
    assert most_in_a_window(made) <= limit


@given(limits, st.lists(st.tuples(eighths, st.integers(0, 79), st.floats(0, 1)), max_size=40))
def test_requests_are_counted_until_runbase_has_surely_forgotten_them(
    limit: int, steps: list[tuple[float, int, float]]
) -> None:
    budget, now_s, arrived_s = RequestBudget(limit, WINDOW_S), 1000.0, list[float]()
    answers: list[tuple[float, float]] = []
    for pause_s, answer_in_eighths, way in steps:
        now_s += pause_s
        while answers and answers[0][0] <= now_s:
            answered_s, sent_s = heapq.heappop(answers)
            budget.note_answer(sent_s, answered_s)
        if budget.left(now_s) > 0:
            budget.spend(now_s)
            heapq.heappush(answers, (now_s + answer_in_eighths / 8, now_s))
            arrived_s.append(now_s + way * answer_in_eighths / 8)
    assert most_in_a_window(arrived_s) <= limit


@given(limits, st.lists(eighths, max_size=40), st.booleans())
def test_whoever_waits_as_long_as_told_may_ask(limit: int, pauses: list[float], was_refused: bool) -> None:
    budget, now_s = RequestBudget(limit, WINDOW_S), 1000.0
    for pause_s in pauses:
        now_s += pause_s
        spend_all(budget, now_s)
        if was_refused:
            budget.slow_down(now_s)
        now_s = budget.free_at_s(now_s)
        assert budget.left(now_s) > 0


def test_a_refusal_halves_the_window_and_each_quiet_window_gives_one_request_back() -> None:
    budget = RequestBudget(19, WINDOW_S)
    budget.slow_down(1000.0)
    assert budget.left(1000.0) == 9
    assert budget.left(1009.9) == 9
    assert budget.left(1010.0) == 10
    assert budget.left(1099.0) == 18
    assert budget.left(1200.0) == 19


def test_refusals_in_a_row_leave_one_request_at_least() -> None:
    budget = RequestBudget(19, WINDOW_S)
    for _ in range(10):
        budget.slow_down(1000.0)
    assert budget.left(1000.0) == 1


def test_what_was_made_before_a_restart_leaves_the_window_in_its_time() -> None:
    budget = RequestBudget(3, WINDOW_S)
    budget.restore([1002.0, 1000.0])
    assert budget.left(1003.0) == 1
    assert budget.left(1010.0) == 2
    assert budget.left(1012.0) == 3


def test_refusals_of_requests_that_were_sent_together_count_as_one() -> None:
    budget = RequestBudget(19, WINDOW_S)
    for answered_s in (1001.0, 1001.5, 1002.0):
        budget.slow_down(answered_s, sent_s=1000.0)
    assert budget.allowed(1002.0) == 9
    budget.slow_down(1003.0, sent_s=1002.5)
    assert budget.allowed(1003.0) == 4
