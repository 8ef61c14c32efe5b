"""An unmodified discord.py against the stand-in: login, commands, buttons, modals, deadlines and tokens."""

import asyncio
from pathlib import Path

import discord
import pytest

from tests.standin.discord import NotOffered, Permission, StandIn
from tests.standin.example import PLAIN_INTENTS, Again, ExampleBot, Plain, Rig, file, png


async def test_a_wrong_token_is_refused_at_login() -> None:
    async with StandIn() as standin:
        bot = ExampleBot(PLAIN_INTENTS)
        with standin.patched(), pytest.raises(discord.LoginFailure):
            await bot.start("wrong")
        await bot.close()
        assert [(one.path, one.status) for one in standin.requests] == [("/users/@me", 401)]


async def test_the_seams_are_put_back() -> None:
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE
    async with StandIn() as standin:
        with standin.patched():
            assert standin.rest_url == discord.http.Route.BASE
    assert before == (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE)


async def test_the_bot_knows_its_server_after_connecting(it: Rig) -> None:
    server = it.bot.get_guild(it.server.id)
    assert server is not None
    assert [channel.name for channel in server.text_channels] == ["general"]
    assert server.me.guild_permissions.attach_files


async def test_a_slash_command_with_a_file_is_deferred_and_then_filled(it: Rig) -> None:
    asked = await it.standin.slash(it.alice, it.channel, "imagine", prompt="a fox", reference1=("cat.png", png()))
    await asked.acknowledged_within()
    assert asked.kind == "defer"
    await asked.answered_within()
    assert asked.message is not None
    assert asked.message.content == "a fox"
    assert asked.message.files == {"picture.png": png()}
    assert asked.message.attachments[0].description == "a fox"
    assert asked.message.labels == ("Again",)
    assert it.standin.messages(it.channel) == [asked.message]


async def test_an_interaction_says_what_discord_says(it: Rig) -> None:
    it.standin.settings.attachment_size_limit = 123
    it.standin.deny(it.channel, it.server.everyone, Permission.ATTACH_FILES)
    asked = await it.idle()
    assert asked.filesize_limit == 123
    assert not asked.app_permissions.attach_files
    assert asked.permissions.send_messages
    assert asked.locale is discord.Locale.american_english
    assert asked.context.guild
    assert asked.channel_id == it.channel.id
    assert asked.user.name == "alice"
    await asked.response.send_message("ok")


async def test_a_slash_command_works_in_direct_messages(it: Rig) -> None:
    dm = it.standin.dm(it.alice)
    asked = await it.standin.slash(it.alice, dm, "imagine", prompt="a fox")
    await asked.answered_within()
    assert [message.content for message in it.standin.messages(dm)] == ["a fox"]


async def test_only_its_member_sees_an_ephemeral_answer(it: Rig) -> None:
    bob = it.standin.new_member(it.server, "bob")
    asked = await it.standin.slash(it.alice, it.channel, "secret")
    await it.standin.until(lambda: len(asked.followups) == 1)
    assert asked.ephemeral
    assert [message.content for message in it.standin.messages(it.channel, viewer=bob)] == ["and all"]
    assert [message.content for message in it.standin.messages(it.channel, viewer=it.alice)] == ["only you", "and all"]


async def test_the_bots_token_does_not_reach_ephemeral_messages(it: Rig) -> None:
    asked = await it.idle()
    told = await asked.response.send_message("only you", ephemeral=True)
    assert told.message_id is not None
    with pytest.raises(discord.NotFound) as refused:
        await it.place.fetch_message(told.message_id)
    assert refused.value.code == 10008


async def test_a_dynamic_button_edits_its_message(it: Rig) -> None:
    asked = await (await it.standin.slash(it.alice, it.channel, "imagine", prompt="a fox")).answered_within()
    assert asked.message is not None
    clicked = await it.standin.click(it.alice, asked.message, "Again")
    await clicked.acknowledged_within()
    assert clicked.kind == "update"
    assert [message.content for message in it.standin.messages(it.channel)] == ["again r1"]
    assert it.standin.messages(it.channel)[0].files == {"picture.png": b""}


