"""What a picture was made of and what was made of it; what is left of all of them; and the way back."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import (
    ImageDeleted,
    ImageForgotten,
    NotShownHere,
    NotYours,
    ReferencesUnreachable,
    RequestGone,
)
from bot.domain.ids import MessageId, RunId, ServerId
from bot.domain.lineage import Fate, Kin
from bot.domain.requests import Parent, Relation, Spot, Upload
from bot.ports import MessageNow
from tests.builders import a_picture, an_upload, asked_by
from tests.unit.shown_world import ALICE, BOB, ELSEWHERE, HERE, ShownWorld, seen_by

PHOTO = Spot(ELSEWHERE, MessageId(77))


async def a_line(world: ShownWorld, count: int, **changes: Any) -> list[RunId]:
    """The oldest first."""
    runs = [await world.picture("picture 1")]
    for number in range(2, count + 1):
        runs.append(await world.made_of(runs[-1], f"picture {number}", **changes))
    return runs


def prompts(kin: Kin) -> list[str]:
    return [one.image.request.prompt if one.image else one.fate for one in kin.members]


async def drawn(world: ShownWorld, run: RunId, **viewer: Any) -> tuple[Kin, list[str]]:
    shown = await world.lineage.draw(run, replace(seen_by(), **viewer))
    assert shown.sheet is not None
    return shown.kin, shown.sheet.decode().split("|")


def cell(number: int, prompt: str) -> str:
    return f"{number}={a_picture(prompt).decode().rstrip('.')}"


# The strip


async def test_the_strip_shows_ancestors_the_picture_and_children_in_their_order() -> None:
    world = ShownWorld()
    runs = await a_line(world, 4)
    kin, cells = await drawn(world, runs[2])
    assert prompts(kin) == ["picture 1", "picture 2", "picture 3", "picture 4"]
    assert (len(kin.ancestors), len(kin.children), kin.has_earlier, kin.has_more_children) == (2, 1, False, False)
    assert cells == [cell(n, f"picture {n}") for n in range(1, 5)]
    assert [one.spot for one in kin.members] == [world.spot(run) for run in runs]


async def test_a_long_line_is_cut_and_says_so() -> None:
    world = ShownWorld()
    runs = await a_line(world, 12)
    for n in range(5):
        await world.made_of(runs[-1], f"child {n}")
    kin, cells = await drawn(world, runs[-1])
    assert prompts(kin)[0] == "picture 3"
    assert len(cells) == 9 + 1 + 4
    assert (kin.has_earlier, kin.has_more_children) == (True, True)
    assert len(world.whereabouts.asked) == 8
    assert world.spot(runs[-1]) in world.whereabouts.asked


async def test_what_is_not_kept_any_more_is_fetched_from_its_message() -> None:
    world = ShownWorld()
    runs = await a_line(world, 2)
    world.forget_bytes()
    _, cells = await drawn(world, runs[1])
    assert cells == [cell(n, f"picture {n} from Discord") for n in (1, 2)]


async def test_pictures_that_nobody_has_any_more_are_empty_frames() -> None:
    world = ShownWorld()
    runs = await a_line(world, 2)
    world.forget_bytes()
    world.downloads.web.clear()
    kin, cells = await drawn(world, runs[1])
    assert cells == ["1=not kept", "2=not kept"]
    assert [one.fate for one in kin.members] == [Fate.THERE, Fate.THERE]


async def test_deleted_messages_and_deleted_pictures_are_said_and_not_shown() -> None:
    world = ShownWorld()
    runs = await a_line(world, 3)
    world.message_deleted(runs[0])
    await world.images.delete(runs[1], world.clock.now())
    kin, cells = await drawn(world, runs[2])
    assert [one.fate for one in kin.members] == [Fate.DELETED, Fate.DELETED, Fate.THERE]
    assert [one.spot for one in kin.members][:2] == [None, None]
    assert cells == ["1=deleted", "2=deleted", cell(3, "picture 3")]


async def test_a_file_that_was_taken_out_of_its_message_is_gone() -> None:
    world = ShownWorld()
    parent, beside = await world.pictures("two foxes", images=2)
    child = await world.made_of(parent, "at night")
    now = world.whereabouts.messages[world.spot(parent)]
    left = tuple(one for one in now.pictures if one[0] == world.image(beside).run.attachment)
    world.whereabouts.messages[world.spot(parent)] = replace(now, pictures=left)
    kin, _ = await drawn(world, child)
    assert kin.ancestors[0].fate is Fate.DELETED


async def test_what_discord_does_not_tell_of_in_time_counts_as_there() -> None:
    world = ShownWorld()
    runs = await a_line(world, 2)
    world.whereabouts.messages.clear()
    kin, cells = await drawn(world, runs[1])
    assert [one.fate for one in kin.members] == [Fate.THERE, Fate.THERE]
    assert cells == [cell(1, "picture 1"), cell(2, "picture 2")]


async def test_other_peoples_private_ancestors_are_only_said_to_be_private() -> None:
    world = ShownWorld()
    secret = await world.picture("a secret", private=True)
    child = await world.made_of(secret, "in the open")
    kin, cells = await drawn(world, child, member=BOB)
    assert prompts(kin) == [Fate.HIDDEN, "in the open"]
    assert kin.ancestors[0].spot is None
    assert cells[0] == "1=private"
    own, cells = await drawn(world, child, member=ALICE)
    assert prompts(own) == ["a secret", "in the open"]
    assert cells[0] == cell(1, "a secret")


async def test_pictures_in_channels_that_the_viewer_may_not_enter_are_hidden() -> None:
    world = ShownWorld()
    parent = await world.picture("for staff", channel=ELSEWHERE)
    child = await world.made_of(parent, "for all")
    kin, cells = await drawn(world, child, member=BOB, locked=frozenset({ELSEWHERE}))
    assert prompts(kin) == [Fate.CLOSED, "for all"]
    assert cells[0] == "1=not shown"
    assert world.spot(parent) not in world.whereabouts.asked
    with pytest.raises(NotShownHere):
        await world.lineage.way_back(child, seen_by(BOB, locked=frozenset({ELSEWHERE})))


@pytest.mark.parametrize("parent", [Parent(PHOTO.channel, PHOTO.message, None), None], ids=["a photo", "a picture"])
async def test_threads_that_are_not_known_yet_are_asked_about(parent: Parent | None) -> None:
    world = ShownWorld()
    if parent is None:
        run = await world.made_of(await world.picture("in a thread", channel=ELSEWHERE), "with a hat")
    else:
        run = await world.picture("with a hat", parent=parent)
    kin, _ = await drawn(world, run, member=BOB, unknown=frozenset({ELSEWHERE}))
    assert kin.ancestors[0].fate is (Fate.THERE if parent is None else Fate.OUTSIDE)
    world.whereabouts.messages[PHOTO] = MessageNow(is_there=True, pictures=((None, an_upload("photo.jpg")),))
    back = await world.lineage.way_back(run, seen_by(BOB, unknown=frozenset({ELSEWHERE})))
    assert len(back.pictures) == 1


async def test_where_there_was_no_time_to_ask_about_a_thread_nothing_of_it_is_told() -> None:
    world = ShownWorld()
    child = await world.made_of(await world.picture("in a thread", channel=ELSEWHERE), "with a hat")
    kin, _ = await drawn(world, child, member=BOB, unknown=frozenset({ELSEWHERE}), time=0)
    assert prompts(kin) == [Fate.CLOSED, "with a hat"]


async def test_pictures_of_other_servers_are_hidden() -> None:
    world = ShownWorld()
    child = await world.made_of(await world.picture("over there"), "over here")
    entry = world.ledger.entries[world.image(child).request.id]
    entry.request = replace(entry.request, address=asked_by(30, server=11))
    kin, _ = await drawn(world, child, member=BOB, server=ServerId(11))
    assert prompts(kin) == [Fate.CLOSED, "over here"]


async def test_a_picture_posted_without_its_words_is_shown_without_them() -> None:
    world = ShownWorld()
    secret = await world.picture("a secret", private=True)
    child = await world.made_of(secret, "in the open")
    world.post(secret, shows_prompt=False)
    kin, cells = await drawn(world, child, member=BOB)
    assert (kin.ancestors[0].fate, kin.ancestors[0].is_quoted) == (Fate.THERE, False)
    assert cells[0] == cell(1, "a secret")


async def test_what_was_none_of_the_bots_own_is_named_with_its_message() -> None:
    world = ShownWorld()
    run = await world.picture("with a hat", parent=Parent(PHOTO.channel, PHOTO.message, None))
    kin, cells = await drawn(world, run)
    assert (kin.ancestors[0].fate, kin.ancestors[0].spot) == (Fate.OUTSIDE, PHOTO)
    assert cells[0] == "1=not mine"
    world.whereabouts.messages[PHOTO] = MessageNow(is_there=False)
    kin, cells = await drawn(world, run)
    assert (kin.ancestors[0].fate, kin.ancestors[0].spot, cells[0]) == (Fate.DELETED, None, "1=deleted")


async def test_what_the_ledger_forgot_is_said_to_be_too_old() -> None:
    world = ShownWorld()
    run = await world.picture("a child", parent=Parent(HERE, MessageId(5), RunId("forgotten-long-a.0")))
    kin, cells = await drawn(world, run)
    assert prompts(kin) == [Fate.FORGOTTEN, "a child"]
    assert cells[0] == "1=too old"


# The way back


async def test_the_way_back_leads_to_the_parents_file_as_discord_has_it_now() -> None:
    world = ShownWorld()
    parent, child = await a_line(world, 2, relation=Relation.VARIATION)
    back = await world.lineage.way_back(child, seen_by(BOB))
    assert back.parent == Parent(HERE, world.spot(parent).message, parent, Relation.EDIT)
    (picture,) = back.pictures
    assert (picture.filename, picture.is_shown) == (f"{world.image(parent).run.attachment}.png", True)
    assert not back.private


@pytest.mark.parametrize("gone", [True, False], ids=["the message is gone", "Discord does not tell"])
async def test_the_way_back_leads_to_the_kept_bytes_when_the_message_does_not_help(gone: bool) -> None:
    world = ShownWorld()
    parent, child = await a_line(world, 2)
    world.message_deleted(parent) if gone else world.whereabouts.messages.clear()
    back = await world.lineage.way_back(child, seen_by(BOB))
    assert back.pictures == (Upload("picture.png", "", None, kept=world.image(parent).run.image),)


async def test_there_is_no_way_back_when_both_are_gone() -> None:
    world = ShownWorld()
    parent, child = await a_line(world, 2)
    world.forget_bytes()
    world.message_deleted(parent)
    with pytest.raises(ImageForgotten):
        await world.lineage.way_back(child, seen_by(BOB))
    world.whereabouts.messages.clear()
    with pytest.raises(ReferencesUnreachable):
        await world.lineage.way_back(child, seen_by(BOB))


async def test_there_is_no_way_back_to_a_deleted_picture_though_bytes_are_left() -> None:
    world = ShownWorld()
    parent, child = await a_line(world, 2)
    await world.images.delete(parent, world.clock.now())
    with pytest.raises(ImageDeleted):
        await world.lineage.way_back(child, seen_by(ALICE))


async def test_the_way_back_to_a_private_picture_is_its_members_alone_and_stays_private() -> None:
    world = ShownWorld()
    parent = await world.picture("a secret", private=True)
    child = await world.made_of(parent, "in the open")
    with pytest.raises(NotYours):
        await world.lineage.way_back(child, seen_by(BOB))
    back = await world.lineage.way_back(child, seen_by(ALICE))
    assert (back.private, back.parent.message_id, back.parent.run_id) == (True, None, parent)


async def test_the_way_back_from_a_private_picture_stays_private() -> None:
    world = ShownWorld()
    parent = await world.picture("in the open")
    child = await world.made_of(parent, "a secret", private=True)
    assert (await world.lineage.way_back(child, seen_by(ALICE))).private


async def test_the_way_back_leads_to_pictures_of_others_as_well() -> None:
    world = ShownWorld()
    run = await world.picture("with a hat", parent=Parent(PHOTO.channel, PHOTO.message, None))
    with pytest.raises(ReferencesUnreachable):
        await world.lineage.way_back(run, seen_by(BOB))
    photo = an_upload("photo.jpg")
    world.whereabouts.messages[PHOTO] = MessageNow(is_there=True, pictures=((None, photo),))
    back = await world.lineage.way_back(run, seen_by(BOB))
    assert (back.parent, back.pictures) == (Parent(PHOTO.channel, PHOTO.message, None), (photo,))
    for member in (ALICE, BOB):
        with pytest.raises(NotShownHere):
            await world.lineage.way_back(run, seen_by(member, locked=frozenset({ELSEWHERE})))
    world.whereabouts.messages[PHOTO] = MessageNow(is_there=False)
    with pytest.raises(ImageForgotten):
        await world.lineage.way_back(run, seen_by(BOB))


async def test_there_is_no_way_back_from_the_first_picture() -> None:
    world = ShownWorld()
    with pytest.raises(RequestGone):
        await world.lineage.way_back(await world.picture(), seen_by(BOB))
