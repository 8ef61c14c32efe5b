"""Members who ask for pictures, in every way there is."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping

from PIL import Image

from tests.chaos.asked import Asked
from tests.chaos.doors import open_rungs
from tests.chaos.plan import Closing, How, PlannedAsk
from tests.chaos.stage import Stage
from tests.sockets.house import INVITED_WITH
from tests.standin.discord import Channel, Interaction, Member, NotOffered, SeenMessage
from tests.standin.discord.talking import File

_WAITS_FOR_THE_BOT_S = 15.0
_EDIT = "Edit"
_WHAT = "What shall change?"


def _file(kind: str, colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(file, kind)
    return file.getvalue()


_PHOTO: File = ("photo.png", _file("PNG", "teal"))
_CLIP: File = ("clip.gif", _file("GIF", "olive"))  # has to be converted, and so to be attached to the waiting message


async def ask(stage: Stage, planned: PlannedAsk) -> Asked | None:
    """None when the member could not even ask, since the bot offered nothing to ask with."""
    if not await stage.is_online(within_s=0):
        await stage.is_online(within_s=_WAITS_FOR_THE_BOT_S)
        await asyncio.sleep(planned.hesitates_s)
    member, channel = _place(stage, planned)
    images = planned.images if stage.contestant.makes_several else 1
    asked = Asked(planned, member, channel, planned.is_private, images=images)
    for way in (_WAYS[planned.how], _imagine):
        try:
            if await way(stage, asked):
                asked.open_rungs = open_rungs(asked)
                return asked
        except (NotOffered, LookupError):
            continue
    return None


def _place(stage: Stage, planned: PlannedAsk) -> tuple[Member, Channel]:
    standin, mark = stage.standin, planned.mark
    if planned.story.has(Closing.BOT_REMOVED):
        server = standin.new_server(f"server-{mark}", bot_permissions=INVITED_WITH)
        return standin.new_member(server, f"guest-{mark}"), standin.new_channel(server, f"room-{mark}")
    if planned.story.is_aside:
        guest = standin.new_member(stage.server, f"guest-{mark}")
        return guest, standin.new_channel(stage.server, f"room-{mark}")
    return stage.members[planned.member], stage.rooms[planned.room]


async def _slash(stage: Stage, asked: Asked, name: str, **options: str | int | File) -> bool:
    private = {"private": True} if asked.is_private else {}
    interaction = await stage.standin.slash(asked.member, asked.channel, name, **options, **private)
    return await _answered(asked, interaction)


async def _answered(asked: Asked, interaction: Interaction) -> bool:
    """Also when no answer comes: it was asked."""
    asked.interactions.append(interaction)
    await acknowledged(interaction)
    return True


async def acknowledged(interaction: Interaction) -> bool:
    try:
        await interaction.acknowledged_within(3.5)
    except TimeoutError:
        return False
    return True


def _count(asked: Asked) -> dict[str, int]:
    return {"count": asked.images} if asked.images > 1 else {}


async def _imagine(stage: Stage, asked: Asked) -> bool:
    return await _slash(stage, asked, "imagine", prompt=asked.planned.prompt, **_count(asked))


async def _imagine_with_references(stage: Stage, asked: Asked) -> bool:
    prompt = asked.planned.prompt
    references = {"reference1": _PHOTO, "reference2": _CLIP}
    return await _slash(stage, asked, "imagine", prompt=prompt, aspect="3:2", **references, **_count(asked))


async def _edit(stage: Stage, asked: Asked) -> bool:
    return await _slash(stage, asked, "edit", instruction=asked.planned.prompt, image1=_PHOTO)


async def _edit_newest(stage: Stage, asked: Asked) -> bool:
    """Of the newest picture the bot chooses: that may be a private one, and then the answer is private, too."""
    done = await _slash(stage, asked, "edit", instruction=asked.planned.prompt)
    assert asked.first is not None
    asked.is_private = asked.first.ephemeral
    return done


async def _edit_button(stage: Stage, asked: Asked) -> bool:
    result = _newest_result(stage, asked)
    if result is None:
        return False
    asked.is_private = result.ephemeral_to is not None
    return await _fill_in(stage, asked, await stage.standin.click(asked.member, result, _EDIT))


async def _edit_image(stage: Stage, asked: Asked) -> bool:
    photo = await stage.standin.send(asked.member, asked.channel, "look", attachments=[_PHOTO])
    opened = await stage.standin.message_command(asked.member, asked.channel, "Edit image", photo)
    return await _fill_in(stage, asked, opened)


async def _fill_in(stage: Stage, asked: Asked, opened: Interaction) -> bool:
    """False when no form came up."""
    if not await acknowledged(opened) or opened.modal is None:
        return False
    submitted = await stage.standin.submit(opened, {_WHAT: asked.planned.prompt})
    return await _answered(asked, submitted)


async def _mention(stage: Stage, asked: Asked) -> bool:
    return await _say(stage, asked)


async def _mention_with_picture(stage: Stage, asked: Asked) -> bool:
    return await _say(stage, asked, picture=_PHOTO)


async def _mention_in_reply(stage: Stage, asked: Asked) -> bool:
    result = _newest_result(stage, asked)
    if result is None or result.ephemeral_to is not None:
        return False
    return await _say(stage, asked, reply_to=result)


async def _say(stage: Stage, asked: Asked, *, picture: File | None = None, reply_to: SeenMessage | None = None) -> bool:
    count = f" --count {asked.images}" if asked.images > 1 else ""
    words = f"<@{stage.standin.bot.id}> {asked.planned.prompt}{count}"
    pictures = [picture] if picture else []
    asked.message = await stage.standin.send(
        asked.member, asked.channel, words, attachments=pictures, reply_to=reply_to
    )
    return True


def _newest_result(stage: Stage, asked: Asked) -> SeenMessage | None:
    messages = reversed(stage.standin.messages(asked.channel, viewer=asked.member))
    return next((one for one in messages if _EDIT in one.labels), None)


_WAYS: Mapping[How, Callable[[Stage, Asked], Awaitable[bool]]] = {
    How.IMAGINE: _imagine,
    How.IMAGINE_WITH_REFERENCES: _imagine_with_references,
    How.EDIT: _edit,
    How.EDIT_NEWEST: _edit_newest,
    How.EDIT_BUTTON: _edit_button,
    How.EDIT_IMAGE: _edit_image,
    How.MENTION: _mention,
    How.MENTION_WITH_PICTURE: _mention_with_picture,
    How.MENTION_IN_REPLY: _mention_in_reply,
}
