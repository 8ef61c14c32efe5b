"""What is told of a thumbnail fits into one message, however much there is to tell."""

import discord
import pytest

from bot.domain.ids import MemberId, Sha256
from bot.domain.thumbnails.ballots import tally
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import LONGEST_WISH, MOST_CANDIDATES, Candidate
from bot.ports.thumbnails import Card
from bot.services.thumbnails import Story
from bot.ui.thumbnails.details import details
from tests.board_builders import REQUESTER, a_board, a_moderator, a_move, a_thumbnail
from tests.builders import START

S = ThumbnailState
MOST_CHARACTERS = 4000  # Discord's limit for all texts of a message


def a_story(shows: str) -> Story:
    """A vote with as many candidates as there may be, and a long past."""
    numbers = range(1, MOST_CANDIDATES + 1)
    candidates = tuple(Candidate(number, Sha256("0" * 64), REQUESTER, START, run=None) for number in numbers)
    moves = tuple(a_move(S.ASKED, S.APPROVED, by=MemberId(2**63 - 1)) for _ in range(12))
    thumbnail = a_thumbnail(shows=shows, state=S.VOTING)
    return Story(Card(thumbnail, a_board(), candidates, tally(numbers, {})), moves)


def texts(story: Story) -> list[str]:
    panel = details(story, a_moderator())
    return [part.content for part in panel.walk_children() if isinstance(part, discord.ui.TextDisplay)]


@pytest.mark.parametrize("character", ["w", "*"])
def test_with_what_moderators_can_press_a_wish_of_any_length_fits(character: str) -> None:
    said = [texts(a_story(character * length)) for length in range(LONGEST_WISH + 1)]
    assert max(sum(map(len, parts)) for parts in said) <= MOST_CHARACTERS
    assert {parts[-1] for parts in said} == {"-# Take a candidate away, with the votes for it:"}
