"""Words that a server's AutoMod blocks are left out wherever they would be shown, and lock nothing else."""

from typing import Any

import pytest

from tests.scenarios.board import BoardTalk
from tests.scenarios.panels import a_moderator, a_result, labels, press
from tests.scenarios.studio import Studio, a_picture, shown

AUTOMOD = 200000
NOT_SHOWN = "(words not shown)"


def block(studio: Studio, *, where: str = "PATCH /webhooks/*") -> None:
    """Discord takes the next text only without its words."""
    method, path = where.split()
    studio.world.env.inject_error(method, path, status=400, code=AUTOMOD, times=1)


def block_answer(studio: Studio) -> None:
    block(studio, where="POST /interactions/*")


async def history(studio: Studio, **options: Any) -> Any:
    member = options.pop("member", studio.alice)
    return shown(await member.slash(studio.channel, "history", **options)).message


def told(message: Any) -> str:
    """Everything that is read of it, or read out."""
    return "\n".join([message.content, *(f"{one.filename} {one.description}" for one in message.attachments)])


# ---- history --------------------------------------------------------------------------------------------------------


async def test_a_page_is_shown_with_its_pictures_and_buttons(studio: Studio) -> None:
    await a_result(studio, "a forbidden fox")
    block(studio)
    page = await history(studio, search="forbidden")
    assert f"1. {NOT_SHOWN} · <t:" in page.content
    assert "forbidden" not in told(page)
    assert (labels(page), len(page.attachments)) == (["1"], 1)
    assert "**A forbidden fox**" in shown(await press(studio, page, "1")).content


async def test_a_page_without_pictures_is_shown_too(studio: Studio) -> None:
    await studio.world.pause()
    await studio.imagine("a forbidden fox")
    block_answer(studio)
    page = await history(studio)
    assert page.content.splitlines()[1].startswith(f"1. {NOT_SHOWN} · <t:")


async def test_a_search_that_finds_nothing_says_so(studio: Studio) -> None:
    block_answer(studio)
    page = await history(studio, search="forbidden")
    assert page.content.startswith("Nothing with these words in its prompt was asked for.")


async def test_an_opened_picture_is_there_without_its_words(studio: Studio) -> None:
    await a_result(studio, "a forbidden fox")
    for member, options in ((studio.alice, {}), (a_moderator(studio), {"whose": "server"})):
        page = await history(studio, member=member, **options)
        block(studio)
        opened = shown(await press(studio, page, "1", member=member)).message
        assert f"-# <@{studio.alice.id}> · Square" in opened.content
        assert "forbidden" not in told(opened)
        assert opened.attachments[0].filename == "picture.png"
        assert labels(opened)[:3] == ["Edit", "Again", "Variations"]


# ---- the queue ------------------------------------------------------------------------------------------------------


async def test_a_queue_is_shown(studio: Studio) -> None:
    await studio.world.pause()
    await studio.imagine("a forbidden fox")
    await studio.world.advance(1)
    await studio.imagine("a hare", member=studio.bob)
    block_answer(studio)
    head, *lines = shown(await studio.alice.slash(studio.channel, "queue")).content.splitlines()
    assert head == "**In this server** · 0 requests being made · 2 waiting"
    assert lines[0].startswith(f"- **yours** · {NOT_SHOWN} · 1st in line")
    assert lines[1].startswith(f"- <@{studio.bob.id}> · {NOT_SHOWN} · 2nd in line")


# ---- thumbnails -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def board(studio: Studio) -> BoardTalk:
    talk = BoardTalk(studio)
    await talk.set_up()
    return talk


async def test_thumbnails_are_listed(board: BoardTalk) -> None:
    card = await board.asked(headline="Forbidden fort")
    block_answer(board.studio)
    (_, line) = shown(await board.command("list")).content.splitlines()
    assert line.startswith(f"- #1 [A thumbnail](<{card.jump_url}>) · waiting for a moderator")


async def test_all_but_the_words_of_a_thumbnail_is_told_and_its_references_are_seen(board: BoardTalk) -> None:
    await board.asked(headline="Forbidden fort", references=[("forbidden.png", a_picture())])
    block_answer(board.studio)
    details = shown(await board.command("show", thumbnail="1")).message
    told_lines = board.text(details).splitlines()
    assert told_lines[:2] == ["**#1 · A thumbnail**", "-# The rules of this server do not let me show its words."]
    assert "-# 1 reference" in told_lines
    assert "fort" not in board.text(details).lower()
    block(board.studio)
    seen = shown(await press(board.studio, details, "See references"))
    assert seen.content == "**#1 · A thumbnail**\n-# 1 reference"
    assert "forbidden" not in told(seen.message)
    assert len(seen.attachments) == 1


async def test_files_of_a_thumbnail_are_handed_out(board: BoardTalk) -> None:
    await board.voting(headline="Forbidden fort")
    block(board.studio)
    exported = shown(await board.command("export", thumbnail="1", candidate=1, size="event")).message
    assert exported.content.splitlines()[0] == "**#1 · A thumbnail**"
    assert "fort" not in told(exported).lower()
    assert [one.filename for one in exported.attachments] == ["picture-event.jpg", "picture-event-clean.jpg"]
