"""Everything that Discord refuses, in its words."""

import discord
import pytest

from tests.standin.discord import Permission
from tests.standin.example import Rig, file, png

MEBIBYTE = 1024 * 1024


async def test_a_form_error_names_its_place(it: Rig) -> None:
    status, body = await it.raw("POST", f"/channels/{it.channel.id}/messages", {"content": "x" * 2001})
    assert status == 400
    fault = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}
    assert body == {"message": "Invalid Form Body", "code": 50035, "errors": {"content": {"_errors": [fault]}}}


async def test_form_errors_of_callbacks_stand_below_data(it: Rig) -> None:
    asked = await it.idle()
    with pytest.raises(discord.HTTPException, match=r"In data.content: Must be 2000 or fewer") as refused:
        await asked.response.send_message("x" * 2001)
    assert refused.value.code == 50035
    await asked.response.send_message("shorter")  # A refused callback acknowledges nothing.


BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
OPTION = {"label": "a", "value": "a"}


def row(*components: dict[str, object]) -> dict[str, object]:
    return {"type": 1, "components": list(components)}


def select(count: int) -> dict[str, object]:
    options = [{"label": str(number), "value": str(number)} for number in range(count)]
    return {"type": 3, "custom_id": "select", "options": options}


V2 = {"flags": 1 << 15}
TEXT = {"type": 10, "content": "x"}

FORMS: dict[str, tuple[dict[str, object], str]] = {
    "content of V2": ({**V2, "content": "x", "components": [TEXT]}, "content"),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, "embeds"),
    "embed title": ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
    "embed text": ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description"),
    "embed total": ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "embeds"),
    "embed field": ({"embeds": [{"fields": [{"name": "", "value": "x"}]}]}, "embeds.0.fields.0.name"),
    "six rows": ({"components": [row({**BUTTON, "custom_id": str(n)}) for n in range(6)]}, "components"),
    "six buttons": (
        {"components": [row(*({**BUTTON, "custom_id": str(n)} for n in range(6)))]},
        "components.0.components",
    ),
    "empty row": ({"components": [row()]}, "components.0.components"),
    "custom id": (
        {"components": [row({**BUTTON, "custom_id": "x" * 101})]},
        "components.0.components.0.custom_id",
    ),
    "custom id twice": ({"components": [row(BUTTON, BUTTON)]}, "components.0.components.1.custom_id"),
    "label": ({"components": [row({**BUTTON, "label": "x" * 81})]}, "components.0.components.0.label"),
    "link": (
        {"components": [row({"type": 2, "style": 5, "label": "x", "url": "ftp://x"})]},
        "components.0.components.0.url",
    ),
    "26 options": ({"components": [row(select(26))]}, "components.0.components.0.options"),
    "two selects": ({"components": [row(select(1), BUTTON)]}, "components.0.components.1"),
    "text without V2": ({"components": [TEXT]}, "components.0.type"),
    "41 components": ({**V2, "components": [{"type": 17, "components": [TEXT] * 40}]}, "components"),
    "long texts": ({**V2, "components": [{"type": 10, "content": "x" * 2001}] * 2}, "components"),
    "gallery": ({**V2, "components": [{"type": 12, "items": []}]}, "components.0.items"),
    "lost file": ({**V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://x"}}]}]}, "components"),
    "nonce": ({"content": "x", "nonce": "x" * 26}, "nonce"),
    "unknown attachment": ({"content": "x", "attachments": [{"id": 7}]}, "attachments.0"),
    "mentions": ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
}


@pytest.mark.parametrize("name", FORMS)
async def test_limits_of_messages_are_form_errors(it: Rig, name: str) -> None:
    body, path = FORMS[name]
    status, told = await it.raw("POST", f"/channels/{it.channel.id}/messages", {"content": "", **body})
    assert (status, told["code"]) == (400, 50035)
    place = told["errors"]
    for step in path.split("."):
        place = place[step]
    assert place["_errors"], told


async def test_alt_text_has_a_limit(it: Rig) -> None:
    with pytest.raises(discord.HTTPException, match=r"attachments\.0\.description: Must be 1024 or fewer"):
        await it.place.send(file=file(png(), "a.png", "x" * 1025))


async def test_eleven_files_are_too_many(it: Rig) -> None:
    with pytest.raises(discord.HTTPException, match="Must be 10 or fewer"):
        await it.place.send(files=[file(b"x", f"{number}.png") for number in range(11)])


async def test_nothing_cannot_be_sent(it: Rig) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await it.place.send("")
    assert refused.value.code == 50006


async def test_everything_cannot_be_edited_away(it: Rig) -> None:
    message = await it.place.send("words")
    with pytest.raises(discord.HTTPException) as refused:
        await message.edit(content=None)
    assert refused.value.code == 50006
    assert it.standin.messages(it.channel)[0].content == "words"


async def test_limits_of_modals_are_form_errors(it: Rig) -> None:
    asked = await it.idle()
    modal = discord.ui.Modal(title="x" * 46, timeout=1, custom_id="x")
    modal.add_item(discord.ui.TextInput(label="a", custom_id="a"))
    with pytest.raises(discord.HTTPException, match=r"data\.title: Must be between 1 and 45"):
        await asked.response.send_modal(modal)
    modal.stop()


async def test_choices_have_limits(it: Rig) -> None:
    await it.standin.autocomplete(it.alice, it.channel, "idle", "name", "")
    asked = await it.received()
    choices = [discord.app_commands.Choice(name=str(one), value=str(one)) for one in range(26)]
    with pytest.raises(discord.HTTPException, match="Must be 25 or fewer"):
        await asked.response.autocomplete(choices)


async def test_a_file_over_the_limit_is_too_large(it: Rig) -> None:
    it.standin.settings.attachment_size_limit = 100
    asked = await it.idle()
    await asked.response.defer()
    with pytest.raises(discord.HTTPException) as refused:
        await asked.edit_original_response(attachments=[file(b"x" * 101, "a.png")])
    assert (refused.value.status, refused.value.code) == (413, 40005)
    await asked.edit_original_response(attachments=[file(b"x" * 100, "a.png")])


async def test_discord_can_promise_more_than_it_takes(it: Rig) -> None:
    it.standin.settings.enforced_size_limit = 50
    asked = await it.idle()
    assert asked.filesize_limit > 50
    with pytest.raises(discord.HTTPException) as refused:
        await asked.response.send_message(file=file(b"x" * 51, "a.png"))
    assert refused.value.code == 40005


async def test_a_whole_request_over_25_mebibytes_is_too_large(it: Rig) -> None:
    content = b"x" * (9 * MEBIBYTE)
    with pytest.raises(discord.HTTPException) as refused:
        await it.place.send(files=[file(content, f"{number}.png") for number in range(3)])
    assert (refused.value.status, refused.value.code) == (413, 40005)


@pytest.mark.parametrize(
    ("permission", "code"),
    [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013), (Permission.ATTACH_FILES, 50013)],
)
async def test_missing_permissions_are_forbidden(it: Rig, permission: Permission, code: int) -> None:
    it.standin.deny(it.channel, it.standin.bot, permission)
    with pytest.raises(discord.Forbidden) as refused:
        await it.place.send("x", file=file(b"x", "a.png"))
    assert refused.value.code == code


