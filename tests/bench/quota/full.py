"""Windows that stay exactly as full as they may be: whenever one more image is taken, an old one has just left."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import QuotaScope
from bot.domain.ids import MemberId
from bot.domain.quotas import Window
from bot.domain.requests import Request
from tests.builders import START, a_request

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AN_HOUR, A_DAY = 5, 20  # images of a member: the defaults of quota.member


@dataclass(frozen=True)
class Full:
    """All members together use up `a_day` images, each five in a row and twenty a day."""

    a_day: int

    @property
    def windows(self) -> tuple[Window, ...]:
        return (
            Window(QuotaScope.MEMBER, AN_HOUR, HOUR),
            Window(QuotaScope.MEMBER, A_DAY, DAY),
            Window(QuotaScope.GLOBAL, self.a_day, DAY),
        )

    def requests(self) -> Iterator[Request]:
        """From the first that finds all windows full."""
        number = self.a_day
        while True:
            yield self._request(number)
            number += 1

    def burst(self, count: int, coming: Request, *, places: int) -> list[Request]:
        """So many in place of the one that was coming, by members with nothing taken, when so many places are free."""
        at = coming.created_at + (places - 1) * DAY / self.a_day
        strangers = range(1_000_000, 1_000_000 + count)
        return [replace(_asked_by(stranger), created_at=at) for stranger in strangers]

    def day_before(self) -> list[Request]:
        """What fills the windows."""
        return [self._request(number) for number in range(self.a_day)]

    def _request(self, number: int) -> Request:
        members = self.a_day // A_DAY
        return replace(_asked_by(number // AN_HOUR % members), created_at=self._moment(number))

    def _moment(self, number: int) -> datetime:
        return START + number * DAY / self.a_day


def _asked_by(member: int) -> Request:
    request = a_request()
    return replace(request, address=replace(request.address, member_id=MemberId(member + 1)))