async def test_what_is_not_there_cannot_be_clicked(it: Rig) -> None:
    asked = await (await it.standin.slash(it.alice, it.channel, "imagine", prompt="a fox")).answered_within()
    assert asked.message is not None
    with pytest.raises(NotOffered, match="Again"):
        await it.standin.click(it.alice, asked.message, "Delete")


async def test_a_modal_is_filled_in_and_submitted_with_a_file(it: Rig) -> None:
    asked = await (await it.standin.slash(it.alice, it.channel, "change")).acknowledged_within()
    assert asked.modal is not None
    assert [field.label for field in asked.modal.fields] == ["Prompt", "Pictures"]
    submitted = await it.standin.submit(asked, {"Prompt": "a cat", "Pictures": [("a.png", png())]})
    await submitted.acknowledged_within()
    assert submitted.message is not None
    assert submitted.message.content == "a cat with 1"


async def test_a_required_input_cannot_be_left_empty(it: Rig) -> None:
    asked = await (await it.standin.slash(it.alice, it.channel, "change")).acknowledged_within()
    with pytest.raises(NotOffered, match="Prompt"):
        await it.standin.submit(asked)


async def test_a_select_sends_what_was_chosen(it: Rig) -> None:
    view = discord.ui.View(timeout=60)
    select: discord.ui.Select[discord.ui.View] = discord.ui.Select(placeholder="Ratio", custom_id="ratio")
    for ratio in ("1:1", "3:2"):
        select.add_option(label=ratio)
    message = await it.place.send("choose", view=view.add_item(select))
    await it.standin.select(it.alice, message.id, "Ratio", "3:2")
    received = await it.received()
    assert received.data is not None
    assert received.data.get("values") == ["3:2"]
    await received.response.defer()
    view.stop()


async def test_a_message_command_sees_the_message_without_the_intent(it: Rig) -> None:
    message = await it.standin.send(it.alice, it.channel, "look", attachments=[("cat.png", png())])
    asked = await it.standin.message_command(it.alice, it.channel, "Edit image", message)
    await asked.acknowledged_within()
    assert asked.message is not None
    assert asked.message.content == "look / 1"


async def test_a_user_command_resolves_its_target(it: Rig) -> None:
    bob = it.standin.new_member(it.server, "bob")
    asked = await (await it.standin.user_command(it.alice, it.channel, "Who is", bob)).acknowledged_within()
    assert asked.message is not None
    assert asked.message.content == "bob"


async def test_autocomplete_brings_choices(it: Rig) -> None:
    asked = await it.standin.autocomplete(it.alice, it.channel, "style", "name", "in")
    await asked.acknowledged_within()
    assert asked.choices == ("ink",)


async def test_registered_commands_can_be_read_and_bind_members(it: Rig) -> None:
    await it.bot.tree.sync()
    assert {command["name"] for command in it.standin.commands.everywhere} >= {"imagine", "Edit image"}
    with pytest.raises(NotOffered, match="prompt"):
        await it.standin.slash(it.alice, it.channel, "imagine")
    with pytest.raises(NotOffered, match="paint"):
        await it.standin.slash(it.alice, it.channel, "paint", prompt="a fox")
    asked = await it.standin.slash(it.alice, it.channel, "imagine", prompt="a fox")
    await asked.answered_within()


async def test_commands_of_one_server_stay_there(it: Rig) -> None:
    place = discord.Object(it.server.id)
    it.bot.tree.copy_global_to(guild=place)
    await it.bot.tree.sync(guild=place)
    assert it.standin.commands.everywhere == []
    assert "imagine" in {command["name"] for command in it.standin.commands.by_server[it.server.id]}


async def test_after_three_seconds_an_interaction_is_unknown(it: Rig) -> None:
    asked = await it.idle()
    it.clock.advance(seconds=3.1)
    with pytest.raises(discord.NotFound) as refused:
        await asked.response.defer()
    assert refused.value.code == 10062


async def test_an_interaction_is_acknowledged_once(it: Rig) -> None:
    asked = await it.idle()
    again = discord.InteractionResponse(asked)
    await asked.response.defer()
    with pytest.raises(discord.HTTPException) as refused:
        await again.defer()
    assert (refused.value.status, refused.value.code) == (400, 40060)


