"""The look-alike's way with references that stand in the request itself: refused, unless it is told to take them."""

import base64
import io
from collections.abc import Sequence

import pytest
from PIL import Image

from tests.unit.emulator_world import KEY, World, document, picture, refusal


def inline(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


async def test_pictures_in_the_request_are_refused_as_long_as_nobody_knows_better() -> None:
    world = World()
    answer = await world.post(document(image_urls=[inline(picture("red"))]))
    assert refusal(answer) == (400, "invalid_input")
    assert world.emulator.balance(KEY) == 1


async def test_pictures_in_the_request_reach_the_painter_when_they_are_taken() -> None:
    reached: list[tuple[int, int]] = []

    def painter(prompt: str, size: tuple[int, int], references: Sequence[bytes], number: int) -> bytes:
        reached.extend(Image.open(io.BytesIO(content)).size for content in references)
        return b"painted"

    world = World(painter=painter, takes_data_uris=True)
    kinds = {"png": (20, 10), "jpeg": (21, 10), "webp": (22, 10)}
    uris = [inline(picture("red", size, kind.upper()), kind) for kind, size in kinds.items()]
    answer = await world.finished(image_urls=uris)
    await world.client.get(answer["output"]["urls"][0])
    assert reached == list(kinds.values())


UNUSABLE = {
    "over 4 MB": inline(picture("red").ljust(4_000_001, b"\0")),
    "no picture": inline(b"<html>"),
    "no base64": "data:image/png;base64,*",
}


@pytest.mark.parametrize("uri", UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_what_cannot_be_used_fails_the_run_and_refunds_it(uri: str) -> None:
    world = World(takes_data_uris=True)
    answer = await world.finished(image_urls=[inline(picture("blue")), uri])
    assert (answer["status"], "2" in answer["error"]) == ("failed", True)
    assert world.emulator.balance(KEY) == 1


@pytest.mark.parametrize("uri", ["data:text/html;base64,PGh0bWw+", "data:image/gif;base64,R0lGOA==", "data:,fox"])
async def test_other_data_is_no_picture(uri: str) -> None:
    world = World(takes_data_uris=True)
    assert refusal(await world.post(document(image_urls=[uri]))) == (400, "invalid_input")
