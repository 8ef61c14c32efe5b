"""Addresses of messages on Discord."""

from bot.domain.ids import ServerId
from bot.domain.requests import Spot


def link_to(server: ServerId, spot: Spot) -> str:
    return f"https://discord.com/channels/{server}/{spot.channel}/{spot.message}"
