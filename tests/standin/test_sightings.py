"""What was ever shown, how it got there, and doors that close before their time."""

import discord
import pytest

from tests.standin.discord import ResetAfter, Status, Way
from tests.standin.example import Rig, file, png


async def answered(it: Rig, content: str = "waiting") -> discord.Interaction:
    asked = await it.idle()
    await asked.response.send_message(content)
    return asked


def ways(it: Rig) -> list[Way]:
    return [sighting.way for sighting in it.standin.sightings]


async def test_each_version_of_a_message_is_written_down_with_its_way(it: Rig) -> None:
    asked = await answered(it)
    await asked.edit_original_response(content="result", attachments=[file(png(), "a.png")])
    posted = await it.place.send("in the channel")
    await posted.edit(content="edited")
    await posted.delete()
    assert ways(it) == [Way.ANSWER, Way.TOKEN, Way.POST, Way.EDIT, Way.REMOVED]
    assert [one.message.content for one in it.standin.sightings] == [
        "waiting",
        "result",
        "in the channel",
        "edited",
        "edited",
    ]
    assert [one.filename for one in it.standin.sightings[1].message.attachments] == ["a.png"]


async def test_who_could_see_it_is_written_down_too(it: Rig) -> None:
    asked = await it.idle()
    await asked.response.send_message("only you", ephemeral=True)
    await it.bot.get_partial_messageable(it.standin.dm(it.alice).id).send("between us")
    await it.standin.send(it.alice, it.channel, "not the bot's")
    private, direct = it.standin.sightings
    assert private.message.ephemeral_to == it.alice.id
    assert (direct.way, direct.dm_with) == (Way.DIRECT, it.alice.id)


@pytest.mark.parametrize("code", [50027, 10015])
async def test_a_token_can_die_early(it: Rig, code: int) -> None:
    asked = await answered(it)
    it.standin.interactions[0].expire(code)
    with pytest.raises(discord.HTTPException) as refused:
        await asked.edit_original_response(content="too late")
    assert refused.value.code == code
    assert it.standin.messages(it.channel)[0].content == "waiting"


async def test_edits_of_a_message_can_be_refused_to_the_bot_but_not_to_the_token(it: Rig) -> None:
    asked = await answered(it)
    shown = await asked.original_response()
    await it.standin.refuse_edits(shown.id)
    with pytest.raises(discord.HTTPException) as refused:
        await it.place.get_partial_message(shown.id).edit(content="by the bot")
    assert refused.value.code == 30046
    await asked.edit_original_response(content="by the token")
    assert it.standin.messages(it.channel)[0].content == "by the token"


async def test_with_its_channel_a_message_is_gone_even_for_the_token(it: Rig) -> None:
    asked = await answered(it)
    it.standin.delete_channel(it.channel)
    assert ways(it) == [Way.ANSWER, Way.REMOVED]
    with pytest.raises(discord.HTTPException) as refused:
        await asked.edit_original_response(content="too late")
    assert refused.value.code == 10003


async def test_troubles_that_were_met_are_counted(it: Rig) -> None:
    once = Status(500)
    it.standin.faults.add("POST", "/channels/*/messages", once)
    it.standin.faults.add("DELETE", "/channels/*", ResetAfter())
    it.standin.rate_limits.refuse("POST", "/channels/*", retry_after_s=0.01, is_global=True)
    await it.place.send("in the end")
    assert [met.kind for met in it.standin.faults.met] == [once]
    assert [one.is_global for one in it.standin.rate_limits.refused] == [True]
