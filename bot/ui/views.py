"""Which buttons stand together under a message: a fresh view every time, since discord.py keeps state in what it sent.

A view holds nothing but `EaselButton`s, which are named here and defined with what they do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import discord

from bot.domain.ids import RequestId, RunId
from bot.domain.requests import Request
from bot.domain.runs import EndReason
from bot.ui.doors import EaselButton, image_button, request_button, view_of

NUMBERED_ANEW: Mapping[RunId, int] = MappingProxyType({})
_WORDS_ARE_AT_FAULT = {EndReason.DECLINED, EndReason.INPUT_REJECTED}


def result_buttons(
    request: Request, images: Sequence[RunId], *, numbers: Mapping[RunId, int] = NUMBERED_ANEW
) -> discord.ui.View:
    """Under a message that shows these images, in the order it shows them; `numbers` are those they have already."""
    if len(images) > 1:
        return _several(request, images, numbers)
    (image,) = images
    return view_of(
        [
            image_button("edit", image),
            request_button("again", request.id),
            *_of_its_own(image),
            image_button("more", image),
        ],
        [image_button("post", image), image_button("discard", image)] if request.address.private else [],
    )


def _several(request: Request, images: Sequence[RunId], numbers: Mapping[RunId, int]) -> discord.ui.View:
    """What is done to one image is behind its number."""
    whole = [request_button("again", request.id), image_button("more", images[0])]
    if request.address.private:
        whole += [request_button("post", request.id), request_button("discard", request.id)]
    return view_of(_numbers(images, numbers), whole)


def posted_buttons(
    request: Request, images: Sequence[RunId], *, shows_prompt: bool, numbers: Mapping[RunId, int] = NUMBERED_ANEW
) -> discord.ui.View:
    """Under pictures that were posted from private. Where the words are not shown, nothing repeats them."""
    if shows_prompt:
        public = replace(request, address=replace(request.address, private=False))
        return result_buttons(public, images, numbers=numbers)
    if len(images) > 1:
        return view_of(_numbers(images, numbers), [image_button("more", images[0])])
    return view_of([image_button("edit", images[0]), image_button("more", images[0])])


def image_buttons(image: RunId, *, private: bool) -> discord.ui.View:
    """Everything that can be done with one image, in an answer of its own."""
    return view_of(
        [image_button("edit", image), *_of_its_own(image), image_button("more", image)],
        [image_button("post", image), image_button("discard", image)] if private else [],
    )


def coming_buttons(images: Sequence[RunId]) -> discord.ui.View | None:
    """While others of the request are still being made: those that are there can be chosen already."""
    return view_of(_numbers(images)) if images else None


def problem_buttons(request: RequestId, problems: Iterable[EndReason]) -> discord.ui.View:
    """What next, under a message that says why there is no picture."""
    is_about_words = _WORDS_ARE_AT_FAULT.intersection(problems)
    return view_of(
        [request_button("change", request) if is_about_words else request_button("again", request, "Try again")]
    )


def _of_its_own(image: RunId) -> list[EaselButton]:
    return [image_button("vary", image), image_button("aspect", image)]


def _numbers(images: Sequence[RunId], numbers: Mapping[RunId, int] = NUMBERED_ANEW) -> list[EaselButton]:
    return [
        image_button("pick", image, str(numbers.get(image, position))) for position, image in enumerate(images, start=1)
    ]
