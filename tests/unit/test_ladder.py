"""In which order a picture is brought to its member."""

from datetime import datetime, timedelta

import pytest

from bot.domain.ladder import Rung, rungs
from tests.builders import START, TOKEN_LIFE, an_address

LAST_CALL = START + TOKEN_LIFE - timedelta(minutes=1)
JUST_BEFORE = LAST_CALL - timedelta(milliseconds=1)


def test_the_token_comes_first_and_the_bot_itself_second() -> None:
    assert rungs(an_address(), START) == (Rung.TOKEN, Rung.MESSAGE)


@pytest.mark.parametrize(("at", "token_works"), [(JUST_BEFORE, True), (LAST_CALL, False), (START + TOKEN_LIFE, False)])
def test_a_token_is_used_until_a_minute_before_it_dies(at: datetime, token_works: bool) -> None:
    assert (Rung.TOKEN in rungs(an_address(), at)) is token_works


def test_without_a_token_only_the_bot_itself_is_left() -> None:
    assert rungs(an_address(token=None), START) == (Rung.MESSAGE,)


def test_a_private_answer_goes_by_the_token_or_not_at_all() -> None:
    assert rungs(an_address(private=True), START) == (Rung.TOKEN,)
    assert rungs(an_address(private=True), LAST_CALL) == ()
    assert rungs(an_address(private=True, token=None), START) == ()
