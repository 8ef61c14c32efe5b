"""Local files in the request for a run, through the real client."""

import io
import random
from datetime import timedelta

import pytest
from PIL import Image
from pydantic import SecretStr

from bot.domain.errors import InputRejected
from bot.domain.ids import Sha256
from bot.ports import ImageInput
from bot.preview.emulator import Emulator
from bot.providers.runbase import RunBaseImageApi
from bot.services.inlining import Inlining, kept_address
from tests.builders import a_sha256
from tests.fakes import FakeClock, MemoryFileStore
from tests.unit.emulator_world import picture, web

KEY = "sk-inlining"


class House:
    def __init__(self) -> None:
        clock = FakeClock()
        fetched = web({"/a fox.png": picture("red")})
        self.emulator = Emulator(clock=clock, balances={KEY: 1}, takes_data_uris=True, fetch_transport=fetched)
        self.files = MemoryFileStore(clock)
        api = RunBaseImageApi(
            self.emulator.base_url,
            [SecretStr(KEY)],
            connect_timeout=timedelta(seconds=5),
            read_timeout=timedelta(seconds=5),
            transport=self.emulator.transport(),
        )
        self.inlining = Inlining(api, self.files)

    async def create(self, *addresses: str) -> None:
        wanted = ImageInput("openai/gpt-image-1", "a fox", "1:1", addresses)
        await self.inlining.create(self.inlining.keys[0], wanted)

    async def kept(self, content: bytes) -> Sha256:
        return await self.files.keep(content)


def noise() -> bytes:
    """More characters than httpx takes for an address."""
    target = io.BytesIO()
    Image.frombytes("L", (400, 400), random.Random(7).randbytes(160_000)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_file_arrives_as_what_it_is(kind: str) -> None:
    house = House()
    content = picture("red", (60, 40), kind)
    await house.create(kept_address(await house.kept(content)))
    (run,) = house.emulator.runs
    assert run.image_urls[0].startswith(f"data:image/{kind.lower()};base64,")
    assert [Image.open(io.BytesIO(one)).size for one in run.references] == [(60, 40)]


async def test_a_large_file_arrives_beside_an_address() -> None:
    house = House()
    await house.create(kept_address(await house.kept(noise())), "https://example.org/a fox.png")
    (run,) = house.emulator.runs
    assert len(run.image_urls[0]) > 100_000
    assert run.image_urls[1] == "https://example.org/a%20fox.png"
    assert len(run.references) == 2


async def test_a_file_that_is_gone_is_not_paid_for() -> None:
    house = House()
    with pytest.raises(InputRejected):
        await house.create(kept_address(a_sha256("gone")))
    assert not house.emulator.runs
