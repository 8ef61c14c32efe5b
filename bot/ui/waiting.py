"""What stands in a message that waits: its place in line, and the button that calls it off."""

import discord

from bot.client import ImageBot
from bot.domain.ids import RequestId
from bot.domain.requests import Request
from bot.ui import texts
from bot.ui.doors import REQUEST_ID, RequestButton, view_of
from bot.ui.drafts import member_of_request


class CancelButton(RequestButton, template=rf"v1:request:cancel:(?P<request>{REQUEST_ID})"):
    """Calls off what still waits in line; the slot and the quota are free at once."""

    label = "Cancel"
    action = "cancel"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await interaction.client.services.submission.cancel(
            self.request, *await member_of_request(interaction, self.request)
        )
        await interaction.response.defer()  # delivery says in the message that it was called off


def waiting_buttons(request: RequestId) -> discord.ui.View:
    return view_of([CancelButton(request)])


async def words_of_waiting(bot: ImageBot, request: Request, *, is_quoted: bool = True) -> str:
    """For a request that was just accepted."""
    services = bot.services
    standing, times = await services.line.standing_of_new(request), await services.times.of(request)
    return texts.in_line(request, standing, times, is_quoted=is_quoted)
