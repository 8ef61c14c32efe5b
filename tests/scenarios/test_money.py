"""What an owner who pays asks: is anything spent that nobody can be shown, or by somebody who did not mean it?"""

from typing import Any

import discord
import pytest

from tests.scenarios.studio import Studio, a_picture, shown
from tests.scenarios.test_mentions import answers, me, nothing_happened


async def deny(studio: Studio, **denied: bool) -> Any:
    easel = studio.world.env.bot.user
    assert easel is not None
    return studio.server.create_text_channel("news", overwrites={easel: discord.PermissionOverwrite(**denied)})


async def test_a_mention_where_the_bot_may_not_attach_files_is_refused(studio: Studio) -> None:
    news = await deny(studio, attach_files=False)
    await studio.alice.send(news, f"{me(studio)} a fox")
    (answer,) = [one for one in news.history() if one.author.id != studio.alice.id]
    assert "Ask a moderator to allow Attach Files" in answer.content
    assert studio.stored_nothing()


async def test_a_mention_where_the_bot_may_not_read_is_refused(studio: Studio) -> None:
    news = await deny(studio, read_message_history=False)
    await studio.alice.send(news, f"{me(studio)} a fox")
    (answer,) = [one for one in news.history() if one.author.id != studio.alice.id]
    assert "Ask a moderator to allow Read Message History" in answer.content
    assert studio.stored_nothing()


async def test_a_mention_where_the_bot_may_not_speak_does_nothing(studio: Studio) -> None:
    news = await deny(studio, send_messages=False)
    before = len(studio.world.env.http_requests)
    await studio.alice.send(news, f"{me(studio)} a fox", attachments=[("a.png", a_picture())])
    assert len(studio.world.env.http_requests) == before
    assert studio.stored_nothing()


@pytest.mark.parametrize("words", ["`{} a fox`", "```\n{} a fox\n```", "> {} a fox\nlol nice", "\\{} a fox"])
async def test_a_mention_in_code_or_a_quote_is_talk_about_the_bot(studio: Studio, words: str) -> None:
    await studio.alice.send(studio.channel, words.format(me(studio)))
    assert nothing_happened(studio)


@pytest.mark.parametrize("words", ["> what bob said\n{} a fox", "`code` {} a fox", "```\ncode\n```\n{} a fox"])
async def test_a_mention_beside_a_quote_or_code_is_heard(studio: Studio, words: str) -> None:
    await studio.alice.send(studio.channel, words.format(me(studio)))
    await studio.world.until(lambda: studio.runs() == {"delivered": 1})


async def test_an_answer_discord_refuses_costs_nothing_and_is_told(studio: Studio) -> None:
    studio.world.env.inject_error("POST", "/interactions/*", status=400, code=200000)
    result = await studio.imagine()
    assert studio.refused() == ["AnswerBlocked"]
    assert shown(result).ephemeral
    assert "Discord did not let me show this request here" in shown(result).content
    assert studio.takes() == {"given_back": 1}
    assert studio.world.emulator.runs == ()


async def test_a_form_can_be_sent_again_when_nobody_was_answered(studio: Studio) -> None:
    original = await studio.imagine()
    await studio.finished(original)
    form = await studio.alice.click(shown(original).message, label="Edit")
    values = {"instruction": "make it night", "aspect": "same"}
    studio.world.env.inject_error("POST", "/interactions/*", status=404, code=10062)
    await studio.submit_again(form, values)
    assert studio.takes() == {"spent": 1, "given_back": 1}

    again = await studio.submit_again(form, values)
    await studio.finished(again)
    assert studio.takes() == {"spent": 2, "given_back": 1}


ODD_FORMS: list[Any] = [
    None,
    5,
    "text",
    {"type": 18},
    [None, 5, "text", [], {}],
    [{"type": 18, "component": None}],
    [{"type": 18, "component": {"type": 4, "custom_id": "instruction", "value": 5}}],
    [{"type": 18, "component": {"type": 4, "custom_id": "instruction", "value": "x" * 5000}}],
    [{"type": 18, "component": {"type": 19, "custom_id": "references", "values": 5}}],
    [{"type": 18, "component": {"type": 19, "custom_id": "references", "values": ["1", None, {}]}}],
    [{"type": 18, "component": {"type": 21, "custom_id": "aspect", "value": {"a": 1}}}],
]


@pytest.mark.parametrize("components", ODD_FORMS, ids=lambda value: repr(value)[:40])
@pytest.mark.parametrize("resolved", [None, [], {"attachments": None}, {"attachments": {"1": {"size": None}}}])
async def test_forms_no_client_would_send_end_in_one_private_sentence(
    studio: Studio, components: Any, resolved: Any
) -> None:
    photo = await studio.bob.send(studio.channel, "", attachments=[("photo.png", a_picture())])
    form = await studio.alice.context_menu(studio.channel, "Edit image", photo)
    assert form.modal is not None
    data = {"custom_id": form.modal["custom_id"], "components": components, "resolved": resolved}
    result = await studio.alice._dispatch_interaction(5, studio.channel, data)
    assert result.ephemeral
    assert "ref " not in shown(result).content
    assert studio.takes() == {}


@pytest.mark.parametrize(
    "custom_id", ["v1:image:edit:nonsense", "v1:edit:submit:aaaaaaaaaaaaaaaa", "other:bot", "v1:" + "x" * 90]
)
async def test_custom_ids_of_others_do_nothing(studio: Studio, custom_id: str) -> None:
    data = {"custom_id": custom_id, "components": []}
    await studio.alice._dispatch_interaction(5, studio.channel, data)
    assert studio.stored_nothing()
    assert not answers(studio) or all(one.flags.ephemeral for one in answers(studio))
