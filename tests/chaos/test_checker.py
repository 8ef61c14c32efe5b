"""The checker sees what it is there to see: each test tells a small story with one thing gone wrong, or none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.chaos import checker
from tests.chaos.checker import check
from tests.chaos.evidence import (
    Ask,
    Books,
    Evidence,
    Interval,
    PaidRun,
    Post,
    Rung,
    Says,
    Shown,
    TakeState,
    Verdict,
)
from tests.chaos.marks import Pictured

MARK, OTHER = "z00000001", "z00000002"
ALICE, BOB = 11, 12
ROOM, ELSEWHERE = 21, 22

ASK = Ask(
    mark=MARK,
    member=ALICE,
    channel=ROOM,
    is_private=False,
    is_acknowledged=True,
    open_rungs=frozenset({Rung.TOKEN, Rung.MESSAGE, Rung.CHANNEL, Rung.DM}),
)
POST = Post(at_s=1.0, mark=MARK, status=201, answered_at_s=1.1, is_usable=True)
LOST_POST = replace(POST, status=None, answered_at_s=None, is_usable=False)
RUN = PaidRun(mark=MARK, has_picture=True, is_refunded=False, ended_at_s=4.0)
WAITING = Shown(at_s=0.5, message=1, channel=ROOM, of=MARK, says=Says.WAITING, words=frozenset({MARK}))
PICTURE = replace(WAITING, at_s=5.0, says=Says.ENDING, pictures=(Pictured(MARK, 0),), rung=Rung.TOKEN)
TOLD = replace(WAITING, at_s=5.0, says=Says.ENDING)
SPENT = Books(takes={MARK: [TakeState.SPENT]})
GIVEN_BACK = Books(takes={MARK: [TakeState.GIVEN_BACK]})
HELD = Books(takes={MARK: [TakeState.HELD]})
UNCERTAIN = replace(GIVEN_BACK, uncertain=Counter({MARK: 1}))
GAVE_UP = replace(GIVEN_BACK, overdue=Counter({MARK: 1}))
KILL = Interval(1.05, 1.06)


def story(
    *shown: Shown,
    ask: Ask = ASK,
    posts: Sequence[Post] = (POST,),
    runs: Sequence[PaidRun] = (RUN,),
    ends: Sequence[Interval] = (),
    books: Books | None = SPENT,
) -> Verdict:
    return check(
        Evidence(
            asks=[ask],
            shown=shown,
            posts=posts,
            runs=runs,
            ends=ends,
            books=books,
            patience_s=8.0,
            read_timeout_s=3.0,
        )
    )


def kinds(verdict: Verdict) -> list[str]:
    return sorted({breach.kind for breach in verdict.breaches})


def test_a_picture_that_was_delivered_and_paid_for_once_is_fine() -> None:
    verdict = story(WAITING, PICTURE)
    assert verdict.breaches == []
    assert verdict.counts == Counter({"asked": 1, "acknowledged": 1, "delivered": 1, "rung token": 1})


def test_a_request_that_failed_and_was_explained_is_fine() -> None:
    verdict = story(WAITING, TOLD, runs=[replace(RUN, has_picture=False, is_refunded=True)], books=GIVEN_BACK)
    assert verdict.breaches == []
    assert verdict.counts["told"] == 1


# Pictures that are lost


def test_a_paid_picture_that_nobody_was_shown_is_lost() -> None:
    assert kinds(story(WAITING, TOLD, books=GIVEN_BACK)) == [checker.LOST]


def test_a_paid_picture_for_a_member_who_got_no_answer_is_lost() -> None:
    assert kinds(story(ask=replace(ASK, is_acknowledged=False), books=GIVEN_BACK)) == [checker.LOST]


def test_a_picture_that_was_replaced_by_a_waiting_line_is_lost() -> None:
    verdict = story(WAITING, PICTURE, replace(WAITING, at_s=6.0), books=GIVEN_BACK)
    assert kinds(verdict) == [checker.LEFT_WAITING, checker.LOST]


def test_a_picture_in_another_channel_is_lost() -> None:
    assert checker.LOST in kinds(story(WAITING, replace(PICTURE, message=2, channel=ELSEWHERE)))


def test_a_picture_that_somebody_removed_after_it_was_shown_is_not_lost() -> None:
    assert kinds(story(WAITING, PICTURE, replace(PICTURE, at_s=9.0, is_removed=True))) == []


def test_a_picture_whose_creation_was_never_confirmed_is_uncertain_and_not_lost() -> None:
    verdict = story(WAITING, TOLD, posts=[LOST_POST], books=UNCERTAIN)
    assert verdict.breaches == []
    assert verdict.counts["uncertain"] == 1


@pytest.mark.parametrize("status", [200, 500, 502])
def test_an_answer_that_names_no_run_confirms_nothing(status: int) -> None:
    unusable = replace(POST, status=status, is_usable=False)
    assert kinds(story(WAITING, TOLD, posts=[unusable], books=UNCERTAIN)) == []


def test_a_process_killed_while_the_answer_was_on_its_way_cannot_know_of_the_run() -> None:
    assert kinds(story(WAITING, TOLD, ends=[KILL], books=UNCERTAIN)) == []


def test_a_lost_answer_is_no_excuse_for_a_bot_that_writes_down_something_else() -> None:
    assert kinds(story(WAITING, TOLD, posts=[LOST_POST], books=GIVEN_BACK)) == [checker.LOST]


def test_a_process_killed_long_after_the_answer_has_no_excuse() -> None:
    assert kinds(story(WAITING, TOLD, ends=[Interval(4.0, 4.1)], books=GIVEN_BACK)) == [checker.LOST]


@pytest.mark.parametrize(("ends", "breaches"), [([KILL], []), ([], [checker.BASELESS])])
def test_only_a_killed_process_does_not_know_whether_what_was_refused_was_sent_again(
    ends: list[Interval], breaches: list[str]
) -> None:
    refused = replace(POST, status=429, is_usable=False)
    assert kinds(story(WAITING, TOLD, posts=[refused], runs=[], ends=ends, books=UNCERTAIN)) == breaches


def test_calling_a_confirmed_run_uncertain_is_seen() -> None:
    assert kinds(story(WAITING, TOLD, books=UNCERTAIN)) == [checker.LOST, checker.BASELESS]


# Money


def test_two_runs_for_one_request_are_paid_twice() -> None:
    verdict = story(WAITING, PICTURE, posts=[LOST_POST, replace(POST, at_s=2.0)], runs=[RUN, RUN], books=None)
    assert kinds(verdict) == [checker.PAID_TWICE, checker.SENT_TWICE]


def test_sending_again_after_a_lost_answer_is_seen_even_if_nothing_was_created() -> None:
    verdict = story(WAITING, PICTURE, posts=[replace(LOST_POST, status=500), replace(POST, at_s=2.0)])
    assert kinds(verdict) == [checker.SENT_TWICE]


def test_sending_again_after_a_refusal_is_fine() -> None:
    refused = replace(POST, status=429, is_usable=False)
    assert kinds(story(WAITING, PICTURE, posts=[refused, replace(POST, at_s=2.0)])) == []


def test_a_member_who_asked_twice_may_be_served_twice() -> None:
    posts = [LOST_POST, replace(POST, at_s=4.0)]
    second = replace(PICTURE, message=2, at_s=7.0)
    books = Books(takes={MARK: [TakeState.GIVEN_BACK, TakeState.SPENT]}, uncertain=Counter({MARK: 1}))
    assert (
        kinds(story(WAITING, TOLD, second, ask=replace(ASK, times=2), posts=posts, runs=[RUN, RUN], books=books)) == []
    )


# Messages


def test_two_messages_with_the_same_picture_are_posted_twice() -> None:
    assert kinds(story(WAITING, PICTURE, replace(PICTURE, message=2, at_s=6.0))) == [checker.POSTED_TWICE]


def test_two_messages_with_the_same_bad_news_are_posted_twice() -> None:
    verdict = story(WAITING, TOLD, replace(TOLD, message=2, at_s=6.0), runs=[], books=GIVEN_BACK)
    assert kinds(verdict) == [checker.POSTED_TWICE]


def test_news_of_a_second_wish_that_was_never_answered_in_time_are_not_posted_twice() -> None:
    second = replace(TOLD, message=2, at_s=6.0)
    verdict = story(WAITING, TOLD, second, ask=replace(ASK, unanswered=1), runs=[], books=GIVEN_BACK)
    assert kinds(verdict) == []


def test_a_picture_posted_anew_after_its_message_was_removed_is_not_posted_twice() -> None:
    removed = replace(PICTURE, at_s=5.5, is_removed=True)
    assert kinds(story(WAITING, PICTURE, removed, replace(PICTURE, message=2, at_s=6.0))) == []


def test_a_picture_in_a_new_message_beside_a_stale_waiting_line_is_fine() -> None:
    verdict = story(WAITING, replace(PICTURE, message=2, rung=Rung.CHANNEL))
    assert verdict.breaches == []
    assert verdict.counts["rung channel"] == 1


def test_a_waiting_line_that_never_changes_is_seen() -> None:
    assert kinds(story(WAITING, runs=[], books=GIVEN_BACK)) == [checker.LEFT_WAITING]


def test_an_empty_placeholder_that_never_changes_is_seen_unless_nothing_had_begun() -> None:
    thinking = replace(WAITING, says=Says.NOTHING, words=frozenset())
    assert kinds(story(thinking, runs=[], books=GIVEN_BACK)) == [checker.LEFT_WAITING]
    assert kinds(story(thinking, posts=[], runs=[], books=GIVEN_BACK)) == []


def test_a_waiting_line_that_somebody_removed_leaves_nobody_waiting_unless_something_had_begun() -> None:
    removed = replace(WAITING, at_s=0.7, is_removed=True)
    assert kinds(story(WAITING, removed, runs=[], books=GIVEN_BACK)) == [checker.LEFT_WAITING]
    assert kinds(story(WAITING, removed, posts=[], runs=[], books=GIVEN_BACK)) == []


def test_a_second_request_that_stays_unanswered_is_seen_beside_the_first() -> None:
    verdict = story(WAITING, TOLD, replace(WAITING, message=2), ask=replace(ASK, times=2), runs=[], books=GIVEN_BACK)
    assert kinds(verdict) == [checker.LEFT_WAITING]


def test_who_has_left_need_not_be_told() -> None:
    assert kinds(story(WAITING, ask=replace(ASK, is_excused=True), runs=[], books=GIVEN_BACK)) == []


def test_who_cannot_be_reached_at_all_need_not_be_told() -> None:
    assert kinds(story(WAITING, ask=replace(ASK, open_rungs=frozenset()), runs=[], books=GIVEN_BACK)) == []


# Several pictures

FOUR = replace(ASK, images=4)
POSTS, RUNS = [POST] * 4, [RUN] * 4
ALL_SPENT = Books(takes={MARK: [TakeState.SPENT] * 4})
TWO_READY = replace(WAITING, at_s=3.0, pictures=(Pictured(MARK, 0), Pictured(MARK, 1)), rung=Rung.TOKEN)
ALL_FOUR = replace(PICTURE, pictures=tuple(Pictured(MARK, number) for number in range(4)))
REST = replace(PICTURE, message=2, at_s=6.0, pictures=(Pictured(MARK, 2), Pictured(MARK, 3)), rung=Rung.CHANNEL)
NO_EDITS = replace(FOUR, open_rungs=frozenset({Rung.CHANNEL, Rung.DM}))


def several(*shown: Shown, ask: Ask = FOUR, runs: Sequence[PaidRun] = RUNS, books: Books = ALL_SPENT) -> list[str]:
    return kinds(story(*shown, ask=ask, posts=POSTS, runs=runs, books=books))


def test_four_pictures_that_fill_one_message_are_fine() -> None:
    assert several(WAITING, TWO_READY, ALL_FOUR) == []


def test_one_of_four_that_is_missing_is_lost() -> None:
    three = replace(ALL_FOUR, pictures=ALL_FOUR.pictures[:3])
    assert several(WAITING, three) == [checker.LOST, checker.DRIFT]


def test_one_that_failed_and_cost_nothing_is_not_missed() -> None:
    three = replace(ALL_FOUR, pictures=ALL_FOUR.pictures[:3])
    books = Books(takes={MARK: [TakeState.SPENT] * 3 + [TakeState.GIVEN_BACK]})
    failed = replace(RUN, has_picture=False, is_refunded=True)
    assert several(WAITING, three, runs=[*RUNS[:3], failed], books=books) == []


def test_the_same_picture_twice_in_one_message_hides_no_other() -> None:
    doubled = replace(ALL_FOUR, pictures=(*ALL_FOUR.pictures[:3], ALL_FOUR.pictures[0]))
    assert several(WAITING, doubled) == [checker.LOST, checker.POSTED_TWICE, checker.DRIFT]


def test_a_message_that_stays_half_filled_leaves_its_member_waiting() -> None:
    books = Books(takes={MARK: [TakeState.SPENT] * 2 + [TakeState.GIVEN_BACK] * 2})
    assert several(WAITING, TWO_READY, runs=RUNS[:2], books=books) == [checker.LEFT_WAITING]


def test_the_rest_stands_in_a_message_of_its_own_only_where_the_first_could_be_edited_no_more() -> None:
    assert several(WAITING, TWO_READY, REST, ask=NO_EDITS) == []
    assert several(WAITING, TWO_READY, REST) == [checker.POSTED_TWICE]


def test_what_stood_in_the_first_message_does_not_stand_in_the_second_too() -> None:
    assert several(WAITING, TWO_READY, replace(ALL_FOUR, message=2), ask=NO_EDITS) == [checker.POSTED_TWICE]


def test_after_the_first_message_was_removed_all_stand_in_the_second() -> None:
    removed = replace(TWO_READY, at_s=4.0, is_removed=True)
    assert several(WAITING, TWO_READY, removed, replace(ALL_FOUR, message=2), ask=NO_EDITS) == []


def test_a_rest_that_is_kept_is_not_lost() -> None:
    books = Books(
        takes={MARK: [TakeState.SPENT] * 2 + [TakeState.HELD] * 2},
        kept=Counter({MARK: 1}),
        kept_pictures=Counter({MARK: 2}),
    )
    assert several(WAITING, TWO_READY, ask=replace(FOUR, open_rungs=frozenset()), books=books) == []
    assert several(WAITING, TWO_READY, ask=NO_EDITS, books=books) == [checker.HELD_BACK]


# What is kept


def test_a_picture_kept_since_every_way_was_closed_is_not_lost() -> None:
    books = replace(HELD, kept=Counter({MARK: 1}), kept_pictures=Counter({MARK: 1}))
    verdict = story(WAITING, ask=replace(ASK, open_rungs=frozenset()), books=books)
    assert verdict.breaches == []
    assert verdict.counts["rung kept"] == 1


def test_a_picture_kept_though_a_way_was_open_is_seen() -> None:
    books = replace(HELD, kept=Counter({MARK: 1}), kept_pictures=Counter({MARK: 1}))
    assert kinds(story(WAITING, ask=replace(ASK, open_rungs=frozenset({Rung.DM})), books=books)) == [checker.HELD_BACK]


ONLY_DM = frozenset({Rung.DM})
HIDDEN = replace(ASK, is_hidden=True, open_rungs=ONLY_DM)
DEAD = replace(ASK, is_private=True, open_rungs=ONLY_DM)


@pytest.mark.parametrize("unseen", [HIDDEN, DEAD])
def test_a_picture_that_may_stand_where_no_bot_can_look_may_be_kept_but_not_past_its_own_message(unseen: Ask) -> None:
    books = replace(HELD, kept=Counter({MARK: 1}), kept_pictures=Counter({MARK: 1}))
    waiting = replace(WAITING, only_for=ALICE)
    assert story(waiting, ask=replace(unseen, is_unclear=True), books=books).breaches == []
    killed = Interval(4.5, 4.6, is_kill=True)
    assert story(waiting, ask=unseen, ends=[killed], books=books).breaches == []
    with_token = replace(unseen, is_unclear=True, open_rungs=ONLY_DM | {Rung.TOKEN})
    assert kinds(story(waiting, ask=with_token, books=books)) == [checker.HELD_BACK]


@pytest.mark.parametrize("ask", [HIDDEN, DEAD, replace(ASK, is_unclear=True, open_rungs=ONLY_DM)])
def test_a_picture_that_stands_nowhere_or_can_be_looked_for_may_not_be_kept(ask: Ask) -> None:
    books = replace(HELD, kept=Counter({MARK: 1}), kept_pictures=Counter({MARK: 1}))
    killed_before, stopped = Interval(3.0, 3.1, is_kill=True), Interval(60.0, 61.0)
    waiting = replace(WAITING, only_for=ALICE)
    assert kinds(story(waiting, ask=ask, ends=[killed_before, stopped], books=books)) == [checker.HELD_BACK]


@pytest.mark.parametrize("unseen", [HIDDEN, DEAD])
def test_news_that_may_stand_where_no_bot_can_look_may_be_told_once_more_but_no_picture(unseen: Ask) -> None:
    unclear = replace(unseen, is_unclear=True)
    told, picture = replace(TOLD, only_for=ALICE), replace(PICTURE, only_for=ALICE)
    again = replace(told, message=2)
    assert story(told, again, ask=unclear, runs=(), books=GIVEN_BACK).breaches == []
    assert kinds(story(told, again, replace(again, message=3), ask=unclear, runs=(), books=GIVEN_BACK)) == [
        checker.POSTED_TWICE
    ]
    assert kinds(story(told, again, ask=unseen, runs=(), books=GIVEN_BACK)) == [checker.POSTED_TWICE]
    assert checker.POSTED_TWICE in kinds(story(picture, replace(picture, message=2), ask=unclear))


def test_a_kept_picture_that_the_member_fetched_is_delivered() -> None:
    fetched = replace(PICTURE, message=2, is_fetched=True, only_for=ALICE)
    verdict = story(WAITING, fetched, ask=replace(ASK, open_rungs=frozenset()))
    assert verdict.breaches == []
    assert verdict.counts["rung kept"] == 1
    assert kinds(story(WAITING, fetched)) == [checker.HELD_BACK]


# Quota


@pytest.mark.parametrize("books", [GIVEN_BACK, HELD, Books(takes={MARK: [TakeState.SPENT, TakeState.SPENT]})])
def test_a_delivered_picture_that_did_not_cost_exactly_one_is_drift(books: Books) -> None:
    assert kinds(story(WAITING, PICTURE, books=books)) == [checker.DRIFT]


@pytest.mark.parametrize("books", [SPENT, HELD])
def test_a_failed_request_that_cost_something_is_drift(books: Books) -> None:
    failed = replace(RUN, has_picture=False, is_refunded=True)
    assert kinds(story(WAITING, TOLD, runs=[failed], books=books)) == [checker.DRIFT]


def test_quota_that_stays_taken_for_an_unanswered_request_is_drift() -> None:
    verdict = story(ask=replace(ASK, is_acknowledged=False), posts=[], runs=[], books=HELD)
    assert kinds(verdict) == [checker.DRIFT]


def test_a_picture_that_came_too_late_is_a_gift() -> None:
    verdict = story(WAITING, TOLD, replace(PICTURE, at_s=20.0), books=GAVE_UP)
    assert verdict.breaches == []
    assert verdict.counts["gifts"] == 1


def test_a_picture_for_which_the_bot_did_not_wait_long_enough_is_no_gift() -> None:
    assert kinds(story(WAITING, TOLD, replace(PICTURE, at_s=4.0), books=GAVE_UP)) == [checker.DRIFT]


def test_a_late_picture_for_which_the_bot_never_gave_up_is_no_gift() -> None:
    assert kinds(story(WAITING, replace(PICTURE, at_s=20.0), books=GIVEN_BACK)) == [checker.DRIFT]


def test_a_bot_without_books_is_not_judged_by_them() -> None:
    assert kinds(story(WAITING, PICTURE, books=None)) == []


# Privacy


PRIVATE = replace(ASK, is_private=True)


def test_a_private_picture_that_only_its_member_sees_is_fine() -> None:
    own = [replace(WAITING, only_for=ALICE), replace(PICTURE, only_for=ALICE)]
    assert kinds(story(*own, ask=PRIVATE)) == []


@pytest.mark.parametrize("only_for", [None, BOB])
def test_a_private_picture_that_anybody_else_sees_is_leaked(only_for: int | None) -> None:
    own = replace(PICTURE, only_for=ALICE)
    leak = replace(PICTURE, message=2, of=OTHER, only_for=only_for)
    assert kinds(story(own, leak, ask=PRIVATE)) == [checker.LEAKED]


def test_the_words_of_a_private_request_in_a_public_message_are_leaked() -> None:
    own = replace(PICTURE, only_for=ALICE)
    leak = replace(WAITING, message=2, of=OTHER, words=frozenset({MARK, OTHER}))
    assert kinds(story(own, leak, ask=PRIVATE)) == [checker.LEAKED]
