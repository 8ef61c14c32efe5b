"""File names as hostile members choose them: shown in one harmless line, and safe as names of copies."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import NotAPicture
from bot.domain.pacing import PRIOR
from bot.domain.requests import Change, LeftOut, Omission
from bot.ports import Waiting
from bot.ui import texts
from bot.ui.errors import sentence
from bot.ui.pictures import told_upload
from bot.ui.words import attached_name, uploaded_name
from tests.builders import a_reference, a_request
from tests.hostile.crafted import ATTACHMENT, STRING, command
from tests.hostile.fortress import UNLIMITED, Fortress, open_fortress
from tests.hostile.words import UNSEEN, is_harmless
from tests.scenarios.studio import a_picture
from tests.standin.discord import Interaction, InteractionType

NAMES: Mapping[str, str] = {
    "a path": "../../etc/passwd.gif",
    "a path of Windows": "..\\..\\Windows\\System32\\evil.gif",
    "an absolute path": "/etc/cron.d/evil.gif",
    "null bytes": "cat\x00.gif\x00.exe",
    "a name turned around": "cat\u202efig.exe",
    "300 characters": "x" * 296 + ".gif",
    "300 emoji": "🦊" * 296 + ".gif",
    "a device of Windows": "CON.gif",
    "another device": "lpt1.tar.gif",
    "line ends": "cat\r\n\r\nContent-Type: text/html\n\n.gif",
    "markdown": "**[free](https://evil.test)** @everyone <@1> `x` ||y||.gif",
    "quotes": '"; filename="evil.html\';.gif',
    "nothing but dots": "....",
    "nothing but an ending": ".gif",
    "nothing": "",
    "spaces": "   .gif",
    "half a pair": "cat\ud800.gif",
    "an option": "-rf --no-preserve-root.gif",
    "a spoiler": "SPOILER_cat.gif",
}
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.(png|jpg|webp)")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\..*", re.IGNORECASE)
MOST_CHARACTERS = 100
WAITING = Waiting(7.0, PRIOR)

ANY = st.sampled_from(sorted(NAMES.values())) | st.text(st.characters(exclude_categories=()), max_size=400)


@given(ANY)
@example("CON")
@example("a/")
def test_whatever_a_file_is_called_is_shown_in_one_harmless_line(given_name: str) -> None:
    name = told_upload(given_name, "https://cdn.discordapp.com/a", 1).filename
    assert 0 < len(name) <= MOST_CHARACTERS
    assert not UNSEEN.search(name)
    assert not set("/\\\n\r") & set(name)
    refused = sentence(NotAPicture(name)).removesuffix(
        " is not a picture I can read. PNG, JPEG, WebP, GIF, HEIC and AVIF work."
    )
    assert is_harmless(refused)
    references = (a_reference(name, change=Change.CONVERTED),) * 5
    request = a_request(references=references, left_out=(LeftOut(name, Omission.UNREADABLE),) * 25)
    receipt = texts.being_made(request, WAITING).splitlines()
    assert len(receipt) == 3
    assert is_harmless(receipt[2].removeprefix("-# ").replace("(converted)", "").replace("(could not be read)", ""))


@given(ANY, st.sampled_from(["png", "jpg", "webp"]))
@example("CON.gif", "png")
@example("\u0130.gif", "png")
def test_whatever_a_file_is_called_its_copy_has_a_name_that_every_system_takes(given_name: str, ending: str) -> None:
    stem = uploaded_name(given_name).rpartition(".")[0]
    name = attached_name(f"{stem}.{ending}")
    assert SAFE_NAME.fullmatch(name)
    assert not DEVICES.fullmatch(name)


@pytest.mark.parametrize(
    ("given_name", "kept", "attached"),
    [
        ("cat.heic", "cat.heic", "cat.png"),
        ("IMG_2024-01-02 (1).HEIC", "IMG_2024-01-02 (1).HEIC", "IMG_2024-01-02_1.png"),
        ("Käse.tiff", "Käse.tiff", "Kase.png"),
        ("狐.gif", "狐.gif", "picture.png"),
        ("../../etc/passwd.gif", "passwd.gif", "passwd.png"),
        ("x" * 296 + ".gif", "x" * 95 + "….gif", "x" * 60 + ".png"),
    ],
)
def test_a_file_keeps_as_much_of_its_name_as_it_can(given_name: str, kept: str, attached: str) -> None:
    assert uploaded_name(given_name) == kept
    assert attached_name(f"{kept.rpartition('.')[0]}.png") == attached


# ---- from the command to the copy -----------------------------------------------------------------------------------


async def with_file(fortress: Fortress, name: str, content: bytes) -> Interaction:
    """Alice asks with a file whose name Discord did not clean."""
    house = fortress.house
    upload = {**house.standin.upload(house.channel, ("x.gif", content)), "filename": name}
    identity = upload["id"]
    data = command(
        "imagine",
        ("prompt", STRING, "a fox"),
        ("reference1", ATTACHMENT, identity),
        resolved={"attachments": {identity: upload}},
    )
    return await house.standin.craft(house.alice, house.channel, InteractionType.COMMAND, data)


async def test_files_with_hostile_names_are_refused_by_a_harmless_one(tmp_path: Path) -> None:
    async with open_fortress(tmp_path, **UNLIMITED) as fortress:

        async def attack() -> None:
            asked = [await with_file(fortress, name, b"These are only words.") for name in NAMES.values()]
            for one in asked:
                await one.acknowledged_within()
                assert one.message is not None
                name, _, rest = one.message.content.partition(" is not a picture I can read")
                assert one.ephemeral
                assert rest
                assert is_harmless(name)

        await fortress.withstands(attack)
        assert fortress.stored(fortress.house.alice) == []
        await fortress.ends_calmly()


async def test_copies_of_files_with_hostile_names_are_attached_under_safe_ones(tmp_path: Path) -> None:
    async with open_fortress(tmp_path, **UNLIMITED) as fortress:
        house = fortress.house
        asked = [await with_file(fortress, name, a_picture("GIF")) for name in NAMES.values()]
        for one in asked:
            await one.answered_within(20)
            assert one.message is not None
            receipt = next(line for line in one.message.content.splitlines() if line.startswith("-# Used "))
            assert is_harmless(receipt.removeprefix("-# Used ").removesuffix(" (converted)"))
        attached = {kept.filename for sighting in house.standin.sightings for kept in sighting.message.attachments}
        # Discord would have changed names that are not safe, so these are the very ones it was given.
        assert {attached_name(f"{PurePosixPath(uploaded_name(name)).stem}.png") for name in NAMES.values()} <= attached
        assert all(SAFE_NAME.fullmatch(name) for name in attached)
        assert {one.status for one in house.standin.requests} == {200}
        await fortress.ends_calmly()
