"""What every message of the bot owes to people who do not see it, looked at when a scenario is over."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simcord.env import Env

BUTTON, LINK = 2, 5
SELECTS = {3, 5, 6, 7, 8}


def silent_parts(env: Env) -> list[str]:
    """Of all messages the bot has sent: files without alt text, and what can be pressed or chosen without words."""
    user = env.bot.user
    assert user is not None
    own = (message for channel in env.backend.messages.values() for message in channel.values())
    return [
        f"{silent} in {message.content!r}"
        for message in own
        if message.author_id == user.id
        for silent in (*_files(message.attachments), *_controls(message.components))
    ]


def _files(attachments: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (f"file {one['filename']}" for one in attachments if not _has_words(one.get("description")))


def _controls(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in components:
        yield from _controls(part.get("components") or ())
        yield from _controls(filter(None, [part.get("accessory")]))
        if part["type"] == BUTTON and (not _has_words(part.get("label")) or part.get("emoji")):
            yield f"button {part.get('custom_id')}"
        if part["type"] in SELECTS:
            if not _has_words(part.get("placeholder")):
                yield f"select {part.get('custom_id')}"
            silent = [option for option in part.get("options") or () if not _has_words(option.get("label"))]
            yield from (f"choice {option['value']}" for option in silent)


def _has_words(text: str | None) -> bool:
    return any(character.isalnum() for character in text or "")