async def test_without_reading_the_past_it_is_empty_and_nothing_in_it_can_be_shown_or_answered(it: Rig) -> None:
    sent = await it.place.send("x")
    it.standin.deny(it.channel, it.standin.bot, Permission.READ_MESSAGE_HISTORY)
    assert [one async for one in it.place.history()] == []
    with pytest.raises(discord.Forbidden) as fetched:
        await it.place.fetch_message(sent.id)
    with pytest.raises(discord.HTTPException) as answered:
        await it.place.send("y", reference=sent)
    assert (fetched.value.code, answered.value.code) == (50013, 160002)
    await it.place.get_partial_message(sent.id).edit(content="z")


async def test_a_role_of_the_bot_gives_back_what_everyone_lacks(it: Rig) -> None:
    it.standin.set_permissions(it.server, it.server.everyone, Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden):
        await it.place.send("x")
    role = it.standin.new_role(it.server, "speaker", Permission.SEND_MESSAGES)
    it.standin.give_role(it.server.members[it.standin.bot.id], role)
    await it.place.send("x")


async def test_administrators_may_everything(it: Rig) -> None:
    it.standin.deny(it.channel, it.server.everyone, Permission.VIEW_CHANNEL)
    role = it.standin.new_role(it.server, "admin", Permission.ADMINISTRATOR)
    it.standin.give_role(it.server.members[it.standin.bot.id], role)
    await it.place.send("x")


async def test_unknown_places_and_messages_are_not_found(it: Rig) -> None:
    with pytest.raises(discord.NotFound) as channel:
        await it.bot.get_partial_messageable(1).send("x")
    with pytest.raises(discord.NotFound) as message:
        await it.place.fetch_message(1)
    with pytest.raises(discord.NotFound) as user:
        await it.bot.fetch_user(1)
    assert (channel.value.code, message.value.code, user.value.code) == (10003, 10008, 10013)


async def test_a_deleted_channel_is_unknown(it: Rig) -> None:
    it.standin.delete_channel(it.channel)
    with pytest.raises(discord.NotFound) as refused:
        await it.place.send("x")
    assert refused.value.code == 10003


async def test_other_peoples_messages_cannot_be_edited_or_deleted(it: Rig) -> None:
    sent = await it.standin.send(it.alice, it.channel, "mine")
    with pytest.raises(discord.Forbidden) as edited:
        await it.place.get_partial_message(sent.id).edit(content="yours")
    with pytest.raises(discord.Forbidden) as deleted:
        await it.place.get_partial_message(sent.id).delete()
    assert (edited.value.code, deleted.value.code) == (50005, 50013)


async def test_closed_direct_messages_cannot_be_written(it: Rig) -> None:
    dm = await it.bot.get_partial_messageable(it.standin.dm(it.alice).id).send("open")
    assert dm.content == "open"
    it.alice.user.accepts_dms = False
    user = await it.bot.fetch_user(it.alice.id)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("closed")
    assert refused.value.code == 50007


async def test_automod_looks_at_what_the_bot_says(it: Rig) -> None:
    it.server.blocked_words.add("badger")
    with pytest.raises(discord.HTTPException) as sent:
        await it.place.send("a Badger")
    asked = await it.idle()
    await asked.response.defer()
    with pytest.raises(discord.HTTPException) as edited:
        await asked.edit_original_response(embed=discord.Embed(description="badgers"))
    assert (sent.value.code, edited.value.code) == (200000, 200000)
    await asked.edit_original_response(content="a fox")


async def test_old_messages_take_only_so_many_edits(it: Rig) -> None:
    it.standin.settings.old_edits_allowed = 0
    message = await it.place.send("young")
    await message.edit(content="still young")
    it.clock.advance(hours=1, seconds=1)
    status, body = await it.raw("PATCH", f"/channels/{it.channel.id}/messages/{message.id}", {"content": "old"})
    assert (status, body["code"]) == (429, 30046)


async def test_another_token_is_unauthorized(it: Rig) -> None:
    status, body = await it.raw("GET", "/users/@me", token="wrong")
    assert (status, body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_an_unknown_route_is_not_found(it: Rig) -> None:
    assert await it.raw("GET", "/nowhere") == (404, {"message": "404: Not Found", "code": 0})
