"""Part of the composition root: where requests come from and answers go, Discord or the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.client import ImageBot
from bot.config import Config
from bot.domain.errors import QuotaScope
from bot.domain.ids import ChannelId, ServerId
from bot.domain.ladder import RungClosed
from bot.domain.quotas import Window
from bot.domain.requests import Request, Spot
from bot.domain.thumbnails.thumbnails import Place, Round, Thumbnail
from bot.operations import Operator
from bot.ports import Membership, Publisher, SettingStore
from bot.ports.thumbnails import BoardPublisher, Card, Delivered
from bot.ui.membership import DiscordMembership
from bot.ui.operator import DiscordOperator
from bot.ui.publisher import DiscordPublisher
from bot.ui.thumbnails.board import DiscordBoard

_MEMBER_WITHIN_S = 3.0  # before a run is ordered, and nobody waits for an answer


class Terminal(Publisher, Membership, Operator, Protocol):
    """Stands in for Discord where the command line asks."""


class NoBoard:
    """`BoardPublisher` where there is no channel to post in."""

    async def post_card(self, card: Card, mark: str) -> Place:
        raise RungClosed("channel")

    async def show_card(self, card: Card) -> None:
        raise RungClosed("channel")

    async def post_waiting(self, channel: ChannelId, thumbnail: Thumbnail, order: Round, mark: str) -> Spot:
        raise RungClosed("channel")

    async def show_ordered(self, spot: Spot, request: Request, files: Sequence[tuple[str, bytes]]) -> Sequence[str]:
        raise RungClosed("channel")

    async def tell_numbers(self, spot: Spot, thumbnail: Thumbnail, numbers: Sequence[int], *, is_vote: bool) -> None:
        raise RungClosed("channel")

    async def post_files(self, channel: ChannelId, post: Delivered, mark: str) -> Spot:
        raise RungClosed("channel")

    async def remove(self, spot: Spot) -> None:
        raise RungClosed("channel")

    async def find(self, channel: ChannelId, thumbnail: Thumbnail, mark: str, *, since: datetime) -> Place | None:
        raise RungClosed("channel")

    def name_of(self, server: ServerId) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Front:
    publisher: Publisher
    membership: Membership
    operator: Operator
    board: BoardPublisher
    is_terminal: bool = False

    def counts(self, window: Window) -> bool:
        """Whoever sits at the terminal pays: of the quotas only what bounds the whole bill holds there."""
        return not self.is_terminal or window.scope is QuotaScope.GLOBAL


def discord_front(config: Config, bot: ImageBot, settings: SettingStore) -> Front:
    channel = config.discord.operator_channel
    return Front(
        publisher=DiscordPublisher(bot, gave_up_after=config.runbase.give_up_after),
        membership=DiscordMembership(bot, within_s=_MEMBER_WITHIN_S),
        operator=DiscordOperator(bot, None if channel is None else ChannelId(channel), settings),
        board=DiscordBoard(bot),
    )


def terminal_front(terminal: Terminal) -> Front:
    return Front(terminal, terminal, terminal, NoBoard(), is_terminal=True)