async def test_a_webhook_exists_only_after_the_acknowledgement(it: Rig) -> None:
    asked = await it.idle()
    with pytest.raises(discord.NotFound) as refused:
        await asked.followup.send("too early")
    assert refused.value.code == 10015


async def test_after_fifteen_minutes_the_token_is_dead(it: Rig) -> None:
    asked = await it.idle()
    told = await asked.response.send_message("made by an interaction")
    it.clock.advance(minutes=15, seconds=1)
    with pytest.raises(discord.HTTPException) as refused:
        await asked.edit_original_response(content="late")
    assert (refused.value.status, refused.value.code) == (401, 50027)
    await it.place.get_partial_message(told.message_id or 0).edit(content="by the bot's own token")
    assert it.standin.messages(it.channel)[0].content == "by the bot's own token"


async def test_the_first_followup_after_a_defer_fills_the_placeholder(it: Rig) -> None:
    asked = await it.idle()
    told = await asked.response.defer(ephemeral=True)
    assert told is not None
    assert told.is_thinking()
    message = await asked.followup.send("here", ephemeral=False, wait=True)
    assert message.id == told.message_id
    [seen] = it.standin.messages(it.channel)
    assert (seen.content, seen.ephemeral_to, seen.is_loading) == ("here", it.alice.id, False)


async def test_the_answer_can_be_edited_by_its_id(it: Rig) -> None:
    asked = await it.idle()
    told = await asked.response.defer()
    assert told is not None
    await asked.followup.edit_message(told.message_id or 0, content="done", attachments=[file(png(), "a.png")])
    assert it.standin.messages(it.channel)[0].files == {"a.png": png()}


async def test_a_removed_answer_is_an_unknown_message(it: Rig) -> None:
    asked = await it.idle()
    await asked.response.send_message("soon gone")
    await asked.delete_original_response()
    assert it.standin.messages(it.channel) == []
    with pytest.raises(discord.NotFound) as refused:
        await asked.edit_original_response(content="back")
    assert refused.value.code == 10008


async def test_a_command_cannot_be_answered_by_an_update(it: Rig) -> None:
    asked = await it.idle()
    asked.type = discord.InteractionType.component
    with pytest.raises(discord.HTTPException) as refused:
        await asked.response.defer()
    assert refused.value.code == 50035


async def test_where_only_the_user_installed_the_app_five_followups_go(it: Rig) -> None:
    elsewhere = it.standin.new_server("Elsewhere", with_bot=False)
    channel = it.standin.new_channel(elsewhere)
    it.standin.join(it.alice.user, elsewhere)
    await it.standin.slash(it.alice, channel, "idle")
    asked = await it.received()
    assert asked.is_user_integration()
    assert not asked.is_guild_integration()
    await asked.response.send_message("first")
    for _ in range(5):
        await asked.followup.send("more")
    with pytest.raises(discord.HTTPException) as refused:
        await asked.followup.send("too many")
    assert refused.value.code == 40094


LITTLE_BOT = """
import os, sys, discord
from discord import app_commands

client = discord.Client(intents=discord.Intents.default())
tree = app_commands.CommandTree(client)

@tree.command(description="Say the word")
async def say(interaction: discord.Interaction) -> None:
    await interaction.response.send_message(sys.argv[1])

client.run(os.environ["TOKEN"], log_handler=None)
"""


async def test_a_bot_in_a_process_of_its_own_answers(tmp_path: Path) -> None:
    (tmp_path / "littlebot.py").write_text(LITTLE_BOT)
    async with StandIn() as standin:
        server = standin.new_server()
        channel, alice = standin.new_channel(server), standin.new_member(server, "alice")
        process = await asyncio.create_subprocess_exec(
            *standin.command("littlebot", "hello"), env={**standin.environment(), "TOKEN": standin.token}, cwd=tmp_path
        )
        try:
            await standin.connected(within_s=20)
            asked = await standin.slash(alice, channel, "say")
            await asked.acknowledged_within()
            assert [message.content for message in standin.messages(channel)] == ["hello"]
        finally:
            process.kill()
            await process.wait()


