"""`imagine`: one picture from the terminal, through the same services and the same ledger as the bot."""

from bot.cli.imagine.command import imagine_and_tell
from bot.cli.imagine.order import Wish

__all__ = ["Wish", "imagine_and_tell"]
