"""`thumbnail`: a picture cropped, lettered and exported for platforms, without Discord and without a key."""

from bot.cli.thumbnail.command import thumbnail_and_tell
from bot.cli.thumbnail.order import Wish

__all__ = ["Wish", "thumbnail_and_tell"]
