"""`imagine`: one picture from the terminal, through the same services and the same ledger as the bot."""

from bot.cli.imagine.command import imagine_and_tell

__all__ = ["imagine_and_tell"]
