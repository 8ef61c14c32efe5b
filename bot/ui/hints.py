"""The hint that a member sees beside a request that is being made anyway."""

import logging

import discord

from bot.client import ImageBot
from bot.domain.hints import Hint
from bot.domain.requests import Request
from bot.ui.names import names_of

log = logging.getLogger(__name__)

_ONCE_A_DAY = "-# You see a hint like this once a day at most."


async def give_hint(interaction: discord.Interaction[ImageBot], request: Request) -> None:
    """For who was answered and wrote the words just now. Nothing waits for it, and what goes wrong is only logged."""
    if interaction.type is discord.InteractionType.component:
        return  # a button repeats words that somebody wrote before
    try:
        hint = await interaction.client.services.hints.due(request)
        if hint is not None:
            await interaction.followup.send(hint_words(hint, request), ephemeral=True)
    except Exception as error:  # noqa: BLE001 - the request is accepted: nobody shall read that it failed
        log.warning("hint not shown %s why=%s", names_of(interaction), type(error).__name__)


def hint_words(hint: Hint, request: Request) -> str:
    opening = "Your picture is being made as you asked. A hint for the next one:"
    return "\n".join([opening, _advice(hint, request), _ONCE_A_DAY])


def _advice(hint: Hint, request: Request) -> str:
    match hint:
        case Hint.LONG:
            return (
                f"Your prompt has {len(request.prompt):,} characters. RunBase's page on GPT Image 1 advises keeping "
                "prompts focused on subject and mood; a style can stand for many words, see `/styles`."
            )
        case Hint.MUCH_TEXT:
            return (
                "You asked for much writing in the picture. RunBase's page on GPT Image 1 says that small or complex "
                "text may need iteration. Few, large words in quotation marks come out best."
            )
