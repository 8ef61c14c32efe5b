"""What an operator hears of without looking: once when pictures are paused, once when they are made again."""

import pytest

from bot.domain.errors import KeyOutOfCredit, KeyRefused, ModelNotOffered
from bot.domain.runs import RunState
from bot.operations import News
from tests.fakes import KEY, OTHER_KEY
from tests.unit import workshop
from tests.unit.workshop import Workshop, some_time

no_hidden_bugs = workshop.no_hidden_bugs
FIVE_MINUTES_S = 301


def said(caplog: pytest.LogCaptureFixture, words: str) -> list[str]:
    return [record.levelname for record in caplog.records if record.getMessage().startswith(words)]


async def test_the_operator_hears_once_that_no_key_has_money(caplog: pytest.LogCaptureFixture) -> None:
    shop = Workshop(KEY, OTHER_KEY)
    for key in (KEY, OTHER_KEY):
        shop.api.close_key(key, KeyOutOfCredit())
    for _ in range(3):
        await shop.ask()
        await shop.send()
        shop.clock.advance(FIVE_MINUTES_S)
    assert shop.operator.heard == [News.OUT_OF_CREDIT]
    assert said(caplog, "no key usable") == ["ERROR"]
    assert shop.meter.keys_put_aside == [(1, "KeyOutOfCredit"), (2, "KeyOutOfCredit")]


async def test_one_refused_key_among_them_is_another_matter() -> None:
    shop = Workshop(KEY, OTHER_KEY)
    shop.api.close_key(KEY, KeyOutOfCredit())
    shop.api.close_key(OTHER_KEY, KeyRefused())
    await shop.ask()
    for _ in range(2):
        await shop.send()
    assert shop.operator.heard == [News.KEYS_REFUSED]


async def test_while_one_key_works_there_is_no_news() -> None:
    shop = Workshop(KEY, OTHER_KEY)
    shop.api.close_key(KEY, KeyRefused())
    request = await shop.running()
    await shop.send()
    assert shop.run(request).state is RunState.RUNNING
    assert shop.operator.heard == [News.WORKING]


async def test_five_minutes_alone_are_no_good_news(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    shop = Workshop()
    shop.api.close_key(KEY, KeyOutOfCredit())
    await shop.ask()
    await shop.send()
    shop.clock.advance(FIVE_MINUTES_S)
    await shop.send()
    assert shop.operator.heard == [News.OUT_OF_CREDIT]
    assert not [key for key in shop.keys.standing() if key.is_usable]

    shop.api.open_key(KEY)
    shop.clock.advance(FIVE_MINUTES_S)
    await shop.send()
    assert shop.operator.heard == [News.OUT_OF_CREDIT, News.WORKING]
    assert said(caplog, "keys usable again") == ["INFO"]
    assert [key.is_usable for key in shop.keys.standing()] == [True]


async def test_pictures_that_fail_and_work_by_turns_are_told_each_time() -> None:
    shop = Workshop()
    for _ in range(2):
        shop.api.close_key(KEY, KeyRefused())
        await shop.ask()
        await shop.send()
        shop.clock.advance(FIVE_MINUTES_S)
        shop.api.open_key(KEY)
        await shop.ask()
        await shop.send()
    assert shop.operator.heard == [News.KEYS_REFUSED, News.WORKING] * 2


async def test_a_run_that_was_sent_before_the_money_ran_out_is_no_good_news() -> None:
    shop = Workshop()
    shop.api.hang()
    await shop.ask()
    await shop.dispatch.turn()
    shop.keys.put_aside(KEY, why=KeyOutOfCredit.__name__)
    shop.api.go_on()
    await shop.dispatch.finish()
    await some_time()
    assert shop.operator.heard == [News.OUT_OF_CREDIT]
    assert not [key for key in shop.keys.standing() if key.is_usable]


async def test_the_operator_hears_once_that_the_model_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    shop = Workshop()
    for _ in range(2):
        shop.api.refuse_next(ModelNotOffered())
        await shop.ask()
        await shop.send()
        shop.clock.advance(FIVE_MINUTES_S)
    assert shop.operator.heard == [News.MODEL_GONE]
    assert said(caplog, "model gone") == ["ERROR"]

    await shop.ask()
    await shop.send()
    assert shop.operator.heard == [News.MODEL_GONE, News.WORKING]
    assert said(caplog, "model offered again") == ["INFO"]
