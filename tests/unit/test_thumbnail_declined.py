"""What a card says of a thumbnail that was declined, whatever was written for it and about it."""

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.domain.ids import MemberId
from bot.domain.thumbnails.ballots import tally
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.states import ThumbnailState
from bot.domain.thumbnails.thumbnails import LONGEST_REASON, LONGEST_WISH, MOST_REFERENCES
from bot.ports.thumbnails import Card
from bot.services.thumbnails import Story
from bot.ui.thumbnails.cards import card_layout
from bot.ui.thumbnails.details import details
from tests.board_builders import MODERATOR, a_board, a_moderator, a_move, a_thumbnail
from tests.builders import a_reference
from tests.unit import workshop
from tests.unit.community import MODERATOR as A_MODERATOR
from tests.unit.community import Community

no_hidden_bugs = workshop.no_hidden_bugs
S = ThumbnailState
MOST_CHARACTERS = 4000  # Discord's limit for all texts of a message
_DECLINED = a_thumbnail(state=S.DECLINED, moved_by=MODERATOR, number=7)


def a_card(reason: str = "", **changes: Any) -> Card:
    return replace(Card(_DECLINED, a_board(), (), tally((), {}), reason=reason), **changes)


def texts(view: discord.ui.LayoutView) -> list[str]:
    return [part.content for part in view.walk_children() if isinstance(part, discord.ui.TextDisplay)]


def said(card: Card) -> str:
    return "\n".join(texts(card_layout(card)))


def test_the_reason_stands_below_who_declined_it() -> None:
    lines = said(a_card("no foxes")).splitlines()
    assert lines[-2:] == [f"**Declined** by <@{MODERATOR}> · ask again with `/thumbnail request`", "> no foxes"]


def test_where_members_words_may_not_be_shown_the_reason_is_not() -> None:
    assert "foxes" not in said(a_card("no foxes", is_quoted=False))
    assert "**Declined**" in said(a_card("no foxes", is_quoted=False))


@pytest.mark.parametrize("character", ["*", "א", "\u2028x"])
def test_the_longest_words_that_can_be_written_fit(character: str) -> None:
    def longest(limit: int) -> str:
        return (character * limit)[:limit]

    thumbnail = replace(
        _DECLINED,
        shows=longest(LONGEST_WISH),
        headline=longest(80),
        sizes=tuple(SIZES),
        references=tuple(a_reference(longest(100)) for _ in range(MOST_REFERENCES)),
        requester=MemberId(2**63 - 1),
        moved_by=MemberId(2**63 - 1),
    )
    card = a_card(longest(LONGEST_REASON), thumbnail=thumbnail, left_out="ᚠ" * 80, used=24)
    assert len("".join(texts(card_layout(card)))) <= MOST_CHARACTERS
    moves = tuple(a_move(S.ASKED, S.DECLINED) for _ in range(20))
    story = "".join(texts(details(Story(card, moves), a_moderator())))
    assert len(story) <= MOST_CHARACTERS
    assert "ask again with" in story


async def test_a_reason_is_on_the_card_and_in_the_story() -> None:
    town = Community()
    await town.set_up()
    thumbnail = await town.wish()
    await town.thumbnails.approving.decline(thumbnail.id, A_MODERATOR, "no\x07 foxes")
    await town.crash()
    await town.settle()
    assert town.card(thumbnail).reason == "no foxes"
    story = await town.thumbnails.listing.show(thumbnail.id, thumbnail.server)
    assert story.card.reason == "no foxes"
    assert [move.reason for move in story.moves] == ["no foxes"]
