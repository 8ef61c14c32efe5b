"""Editing: `/edit` and the message command "Edit image"."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.ui.answer import submit_and_answer
from bot.ui.choices import aspect_choices
from bot.ui.editing import draft_of_edit, open_edit
from bot.ui.styles import complete_style


class Editing(commands.Cog):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot
        app_commands.choices(aspect=aspect_choices(bot.services.model))(self.edit)
        self._edit_image = app_commands.ContextMenu(name="Edit image", callback=self.edit_image)

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self._edit_image)

    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(self._edit_image.name, type=self._edit_image.type)

    @app_commands.command()
    @app_commands.describe(
        instruction="What shall change, in plain words",
        image1="The picture to edit; without one, your newest picture in this channel",
        image2="Another picture to use",
        image3="Another picture to use",
        image4="Another picture to use",
        image5="Another picture to use",
        aspect="The shape of the result; that of the picture unless you choose another",
        style="A direction to make it in; `/styles` shows all of them",
        private="Show the result to you alone",
    )
    @app_commands.autocomplete(style=complete_style)
    async def edit(
        self,
        interaction: discord.Interaction[ImageBot],
        instruction: str,
        image1: discord.Attachment | None = None,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        aspect: str | None = None,
        style: str | None = None,
        private: bool = False,
    ) -> None:
        """Change a picture with plain words"""
        images = (image1, image2, image3, image4, image5)
        draft = await draft_of_edit(
            interaction, instruction=instruction, aspect=aspect, style=style, attachments=images, private=private
        )
        await submit_and_answer(interaction, draft)

    async def edit_image(self, interaction: discord.Interaction[ImageBot], message: discord.Message) -> None:
        await open_edit(interaction, message)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Editing(bot))
