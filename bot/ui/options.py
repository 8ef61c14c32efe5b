"""Whether the options of a command are what it declares: discord.py passes on whatever stands in them."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import AppCommandOptionType, app_commands

_KINDS: Mapping[AppCommandOptionType, type] = {
    AppCommandOptionType.string: str,
    AppCommandOptionType.boolean: bool,
    AppCommandOptionType.attachment: discord.Attachment,
}


def check_options(command: app_commands.Command[Any, ..., Any], given: app_commands.Namespace) -> None:
    """Raises: CommandSignatureMismatch."""
    declared = {parameter.display_name: parameter.type for parameter in command.parameters}
    for name, value in given:
        if name not in declared or not isinstance(value, _KINDS.get(declared[name], object)):
            raise app_commands.CommandSignatureMismatch(command)
