"""Channel messages against the stand-in: what is kept, shown, redacted, repeated, mentioned, and where files live."""

from datetime import timedelta

import aiohttp
import discord
import pytest

from tests.standin.discord import Permission
from tests.standin.example import CONTENT_INTENTS, Rig, file, png, rig

EVERYTHING = discord.AllowedMentions.all()
NOTHING = discord.AllowedMentions.none()


async def fetch(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.read()


async def test_without_the_intent_other_peoples_words_are_empty(it: Rig) -> None:
    sent = await it.standin.send(it.alice, it.channel, "private talk", attachments=[("cat.png", png())])
    heard = await it.heard()
    assert (heard.content, heard.attachments) == ("", [])
    fetched = await it.place.fetch_message(sent.id)
    assert (fetched.content, fetched.attachments) == ("", [])


async def test_with_the_intent_everything_is_there() -> None:
    async with rig(CONTENT_INTENTS) as it:
        sent = await it.standin.send(it.alice, it.channel, "talk", attachments=[("cat.png", png(8, 6))])
        heard = await it.heard()
        assert heard.content == "talk"
        assert (heard.attachments[0].content_type, heard.attachments[0].width) == ("image/png", 8)
        assert (await it.place.fetch_message(sent.id)).content == "talk"


async def test_a_literal_mention_opens_only_the_outer_message(it: Rig) -> None:
    bob = it.standin.new_member(it.server, "bob")
    photo = await it.standin.send(bob, it.channel, "my photo", attachments=[("cat.png", png())])
    await it.heard()
    await it.standin.send(it.alice, it.channel, f"{it.standin.bot.mention} brighter", reply_to=photo)
    heard = await it.heard()
    assert heard.content.endswith("brighter")
    replied = heard.reference.resolved if heard.reference else None
    assert isinstance(replied, discord.Message)
    assert (replied.content, replied.attachments) == ("", [])


async def test_direct_messages_are_readable(it: Rig) -> None:
    await it.standin.send(it.alice, it.standin.dm(it.alice), "just us")
    assert (await it.heard()).content == "just us"


async def test_a_ping_reply_opens_only_when_it_answers_a_regular_message_of_the_bot(it: Rig) -> None:
    regular = await it.place.send("regular")
    await it.standin.send(it.alice, it.channel, "to regular", reply_to=regular.id)
    await it.standin.send(it.alice, it.channel, "without ping", reply_to=regular.id, ping=False)
    asked = await (await it.standin.slash(it.alice, it.channel, "imagine", prompt="a fox")).answered_within()
    await it.standin.send(it.alice, it.channel, "to an interaction's answer", reply_to=asked.message)
    heard = [await it.heard() for _ in range(3)]
    assert [message.content for message in heard] == ["to regular", "", ""]
    assert [it.bot.user in message.mentions for message in heard] == [True, False, True]


async def test_a_forward_carries_a_snapshot_that_stays() -> None:
    async with rig(CONTENT_INTENTS) as it:
        photo = await it.standin.send(it.alice, it.channel, "my photo", attachments=[("cat.png", png())])
        await it.heard()
        await it.standin.forward(it.alice, photo, it.channel)
        await it.standin.delete(photo)
        heard = await it.heard()
        [snapshot] = heard.message_snapshots
        assert (heard.content, snapshot.content) == ("", "my photo")
        assert await fetch(snapshot.attachments[0].url) == (200, png())


async def test_edits_and_removals_reach_the_bot() -> None:
    async with rig(CONTENT_INTENTS) as it:
        edited = it.bot.loop.create_future()
        removed = it.bot.loop.create_future()

        async def on_raw_message_edit(event: discord.RawMessageUpdateEvent) -> None:
            edited.set_result(event.message.content)

        async def on_raw_message_delete(event: discord.RawMessageDeleteEvent) -> None:
            removed.set_result(event.message_id)

        it.bot.add_listener(on_raw_message_edit)
        it.bot.add_listener(on_raw_message_delete)
        sent = await it.standin.send(it.alice, it.channel, "first")
        await it.standin.edit(sent, "second")
        await it.standin.delete(sent)
        assert (await edited, await removed) == ("second", sent.id)


async def test_a_nonce_used_again_returns_the_first_message(it: Rig) -> None:
    first = await it.place.send("once", nonce="request.1")
    again = await it.place.send("twice", nonce="request.1")
    assert first.id == again.id
    assert [message.content for message in it.standin.messages(it.channel)] == ["once"]
    it.clock.advance(minutes=6)
    await it.place.send("later", nonce="request.1")
    assert len(it.standin.messages(it.channel)) == 2


async def test_a_nonce_whose_message_is_gone_is_an_unknown_message(it: Rig) -> None:
    await (await it.place.send("once", nonce="request.1")).delete()
    with pytest.raises(discord.NotFound) as refused:
        await it.place.send("again", nonce="request.1")
    assert refused.value.code == 10008


async def test_an_edit_keeps_the_files_it_lists_and_drops_the_others(it: Rig) -> None:
    message = await it.place.send(files=[file(b"one", "one.png"), file(b"two", "two.png")])
    kept, dropped = message.attachments
    await message.edit(attachments=[kept, file(b"three", "three.png", "alt")])
    [seen] = it.standin.messages(it.channel)
    assert seen.files == {"one.png": b"one", "three.png": b"three"}
    assert seen.attachments[0].id == kept.id
    assert await fetch(seen.attachments[0].url) == (200, b"one")
    assert (await fetch(dropped.url))[0] == 404


async def test_an_edit_that_names_no_files_keeps_them(it: Rig) -> None:
    message = await it.place.send("first", file=file(b"one", "one.png"))
    await message.edit(content="second")
    assert it.standin.messages(it.channel)[0].files == {"one.png": b"one"}


async def test_files_shown_by_an_embed_are_not_among_the_attachments(it: Rig) -> None:
    embed = discord.Embed(title="A fox").set_image(url="attachment://fox.png")
    message = await it.place.send(embed=embed, file=file(png(), "fox.png"))
    assert message.attachments == []
    assert await fetch(message.embeds[0].image.url or "") == (200, png())
    [seen] = it.standin.messages(it.channel)
    assert (seen.files, seen.attachments[0].is_shown) == ({"fox.png": png()}, False)


async def test_files_shown_by_a_gallery_are_not_among_the_attachments(it: Rig) -> None:
    view = discord.ui.LayoutView()
    gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery()
    view.add_item(gallery.add_item(media="attachment://fox.png", description="A fox"))
    message = await it.place.send(view=view, file=file(png(), "fox.png"))
    assert message.attachments == []
    [component] = message.components
    assert isinstance(component, discord.MediaGalleryComponent)
    [kept] = it.standin.messages(it.channel)[0].attachments
    assert component.items[0].media.attachment_id == kept.id
    assert await fetch(component.items[0].media.url) == (200, png())
    # What the naive edit does: the files it does not list are gone.
    await message.edit(attachments=[*message.attachments, file(b"new", "new.png")])
    assert (await fetch(kept.url))[0] == 404


async def test_addresses_expire_and_are_signed_anew_when_the_message_is_fetched(it: Rig) -> None:
    message = await it.place.send(file=file(png(), "fox.png"))
    old = message.attachments[0].url
    assert await fetch(old) == (200, png())
    it.clock.advance(hours=25)
    assert (await fetch(old))[0] == 404
    fresh = (await it.place.fetch_message(message.id)).attachments[0].url
    assert await fetch(fresh) == (200, png())
    _, answer = await it.raw("POST", "/attachments/refresh-urls", {"attachment_urls": [old]})
    assert await fetch(answer["refreshed_urls"][0]["refreshed"]) == (200, png())


async def test_a_forged_address_is_not_found(it: Rig) -> None:
    message = await it.place.send(file=file(png(), "fox.png"))
    address, _, _ = message.attachments[0].url.partition("&hm=")
    assert (await fetch(f"{address}&hm={'0' * 64}&"))[0] == 404
    assert (await fetch(address.partition("?")[0]))[0] == 404
    assert [download.status for download in it.standin.cdn.downloads] == [404, 404]


async def test_uploads_of_commands_live_at_addresses_of_their_own(it: Rig) -> None:
    await it.standin.slash(it.alice, it.channel, "idle", picture=("my cät.png", png()))
    asked = await it.received()
    assert asked.data is not None
    [attachment] = asked.data["resolved"]["attachments"].values()  # type: ignore[typeddict-item]
    assert attachment["url"].startswith(f"{it.standin.cdn_origin}/ephemeral-attachments/")
    assert (attachment["filename"], attachment.get("title")) == ("my_ct.png", "my cät")
    assert await fetch(attachment["url"]) == (200, png())


async def test_allowed_mentions_decide_who_is_pinged(it: Rig) -> None:
    painters = it.standin.new_role(it.server, "painters", mentionable=True)
    bob = it.standin.new_member(it.server, "bob", roles=(painters,))
    text = f"{it.alice.mention} {painters.mention} @everyone"
    await it.place.send(text, allowed_mentions=NOTHING)
    await it.place.send(text, allowed_mentions=EVERYTHING)
    await it.place.send(text, allowed_mentions=discord.AllowedMentions(users=[it.alice.user], roles=False))
    quiet, loud, chosen = it.standin.messages(it.channel)
    assert quiet.pinged == frozenset()
    assert loud.pinged == {it.alice.id, bob.id}  # @everyone needs a permission.
    assert chosen.pinged == {it.alice.id}


async def test_with_the_permission_everyone_is_pinged(it: Rig) -> None:
    it.standin.allow(it.channel, it.standin.bot, Permission.MENTION_EVERYONE)
    await it.place.send("@everyone", allowed_mentions=EVERYTHING)
    assert it.standin.messages(it.channel)[0].pinged == frozenset(it.server.members)


async def test_interactions_ping_only_users_unless_told(it: Rig) -> None:
    painters = it.standin.new_role(it.server, "painters", mentionable=True)
    it.standin.new_member(it.server, "bob", roles=(painters,))
    asked = await it.idle()
    await asked.response.send_message(f"{it.alice.mention} {painters.mention}")
    assert it.standin.messages(it.channel)[0].pinged == {it.alice.id}


async def test_a_reply_pings_unless_told_not_to(it: Rig) -> None:
    sent = await it.standin.send(it.alice, it.channel, "hello")
    reference = discord.MessageReference(message_id=sent.id, channel_id=it.channel.id)
    await it.place.send("hi", reference=reference)
    await it.place.send("hi", reference=reference, mention_author=False)
    _, loud, quiet = it.standin.messages(it.channel)
    assert [loud.pinged, quiet.pinged] == [{it.alice.id}, set()]
    assert loud.replies_to == sent.id


async def test_a_reply_to_nothing_fails_unless_told_otherwise(it: Rig) -> None:
    gone = discord.MessageReference(message_id=1, channel_id=it.channel.id)
    with pytest.raises(discord.HTTPException, match="Unknown message") as refused:
        await it.place.send("hi", reference=gone)
    assert refused.value.code == 50035
    lenient = discord.MessageReference(message_id=1, channel_id=it.channel.id, fail_if_not_exists=False)
    await it.place.send("hi", reference=lenient)
    assert it.standin.messages(it.channel)[0].replies_to is None


async def test_the_past_can_be_read_page_by_page(it: Rig) -> None:
    sent = [await it.place.send(str(number)) for number in range(5)]
    newest = [message.content async for message in it.place.history(limit=2)]
    later = [message.content async for message in it.place.history(after=sent[2])]
    assert (newest, later) == (["4", "3"], ["3", "4"])


async def test_threads_are_places_of_their_own(it: Rig) -> None:
    thread = it.standin.new_thread(it.channel, "foxes", it.alice)
    asked = await it.standin.slash(it.alice, thread, "imagine", prompt="a fox")
    await asked.answered_within()
    assert [message.content for message in it.standin.messages(thread)] == ["a fox"]
    assert it.standin.messages(it.channel) == []


async def test_the_bot_can_open_a_thread_and_react(it: Rig) -> None:
    message = await it.place.send("board")
    await message.add_reaction("\N{FOX FACE}")
    channel = await it.bot.fetch_channel(it.channel.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await channel.create_thread(name="votes", type=discord.ChannelType.public_thread)
    await thread.send("first")
    assert it.standin.messages(it.channel)[0].reactions == {"\N{FOX FACE}": {it.standin.bot.id}}


async def test_a_poll_is_kept(it: Rig) -> None:
    poll = discord.Poll(question="Which?", duration=timedelta(hours=1))
    await it.place.send(poll=poll.add_answer(text="first").add_answer(text="second"))
    [seen] = it.standin.messages(it.channel)
    assert seen.poll is not None
    assert seen.poll["question"]["text"] == "Which?"


async def test_the_bot_forwards_only_what_it_can_read(it: Rig) -> None:
    other = it.standin.new_channel(it.server, "art")
    own = await it.place.send("mine", file=file(png(), "fox.png"))
    hidden = await it.standin.send(it.alice, it.channel, "private talk")
    channel = await it.bot.fetch_channel(other.id)
    assert isinstance(channel, discord.TextChannel)
    await own.forward(channel)
    [seen] = it.standin.messages(other)
    assert seen.forwarded is not None
    assert (seen.content, seen.forwarded.content, seen.forwarded.files) == ("", "mine", {"fox.png": png()})
    with pytest.raises(discord.HTTPException) as refused:
        await it.place.get_partial_message(hidden.id).forward(channel)
    assert refused.value.code == 160014
