"""A look-alike of RunBase on a clock that stands still, and a client that knows its calls; shared by its tests."""

import asyncio
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from PIL import Image

from bot.preview.emulator import Emulator

KEY, OTHER_KEY = "sk-one", "sk-two"
ORIGIN = "http://runbase.test/api/v1"
GOOD = {"prompt": "a castle"}
LONG = timedelta(minutes=5)
Json = dict[str, Any]


class StillClock:
    """Stands still until it is moved or somebody sleeps on it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def elapsed_s(self) -> float:
        return self._now.timestamp()

    def advance(self, by: timedelta) -> None:
        self._now += by

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def wait(self, event: asyncio.Event, timeout_s: float) -> None:
        if not event.is_set():
            await self.sleep(timeout_s)


def plain(prompt: str, size: tuple[int, int], references: Sequence[bytes], number: int) -> bytes:
    """A painter for tests that do not look at the picture."""
    return picture("navy", (8, 8))


def picture(colour: str, size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def web(answers: dict[str, bytes | int | Exception]) -> httpx.MockTransport:
    """What the references' URLs answer with: content, a status, or a failure."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = answers.get(request.url.path, 404)
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found) if isinstance(found, int) else httpx.Response(200, content=found)

    return httpx.MockTransport(answer)


class World:
    def __init__(self, **options: Any) -> None:
        self.clock = StillClock()
        balances = {KEY: Decimal("1.00"), OTHER_KEY: 1.0}
        usual: Json = {"clock": self.clock, "balances": balances, "base_url": ORIGIN, "painter": plain}
        self.emulator = Emulator(**usual | options)
        self.client = httpx.AsyncClient(transport=self.emulator.transport(), follow_redirects=False)

    async def post(self, document: object, key: str = KEY) -> httpx.Response:
        return await self.client.post(f"{ORIGIN}/runs", json=document, headers=bearer(key))

    async def create(self, key: str = KEY, **given: Any) -> str:
        answer = await self.post({"model": "openai/gpt-image-1", "input": GOOD | given}, key)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def read(self, run_id: str, key: str = KEY) -> httpx.Response:
        return await self.client.get(f"{ORIGIN}/runs/{run_id}", headers=bearer(key))

    async def finished(self, **given: Any) -> Json:
        run_id = await self.create(**given)
        self.clock.advance(LONG)
        answer: Json = (await self.read(run_id)).json()
        return answer

    async def result(self) -> httpx.Response:
        """The file of a run that has succeeded."""
        return await self.client.get((await self.finished())["output"]["urls"][0])


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"]


def document(model: object = "openai/gpt-image-1", **given: object) -> Json:
    return {"model": model, "input": GOOD | given}
