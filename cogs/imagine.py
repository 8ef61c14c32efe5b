"""`/imagine`: a picture from words, and from up to five references."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.domain.quotas import MOST_AT_ONCE
from bot.ui.answer import submit_and_answer
from bot.ui.choices import aspect_choices
from bot.ui.drafts import draft_of_imagine
from bot.ui.styles import complete_style


class Imagine(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot
        app_commands.choices(aspect=aspect_choices(bot.services.model))(self.imagine)

    @app_commands.command()
    @app_commands.describe(
        prompt="What the picture should show, in up to 4,000 characters",
        aspect="The shape of the picture; square unless you choose another",
        count="How many pictures, each counted on your quota; one unless you choose more",
        style="A direction to make it in; `/styles` shows all of them",
        reference1="A picture to start from: PNG, JPEG, WebP, GIF, HEIC or AVIF",
        reference2="Another picture to use",
        reference3="Another picture to use",
        reference4="Another picture to use",
        reference5="Another picture to use",
        private="Show the picture to you alone",
    )
    @app_commands.autocomplete(style=complete_style)
    async def imagine(
        self,
        interaction: discord.Interaction[ImageBot],
        prompt: str,
        aspect: str | None = None,
        count: app_commands.Range[int, 1, MOST_AT_ONCE] = 1,
        style: str | None = None,
        reference1: discord.Attachment | None = None,
        reference2: discord.Attachment | None = None,
        reference3: discord.Attachment | None = None,
        reference4: discord.Attachment | None = None,
        reference5: discord.Attachment | None = None,
        private: bool = False,
    ) -> None:
        """Make a picture from your words"""
        attachments = (reference1, reference2, reference3, reference4, reference5)
        draft = draft_of_imagine(
            interaction,
            prompt=prompt,
            aspect=aspect,
            count=count,
            style=style,
            attachments=attachments,
            private=private,
        )
        await submit_and_answer(interaction, draft)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Imagine(bot))
