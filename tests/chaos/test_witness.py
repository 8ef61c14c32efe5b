"""What went over the wire to RunBase is written down as it was, answers that never came included."""

import itertools
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.preview.emulator import Fault, Place
from tests.chaos.evidence import Post
from tests.chaos.runbase import KEYS, LookAlike

PROMPT = "a red fox z0000000f"


@pytest_asyncio.fixture
async def runbase() -> AsyncIterator[LookAlike]:
    seconds = itertools.count()
    look_alike = LookAlike(lambda: float(next(seconds)), seed=1)
    async with look_alike.open():
        yield look_alike


async def create(runbase: LookAlike, *, key: str = KEYS[0], prompt: str = PROMPT) -> httpx.Response:
    url = f"{runbase.emulator.base_url}/runs"
    body = {"model": "openai/gpt-image-1", "input": {"prompt": prompt}}
    async with httpx.AsyncClient() as client:
        return await client.post(url, headers={"Authorization": f"Bearer {key}"}, json=body)


async def the_post(runbase: LookAlike) -> Post:
    (post,) = runbase.witness.posts
    return post


async def test_an_answer_that_names_the_run_is_usable(runbase: LookAlike) -> None:
    assert (await create(runbase)).status_code == 201
    post = await the_post(runbase)
    assert (post.mark, post.status, post.is_usable, post.may_have_created) == ("z0000000f", 201, True, True)


async def test_a_refusal_creates_nothing_for_certain(runbase: LookAlike) -> None:
    assert (await create(runbase, key="sk-unknown")).status_code == 401
    assert not (await the_post(runbase)).may_have_created


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER])
async def test_a_connection_that_breaks_gives_no_answer(runbase: LookAlike, fault: Fault) -> None:
    runbase.faults.set(Place.CREATE, fault, times=1)
    with pytest.raises(httpx.TransportError):
        await create(runbase)
    post = await the_post(runbase)
    assert (post.mark, post.status, post.answered_at_s, post.may_have_created) == ("z0000000f", None, None, True)
    assert len(runbase.emulator.runs) == (fault is Fault.RESET_AFTER)


@pytest.mark.parametrize("fault", [Fault.GARBAGE_JSON, Fault.HTML_BODY, Fault.ERROR_AFTER])
async def test_an_answer_without_a_run_is_not_usable(runbase: LookAlike, fault: Fault) -> None:
    runbase.faults.set(Place.CREATE, fault, times=1)
    await create(runbase)
    post = await the_post(runbase)
    assert post.may_have_created
    assert not post.is_usable
    assert runbase.faults.met[f"RunBase create: {fault.replace('_', ' ')}"] == 1


async def test_while_it_is_down_connections_are_refused_and_afterwards_it_is_the_same(runbase: LookAlike) -> None:
    await create(runbase)
    await runbase.go_down()
    with pytest.raises(httpx.ConnectError):
        await create(runbase)
    await runbase.come_up()
    await create(runbase, prompt="another z0000000e")
    assert [post.mark for post in runbase.witness.posts] == ["z0000000f", "z0000000e"]
    assert len(runbase.emulator.runs) == 2
