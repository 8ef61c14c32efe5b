"""Pages of a history and posts from private, over the ledger in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.gallery import Wanted, Whose
from bot.domain.ids import ChannelId, RunId, ServerId
from bot.domain.images import Image, Post
from bot.domain.runs import RunState
from bot.ports import PastImage, Placed
from tests.fakes.ledger import Entry, MemoryLedger, TakeState


class MemoryGalleryStore:
    """`GalleryStore` over the dictionaries."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def page(self, wanted: Wanted, *, skip: int, most: int) -> Sequence[PastImage]:
        pasts = [past for entry in self._wanted(wanted) for past in self._pasts(entry)]
        if wanted.whose is Whose.MINE:
            pasts.sort(key=lambda past: not past.is_kept)
        else:
            pasts = [replace(past, is_kept=False) for past in pasts]
        return pasts[skip : skip + most]

    async def count(self, wanted: Wanted) -> int:
        return sum(len(self._pasts(entry)) for entry in self._wanted(wanted))

    async def channels(self, server: ServerId) -> Sequence[ChannelId]:
        newest_first = sorted(self._ledger.entries.values(), key=lambda entry: entry.request.created_at, reverse=True)
        addresses = [entry.request.address for entry in newest_first]
        return list(dict.fromkeys(one.channel_id for one in addresses if one.server_id == server and not one.private))

    def _wanted(self, wanted: Wanted) -> list[Entry]:
        found = [entry for entry in self._ledger.entries.values() if entry.acknowledged_at and _fits(entry, wanted)]
        return sorted(found, key=lambda entry: (-entry.request.created_at.timestamp(), entry.request.id))

    def _pasts(self, entry: Entry) -> list[PastImage]:
        ledger = self._ledger
        is_kept = bool(entry.kept_at) and not entry.settled_at
        return [
            PastImage(
                Image(entry.request, run, ledger.posts.get(run.id)),
                is_kept=is_kept and run.state is RunState.READY,
                took_quota=ledger.takes[run.id].state is not TakeState.GIVEN_BACK,
            )
            for run in ledger.runs_of(entry.request.id)
        ]


class MemoryPostStore:
    """`PostStore` over the dictionaries."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    async def reserve(self, runs: Sequence[RunId], channel: ChannelId, *, shows_prompt: bool, at: datetime) -> bool:
        if any(run in self._ledger.posts for run in runs):
            return False
        self._ledger.posts |= {run: Post(run, channel, None, None, shows_prompt, at) for run in runs}
        return True

    async def fill(self, places: Sequence[Placed]) -> None:
        for place in places:
            post = self._ledger.posts.get(place.run)
            if post is not None and post.message is None:
                self._ledger.posts[place.run] = replace(
                    post, channel=place.channel, message=place.message, attachment=place.attachment
                )

    async def release(self, runs: Sequence[RunId]) -> None:
        for run in runs:
            post = self._ledger.posts.get(run)
            if post is not None and post.message is None:
                del self._ledger.posts[run]


def _fits(entry: Entry, wanted: Wanted) -> bool:
    address = entry.request.address
    if address.server_id != wanted.server or not _holds(entry.request.prompt.lower(), wanted.search.lower().split()):
        return False
    if wanted.whose is Whose.MINE:
        return address.member_id == wanted.member
    return not address.private and address.channel_id not in wanted.hidden


def _holds(prompt: str, words: Sequence[str]) -> bool:
    """All of the words, in their order."""
    for word in words:
        _, found, prompt = prompt.partition(word)
        if not found:
            return False
    return True
