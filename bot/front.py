"""Part of the composition root: where requests come from and answers go, Discord or the terminal."""

from dataclasses import dataclass
from typing import Protocol

from bot.client import ImageBot
from bot.config import Config
from bot.domain.errors import QuotaScope
from bot.domain.ids import ChannelId
from bot.domain.quotas import Window
from bot.operations import Operator
from bot.ports import Membership, Publisher, SettingStore
from bot.ui.membership import DiscordMembership
from bot.ui.operator import DiscordOperator
from bot.ui.publisher import DiscordPublisher


class Terminal(Publisher, Membership, Operator, Protocol):
    """Stands in for Discord where the command line asks."""


@dataclass(frozen=True, slots=True)
class Front:
    publisher: Publisher
    membership: Membership
    operator: Operator
    is_terminal: bool = False

    def counts(self, window: Window) -> bool:
        """Whoever sits at the terminal pays: of the quotas only what bounds the whole bill holds there."""
        return not self.is_terminal or window.scope is QuotaScope.GLOBAL


def discord_front(config: Config, bot: ImageBot, settings: SettingStore) -> Front:
    channel = config.discord.operator_channel
    return Front(
        publisher=DiscordPublisher(bot, gave_up_after=config.runbase.give_up_after),
        membership=DiscordMembership(bot),
        operator=DiscordOperator(bot, None if channel is None else ChannelId(channel), settings),
    )


def terminal_front(terminal: Terminal) -> Front:
    return Front(terminal, terminal, terminal, is_terminal=True)
