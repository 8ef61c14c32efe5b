"""Whether options are what a command declares, and text where it is completed: discord.py passes on whatever comes."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import AppCommandOptionType, app_commands

_KINDS: Mapping[AppCommandOptionType, type] = {
    AppCommandOptionType.string: str,
    AppCommandOptionType.boolean: bool,
    AppCommandOptionType.attachment: discord.Attachment,
    AppCommandOptionType.integer: int,
}

_GROUPS = frozenset({AppCommandOptionType.subcommand.value, AppCommandOptionType.subcommand_group.value})


def typed_option(interaction: discord.Interaction[Any]) -> str | None:
    """The name of the option in which text is being typed and for which there are suggestions; clients send no other.

    Raises: what Python raises over data that makes no sense.
    """
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return None
    completed = {parameter.display_name for parameter in command.parameters if parameter.autocomplete}
    sent: Mapping[str, Any] = interaction.data or {}
    typed = [option for option in _filled_in(sent) if option.get("focused")]
    is_text = len(typed) == 1 and typed[0]["name"] in completed and isinstance(typed[0].get("value"), str)
    return str(typed[0]["name"]) if is_text else None


def _filled_in(sent: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Of the command itself, which may be one of a group."""
    options = list(sent.get("options", ()))
    while len(options) == 1 and options[0].get("type") in _GROUPS:
        options = list(options[0].get("options", ()))
    return options


def check_options(command: app_commands.Command[Any, ..., Any], given: app_commands.Namespace) -> None:
    """Raises: CommandSignatureMismatch."""
    declared = {parameter.display_name: parameter for parameter in command.parameters}
    for name, value in given:
        if name not in declared or not _is_allowed(declared[name], value):
            raise app_commands.CommandSignatureMismatch(command)


def _is_allowed(parameter: app_commands.Parameter, value: object) -> bool:
    if not isinstance(value, _KINDS.get(parameter.type, object)):
        return False
    if parameter.type is not AppCommandOptionType.integer:
        return True
    least, most = parameter.min_value, parameter.max_value
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return (least is None or least <= value) and (most is None or value <= most)
