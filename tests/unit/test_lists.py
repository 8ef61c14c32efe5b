"""`/history` and `/queue` in one message each, whatever was asked for."""

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.gallery import PER_PAGE, Wanted, Whose
from bot.domain.ids import ChannelId, MemberId, MessageId, ServerId
from bot.domain.images import Image
from bot.domain.requests import Request, Spot
from bot.domain.runs import RunState
from bot.ports import PastImage
from bot.services.gallery import Page
from bot.services.overview import Entry, View
from bot.ui import texts
from bot.ui.pasts import page_text
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


def a_page(prompts: list[str], search: str) -> Page:
    """As long as pages get: everybody's, all of them linked."""
    run = a_run(state=RunState.DELIVERED, spot=Spot(HERE, MessageId(LONG_ID)))
    pasts = [PastImage(Image(one, run), is_kept=False, took_quota=True) for one in requests_of(prompts)]
    wanted = Wanted(ADDRESS.server_id, ADDRESS.member_id, Whose.SERVER, search)
    return Page(wanted, tuple(pasts), number=10**6, has_older=True)


@given(PROMPTS, st.text(st.sampled_from("_*~`|<>[]()\\#@א🦊a"), max_size=60))
@example(NASTIEST, "_" * 60)
def test_a_page_of_linked_pictures_fits_into_one_message(prompts: list[str], search: str) -> None:
    said = page_text(a_page(prompts[:PER_PAGE], search))
    assert len(said) <= OF_A_MESSAGE
    _, *lines = said.splitlines()
    assert [line[0] for line in lines] == ["1", "2", "3", "4", "5", "6"]


def test_short_prompts_are_told_in_full() -> None:
    said = page_text(a_page(["a red fox " * 5] * 3, ""))
    assert said.count("a red fox a red fox a red fox a red fox a red fox") == 3


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
