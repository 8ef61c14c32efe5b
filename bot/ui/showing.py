"""What a message of the bot's own shows of a request, read from the message itself: its buttons name the images."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import discord

from bot.domain.ids import AttachmentId, ChannelId, MessageId, RequestId, RunId, request_of
from bot.domain.requests import Request, Spot
from bot.ports import Answer, Placed, Shown
from bot.ui.doors import RUN_ID
from bot.ui.pictures import components_of
from bot.ui.waiting import CancelButton

_IMAGE = re.compile(rf"v1:image:[a-z]+:({RUN_ID})")
_NUMBER = re.compile(rf"v1:image:pick:({RUN_ID})")
_OF_REQUEST = "v1:request:"
_PLACE_OF_ID = -2  # …/attachments/{channel}/{attachment}/{file name}


class Kept:
    """An attachment that stays in an edited message; of those discord.py only asks how they are named to Discord."""

    def __init__(self, attachment: AttachmentId) -> None:
        self._attachment = attachment

    def to_dict(self) -> dict[str, Any]:
        return {"id": str(self._attachment)}


def kept_copies(request: Request) -> Iterator[AttachmentId]:
    """The references attached to the waiting message, which RunBase may still fetch; their addresses name them."""
    for reference in request.references:
        parts = urlsplit(reference.url or "").path.split("/")
        if reference.is_copy and len(parts) > -_PLACE_OF_ID and parts[_PLACE_OF_ID].isdecimal():
            yield AttachmentId(int(parts[_PLACE_OF_ID]))


def custom_ids(message: discord.Message) -> Iterator[str]:
    """Of everything on a message that can be pressed."""
    return (getattr(part, "custom_id", None) or "" for part in _parts(components_of(message)))


def _parts(components: Iterable[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _parts(getattr(component, "children", ()))
        yield from _parts(filter(None, [getattr(component, "accessory", None)]))


def images_in(message: discord.Message, request: RequestId) -> Sequence[RunId]:
    """Of a request, in the order the message shows them."""
    named = (_IMAGE.fullmatch(one) for one in custom_ids(message))
    runs = (RunId(match[1]) for match in named if match)
    return list(dict.fromkeys(run for run in runs if request_of(run) == request))


def numbers_in(message: discord.Message | None) -> Mapping[RunId, int]:
    """Of the images that a message tells apart by numbers."""
    buttons = [
        (_NUMBER.fullmatch(getattr(part, "custom_id", None) or ""), str(getattr(part, "label", None)))
        for part in _parts(components_of(message) if message else ())
    ]
    return {RunId(match[1]): int(label) for match, label in buttons if match and label.isdecimal()}


def shown_in(message: discord.Message, request: Request) -> Shown:
    """Its images are the last of its attachments, in the order of its buttons; before them there may be copies."""
    images = images_in(message, request.id)
    attachments = message.attachments[len(message.attachments) - len(images) :] if images else []
    spot = Spot(ChannelId(message.channel.id), MessageId(message.id))
    places = [
        Placed(run, spot.channel, spot.message, AttachmentId(attachment.id))
        for run, attachment in zip(images, attachments, strict=False)
    ]
    cancel = CancelButton(request.id).custom_id
    about_request = [one for one in custom_ids(message) if one.startswith(_OF_REQUEST) and request.id in one]
    return Shown(spot, tuple(places), is_last_word=any(one != cancel for one in about_request))


def tells_of(message: discord.Message, request: Request) -> bool:
    """Whether it shows the outcome of a request, or a part of it: all buttons but Cancel belong to one."""
    cancel = CancelButton(request.id).custom_id
    return any(request.id in one and one != cancel for one in custom_ids(message))


def answers(message: discord.Message, request: Request) -> bool:
    """An interaction's answer names it, and so does the reply to a mention."""
    asked, replied = message.interaction_metadata, message.reference
    return request.source_id in {asked.id if asked else None, replied.message_id if replied else None}


def answer_in(message: discord.Message, request: Request) -> Answer:
    """It waits if it can be called off: a refusal in its place cannot."""
    attached = tuple(attachment.url for attachment in message.attachments)
    is_waiting = CancelButton(request.id).custom_id in custom_ids(message)
    return Answer(MessageId(message.id), attached, is_waiting)
