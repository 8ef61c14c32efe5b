"""What is kept in the ledger for a while only, and how it goes, as a Protocol; the adapters implement it."""

from collections.abc import Set
from datetime import datetime
from typing import Protocol

from bot.domain.ids import Sha256


class Records(Protocol):
    """What has had its time. Each call is one short transaction that deletes at most so many and says how many.

    A request is over when its outcome was shown, or when it was given back before anybody was answered. One that is not
    over is never touched, nor is one of which an overdue picture may still arrive.
    """

    async def forget_tokens(self, at: datetime) -> int:
        """Those that are dead, and those of requests that are over."""

    async def next_token_death(self) -> datetime | None:
        """When the next of the tokens that are left dies."""

    async def forget_prompts(self, *, over_before: datetime, most: int) -> int:
        """What members wrote and gave: prompts, and all there is about references and pictures left out."""

    async def delete_requests(self, *, over_before: datetime, most: int) -> int:
        """With their runs."""

    async def delete_takes(self, *, taken_before: datetime, most: int) -> int:
        """Of requests that are deleted. No quota window may reach back to `taken_before`, or it would count wrongly."""

    async def delete_forms(self, *, opened_before: datetime, most: int) -> int: ...

    async def delete_hints(self, *, shown_before: datetime, most: int) -> int:
        """When members were shown one, as long as that keeps them from being shown another."""

    async def forget_wishes(self, *, ended_before: datetime, most: int) -> int:
        """What members wrote and gave for thumbnails that have ended, and why these were declined.

        From then on the candidates' bytes may go.
        """

    async def delete_thumbnails(self, *, ended_before: datetime, most: int) -> int:
        """With their candidates, votes and moves."""

    async def needed_files(self, *, delivered_since: datetime) -> Set[Sha256]:
        """References of unfinished requests and thumbnails, pictures that were not delivered, or were lately, and
        candidates until what was wished for is forgotten.
        """

    async def erase(self) -> None:
        """What was deleted leaves the files of the database, as far as that is quick."""

    async def rebuild(self) -> None:
        """It leaves them for certain, and what they no longer need becomes free. Nobody can write meanwhile."""