async def test_answers_and_updates_can_carry_files(it: Rig) -> None:
    asked = await it.idle()
    view = discord.ui.View(timeout=None).add_item(Again("r2"))
    await asked.response.send_message("first", file=file(b"one", "one.png"), view=view)
    [message] = it.standin.messages(it.channel)
    await it.standin.click(it.alice, message, "Again")
    await it.standin.until(lambda: it.standin.messages(it.channel)[0].content == "again r2")
    assert it.standin.messages(it.channel)[0].files == {"one.png": b"one"}


async def test_an_update_may_drop_the_files_it_does_not_list(it: Rig) -> None:
    it.standin.settings.updates_drop_unlisted_files = True
    asked = await (await it.standin.slash(it.alice, it.channel, "imagine", prompt="a fox")).answered_within()
    assert asked.message is not None
    await (await it.standin.click(it.alice, asked.message, "Again")).acknowledged_within()
    assert it.standin.messages(it.channel)[0].files == {}


async def test_a_button_can_be_answered_with_a_message_of_its_own(it: Rig) -> None:
    board = await it.place.send("board", view=discord.ui.View(timeout=None).add_item(Plain()))
    clicked = await it.standin.click(it.alice, board.id, "plain")
    received = await it.received()
    assert received.message is not None
    assert received.message.id == board.id
    await received.response.defer(thinking=True, ephemeral=True)
    assert clicked.message is not None
    assert clicked.message.is_loading
    await received.edit_original_response(content="done")
    assert [(one.content, one.ephemeral_to) for one in it.standin.messages(it.channel)] == [
        ("board", None),
        ("done", it.alice.id),
    ]


async def test_a_deferred_update_edits_the_message_of_the_button(it: Rig) -> None:
    board = await it.place.send("board", view=discord.ui.View(timeout=None).add_item(Plain()))
    clicked = await it.standin.click(it.alice, board.id, "plain")
    received = await it.received()
    await received.response.defer()
    await received.edit_original_response(content="changed")
    await received.followup.send("and more")
    assert clicked.kind == "defer_update"
    assert [message.content for message in it.standin.messages(it.channel)] == ["changed", "and more"]


async def test_the_original_is_found_under_its_escaped_name(it: Rig) -> None:
    asked = await it.idle()
    await asked.response.send_message("first")
    webhook = discord.Webhook.partial(asked.application_id, asked.token, client=it.bot)
    await webhook.edit_message("@original", content="second")  # type: ignore[call-overload]
    assert it.standin.messages(it.channel)[0].content == "second"


async def test_subcommands_go_by_their_path(it: Rig) -> None:
    group = discord.app_commands.Group(name="limits", description="Limits", default_permissions=discord.Permissions(32))

    @group.command(name="set", description="Set a limit")
    async def set_limit(interaction: discord.Interaction, most: discord.app_commands.Range[int, 1, 5]) -> None:
        await interaction.response.send_message(f"at most {most}")

    it.bot.tree.add_command(group)
    await it.bot.tree.sync()
    with pytest.raises(NotOffered, match="permissions"):
        await it.standin.slash(it.alice, it.channel, "limits set", most=3)
    manager = it.standin.new_role(it.server, "manager", Permission.MANAGE_SERVER)
    it.standin.give_role(it.alice, manager)
    with pytest.raises(NotOffered, match="1 to 5"):
        await it.standin.slash(it.alice, it.channel, "limits set", most=6)
    asked = await it.standin.slash(it.alice, it.channel, "limits set", most=3)
    await asked.acknowledged_within()
    assert asked.message is not None
    assert asked.message.content == "at most 3"


async def test_a_restarted_bot_starts_a_session_of_its_own(it: Rig) -> None:
    second = ExampleBot(PLAIN_INTENTS)
    running = asyncio.create_task(second.start(it.standin.token))
    await it.standin.connected(times=2)
    assert len(it.standin.gateway.sessions) == 2
    await second.close()
    await running


async def test_sharded_bots_find_their_way() -> None:
    async with StandIn() as standin:
        bot = discord.AutoShardedClient(intents=PLAIN_INTENTS, shard_count=2)
        with standin.patched():
            running = asyncio.create_task(bot.start(standin.token))
            await standin.connected()
            assert standin.gateway.identified[0]["shard"] == [0, 2]
            running.cancel()
            await asyncio.wait({running})
            await bot.close()
