"""Whether Discord reaches the bot just now."""

from bot.client import ImageBot


class DiscordGateway:
    """`Gateway` through discord.py: greeted once, and the socket is open."""

    def __init__(self, bot: ImageBot) -> None:
        self._bot = bot

    @property
    def is_connected(self) -> bool:
        socket = self._bot.ws  # None until the first connection, whatever its type says
        return self._bot.is_ready() and bool(socket) and socket.open
