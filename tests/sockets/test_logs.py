"""What the log tells of a busy day: every event with its ids, and nothing that is secret."""

import json
import re
from pathlib import Path
from typing import Any

from bot import __version__
from bot.preview.emulator import Fault, Place
from tests.scenarios.studio import a_picture
from tests.sockets.house import KEY, House, open_house
from tests.standin.discord import Interaction, Reset

PROMPT = "a vermilion fox on a hill nobody knows"
FILE_NAME = "birthday-of-somebody.gif"
# What happens to the bot itself, or to many at once, has nobody's ids.
OF_NOBODY = re.compile(
    r"started|ready|stop|commands synced|files swept|deleted|key|keys|serving|listening|logging in|connected"
)


async def a_busy_day(house: House) -> list[Interaction]:
    """A picture, a private one, an edit, one that RunBase fails, one that is lost, a refusal, and talk."""
    standin, channel, alice = house.standin, house.channel, house.alice
    gif = a_picture("GIF")
    asked = await house.imagine(PROMPT, reference1=(FILE_NAME, gif))
    await house.picture(asked)
    private = await house.imagine(PROMPT, private=True)
    await house.picture(private)
    edited = await (await standin.slash(alice, channel, "edit", instruction=PROMPT)).acknowledged_within()
    await house.picture(edited)
    failed = await house.imagine(f"unsafe-preview {PROMPT}")
    await told(house, failed, "declined")
    house.emulator.faults.set(Place.CREATE, Fault.ERROR_AFTER, times=1)
    lost = await house.imagine(PROMPT)
    await told(house, lost, "lost touch")
    refused = await house.imagine(PROMPT, reference1=(FILE_NAME, b"no picture at all"))
    await told(house, refused, "is not a picture")
    standin.faults.add("POST", "/interactions/*", Reset(), times=5)
    await standin.slash(alice, channel, "imagine", prompt=PROMPT)
    await standin.send(alice, channel, f"<@{standin.bot.id}> {PROMPT}", attachments=[(FILE_NAME, gif)])
    await standin.until(lambda: len(house.emulator.runs) >= 6, within_s=20)
    return [asked, private, edited, failed, lost, refused]


async def told(house: House, asked: Interaction, words: str) -> None:
    await house.standin.until(lambda: asked.message is not None and words in asked.message.content, within_s=20)


async def test_every_event_has_its_ids_and_nothing_is_secret(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.start(EASEL_LOG_FORMAT="json", EASEL__QUOTA__MEMBER="[]")
        interactions = await a_busy_day(house)
        assert await house.stop() == 0
        log = house.output[-1]

    secrets = [house.standin.token, KEY, *(one.token for one in interactions), "hm=", "vermilion", "birthday"]
    assert [secret for secret in secrets if secret in log] == []
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines()]
    ours = [line for line in lines if line["logger"].startswith("bot.")]
    without = [line for line in ours if not {"server", "member"} <= line.keys() and not OF_NOBODY.match(line["event"])]
    assert without == []
    told_of = {line["event"] for line in ours}
    expected = {"request accepted", "run created", "run ready", "request delivered", "run ended", "refused"}
    assert expected <= told_of
    life = [line for line in ours if line["logger"] == "bot.cli.serve"]
    assert [line["event"] for line in life] == ["started", "ready", "stopping", "stopped"]
    assert (life[0]["version"], life[1]["servers"]) == (__version__, 1)
    followed = [line for line in ours if line.get("request") == _first_request(ours)]
    assert {"request accepted", "run created", "run ready", "request delivered"} <= {line["event"] for line in followed}


def _first_request(lines: list[dict[str, Any]]) -> str:
    return next(str(line["request"]) for line in lines if line["event"] == "request accepted")
