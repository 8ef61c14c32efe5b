"""Faults, rate limits and the gateway's ways of going away."""

import asyncio

import aiohttp
import discord
import pytest

from tests.standin.discord import Hold, Reset, ResetAfter, Slow, StandIn, Status, StatusAfter
from tests.standin.example import CONTENT_INTENTS, PLAIN_INTENTS, ExampleBot, Rig

MESSAGES = "/channels/*/messages"


async def test_an_error_before_acceptance_is_tried_again_by_discord_py(it: Rig) -> None:
    it.standin.faults.add("POST", MESSAGES, Status(502))
    await it.place.send("once")
    assert len(it.standin.messages(it.channel)) == 1
    assert [one.status for one in it.standin.requests if one.path.endswith("/messages")] == [502, 200]


async def test_after_an_accepted_error_a_nonce_saves_channel_messages_but_not_followups(it: Rig) -> None:
    """discord.py 2.7.1 tries both again, and makes up a nonce for the first only."""
    asked = await it.idle()
    await asked.response.defer()
    await asked.edit_original_response(content="answer")
    it.standin.faults.add("POST", MESSAGES, StatusAfter(500))
    it.standin.faults.add("POST", "/webhooks/*", StatusAfter(500))
    await asyncio.gather(it.place.send("once"), asked.followup.send("twice"))
    contents = [message.content for message in it.standin.messages(it.channel)]
    assert sorted(contents) == ["answer", "once", "twice", "twice"]


async def test_503_is_not_tried_again(it: Rig) -> None:
    it.standin.faults.add("POST", MESSAGES, Status(503))
    with pytest.raises(discord.DiscordServerError):
        await it.place.send("never")
    assert it.standin.messages(it.channel) == []


async def test_a_broken_connection_may_or_may_not_have_had_an_effect(it: Rig) -> None:
    it.standin.faults.add("POST", MESSAGES, Reset())
    with pytest.raises((aiohttp.ClientError, OSError)):
        await it.place.send("lost")
    assert it.standin.messages(it.channel) == []
    it.standin.faults.add("POST", MESSAGES, ResetAfter())
    with pytest.raises((aiohttp.ClientError, OSError)):
        await it.place.send("there")
    assert [message.content for message in it.standin.messages(it.channel)] == ["there"]
    assert it.standin.faults.are_spent


async def test_an_acknowledgement_can_be_lost_on_the_way_back(it: Rig) -> None:
    asked = await it.idle()
    it.standin.faults.add("POST", "/interactions/*", ResetAfter())
    with pytest.raises((aiohttp.ClientError, OSError)):
        await asked.response.defer()
    assert not asked.response.is_done()
    with pytest.raises(discord.HTTPException) as refused:
        await asked.response.defer()
    assert refused.value.code == 40060


async def test_a_request_can_be_held_until_the_test_lets_it_go(it: Rig) -> None:
    hold = Hold()
    it.standin.faults.add("POST", MESSAGES, hold)
    it.standin.faults.add("POST", MESSAGES, Slow(0.01))
    held = asyncio.create_task(it.place.send("held"))
    await hold.arrived.wait()
    await it.bot.get_partial_messageable(it.standin.dm(it.alice).id).send("overtaking")
    assert not held.done()
    hold.release()
    assert (await held).content == "held"


async def test_every_answer_tells_its_rate_limit(it: Rig) -> None:
    async with aiohttp.request("GET", f"{it.standin.rest_url}/gateway") as answer:
        told = {name.lower() for name in answer.headers}
        assert answer.headers["Content-Type"] == "application/json"
    names = ("limit", "remaining", "reset", "reset-after", "bucket")
    assert {f"x-ratelimit-{name}" for name in names} <= told


async def test_discord_py_waits_out_a_429(it: Rig) -> None:
    it.standin.rate_limits.refuse("POST", MESSAGES, retry_after_s=0.02)
    await it.place.send("after a while")
    assert [one.status for one in it.standin.requests if one.path.endswith("/messages")] == [429, 200]


async def test_a_429_without_via_is_taken_for_a_ban(it: Rig) -> None:
    it.standin.rate_limits.refuse("POST", MESSAGES, retry_after_s=0.02, via=False)
    with pytest.raises(discord.HTTPException) as refused:
        await it.place.send("never")
    assert refused.value.status == 429


