"""The bar in the terminal, and the lines where there is none."""

import io
import re

import pytest
from rich.console import Console

from bot.cli.imagine.display import Display
from bot.cli.imagine.sentences import endings, sentence
from bot.domain import errors
from bot.domain.errors import Refused, Unavailable
from bot.domain.pacing import PRIOR
from bot.domain.runs import EndReason
from bot.ports import Waiting
from tests.builders import a_reference, a_request
from tests.fakes import FakeClock

FOX = a_request(prompt="a red fox in the snow\nvintage travel poster")
USUAL = PRIOR
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen:
    def __init__(self, *, is_terminal: bool) -> None:
        self.clock = FakeClock()
        self._text = io.StringIO()
        console = Console(file=self._text, force_terminal=is_terminal, width=80, highlight=False)
        self.display = Display(console, self.clock)

    def show(self, elapsed_s: float) -> str:
        """The bar after so many seconds."""
        self.display.show(FOX, Waiting(elapsed_s, USUAL))
        return self.refreshed()

    def refreshed(self) -> str:
        self._text.seek(0)
        self._text.truncate()
        self.display.refresh()
        return _CONTROL.sub("", self._text.getvalue()).strip()

    @property
    def lines(self) -> list[str]:
        return self._text.getvalue().splitlines()


@pytest.fixture
def screen() -> Screen:
    return Screen(is_terminal=True)


def test_the_bar_says_for_how_long_and_what_is_usual(screen: Screen) -> None:
    with screen.display:
        screen.display.add(FOX)
        assert screen.refreshed().endswith("sending")
        shown = screen.show(9)
        assert shown.startswith("a red fox in the snow vinta… ━")
        assert shown.endswith("9 s · usually 12–20 s")
        assert len(shown) <= 80


def test_the_bar_moves_between_two_reports(screen: Screen) -> None:
    with screen.display:
        screen.show(9)
        screen.clock.advance(2)
        assert screen.refreshed().endswith("11 s · usually 12–20 s")


def test_the_bar_never_says_that_it_is_done(screen: Screen) -> None:
    with screen.display:
        early, late, later = (screen.show(seconds) for seconds in (9, 40, 400))
    assert early.count("━") == late.count("━")  # what is left of the bar is drawn in another colour
    assert late.endswith("40 s · slower than usual")
    assert later.endswith("400 s · slower than usual")
    assert "╺" in late or "╸" in late


def test_a_picture_that_ended_leaves_no_bar(screen: Screen) -> None:
    with screen.display:
        screen.show(9)
        screen.display.remove(FOX.id)
        assert screen.refreshed() == ""


def test_where_nobody_looks_there_are_lines_and_each_once() -> None:
    screen = Screen(is_terminal=False)
    with screen.display:
        screen.display.add(FOX)
        for seconds in (0, 9, 40, 44):
            screen.display.show(FOX, Waiting(seconds, USUAL))
            screen.display.refresh()
    assert screen.lines == [
        "a red fox in the snow vinta…: being made, usually 12–20 s",
        "a red fox in the snow vinta…: slower than usual",
    ]


def test_words_are_shown_as_they_are_and_not_as_markup() -> None:
    screen = Screen(is_terminal=False)
    screen.display.say("[bold]fox[/bold] {x}")
    assert screen.lines == ["[bold]fox[/bold] {x}"]


# ---- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [reason for reason in EndReason if reason is not EndReason.MEMBER_GONE])
def test_every_reason_has_a_sentence_of_its_own(reason: EndReason) -> None:
    others = {endings(FOX, [other]) for other in EndReason if other is not reason}
    assert endings(FOX, [reason]) not in others


def test_a_request_with_files_that_was_not_accepted_is_told_of_addresses() -> None:
    with_file = a_request(references=(a_reference(url="kept:0000"),))
    with_address = a_request(references=(a_reference(url="https://example.org/fox.png"),))
    assert "https address" in endings(with_file, [EndReason.INPUT_REJECTED])
    assert "https address" not in endings(with_address, [EndReason.INPUT_REJECTED])


def test_whatever_is_refused_has_a_sentence() -> None:
    assert all(sentence(error) for error in (Refused(), Unavailable(), errors.OutOfCredit(), errors.ModelGone()))
    assert sentence(errors.FileLost()) == sentence(errors.StorageUnavailable())
