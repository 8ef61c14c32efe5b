"""Interactions that no client of Discord's would send: a private sentence or silence, nothing stored, nothing spent."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.hostile.crafted import (
    BASES,
    COMMANDS,
    COMPLETIONS,
    FORMS_OF_NOBODY,
    HEADLESS,
    PRESSES,
    UNREADABLE,
    Base,
    Scene,
    badly_filled_in,
    field,
    filled_in,
    press,
    showing,
    with_type,
)
from tests.hostile.fortress import BOBS_PROMPT, UNLIMITED, Fortress, open_fortress
from tests.hostile.twists import twists
from tests.scenarios.studio import a_picture
from tests.sockets.house import INVITED_WITH
from tests.standin.discord import Intent, Interaction, InteractionType, Member, SeenMessage
from tests.standin.discord.commanding import Twist
from tests.standin.discord.world import Json

GONE = "I do not have this any more. Use `/imagine` or `/edit` to ask anew."
NOT_YOURS = "This is somebody else's private request. Use `/imagine` to make a picture of your own."
NOT_YOURS_TO_CANCEL = "Only the member who asked for this can cancel it. Use `/queue` to see what is yours."
TOO_OLD = "This form is too old. Right-click the picture → Apps → Edit image to open a new one."


@pytest_asyncio.fixture
async def fortress(tmp_path: Path) -> AsyncIterator[Fortress]:
    async with open_fortress(tmp_path, **UNLIMITED) as opened:
        yield opened


async def a_photo(fortress: Fortress) -> SeenMessage:
    house = fortress.house
    return await house.standin.send(house.alice, house.channel, "look", attachments=[("photo.png", a_picture())])


async def a_form(fortress: Fortress, photo: SeenMessage) -> str:
    """The custom id of a form that alice has before her."""
    house = fortress.house
    asked = await house.standin.message_command(house.alice, house.channel, "Edit image", photo)
    await asked.acknowledged_within()
    assert asked.modal is not None
    return asked.modal.custom_id


async def crafted(
    fortress: Fortress, kind: InteractionType, table: Mapping[str, Any], on: SeenMessage | None = None
) -> dict[str, Interaction]:
    """Each of them sent by alice, under the words that say what is wrong with it."""
    standin, alice, channel = fortress.house.standin, fortress.house.alice, fortress.house.channel
    return {words: await standin.craft(alice, channel, kind, data, on=on) for words, data in table.items()}


async def refused(asked: Mapping[str, Interaction]) -> dict[str, str]:
    """The one private sentence that each was answered with."""
    sentences = {}
    for words, interaction in asked.items():
        await interaction.acknowledged_within()
        assert (words, interaction.kind, interaction.ephemeral) == (words, "message", True)
        assert interaction.message is not None
        sentences[words] = interaction.message.content
    return sentences


def only_bob_was_served(fortress: Fortress) -> bool:
    made = {run.prompt for run in fortress.house.emulator.runs}
    return made == {BOBS_PROMPT} and not fortress.stored(fortress.house.alice)


# ---- what a sentence answers ----------------------------------------------------------------------------------------


async def test_commands_that_no_client_sends_are_refused_in_private(fortress: Fortress) -> None:
    async def attack() -> None:
        sentences = await refused(await crafted(fortress, InteractionType.COMMAND, COMMANDS))
        assert all(sentence.endswith(".") and len(sentence) < 200 for sentence in sentences.values())
        assert "is no aspect of this model" in sentences["an aspect of 4,000 characters"]

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress)
    await fortress.ends_calmly()


async def test_buttons_that_are_not_there_are_refused_in_private(fortress: Fortress) -> None:
    photo = await a_photo(fortress)

    async def attack() -> None:
        sentences = await refused(await crafted(fortress, InteractionType.COMPONENT, PRESSES, on=photo))
        assert set(sentences.values()) == {GONE}

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress)
    await fortress.ends_calmly()


async def test_forms_that_nobody_opened_or_filled_in_like_this_are_refused_in_private(fortress: Fortress) -> None:
    photo = await a_photo(fortress)
    form = await a_form(fortress, photo)

    async def attack() -> None:
        foreign = await crafted(fortress, InteractionType.MODAL_SUBMIT, FORMS_OF_NOBODY, on=photo)
        assert set((await refused(foreign)).values()) == {TOO_OLD, GONE}
        own = await crafted(fortress, InteractionType.MODAL_SUBMIT, badly_filled_in(form), on=photo)
        assert not {TOO_OLD, GONE}.intersection((await refused(own)).values())

    await fortress.withstands(attack)
    assert only_bob_was_served(fortress)
    await fortress.ends_calmly()


# ---- what nobody answers --------------------------------------------------------------------------------------------


async def test_what_nobody_could_answer_is_passed_over_in_silence(fortress: Fortress) -> None:
    house = fortress.house
    photo = await a_photo(fortress)
    sent: list[Interaction] = []

    async def attack() -> None:
        for kind in (6, 99, -1, None, "2", [2]):
            sent.append(
                await house.standin.craft(
                    house.alice, house.channel, InteractionType.COMMAND, COMMANDS["no prompt"], twist=with_type(kind)
                )
            )
        sent.extend((await crafted(fortress, InteractionType.AUTOCOMPLETE, COMPLETIONS)).values())
        sent.extend((await crafted(fortress, InteractionType.COMPONENT, UNREADABLE, on=photo)).values())
        sent.extend((await crafted(fortress, InteractionType.MODAL_SUBMIT, UNREADABLE, on=photo)).values())
        for twist in HEADLESS.values():
            sent.append(
                await house.standin.craft(
                    house.alice, house.channel, InteractionType.COMMAND, COMMANDS["no prompt"], twist=twist
                )
            )

    await fortress.withstands(attack)
    await fortress.ends_calmly()
    assert [one for one in sent if one.acknowledged] == []
    assert only_bob_was_served(fortress)


# ---- what belongs to others -----------------------------------------------------------------------------------------


def presses_on(request: str) -> dict[str, str]:
    return {action: f"v1:request:{action}:{request}" for action in ("again", "change", "show", "cancel")}


async def sentences_on(fortress: Fortress, who: Member, request: str, photo: SeenMessage) -> dict[str, str]:
    """What somebody hears who presses each button of a request, and sends in its form."""
    standin, channel = fortress.house.standin, fortress.house.channel
    asked = {
        action: await standin.craft(
            who, channel, InteractionType.COMPONENT, press(custom_id), on=photo, twist=showing(custom_id)
        )
        for action, custom_id in presses_on(request).items()
    }
    form = filled_in(f"v1:request:reword:{request}", field("prompt", "a fox"))
    asked["reword"] = await standin.craft(who, channel, InteractionType.MODAL_SUBMIT, form, on=photo)
    return await refused(asked)


async def test_a_private_request_stays_its_members_own(fortress: Fortress) -> None:
    house = fortress.house
    photo = await a_photo(fortress)
    await house.imagine("my secret garden", private=True)
    ((request,),) = fortress.rows("SELECT id FROM requests WHERE member_id = ?", house.alice.id)
    mallory = house.standin.new_member(house.server, "mallory")

    async def attack() -> None:
        assert set((await sentences_on(fortress, mallory, request, photo)).values()) == {NOT_YOURS, NOT_YOURS_TO_CANCEL}

    await fortress.withstands(attack)
    assert fortress.stored(mallory) == []
    await fortress.ends_calmly()


async def test_a_request_of_another_server_stays_there(fortress: Fortress) -> None:
    house = fortress.house
    photo = await a_photo(fortress)
    elsewhere = house.standin.new_server("Elsewhere", bot_permissions=int(INVITED_WITH))
    there = house.standin.new_channel(elsewhere, "pictures")
    carol = house.standin.new_member(elsewhere, "carol")
    await (await house.standin.slash(carol, there, "imagine", prompt="a red barn")).acknowledged_within()
    ((request,),) = fortress.rows("SELECT id FROM requests WHERE member_id = ?", carol.id)

    async def attack() -> None:
        assert set((await sentences_on(fortress, house.alice, request, photo)).values()) == {GONE}

    await fortress.withstands(attack)
    assert fortress.stored(house.alice) == []
    await fortress.ends_calmly()


async def test_a_form_serves_nobody_but_the_member_who_opened_it(fortress: Fortress) -> None:
    house = fortress.house
    photo = await a_photo(fortress)
    form = filled_in(await a_form(fortress, photo), field("instruction", "make it night"))
    mallory = house.standin.new_member(house.server, "mallory")

    async def attack() -> None:
        stolen = await house.standin.craft(mallory, house.channel, InteractionType.MODAL_SUBMIT, form, on=photo)
        assert await refused({"stolen": stolen}) == {"stolen": TOO_OLD}

    await fortress.withstands(attack)
    assert fortress.stored(mallory) == []
    await fortress.ends_calmly()


# ---- anything at all ------------------------------------------------------------------------------------------------

AT_ONCE = 20


async def send_all(fortress: Fortress, payload: Json, send: Callable[[Twist], Awaitable[None]]) -> None:
    """A few at a time: between them another member is answered in time, again and again."""
    waiting = list(twists(payload))
    while waiting:
        for twist in waiting[:AT_ONCE]:
            await send(twist)
        del waiting[:AT_ONCE]
        asked = await fortress.house.standin.slash(fortress.bob, fortress.house.channel, "quota")
        await asked.acknowledged_within()


def nothing_was_made_unseen(fortress: Fortress) -> bool:
    house = fortress.house
    shown = [one for one in house.standin.messages(house.channel) if one.content.startswith((">", "**"))]
    return len(house.emulator.runs) <= len(shown)


@pytest.mark.parametrize("base", BASES.values(), ids=BASES.keys())
async def test_whatever_is_wrong_with_an_interaction_others_are_served(fortress: Fortress, base: Base) -> None:
    house = fortress.house
    photo = await a_photo(fortress)
    scene = Scene(
        form=await a_form(fortress, photo),
        photo=house.standin.core.payloads.message(house.standin.live(photo)),
        upload=house.standin.upload(house.channel, ("cat.png", a_picture())),
    )
    seen: list[Json] = []

    def look(payload: Json) -> Json:
        seen.append(payload)
        return payload

    on = photo if base.is_on_a_message else None
    data = base.data(scene)
    await (
        await house.standin.craft(house.alice, house.channel, base.kind, data, on=on, twist=look)
    ).acknowledged_within()

    async def send(twist: Twist) -> None:
        await house.standin.craft(house.alice, house.channel, base.kind, data, on=on, twist=twist)

    await fortress.withstands(lambda: send_all(fortress, seen[0], send))
    assert nothing_was_made_unseen(fortress)
    await fortress.ends_calmly()


async def test_whatever_is_wrong_with_a_message_others_are_served(fortress: Fortress) -> None:
    house = fortress.house
    words = f"<@{house.standin.bot.id}> a fox --ar 16:9"
    said = await house.standin.send(house.alice, house.channel, words, attachments=[("photo.png", a_picture())])
    message = house.standin.core.payloads.message(house.standin.live(said), in_event=True)

    async def send(twist: Twist) -> None:
        house.standin.gateway.dispatch(
            "MESSAGE_CREATE", lambda _: twist(message), intent=Intent.SERVER_MESSAGES, server_id=house.server.id
        )

    await fortress.withstands(lambda: send_all(fortress, message, send))
    assert nothing_was_made_unseen(fortress)
    await fortress.ends_calmly()
