"""What commands let members choose from; it depends on the configured model, so it is filled in when cogs load."""

from discord import app_commands

from bot.domain.catalogue import Model


def aspect_choices(model: Model) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=aspect.name, value=aspect.ratio) for aspect in model.aspects]
