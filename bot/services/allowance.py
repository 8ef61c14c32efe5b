"""What a member may still make."""

from bot.domain.ids import MemberId, ServerId
from bot.domain.quotas import Usage
from bot.ports import Clock, QuotaStore


class Allowance:
    def __init__(self, *, clock: Clock, quotas: QuotaStore) -> None:
        self._clock = clock
        self._quotas = quotas

    async def show(self, server: ServerId, member: MemberId) -> tuple[Usage, ...]:
        return await self._quotas.usage(server, member, self._clock.now())
