"""Pictures in threads and forum posts that Discord archived: seen by whoever may read them, and by nobody else."""

from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.backend.models.channel import Overwrite
from simcord.builders import ChannelHandle
from simcord.enums import ChannelType, OverwriteType

from tests.scenarios.panels import a_moderator, a_result, labels, press, words_of
from tests.scenarios.studio import Studio, a_picture, shown

CANNOT = "I cannot show you that picture from here"


def a_thread(studio: Studio, around: ChannelHandle | None = None, *, private: bool = False) -> ChannelHandle:
    """Alice's, with the bot in it."""
    kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
    around, backend = around or studio.channel, studio.world.env.backend
    thread = backend.create_thread(around.id, "foxes", studio.alice.id, type=kind)
    thread.thread_members[backend.bot_user.id] = backend.now_iso()
    return next(one for one in around.threads if one.id == thread.id)


def archive(studio: Studio, thread: ChannelHandle) -> None:
    """Days after the last message, whereupon discord.py forgets it."""
    studio.world.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})


def close(studio: Studio, channel: ChannelHandle, **denied: bool) -> None:
    """To everybody but the bot and administrators."""
    backend, allowed = studio.world.env.backend, discord.Permissions.all_channel().value
    easel = Overwrite(target_id=backend.bot_user.id, type=OverwriteType.MEMBER, allow=allowed, deny=0)
    all_others = Overwrite(
        target_id=studio.server.id, type=OverwriteType.ROLE, allow=0, deny=discord.Permissions(**denied).value
    )
    for overwrite in (easel, all_others):
        backend.set_overwrite(channel.id, overwrite)


def a_keeper(studio: Studio) -> MemberActor:
    powers = discord.Permissions(manage_messages=True, manage_threads=True)
    role = studio.server.create_role("keepers of threads", permissions=powers)
    return studio.server.add_member(studio.world.env.create_user("kim"), roles=[role])


async def everybodys(studio: Studio, member: MemberActor, channel: ChannelHandle | None = None) -> Any:
    return shown(await member.slash(channel or studio.channel, "history", whose="server")).message


# ---- what everybody asked for ---------------------------------------------------------------------------------------


async def test_a_moderator_finds_what_was_asked_for_there_and_opens_it(studio: Studio) -> None:
    thread, mo = a_thread(studio), a_moderator(studio)
    await a_result(studio, "a fox", channel=thread)
    archive(studio, thread)
    page = await everybodys(studio, mo)
    assert "· a fox ·" in page.content
    assert "still to be looked at" not in page.content
    assert "**A fox**" in await words_of(studio, page, "1", member=mo)


@pytest.mark.parametrize("denied", ["view_channel", "read_message_history"])
async def test_it_is_as_closed_as_the_channel_around_it(studio: Studio, denied: str) -> None:
    thread, mo, lobby = a_thread(studio), a_moderator(studio), studio.server.create_text_channel("lobby")
    await a_result(studio, "a fox", channel=thread)
    archive(studio, thread)
    page = await everybodys(studio, mo, lobby)
    assert "a fox" in page.content
    close(studio, studio.channel, **{denied: True})
    assert "a fox" not in (await everybodys(studio, mo, lobby)).content
    assert (await words_of(studio, page, "1", member=mo)).startswith(CANNOT)


async def test_of_a_private_one_only_who_manages_threads_is_told(studio: Studio) -> None:
    thread, mo, keeper = a_thread(studio, private=True), a_moderator(studio), a_keeper(studio)
    await a_result(studio, "a fox", channel=thread)
    archive(studio, thread)
    assert "a fox" not in (await everybodys(studio, mo)).content
    assert "a fox" in (await everybodys(studio, keeper)).content


@pytest.mark.parametrize("told", [True, False], ids=["at once", "between two sessions"])
async def test_of_one_that_was_deleted_nothing_is_told(studio: Studio, *, told: bool) -> None:
    thread, mo = a_thread(studio), a_moderator(studio)
    await a_result(studio, "a fox", channel=thread)
    archive(studio, thread)
    page = await everybodys(studio, mo)
    if told:
        studio.world.env.backend.delete_channel(thread.id)
    else:
        del studio.world.env.backend.channels[thread.id]
        studio.world.env.bot.dispatch("ready")
    assert "a fox" not in (await everybodys(studio, mo)).content
    assert (await words_of(studio, page, "1", member=mo)).startswith(CANNOT)


# ---- lineage --------------------------------------------------------------------------------------------------------


async def an_edit_of_a_photo_in(studio: Studio, channel: ChannelHandle) -> discord.Message:
    """Bob's photo there, of which Alice makes a picture."""
    photo = await studio.bob.send(channel, "look", attachments=[("photo.png", a_picture())])
    form = await studio.alice.context_menu(channel, "Edit image", photo)
    result = await studio.alice.submit_modal(form, {"instruction": "make it night", "aspect": "same"})
    await studio.finished(result)
    return photo


async def lineage(studio: Studio) -> Any:
    """Of Alice's newest picture, looked at elsewhere."""
    page = shown(await studio.alice.slash(studio.channel, "history")).message
    return shown(await press(studio, page, "1", "More", "Lineage")).message


def first_line(panel: Any) -> str:
    return str(panel.content.splitlines()[1])


async def test_a_photo_there_is_named_in_a_lineage_and_back_leads_to_it(studio: Studio) -> None:
    thread = a_thread(studio)
    photo = await an_edit_of_a_photo_in(studio, thread)
    archive(studio, thread)
    panel = await lineage(studio)
    assert first_line(panel) == f"1. a picture that was there before · [picture](<{photo.jump_url}>)"
    back = await studio.alice.click(panel, label="Back")
    again = await studio.alice.submit_modal(back, {"instruction": "make it day", "aspect": "same"})
    await studio.finished(again)
    assert photo.jump_url in shown(again).content


async def test_back_says_what_to_do_where_the_viewer_may_not_look(studio: Studio) -> None:
    staff = studio.server.create_text_channel("staff")
    thread = a_thread(studio, staff)
    await an_edit_of_a_photo_in(studio, thread)
    archive(studio, thread)
    open_panel = await lineage(studio)
    close(studio, staff, view_channel=True)
    refused = shown(await studio.alice.click(open_panel, label="Back")).content
    assert refused.startswith(CANNOT)
    assert "→ Apps → Edit image" in refused
    panel = await lineage(studio)
    assert first_line(panel) == "1. not shown here"
    assert labels(panel) == []
