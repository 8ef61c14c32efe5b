"""What a history leafs through, on every ledger; and private pictures on their way to a channel."""

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.gallery import Wanted, Whose
from bot.domain.ids import AttachmentId, ChannelId, MemberId, MessageId, RunId, ServerId
from bot.domain.images import Post
from bot.domain.requests import Request, Spot
from bot.domain.runs import RunState
from bot.ports import PastImage, Placed
from bot.storage.queries import query
from tests.builders import START, an_address, asked_by, first_run, runs_of
from tests.contract import ledgers
from tests.contract.ledgers import Ledger, placed, request_of, sqlite_ledger

ledger = ledgers.ledger

ALICE, BOB = MemberId(30), MemberId(31)
STUDIO, ELSEWHERE = ServerId(10), ServerId(11)
HERE, THERE = ChannelId(20), ChannelId(21)
MINE = Wanted(STUDIO, ALICE)
SERVER = Wanted(STUDIO, ALICE, Whose.SERVER)


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


async def everything(ledger: Ledger, wanted: Wanted = MINE) -> list[PastImage]:
    return list(await ledger.gallery.page(wanted, skip=0, most=100))


async def ids(ledger: Ledger, wanted: Wanted = MINE) -> list[RunId]:
    return [past.image.id for past in await everything(ledger, wanted)]


async def asked(ledger: Ledger, prompt: str = "a fox", **changes: Any) -> Request:
    return await ledger.acknowledged(prompt=prompt, **changes)


# Whose, and in which order


async def test_the_newest_come_first_and_the_pictures_of_a_request_in_their_order(ledger: Ledger) -> None:
    older, newer = await asked(ledger, images=2), await asked(ledger, created_at=minutes(1), images=2)
    assert await ids(ledger) == [*runs_of(newer), *runs_of(older)]


async def test_what_waits_on_disk_comes_before_all_others_however_old_it_is(ledger: Ledger) -> None:
    kept = await ledger.run_in(RunState.READY)
    bad_news = await ledger.run_in(RunState.FAILED, created_at=minutes(1))
    shown = await ledger.run_in(RunState.READY, created_at=minutes(2))
    for run in (kept, bad_news, shown):
        await ledger.requests.keep(request_of(run), START)
    await ledger.move(shown, RunState.DELIVERED)
    found = await everything(ledger)
    assert [(past.image.id, past.is_kept) for past in found] == [(kept, True), (shown, False), (bad_news, False)]


async def test_a_page_is_a_part_of_the_whole(ledger: Ledger) -> None:
    runs = [first_run(await asked(ledger, created_at=minutes(-n))) for n in range(5)]
    page = await ledger.gallery.page(MINE, skip=2, most=2)
    assert [past.image.id for past in page] == runs[2:4]
    assert await ledger.gallery.count(MINE) == 5
    assert not await ledger.gallery.page(MINE, skip=5, most=2)


async def test_a_members_own_are_theirs_in_one_server(ledger: Ledger) -> None:
    await asked(ledger, address=asked_by(31))
    await asked(ledger, address=asked_by(30, server=11))
    await ledger.accepted()
    mine = await asked(ledger, address=an_address(private=True))
    assert await ids(ledger) == [first_run(mine)]
    assert await ledger.gallery.count(MINE) == 1


async def test_a_servers_are_everybodys_but_nothing_private(ledger: Ledger) -> None:
    await asked(ledger, address=an_address(private=True))
    await asked(ledger, address=asked_by(31, private=True))
    await asked(ledger, address=asked_by(31, server=11))
    alices, bobs = await asked(ledger), await asked(ledger, address=asked_by(31), created_at=minutes(1))
    assert await ids(ledger, SERVER) == [first_run(bobs), first_run(alices)]
    assert await ledger.gallery.count(SERVER) == 2


async def test_of_a_server_hidden_channels_stay_hidden(ledger: Ledger) -> None:
    await asked(ledger, address=an_address(channel_id=THERE))
    here = await asked(ledger)
    assert set(await ledger.gallery.channels(STUDIO)) == {HERE, THERE}
    assert await ids(ledger, replace(SERVER, hidden=frozenset({THERE}))) == [first_run(here)]
    assert await ids(ledger, replace(SERVER, hidden=frozenset({ChannelId(2), ChannelId(212)}))) != []
    assert await ledger.gallery.count(replace(SERVER, hidden=frozenset({THERE, HERE}))) == 0


async def test_channels_come_in_the_order_in_which_they_were_last_asked_in(ledger: Ledger) -> None:
    for minute, channel in enumerate((HERE, THERE, ChannelId(22), HERE)):
        await asked(ledger, address=an_address(channel_id=channel), created_at=minutes(minute))
    assert list(await ledger.gallery.channels(STUDIO)) == [HERE, ChannelId(22), THERE]


async def test_channels_where_all_was_private_are_not_told(ledger: Ledger) -> None:
    await asked(ledger, address=an_address(private=True))
    assert not await ledger.gallery.channels(STUDIO)
    assert not await ledger.gallery.channels(ELSEWHERE)


# What is told of each


async def test_each_tells_its_own_state_quota_and_place(ledger: Ledger) -> None:
    request = await asked(ledger, images=3)
    shown, failed, waiting = runs_of(request)
    for state in (RunState.SUBMITTING, RunState.RUNNING, RunState.READY, RunState.DELIVERED):
        await ledger.move(shown, state)
    await ledger.move(failed, RunState.FAILED)
    found = await everything(ledger)
    assert [(past.image.id, past.took_quota) for past in found] == [(shown, True), (failed, False), (waiting, True)]
    place = placed(shown)
    assert [past.image.run.spot for past in found] == [Spot(place.channel, place.message), None, None]


