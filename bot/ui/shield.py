"""Keeps the bot serving when Discord hands over what discord.py cannot read, for which it touches discord.py's inside.

discord.py reads events inside the gateway's loop and trusts them to be as documented. What it raises there would end
the connection and with it the process, and what it raises while it reads a command would be heard by nobody.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import discord
from discord import app_commands
from pydantic import BaseModel, Field, StrictInt, StrictStr, model_validator

from bot.client import ImageBot
from bot.ui.options import typed_option

log = logging.getLogger(__name__)

Read = Callable[[Any], None]

_Snowflake = Annotated[int, Field(ge=0, lt=2**63)]  # what the ledger can hold; Discord comes to that in 2084


class _Thing(BaseModel):
    id: _Snowflake


class _Member(BaseModel):
    user: _Thing


class _Attachment(BaseModel):
    filename: StrictStr
    content_type: StrictStr | None = None


class _Message(_Thing):
    channel_id: _Snowflake
    flags: StrictInt = 0
    attachments: list[_Attachment] = []


class _SentMessage(_Message):
    author: _Thing
    type: StrictInt
    content: StrictStr
    mentions: list[Any]


class _Pressed(_Message):
    components: list[Any]


class _Interaction(_Thing):
    """What the bot relies on beyond what discord.py insists on."""

    application_id: _Snowflake
    token: StrictStr
    attachment_size_limit: Annotated[StrictInt, Field(gt=0)]
    guild_id: _Snowflake | None = None
    channel: _Thing
    message: _Pressed | None = None
    member: _Member | None = None
    user: _Thing | None = None

    @model_validator(mode="after")
    def _is_somebodys(self) -> "_Interaction":
        if (self.member if self.guild_id else self.user) is None:
            raise ValueError("nobody to answer")
        return self


class _Resolved(BaseModel):
    messages: dict[str, _Message] = {}


class _Command(BaseModel):
    resolved: _Resolved = _Resolved()


_FROM_MEMBERS: Mapping[str, type[BaseModel]] = {"INTERACTION_CREATE": _Interaction, "MESSAGE_CREATE": _SentMessage}


class Misread(app_commands.AppCommandError):
    """A command that makes no sense, neither to discord.py nor to us."""


class ShieldedTree(app_commands.CommandTree[ImageBot]):
    def __init__(self, client: ImageBot) -> None:
        super().__init__(client)
        parsers: dict[str, Read] = client._connection.parsers
        for event, shape in _FROM_MEMBERS.items():
            parsers[event] = _shielded(event, shape, parsers[event])

    async def _call(self, interaction: discord.Interaction[ImageBot]) -> None:
        try:
            _Command.model_validate(interaction.data)
            if interaction.type is discord.InteractionType.autocomplete:
                await _complete(interaction)
            else:
                await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:  # noqa: BLE001 - a door: nobody else hears what is raised before a command begins
            misread = Misread()
            misread.__cause__ = error
            await self.on_error(interaction, misread)


async def _complete(interaction: discord.Interaction[ImageBot]) -> None:
    """Suggest what fits. discord.py would write a traceback for every answer that comes too late, one a key stroke."""
    option, command = typed_option(interaction), interaction.command
    if option is not None and isinstance(command, app_commands.Command):
        await command._invoke_autocomplete(interaction, option, interaction.namespace)


def _shielded(event: str, shape: type[BaseModel], read: Read) -> Read:
    """One odd event must not end the connection. Whoever sent it hears from Discord that the bot did not respond."""

    def read_or_drop(payload: Any) -> None:
        try:
            shape.model_validate(payload)
            read(payload)
        except Exception as error:  # noqa: BLE001 - a door
            log.error("unreadable event=%s why=%s", event, type(error).__name__)

    return read_or_drop
