"""What messages say of a request and of quotas: facts as small print, honest bars, times as Discord timestamps."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import QuotaScope
from bot.domain.ids import ChannelId, MessageId, RunId
from bot.domain.pacing import PRIOR, Curve
from bot.domain.quotas import Usage
from bot.domain.requests import Change, Kind, LeftOut, Omission, Parent, Relation, Request
from bot.domain.runs import EndReason
from bot.domain.turns import Standing
from bot.ports import Waiting
from bot.ui import texts
from bot.ui.endings import ending_of_some
from tests.builders import START, a_reference, a_request, a_usage, a_window, an_address

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOSTILE = "**[free](https://evil.test)** <@1> @everyone\n# loud\n- list `code` ||spoiler|| \u202egnp"


def bar_in(text: str) -> str:
    (bar,) = re.findall("[▰▱]+", text)
    return str(bar)


def timestamp(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:R>"


def waiting(request: Request, place: int = 1) -> str:
    return texts.in_line(request, Standing(place, START + timedelta(seconds=20 * (place - 1))), PRIOR)


# ---- a request ------------------------------------------------------------------------------------------------------


def test_a_waiting_request_shows_the_members_words_and_what_is_used() -> None:
    request = a_request(references=(a_reference("cat.png"), a_reference("sofa_1.png")))
    assert waiting(request).splitlines() == [
        "> a red fox in the snow",
        "-# Next in line",
        "-# Used cat.png, sofa\\_1.png",
    ]


@pytest.mark.parametrize(
    ("place", "said"),
    [(1, "Next"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (1023, "1,023rd")],
)
def test_a_place_in_line_is_said_as_people_say_it(place: int, said: str) -> None:
    assert f"-# {said} in line" in waiting(a_request(), place)


def test_who_is_not_next_is_told_when_the_picture_may_be_there() -> None:
    assert (
        waiting(a_request(), 3).splitlines()[1] == f"-# 3rd in line · about {timestamp(START + timedelta(seconds=55))}"
    )


def test_a_request_being_made_says_what_is_usual() -> None:
    text = texts.being_made(a_request(), Waiting(7.6, PRIOR))
    assert text.splitlines() == ["> a red fox in the snow", "-# Being made · usually 12–20 s · ▰▰▰▰▱▱▱▱"]


def test_a_request_that_takes_long_is_said_to_be_slow() -> None:
    text = texts.being_made(a_request(), Waiting(60, PRIOR))
    assert "slower than usual" in text
    assert " s " not in text.splitlines()[-1].replace("usual", "")


@given(
    elapsed_s=st.floats(0, 1e7),
    times=st.builds(Curve.log_normal, median_s=st.floats(0.1, 3600), sigma=st.floats(0.05, 3)),
)
def test_the_bar_of_a_request_has_eight_cells_and_never_fills_up(elapsed_s: float, times: Curve) -> None:
    assert re.fullmatch("▰{0,7}▱{1,8}", bar := bar_in(texts.being_made(a_request(), Waiting(elapsed_s, times))))
    assert len(bar) == 8


@given(st.lists(st.floats(0, 200), min_size=2, max_size=10))
def test_the_bar_of_a_request_never_goes_back(elapsed: list[float]) -> None:
    bars = [bar_in(texts.being_made(a_request(), Waiting(seconds, PRIOR))) for seconds in sorted(elapsed)]
    assert [bar.count("▰") for bar in bars] == sorted(bar.count("▰") for bar in bars)


def test_a_result_names_prompt_member_aspect_and_time() -> None:
    text = texts.result(a_request(aspect="3:2", references=(a_reference("cat.png"),)), 14.2)
    assert text.splitlines() == [
        "**A red fox in the snow**",
        "-# <@30> · Landscape 3:2 · 14 s",
        "-# Used cat.png",
    ]


def test_a_result_names_its_style() -> None:
    text = texts.result(a_request(aspect="3:2", style="travel-poster"), 14.2)
    assert text.splitlines()[1] == "-# <@30> · Landscape 3:2 · Vintage travel poster · 14 s"


def test_a_style_of_a_later_version_stays_unnamed() -> None:
    assert texts.result(a_request(style="unheard-of"), 14.2).splitlines()[1] == "-# <@30> · Square 1:1 · 14 s"


TIMES = [(0.0, "1 s"), (0.6, "1 s"), (14.5, "14 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (605, "10 min 5 s")]


@pytest.mark.parametrize(("seconds", "said"), TIMES)
def test_a_time_is_told_in_whole_seconds(seconds: float, said: str) -> None:
    assert texts.result(a_request(), seconds).endswith(f" · {said}")


def test_several_pictures_are_counted_in_the_small_print() -> None:
    assert (
        texts.result(a_request(images=4), 21.0, images=3).splitlines()[1] == "-# <@30> · 3 pictures · Square 1:1 · 21 s"
    )


def test_while_some_are_there_the_message_says_how_many() -> None:
    shown = (RunId("request.0"), RunId("request.2"))
    text = texts.waiting(a_request(images=4), Waiting(7.5, PRIOR, images=4, shown=shown))
    assert text.splitlines()[0] == "> a red fox in the snow"
    assert text.splitlines()[1].startswith("-# 2 of 4 ready · usually 12–20 s · ▰")


def test_when_its_message_can_soon_not_be_changed_it_says_what_is_there_already() -> None:
    waiting = Waiting(700, PRIOR, is_closing=True, images=4, shown=(RunId("request.0"),))
    assert "1 of 4 ready" in texts.waiting(a_request(images=4), waiting)


@pytest.mark.parametrize(
    ("relation", "said", "private"),
    [
        (Relation.EDIT, "edited from", "edited from your private picture"),
        (Relation.VARIATION, "variation of", "variation of your private picture"),
        (Relation.REMAKE, "remade from", "remade from your private picture"),
    ],
)
def test_a_result_says_how_it_was_made_of_another(relation: Relation, said: str, private: str) -> None:
    parent = Parent(ChannelId(20), MessageId(900), None, relation)
    link = "https://discord.com/channels/10/20/900"
    assert f" · {said} [this picture]({link})" in texts.result(a_request(parent=parent), 14)
    assert private in texts.result(a_request(parent=replace(parent, message_id=None)), 14)


def test_a_picture_is_described_by_its_words_and_by_its_place_among_several() -> None:
    assert texts.description(a_request(), 1) == "a red fox in the snow"
    assert texts.description(a_request(images=4), 3) == "3 of 4: a red fox in the snow"
    variation = a_request(kind=Kind.EDIT, parent=Parent(ChannelId(20), None, None, Relation.VARIATION))
    assert texts.description(variation, 1) == "Variation: a red fox in the snow"


def test_where_words_may_not_be_shown_a_picture_is_described_without_them() -> None:
    assert texts.description(a_request(), 1, is_quoted=False) == "Your picture"
    assert "fox" not in texts.description(a_request(images=2), 2, is_quoted=False)


def test_the_longest_result_with_three_different_failures_fits_into_a_message() -> None:
    name = "_" * 60 + ".png"
    request = a_request(
        prompt="_" * 4000,
        images=4,
        parent=Parent(ChannelId(2**62), MessageId(2**62), None),
        references=tuple(a_reference(name, change=Change.MADE_SMALLER) for _ in range(5)),
        left_out=tuple(LeftOut(name, Omission.TOO_MANY) for _ in range(25)),
    )
    gave_up_after = timedelta(minutes=10)
    sentences = [ending_of_some(one, 1, 4, gave_up_after=gave_up_after, private=False) for one in EndReason]
    longest = sorted(sentences, key=len)[-3:]
    text = texts.result(request, 14, problems=longest)
    assert len(text) <= 2000
    assert all(sentence in text for sentence in longest)


@pytest.mark.parametrize("shows_prompt", [True, False])
def test_of_several_that_were_deleted_one_by_one_it_says_how_many_are_left(shows_prompt: bool) -> None:
    words = texts.posted(a_request(prompt="-# <@1> · 9 pictures"), images=4, shows_prompt=shows_prompt)
    three = texts.with_some_left(words, 3)
    assert three == words.replace("<@30> · 4 pictures", "<@30> · 3 of 4 pictures")
    assert texts.with_some_left(three, 1) == words.replace("<@30> · 4 pictures", "<@30> · 1 of 4 pictures")
    assert texts.with_some_left("another message", 1) == "another message"


def test_a_problem_keeps_the_members_words() -> None:
    text = texts.problem(a_request(), ["It did not work.", "Nor did that."])
    assert text.splitlines() == ["> a red fox in the snow", "It did not work.", "Nor did that."]


@pytest.mark.parametrize("prompt", [HOSTILE, "`" * 4000, "ا" * 4000, "👩‍👩‍👧‍👦" * 500, "a\n" * 2000])
def test_no_prompt_and_no_file_name_breaks_out_of_its_line_or_the_message(prompt: str) -> None:
    request = a_request(
        prompt=prompt,
        references=tuple(a_reference(prompt[:1000], change=change, is_copy=True) for change in Change),
        left_out=(LeftOut(prompt[:1000], Omission.UNREADABLE),),
    )
    waiting = Waiting(1, PRIOR)
    shown = {
        texts.in_line(request, Standing(1, START), PRIOR): 4,
        texts.being_made(request, waiting): 3,
        texts.result(request, 14.2): 3,
        texts.problem(request, ["It did not work."]): 2,
    }
    for text, lines in shown.items():
        assert len(text.splitlines()) == lines
        assert len(text) <= 2000  # Discord's limit for a message
        assert not re.search(r"(?<!\\)(?:https://|<@1>|@everyone|\]\()", text)


def test_a_message_with_very_many_pictures_does_not_make_ours_too_long() -> None:
    name = "IMG_2024_01_02_11_22_33_holiday_in_rome.png"
    left_out = tuple(LeftOut(name, Omission.TOO_MANY) for _ in range(25))
    request = a_request(prompt="_" * 4000, references=(a_reference(name),) * 5, left_out=left_out)
    assert len(texts.result(request, 14.2)) <= 2000


def test_a_receipt_says_what_became_of_every_picture() -> None:
    request = a_request(
        references=(a_reference("cat.png"), a_reference("sofa.heic", change=Change.CONVERTED, is_copy=True)),
        left_out=(LeftOut("clip.gif", Omission.UNREADABLE), LeftOut("cat-copy.png", Omission.DUPLICATE)),
    )
    assert waiting(request).splitlines()[-2] == (
        "-# Used 2 of 4: cat.png, sofa.heic (converted) · "
        "left out: clip.gif (could not be read), cat-copy.png (the same as another)"
    )


# ---- quotas ---------------------------------------------------------------------------------------------------------


def test_no_windows_mean_no_limit() -> None:
    assert texts.quota(()) == "There is no limit on pictures here."


def test_a_window_shows_what_is_used_and_when_the_next_slot_opens() -> None:
    used = a_usage(a_window(5), 0, 10)
    free = a_usage(a_window(1000, scope=QuotaScope.SERVER, per=timedelta(days=1)))
    assert texts.quota((used, free)).splitlines() == [
        "**Your pictures**",
        "You, last hour · 2 of 5 used · ▰▰▰▰▱▱▱▱",
        f"-# 3 left · the next slot opens {timestamp(START + HOUR)}",
        "This server, last day · 0 of 1,000 used · ▱▱▱▱▱▱▱▱",
        "-# All free",
    ]


def test_a_window_that_was_made_smaller_opens_when_there_is_room_again() -> None:
    text = texts.quota((a_usage(a_window(2), 0, 10, 20, 30),))
    assert "4 of 2 used · ▰▰▰▰▰▰▰▰" in text
    assert f"0 left · the next slot opens {timestamp(START + 20 * MINUTE + HOUR)}" in text


def test_a_window_of_none_is_closed() -> None:
    text = texts.quota((a_usage(a_window(0)),))
    assert "0 of 0 used" in text
    assert "Closed by this bot's operator" in text


WINDOWS = st.builds(
    lambda images, used: a_usage(a_window(images), *range(used)), st.integers(0, 40), st.integers(0, 45)
)


@given(WINDOWS)
def test_the_bar_of_a_quota_has_eight_cells_and_shows_the_first_picture(usage: Usage) -> None:
    bar = bar_in(texts.quota((usage,)))
    assert re.fullmatch("▰*▱*", bar)
    assert len(bar) == 8
    assert ("▰" in bar) == (usage.used > 0 or usage.window.images == 0)
    assert usage.has_room_for(1) or bar == "▰" * 8


@given(WINDOWS.filter(lambda usage: usage.window.images > 0 and usage.used > 0))
def test_a_slot_opens_when_the_text_says_so(usage: Usage) -> None:
    said = re.search(r"<t:(\d+):R>", texts.quota((usage,)))
    assert said
    left = [at for at in usage.leaving if at.timestamp() + HOUR.total_seconds() > int(said[1])]
    assert len(left) == min(usage.used, usage.window.images) - 1


@pytest.mark.parametrize(
    ("per", "said"),
    [
        (timedelta(seconds=1), "second"),
        (timedelta(seconds=90), "90 seconds"),
        (MINUTE, "minute"),
        (20 * MINUTE, "20 minutes"),
        (HOUR, "hour"),
        (3 * HOUR, "3 hours"),
        (24 * HOUR, "day"),
        (48 * HOUR, "2 days"),
        (timedelta(days=7), "week"),
        (timedelta(days=30), "30 days"),
        (timedelta(days=366), "366 days"),
    ],
)
def test_a_span_is_said_in_its_largest_unit(per: timedelta, said: str) -> None:
    assert texts.span(per) == said


def test_a_private_request_reads_like_any_other() -> None:
    assert waiting(a_request(address=an_address(private=True))) == waiting(a_request())


# ---- bars that could mislead ----------------------------------------------------------------------------------------


def test_the_bar_keeps_its_length_when_the_clock_goes_back() -> None:
    assert len(bar_in(texts.being_made(a_request(), Waiting(-30, PRIOR)))) == 8


@given(WINDOWS.filter(lambda usage: usage.has_room_for(1)))
def test_the_bar_of_a_quota_is_not_full_while_there_is_room(usage: Usage) -> None:
    assert bar_in(texts.quota((usage,))).endswith("▱")
