"""The bot's process between honest Discord and a server that is its file server, RunBase and RunBase's results."""

import io
import json
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from tests.hostile.fortress import MOST_MEMORY_BYTES, UNLIMITED, Attack, Fortress
from tests.hostile.scales import weighed
from tests.hostile.villain import Villain, Way, open_villain, says, whole
from tests.sockets.house import KEY, open_house
from tests.standin.discord import Interaction, Member
from tests.standin.discord.world import Attachment

BASE = "/api/v1"
KEYS = ",".join(f"{KEY}-{number}" for number in range(6))
ENDED = "No quota"
_SETTLED_WITHIN_S = 90.0
# As in the Dockerfile and the unit.
ALLOCATOR = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}


def a_result(size: tuple[int, int] = (1024, 1024)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, "PNG")
    return target.getvalue()


@dataclass
class Siege:
    """`creations`, `looks` and `results` say by prompt what is not answered as it should be."""

    fortress: Fortress
    villain: Villain
    creations: dict[str, Way] = field(default_factory=dict)
    looks: dict[str, Way] = field(default_factory=dict)
    results: dict[str, Way] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)

    def raiders(self, count: int) -> list[Member]:
        house = self.fortress.house
        return [house.standin.new_member(house.server, f"raider{number}") for number in range(count)]

    async def ask(self, member: Member, prompt: str, **options: tuple[str, bytes]) -> Interaction:
        house = self.fortress.house
        return await house.standin.slash(member, house.channel, "imagine", prompt=prompt, **options)

    async def settled(self, asked: Interaction) -> str:
        """What the member reads in the end."""
        await self.fortress.house.standin.until(lambda: _is_settled(asked), within_s=_SETTLED_WITHIN_S)
        assert asked.message is not None
        return asked.message.content

    def serve(self, files: Mapping[str, Way]) -> None:
        """Discord's file server answers like this wherever a file of such a name is attached."""
        cdn = self.fortress.house.standin.cdn
        honest = cdn.sign
        addresses = {filename: self.villain.at(f"/attachments/{filename}", way) for filename, way in files.items()}

        def sign(attachment: Attachment) -> str:
            return addresses.get(attachment.filename) or honest(attachment)

        cdn.sign = sign  # type: ignore[method-assign]

    async def withstand(self, attack: Attack) -> None:
        """Also as seen from the outside: neither the bot nor a process of its own grows beyond the limit."""
        process = self.fortress.house.process
        assert process is not None
        async with weighed(process.pid) as weight:
            await self.fortress.withstands(attack)
        print(weight)  # noqa: T201 - numbers to look at
        assert weight.process_bytes <= MOST_MEMORY_BYTES, weight
        assert weight.child_bytes <= MOST_MEMORY_BYTES, weight

    def answer(self, path: str, body: bytes) -> Way:
        """As RunBase, with the place of the prompt for an id."""
        if path == f"{BASE}/runs":
            prompt = str(json.loads(body)["input"]["prompt"])
            self.prompts.append(prompt)
            return self.creations.get(prompt) or _document(id=f"run_{len(self.prompts) - 1}")
        prompt = self.prompts[int(path.rpartition("_")[2])]
        if path.startswith("/results/"):
            return self.results.get(prompt) or says(whole(200, a_result()))
        found = {"urls": [f"{self.villain.origin}/results{path.removeprefix(BASE)}"]}
        return self.looks.get(prompt) or _document(status="succeeded", output=found)


def _document(**found: object) -> Way:
    return says(whole(200, json.dumps(found).encode()))


def _is_settled(asked: Interaction) -> bool:
    """It shows a picture, or says what is wrong with a file by its name, or why there is none."""
    content = "" if asked.message is None else asked.message.content
    return content.startswith(("**", "file")) or ENDED in content


@asynccontextmanager
async def open_siege(folder: Path) -> AsyncIterator[Siege]:
    async with AsyncExitStack() as stack:
        villain = await stack.enter_async_context(open_villain())
        house = await stack.enter_async_context(open_house(folder))
        fortress = Fortress(house, house.standin.new_member(house.server, "bob"), folder)
        siege = Siege(fortress, villain)
        villain.otherwise = siege.answer
        await fortress.start(
            RUNBASE_API_KEYS=KEYS,
            EASEL__RUNBASE__BASE_URL=villain.origin + BASE,
            EASEL__RUNBASE__READ_TIMEOUT="5s",
            EASEL__RUNBASE__GIVE_UP_AFTER="10s",
            EASEL__DISCORD__CDN_ORIGINS=json.dumps([house.standin.cdn_origin, villain.origin]),
            **UNLIMITED,
            **ALLOCATOR,
        )
        try:
            yield siege
        finally:
            if house.process is not None:
                await fortress.end(signal.SIGKILL)
