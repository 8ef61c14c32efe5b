"""`/history` and `/queue` in one message each, whatever was asked for."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.requests import Request, Spot
from bot.domain.runs import EndReason, RunState
from bot.ports import Past
from bot.services.history import Recent
from bot.services.overview import Entry, View
from bot.ui import texts
from bot.ui.history import history_text, kept_requests
from tests.builders import START, a_request, a_run, an_address

OF_A_MESSAGE = 2000
LONG_ID = 1234567890123456789
HERE = ChannelId(LONG_ID)
ADDRESS = an_address(server_id=ServerId(LONG_ID), channel_id=HERE, member_id=MemberId(LONG_ID))
PROMPTS = st.lists(
    st.text(st.sampled_from("_*~`|<>[]()\\#@א \u0301🦊a"), min_size=60, max_size=80), min_size=10, max_size=10
)
NASTIEST = ["_" * 60] * 10


def requests_of(prompts: list[str]) -> list[Request]:
    return [a_request(prompt=prompt, address=ADDRESS) for prompt in prompts]


def a_kept(request: Request) -> Past:
    return Past(request, (a_run(state=RunState.READY),), is_kept=True, quota_used=1)


def a_delivered(request: Request) -> Past:
    run = a_run(state=RunState.DELIVERED, spot=Spot(HERE, MessageId(LONG_ID)))
    return Past(request, (run,), is_kept=False, quota_used=1)


def a_failed(request: Request) -> Past:
    run = a_run(state=RunState.FAILED, reason=EndReason.PROVIDER_DOWN)
    return Past(request, (run,), is_kept=False, quota_used=0)


@given(PROMPTS)
@example(NASTIEST)
def test_a_history_of_linked_pictures_fits_into_one_message(prompts: list[str]) -> None:
    said = history_text(Recent(tuple(map(a_delivered, requests_of(prompts))), more_kept=0))
    assert len(said) <= OF_A_MESSAGE
    _, *lines = said.splitlines()
    left_out = 10 - sum(line[0].isdigit() for line in lines)
    assert (lines[-1] == f"-# and {left_out} more") is bool(left_out)


@given(PROMPTS)
@example(NASTIEST)
def test_what_is_kept_is_told_whatever_else_there_is(prompts: list[str]) -> None:
    kept, others = requests_of(prompts)[:5], requests_of(prompts)[5:]
    pasts = (*map(a_kept, kept), *map(a_delivered, others))
    said = history_text(Recent(pasts, more_kept=95))
    assert len(said) <= OF_A_MESSAGE
    assert said.count("kept for you") == len(kept_requests(pasts)) == 5
    assert said.endswith("95 more kept")


def test_short_prompts_are_told_in_full() -> None:
    said = history_text(Recent(tuple(map(a_failed, requests_of(["a red fox " * 5] * 3))), more_kept=0))
    assert said.count("a red fox a red fox a red fox a red fox a red fox") == 3


def test_long_histories_shorten_prompts_before_they_leave_requests_out() -> None:
    pasts = tuple(map(a_delivered, requests_of(["_" * 50] * 10)))
    _, *lines = history_text(Recent(pasts, more_kept=0)).splitlines()
    assert len(lines) == 10
    assert all("…" in line for line in lines)


@given(PROMPTS, st.integers(0, 10**6))
@example(NASTIEST, 10**6)
def test_a_queue_fits_into_one_message(prompts: list[str], waiting: int) -> None:
    soon = START + timedelta(hours=1)
    entries = tuple(Entry(request, 10**6, soon) for request in requests_of(prompts))
    said = texts.queue(View(entries, 0, 10 + waiting), MemberId(1), HERE, START)
    assert len(said) <= OF_A_MESSAGE
    shown = sum(line.startswith("- ") for line in said.splitlines())
    left_out = 10 + waiting - shown
    assert said.endswith(f"-# and {left_out:,} more") is bool(left_out)
