"""RunBase's bad days, end to end: what members read, what is written down, what is paid for, and nothing sent twice.

All days pass at the same time, once, before the first test; each test reads what one of them left.
"""

import re
from collections import Counter
from decimal import Decimal

import pytest
import pytest_asyncio

from bot.preview.emulator import PRICE, Fault
from tests.sockets.bad_days import (
    DECLINED,
    FAILED,
    KEYS,
    LOST,
    LOST_AFTER,
    ONCE,
    OVERDUE,
    REFUSED,
    UNKNOWN,
    UNREADABLE,
    Days,
    pass_all_days,
)
from tests.sockets.days import Outcome, Record, Row

DELIVERED, GIFT = Outcome("delivered", None, "spent"), Outcome("delivered", "too_slow", "given_back")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    return await pass_all_days(tmp_path_factory.mktemp("days"))


def prompts(*rows: Row) -> list[str]:
    return [row.prompt for row in rows]


def is_sent_at_most_once(record: Record) -> bool:
    return max(record.runs.values(), default=0) <= 1


@pytest.mark.parametrize("fault", LOST)
def test_an_order_whose_answer_is_lost_is_not_repeated_and_costs_its_member_nothing(days: Days, fault: Fault) -> None:
    assert days.lost.said(fault).endswith(
        "I lost touch with the image service while sending this. It may or may not have been made; I will not send it "
        "twice. No quota used. Ask again if you still want it."
    )
    assert days.lost.ledger[fault] == Outcome("uncertain", "lost_touch", "given_back")
    assert days.lost.runs[fault] == (fault in LOST_AFTER)
    assert is_sent_at_most_once(days.lost)


def test_every_order_went_out_once(days: Days) -> None:
    assert len(days.lost.posts) == len(days.lost.seen) - 1  # one never arrived


def test_a_key_that_lost_three_answers_in_a_row_rests_while_the_other_goes_on(days: Days) -> None:
    used = [arrival.key for arrival in days.lost.posts]
    (tired, three), (other, two) = Counter(used[:5]).most_common()
    assert (three, two) == (3, 2)
    assert set(used[5:]) == {other} != {tired}
    assert days.lost.log.count("key rests key=") == 1
    for prompt in ("sixth", "seventh", "eighth", "last"):
        assert days.lost.ledger[prompt] == DELIVERED
        assert days.lost.pictures(prompt) == 1


@pytest.mark.parametrize("prompt", prompts(*ONCE))
def test_a_look_or_a_picture_that_fails_once_is_tried_again(days: Days, prompt: str) -> None:
    assert days.once.met[prompt] > 0
    assert days.once.said(prompt).startswith("**")
    assert days.once.pictures(prompt) == 1
    assert days.once.ledger[prompt] == DELIVERED
    assert days.once.runs[prompt] == 1
    assert is_sent_at_most_once(days.once)


@pytest.mark.parametrize("prompt", prompts(UNKNOWN, *OVERDUE))
def test_a_picture_that_does_not_come_in_time_costs_nothing_and_is_a_gift_when_it_does(days: Days, prompt: str) -> None:
    assert days.evening.met[prompt] > 1
    assert days.evening.said(prompt).endswith(
        "This picture did not arrive within 1 second. No quota used; if it still comes, I will post it here."
    )
    assert days.evening.ledger[prompt] == Outcome("overdue", "too_slow", "given_back")
    if prompt != UNKNOWN.prompt:
        assert days.morning.said(prompt).startswith("**")
        assert days.morning.pictures(prompt) == 1
        assert days.morning.ledger[prompt] == GIFT
    assert days.morning.runs[prompt] == 1


NOTHING = (
    (UNREADABLE, "made something that I could not fetch or read. No quota used.", "result_unreadable", PRICE),
    (DECLINED, "declined this prompt under its safety rules. No quota used.", "declined", Decimal(0)),
    (FAILED, "The image model could not make this picture. No quota used.", "provider_failed", Decimal(0)),
)


@pytest.mark.parametrize(
    ("prompt", "words", "reason", "charged"), [(row.prompt, *rest) for rows, *rest in NOTHING for row in rows]
)
def test_a_run_that_comes_to_nothing_says_why_and_costs_its_member_nothing(
    days: Days, prompt: str, words: str, reason: str, charged: Decimal
) -> None:
    assert words in days.evening.said(prompt)
    assert days.evening.ledger[prompt] == Outcome("failed", reason, "given_back")
    assert days.evening.paid[prompt] == charged
    assert days.morning.runs[prompt] == 1


def test_an_order_that_is_not_accepted_is_not_made(days: Days) -> None:
    day = days.unacceptable
    assert "The image service did not accept this request. No quota used." in day.said("not accepted")
    assert day.ledger["not accepted"] == Outcome("failed", "input_rejected", "given_back")
    assert [arrival.code for arrival in day.posts] == ["invalid_input"]
    assert not day.runs


def test_keys_that_are_refused_are_put_aside_and_the_others_go_on(days: Days) -> None:
    tried = {str(arrival.key): arrival.code for arrival in days.noon.posts}
    assert tried == {**REFUSED, KEYS[0]: "RATE_LIMITED", KEYS[6]: None}
    assert len(days.noon.posts) == len(KEYS)
    assert days.noon.ledger["with the last key"] == DELIVERED
    assert days.noon.pictures("with the last key") == 1
    aside = re.findall(r"key put aside key=\w+ number=(\d) why=(\w+)", days.noon.log)
    assert aside == [
        ("2", "KeyOutOfCredit"),
        ("3", "KeyRefused"),
        ("4", "KeyOutOfCredit"),
        ("5", "KeyOutOfCredit"),
        ("6", "KeyRefused"),
    ]
    assert "no key usable" not in days.noon.log


def test_with_no_key_left_what_waits_fails_and_what_is_new_is_refused_at_once(days: Days) -> None:
    day = days.no_keys
    paused = (
        "Pictures are paused: this bot's account is out of credit or not accepted. Its operator has been told. "
        "No quota used."
    )
    assert day.said("with none").endswith(paused)
    assert day.ledger["with none"] == Outcome("failed", "out_of_credit", "given_back")
    assert day.said("after that") == paused
    assert day.message("after that").ephemeral_to is not None
    assert "after that" not in day.ledger
    assert len(day.posts) == len(days.noon.posts) + 2
    assert day.runs == {"with the last key": 1}
    assert day.log.count(" no key usable") == 1


@pytest.mark.parametrize("day", ["refused", "unresolvable"])
def test_a_runbase_that_cannot_be_reached_is_tried_four_times_and_then_told(days: Days, day: str) -> None:
    record: Record = getattr(days, day)
    assert record.said("nobody there").endswith(
        "The image service is not answering right now. No quota used. Try again in a few minutes."
    )
    assert record.ledger["nobody there"] == Outcome("failed", "provider_down", "given_back")
    assert not record.runs


def test_nothing_of_all_this_is_a_mistake_in_the_bot(days: Days) -> None:
    for record in vars(days).values():
        assert "Traceback" not in record.log
        assert "ref=" not in record.log
