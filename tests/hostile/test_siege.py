"""Several attacks at once on the bot as a process, while another member asks for a picture and gets it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.hostile.bombs import BOMBS
from tests.hostile.siege import ENDED, Siege, a_result, open_siege
from tests.hostile.villain import CHUNKED, ENDLESS, NO_HTTP, OK, SLOW, Way, chunk, endlessly, lengthy, says, whole
from tests.unit.picture_files import file, noise

pytestmark = pytest.mark.timeout(300)


@pytest_asyncio.fixture
async def siege(tmp_path: Path) -> AsyncIterator[Siege]:
    async with open_siege(tmp_path) as siege:
        yield siege


FLOOD = {
    "chunks of a byte": endlessly(CHUNKED, chunk(b"x") * 10_000),
    "a redirect to the inside": says(whole(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})),
    "a redirect in a circle": says(whole(302, b"", {"Location": ""})),
    "a page": says(whole(200, b"<!doctype html><script>alert(1)</script>")),
    "nothing at all": says(whole(200, b"")),
    "less than was promised": says(OK + b"Content-Length: 1000\r\n\r\nx"),
}
STREAMS: dict[str, Way] = ENDLESS | FLOOD | {name: SLOW[name] for name in ("a byte a second", "a header a second")}
FILES = (
    "a PNG of 50,000 × 50,000",
    "a PNG of a thousand texts of a megabyte",
    "a JPEG of three million segments",
    "a WebP of 10,000 frames",
    "a GIF of 10,000 frames of 65,535 × 65,535",
    "a TIFF of one huge tile",
    "an AVIF of 50,000 × 50,000",
    "a BMP of 50,000 × 50,000",
)


async def test_hostile_references_hurt_nobody(siege: Siege) -> None:
    attacks = [*STREAMS.values(), *(says(whole(200, BOMBS[name]())) for name in FILES)]
    files = {f"file{number}.png": way for number, way in enumerate(attacks)}
    siege.serve(files)
    raiders, innocent = siege.raiders(len(files)), a_result((64, 64))
    carol = siege.fortress.house.standin.new_member(siege.fortress.house.server, "carol")

    async def attack() -> None:
        asked = [
            await siege.ask(raider, filename, reference1=(filename, innocent))
            for raider, filename in zip(raiders, files, strict=True)
        ]
        served = await siege.ask(carol, "with a reference", reference1=("good.png", innocent))
        await asyncio.gather(*map(siege.settled, asked))
        assert (await siege.settled(served)).startswith("**")

    await siege.withstand(attack)
    await siege.fortress.ends_calmly()


RESULTS: dict[str, Way] = {
    **STREAMS,
    **{name: says(whole(200, BOMBS[name]())) for name in FILES[:4]},
    "a flood of headers": NO_HTTP["headers without end"],
}


async def test_hostile_results_hurt_nobody(siege: Siege) -> None:
    siege.results |= RESULTS
    raiders = siege.raiders(len(RESULTS))

    async def attack() -> None:
        asked = [await siege.ask(raider, prompt) for raider, prompt in zip(raiders, RESULTS, strict=True)]
        ends = await asyncio.gather(*map(siege.settled, asked))
        assert all(ENDED in end for end in ends)

    await siege.withstand(attack)
    await siege.fortress.ends_calmly()


async def test_eight_results_of_unusual_size_at_once_are_no_harm(siege: Siege) -> None:
    large = file(noise((2770, 2770)), "PNG", compress_level=0)
    assert len(large) > 22_000_000
    prompts = [f"noise {number}" for number in range(8)]
    siege.results |= dict.fromkeys(prompts, says(whole(200, large)))
    raiders = siege.raiders(len(prompts))

    async def attack() -> None:
        asked = [await siege.ask(raider, prompt) for raider, prompt in zip(raiders, prompts, strict=True)]
        ends = await asyncio.gather(*map(siege.settled, asked))
        assert all(end.startswith("**") for end in ends)

    await siege.withstand(attack)
    await siege.fortress.ends_calmly()


TELLING = "sk-very-secret **@everyone** [free](https://evil.test) " + "x" * 1000
CREATIONS: dict[str, Way] = {
    "a creation of 50 MB": lengthy(b'{"id": "run_0", "x": "', b"x" * 1_000_000, 50, b'"}'),
    "a creation that never ends": ENDLESS["chunks without end"],
    "a creation with telling words": says(whole(400, b'{"error": "%b"}' % TELLING.encode())),
    "a creation that leads elsewhere": says(whole(200, b'{"id": "../.."}')),
}
LOOKS: dict[str, Way] = {
    "a look of 50 MB": lengthy(b'{"status": "succeeded", "x": "', b"x" * 1_000_000, 50, b'"}'),
    "a look that never ends": ENDLESS["a body without a length"],
    "a look of a byte a second": SLOW["a byte a second"],
    "a look of lists in lists": says(whole(200, b"[" * 900_000)),
    "a look of many chunks": endlessly(CHUNKED, chunk(b" ") * 10_000),
    "a look of rubbish": NO_HTTP["zeros"],
    "a look of addresses": lengthy(b'{"status": "succeeded", "output": {"urls": ["x"', b',"x"' * 250_000, 50, b"]}}"),
    "a look with telling words": says(whole(200, b'{"status": "failed", "error": "%b"}' % TELLING.encode())),
    "a look at the inside": says(whole(200, b'{"status": "succeeded", "output": {"url": "http://10.0.0.1/1.png"}}')),
}


async def test_hostile_answers_of_runbase_hurt_nobody(siege: Siege) -> None:
    siege.creations |= CREATIONS
    siege.looks |= LOOKS
    prompts = [*CREATIONS, *LOOKS]
    raiders = siege.raiders(len(prompts))

    async def attack() -> None:
        asked = [await siege.ask(raider, prompt) for raider, prompt in zip(raiders, prompts, strict=True)]
        ends = await asyncio.gather(*map(siege.settled, asked))
        assert all(ENDED in end for end in ends)
        told = "".join([*ends, *siege.fortress.log])
        assert not any(word in told for word in ("sk-very-secret", "@everyone", "evil.test"))

    await siege.withstand(attack)
    await siege.fortress.ends_calmly()