# Searching


FOUND = [
    ("a red fox in the snow", "red"),
    ("a red fox in the snow", "RED snow"),
    ("Ein Füchslein, ÄÖÜ", "füchsLEIN äöü"),
    ("ЛИСА в снегу", "лиса"),
    ("100% cotton_bag \\o/", "100%"),
    ("100% cotton_bag \\o/", "n_b"),
    ("100% cotton_bag \\o/", "\\"),
    ("a fox 🦊 alone", "🦊"),
    ("it's; DROP TABLE runs --", "'s; drop"),
    ("a fox", ""),
]
NOT_FOUND = [
    ("a red fox in the snow", "snow red"),
    ("a red fox in the snow", "%"),
    ("a red fox in the snow", "r_d"),
    ("a red fox in the snow", "\\"),
    ("a red fox in the snow", "wolf"),
]


@pytest.mark.parametrize(("prompt", "search"), FOUND)
async def test_words_of_the_prompt_find_it(ledger: Ledger, prompt: str, search: str) -> None:
    run = first_run(await asked(ledger, prompt))
    assert await ids(ledger, replace(MINE, search=search)) == [run]
    assert await ids(ledger, replace(SERVER, search=search)) == [run]
    assert await ledger.gallery.count(replace(MINE, search=search)) == 1


@pytest.mark.parametrize(("prompt", "search"), NOT_FOUND)
async def test_other_words_do_not(ledger: Ledger, prompt: str, search: str) -> None:
    await asked(ledger, prompt)
    assert not await ids(ledger, replace(MINE, search=search))
    assert not await ids(ledger, replace(SERVER, search=search))
    assert await ledger.gallery.count(replace(SERVER, search=search)) == 0


async def test_words_that_almost_fit_everywhere_are_looked_for_in_no_time(ledger: Ledger) -> None:
    for _ in range(20):
        await asked(ledger, "a" * 4000)
    almost = " ".join(["a"] * 29 + ["b"])
    assert not await ids(ledger, replace(MINE, search=almost))  # with backtracking it would not end today


LEAFING = ["list_own_images", "count_own_images", "list_server_images", "count_server_images", "find_run_of_message"]


@pytest.mark.parametrize("name", LEAFING)
async def test_no_query_reads_the_whole_ledger(tmp_path: Path, name: str) -> None:
    values = dict.fromkeys(("member_id", "server_id", "pattern", "hidden", "skip", "most", "message_id"), 1)
    async with sqlite_ledger(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "easel.sqlite3")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query(name)}", values)]
    assert plan
    assert [step for step in plan if re.fullmatch(r"SCAN \w+", step)] == []


# Posts


def posted(run: RunId, message: int = 700) -> Placed:
    return Placed(run, HERE, MessageId(message), AttachmentId(message + 1))


async def post_of(ledger: Ledger, run: RunId) -> Post | None:
    image = await ledger.images.image(run)
    assert image is not None
    return image.post


async def reserve(ledger: Ledger, *runs: RunId, channel: ChannelId = HERE) -> bool:
    return await ledger.posts.reserve(runs, channel, shows_prompt=True, at=START)


async def test_what_is_reserved_and_filled_in_is_where_it_was_posted(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED, address=an_address(private=True))
    assert await reserve(ledger, run)
    assert await post_of(ledger, run) == Post(run, HERE, None, None, shows_prompt=True, posted_at=START)
    await ledger.posts.fill([posted(run)])
    assert await post_of(ledger, run) == Post(
        run, HERE, MessageId(700), AttachmentId(701), shows_prompt=True, posted_at=START
    )


async def test_nothing_is_reserved_twice_even_at_once(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    assert sorted(await asyncio.gather(*(reserve(ledger, run) for _ in range(5)))) == [False] * 4 + [True]


async def test_all_are_reserved_or_none(ledger: Ledger) -> None:
    first, second = runs_of(await asked(ledger, images=2))
    assert await reserve(ledger, second)
    assert not await reserve(ledger, first, second)
    assert await post_of(ledger, first) is None


async def test_what_was_released_may_be_reserved_again_and_what_was_posted_may_not(ledger: Ledger) -> None:
    first, second = runs_of(await asked(ledger, images=2))
    await reserve(ledger, first, second)
    await ledger.posts.fill([posted(first)])
    await ledger.posts.release([first, second])
    assert not await reserve(ledger, first)
    assert await reserve(ledger, second, channel=THERE)


async def test_what_is_filled_in_stays(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    await reserve(ledger, run)
    await ledger.posts.fill([posted(run)])
    await ledger.posts.fill([posted(run, message=800)])
    post = await post_of(ledger, run)
    assert post is not None
    assert post.message == 700


async def test_what_nobody_reserved_is_not_filled_in(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    await ledger.posts.fill([posted(run)])
    assert await post_of(ledger, run) is None


async def test_a_posted_picture_is_known_by_its_message(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED, address=an_address(private=True))
    assert await ledger.edits.run_of_message(MessageId(700)) is None
    await reserve(ledger, run)
    await ledger.posts.fill([posted(run)])
    assert await ledger.edits.run_of_message(MessageId(700)) == run
    await ledger.images.delete(run, START)
    assert await ledger.edits.run_of_message(MessageId(700)) is None


async def test_posts_go_with_their_requests(ledger: Ledger) -> None:
    run = await ledger.run_in(RunState.DELIVERED)
    await reserve(ledger, run)
    await ledger.posts.fill([posted(run)])
    assert await ledger.records.delete_requests(over_before=minutes(1), most=10) == 1
    assert await ledger.edits.run_of_message(MessageId(700)) is None
    assert not await everything(ledger)
