"""The look-alike's way with references, and the results it serves."""

import asyncio
import io
from collections.abc import Sequence
from decimal import Decimal

import httpx
import pytest
from PIL import Image

from bot.preview.emulator import Status
from bot.preview.painter import paint
from tests.unit.emulator_world import KEY, LONG, ORIGIN, World, picture, web


async def test_good_references_reach_the_painter() -> None:
    reached: list[tuple[str, tuple[int, int], list[tuple[int, int]]]] = []

    def painter(prompt: str, size: tuple[int, int], references: Sequence[bytes], number: int) -> bytes:
        reached.append((prompt, size, [Image.open(io.BytesIO(content)).size for content in references]))
        return b"painted"

    pictures: dict[str, bytes | int | Exception] = {
        f"/{kind}": picture("red", (20 + n, 10), kind) for n, kind in enumerate(("PNG", "JPEG", "WEBP"))
    }
    world = World(fetch_transport=web(pictures), painter=painter)
    answer = await world.finished(image_urls=[f"https://cdn.test{path}" for path in pictures], aspect_ratio="3:2")
    for _ in range(2):
        assert (await world.client.get(answer["output"]["urls"][0])).content == b"painted"
    assert reached == [("a castle", (1536, 1024), [(20, 10), (21, 10), (22, 10)])]


BAD_REFERENCES: dict[str, bytes | int | Exception] = {
    "gone": 404,
    "moved": 302,
    "unreachable": httpx.ConnectError("no route"),
    "over 4 MB": picture("red").ljust(4_000_001, b"\0"),
    "no picture": b"<html>",
    "cut off": picture("red", (400, 400))[:200],
    "a GIF": picture("red", kind="GIF"),
    "too many pixels": picture("red", (10_000, 6_000)),
}


@pytest.mark.parametrize("content", BAD_REFERENCES.values(), ids=BAD_REFERENCES.keys())
async def test_a_reference_that_cannot_be_used_fails_the_run_and_refunds_it(content: bytes | int | Exception) -> None:
    world = World(fetch_transport=web({"/good": picture("blue"), "/bad": content}))
    answer = await world.finished(image_urls=["https://cdn.test/good", "https://cdn.test/bad"])
    assert (answer["status"], "2" in answer["error"]) == ("failed", True)
    assert world.emulator.balance(KEY) == 1


async def test_a_client_that_gives_up_while_references_are_fetched_has_still_made_a_run() -> None:
    fetching, never = asyncio.Event(), asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        fetching.set()
        await never.wait()
        return httpx.Response(200)

    world = World(fetch_transport=httpx.MockTransport(answer))
    creating = asyncio.create_task(world.create(image_urls=["https://cdn.test/slow"]))
    await fetching.wait()
    assert [run.status for run in world.emulator.runs] == [Status.PENDING]
    assert world.emulator.balance(KEY) == Decimal("0.95")
    creating.cancel()
    await asyncio.wait({creating})
    world.clock.advance(LONG)
    assert [run.status for run in world.emulator.runs] == [Status.FAILED]
    assert world.emulator.balance(KEY) == 1


async def test_a_reference_just_under_four_megabytes_is_taken() -> None:
    padded = picture("red").ljust(4_000_000, b"\0")
    world = World(fetch_transport=web({"/padded": padded}))
    assert (await world.finished(image_urls=["https://cdn.test/padded"]))["status"] == "succeeded"


async def test_a_result_is_a_picture_of_the_models_size() -> None:
    world = World(painter=paint)
    answer = await world.result()
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1024, 1024)


async def test_a_result_exists_only_once_the_run_has_succeeded() -> None:
    world = World()
    run_id = await world.create()
    failing = await world.create(prompt="fail-preview")
    assert (await world.client.get(f"{ORIGIN}/files/{run_id}.png")).status_code == 404
    world.clock.advance(LONG)
    assert (await world.client.get(f"{ORIGIN}/files/{run_id}.png")).status_code == 200
    assert (await world.client.get(f"{ORIGIN}/files/{failing}.png")).status_code == 404