async def test_an_exhausted_bucket_is_waited_for(it: Rig) -> None:
    it.standin.rate_limits.limit("POST", MESSAGES, limit=1, per_s=0.05)
    before = asyncio.get_running_loop().time()
    for _ in range(3):
        await it.place.send("x")
    assert asyncio.get_running_loop().time() - before > 0.05
    assert {one.status for one in it.standin.requests} == {200}


async def test_a_burst_past_the_bucket_is_429(it: Rig) -> None:
    it.standin.rate_limits.limit("GET", "/users/@me", limit=1, per_s=60)
    assert (await it.raw("GET", "/users/@me"))[0] == 200
    status, body = await it.raw("GET", "/users/@me")
    assert status == 429
    assert 0 < body["retry_after"] <= 60
    assert body["global"] is False


@pytest.mark.parametrize("code", [1001, 4000])
async def test_after_a_close_the_bot_resumes_and_misses_nothing(it: Rig, code: int) -> None:
    dm = it.standin.dm(it.alice)
    it.standin.gateway.close(code)
    await it.standin.send(it.alice, dm, "while away")
    await it.standin.until(lambda: it.standin.gateway.resumed == 1)
    assert (await it.heard()).content == "while away"
    assert len(it.standin.gateway.identified) == 1


async def test_after_a_dropped_connection_the_bot_resumes(it: Rig) -> None:
    it.standin.gateway.drop()
    await it.standin.until(lambda: it.standin.gateway.resumed == 1)


async def test_a_session_that_may_resume_is_resumed(it: Rig) -> None:
    it.standin.gateway.invalidate(resumable=True)
    await it.standin.until(lambda: it.standin.gateway.resumed == 1)


async def test_asked_to_reconnect_the_bot_resumes(it: Rig) -> None:
    it.standin.gateway.reconnect()
    await it.standin.until(lambda: it.standin.gateway.resumed == 1)
    await it.standin.send(it.alice, it.standin.dm(it.alice), "hello")
    assert (await it.heard()).content == "hello"


async def test_with_its_session_gone_the_bot_identifies_anew(it: Rig) -> None:
    it.standin.gateway.invalidate()
    await it.standin.send(it.alice, it.standin.dm(it.alice), "lost")
    await it.standin.until(lambda: len(it.standin.gateway.identified) == 2)
    await it.standin.send(it.alice, it.standin.dm(it.alice), "found")
    assert (await it.heard()).content == "found"


async def test_a_privileged_intent_has_to_be_allowed() -> None:
    async with StandIn() as standin:
        standin.gateway.allowed_privileged &= ~standin.gateway.allowed_privileged
        bot = ExampleBot(CONTENT_INTENTS)
        with standin.patched(), pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(standin.token)
        await bot.close()


async def test_intents_decide_which_events_come(it: Rig) -> None:
    assert it.standin.gateway.intents == PLAIN_INTENTS.value
    session = next(iter(it.standin.gateway.sessions.values()))
    it.standin.new_member(it.server, "bob")
    it.standin.new_channel(it.server, "art")
    assert [frame["t"] for frame in session.sent] == ["READY", "GUILD_CREATE", "CHANNEL_CREATE"]


async def test_joining_and_leaving_servers_reaches_the_bot(it: Rig) -> None:
    joined = asyncio.Event()
    left = asyncio.Event()

    async def on_guild_join(guild: discord.Guild) -> None:
        joined.set()

    async def on_guild_remove(guild: discord.Guild) -> None:
        left.set()

    it.bot.add_listener(on_guild_join)
    it.bot.add_listener(on_guild_remove)
    await it.bot.wait_until_ready()
    second = it.standin.new_server("Second")
    await asyncio.wait_for(joined.wait(), 5)
    it.standin.bot_leaves(second)
    await asyncio.wait_for(left.wait(), 5)


async def test_a_wait_that_fails_tells_what_happened(it: Rig) -> None:
    asked = await it.idle()
    with pytest.raises(TimeoutError, match="COMMAND 'idle' by alice: unanswered"):
        await it.standin.interactions[-1].acknowledged_within(0.01)
    await asked.response.defer()


async def test_members_are_listed_on_request() -> None:
    async with StandIn() as standin:
        server = standin.new_server()
        alice = standin.new_member(server, "alice")
        bot = ExampleBot(discord.Intents(guilds=True, members=True))
        with standin.patched():
            running = asyncio.create_task(bot.start(standin.token))
            await standin.connected()
            async with asyncio.timeout(5):
                await bot.wait_until_ready()
            guild = bot.get_guild(server.id)
            assert guild is not None
            assert guild.get_member(alice.id) is not None
            await bot.close()
            await running
