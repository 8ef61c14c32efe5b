"""Passes members' reports on to the channel that the operator named for them."""

import secrets

import discord

from bot.client import ImageBot
from bot.domain.ids import ChannelId, MemberId
from bot.ports import Report
from bot.ui.discord_errors import translated
from bot.ui.links import link_to
from bot.ui.words import plain

_SHOWN_PROMPT = 200
_SHOWN_NAME = 60


class DiscordModerators:
    """`Moderators` in a channel. The words of members format nothing there, and nobody is pinged."""

    def __init__(self, bot: ImageBot, channel: ChannelId | None) -> None:
        self._bot = bot
        self._channel = channel

    @property
    def can_be_told(self) -> bool:
        return self._channel is not None

    async def tell(self, report: Report) -> None:
        assert self._channel is not None
        server = self._bot.get_guild(report.image.request.address.server_id)
        words = report_text(report, server.name if server else "")
        async with translated():
            await self._bot.get_partial_messageable(self._channel).send(
                words,
                nonce=secrets.token_urlsafe(12),
                allowed_mentions=discord.AllowedMentions.none(),
                suppress_embeds=True,
            )


def report_text(report: Report, server: str) -> str:
    address = report.image.request.address
    prompt = plain(report.image.request.prompt, limit=_SHOWN_PROMPT) if report.is_quoted else ""
    named = f"{plain(server, limit=_SHOWN_NAME)} (`{address.server_id}`)" if server else f"server `{address.server_id}`"
    lines = [
        f"**A picture was reported** · {_where(report)}",
        f"> {prompt}" if prompt else "-# Its words are not shown.",
        f"-# Reported by {_named(report.member)} · made for {_named(address.member_id)} · {named} · "
        f"`{report.image.id}`",
    ]
    return "\n".join(lines)


def _where(report: Report) -> str:
    place = report.image.open_place
    if place is None:
        return "it was shown to its member alone"
    return link_to(report.image.request.address.server_id, place.spot)


def _named(member: MemberId) -> str:
    return f"<@{member}> (`{member}`)"
