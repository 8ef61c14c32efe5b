"""Where the picture of a finished image is taken from: the message that shows it, else the kept bytes."""

import pytest

from bot.domain.errors import ImageForgotten, ReferencesUnreachable
from bot.domain.ids import RunId
from bot.services.sources import Sources
from tests.builders import a_picture, an_upload
from tests.fakes import FakeImaging
from tests.unit.shown_world import ShownWorld


def sources(world: ShownWorld) -> Sources:
    return Sources(files=world.files, imaging=FakeImaging(), whereabouts=world.whereabouts)


def attachment_of(world: ShownWorld, run: RunId) -> int:
    attachment = world.image(run).run.attachment
    assert attachment is not None
    return attachment


async def test_what_the_message_at_hand_shows_is_taken_from_there_without_asking_discord() -> None:
    world = ShownWorld()
    run = await world.picture()
    image = world.image(run)
    assert image.run.attachment is not None
    upload = await sources(world).upload(image, {image.run.attachment: an_upload("at-hand.png")})
    assert (upload.filename, upload.is_shown, upload.kept) == ("at-hand.png", True, image.run.image)
    assert not world.whereabouts.asked


async def test_elsewhere_it_is_taken_from_the_message_that_shows_it() -> None:
    world = ShownWorld()
    first, second = await world.pictures(images=2)
    upload = await sources(world).upload(world.image(second), {})
    assert upload.filename == f"{attachment_of(world, second)}.png"
    assert upload.is_shown
    assert world.whereabouts.asked == {world.spot(first)}


async def test_when_its_message_is_gone_the_kept_bytes_are_taken() -> None:
    world = ShownWorld()
    run = await world.picture()
    world.message_deleted(run)
    upload = await sources(world).upload(world.image(run), {})
    assert (upload.url, upload.kept, upload.is_shown) == ("", world.image(run).run.image, False)


async def test_a_private_picture_is_taken_from_the_kept_bytes_and_nobody_looks_for_its_message() -> None:
    world = ShownWorld()
    run = await world.picture(private=True)
    upload = await sources(world).upload(world.image(run), {})
    assert upload.kept == world.image(run).run.image
    assert not world.whereabouts.asked


@pytest.mark.parametrize("private", [False, True])
async def test_what_is_gone_everywhere_is_said_to_be_gone(private: bool) -> None:
    world = ShownWorld()
    run = await world.picture(private=private)
    if not private:
        world.message_deleted(run)
    world.forget_bytes()
    with pytest.raises(ImageForgotten):
        await sources(world).upload(world.image(run), {})


async def test_what_discord_does_not_tell_of_may_be_there_still() -> None:
    world = ShownWorld()
    run = await world.picture()
    world.whereabouts.messages.clear()
    world.forget_bytes()
    with pytest.raises(ReferencesUnreachable):
        await sources(world).upload(world.image(run), {})


async def test_a_picture_that_was_deleted_from_its_message_is_not_taken_for_another() -> None:
    world = ShownWorld()
    first, second = await world.pictures(images=2)
    world.message_deleted(first)
    world.forget_bytes()
    with pytest.raises(ImageForgotten):
        await sources(world).upload(world.image(second), {})


async def test_a_small_copy_is_made_of_the_kept_bytes_while_there_are_any() -> None:
    world = ShownWorld()
    run = await world.picture("a fox")
    assert await sources(world).small(world.image(run)) == (a_picture("a fox"), "png")
    world.forget_bytes()
    assert await sources(world).small(world.image(run)) is None
