"""Who may ask for pictures at all: the first look, before anything is fetched or typed."""

from collections.abc import Set

from bot.domain.errors import ServerNotListed
from bot.domain.ids import ServerId
from bot.domain.quotas import Window, refusal
from bot.domain.requests import Address
from bot.ports import Clock, FileStore, QuotaStore
from bot.services.keys import Keys


class Gate:
    """`servers` lists where the bot works; empty means everywhere."""

    def __init__(
        self, servers: Set[ServerId], *, clock: Clock, files: FileStore, quotas: QuotaStore, keys: Keys
    ) -> None:
        self._servers = servers
        self._clock = clock
        self._files = files
        self._quotas = quotas
        self._keys = keys

    async def check(self, address: Address, images: int) -> None:
        """Taking the quota is what decides; this refuses early what would be refused then.

        Raises: ServerNotListed, OutOfCredit, ModelGone, StorageUnavailable, QuotaExceeded.
        """
        if self._servers and address.server_id not in self._servers:
            raise ServerNotListed
        self._keys.check_usable()
        await self._files.check_room()
        usages = await self._quotas.usage(address.server_id, address.member_id, self._clock.now())
        if refused := refusal(usages, images):
            raise refused

    async def narrowest(self, address: Address) -> Window | None:
        """The window that allows fewest images, however long somebody waits; None where nothing limits them."""
        usages = await self._quotas.usage(address.server_id, address.member_id, self._clock.now())
        return min((usage.window for usage in usages), key=lambda window: window.images, default=None)
