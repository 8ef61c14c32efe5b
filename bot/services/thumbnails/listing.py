"""What there is on a board, and one thumbnail in full."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import MemberId, ServerId
from bot.domain.thumbnails.boards import Person
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.refusals import ThumbnailGone
from bot.domain.thumbnails.thumbnails import Move, Thumbnail
from bot.ports import FileStore
from bot.ports.thumbnails import Card
from bot.services.thumbnails.cards import Cards
from bot.services.thumbnails.desk import Desk

_MOST_LISTED = 25  # as many as Discord suggests while somebody types


@dataclass(frozen=True, slots=True)
class Story:
    """A thumbnail as its card shows it, without the picture, and every move it made: who, when and why."""

    card: Card
    moves: tuple[Move, ...]


class Listing:
    def __init__(self, desk: Desk, *, cards: Cards, files: FileStore) -> None:
        self._desk = desk
        self._cards = cards
        self._files = files

    async def listed(
        self, server: ServerId, *, of: MemberId | None = None, only_open: bool = True
    ) -> Sequence[Thumbnail]:
        """The newest 25."""
        return await self._desk.stores.thumbnails.listed(server, of=of, only_open=only_open, most=_MOST_LISTED)

    async def numbered(self, server: ServerId, number: int) -> Thumbnail:
        """By what people call it. Raises: ThumbnailGone."""
        found = await self._desk.stores.thumbnails.numbered(server, number)
        if found is None:
            raise ThumbnailGone(str(number))
        return found

    async def show(self, thumbnail: ThumbnailId, server: ServerId) -> Story:
        """Raises: ThumbnailGone."""
        found = await self._desk.found(thumbnail, server)
        moves = await self._desk.stores.thumbnails.moves(thumbnail)
        return Story(await self._cards.card(found, await self._desk.board(server)), tuple(moves))

    async def references(self, thumbnail: ThumbnailId, person: Person) -> Sequence[tuple[str, bytes]]:
        """With their names, for its requester and those who approve it.

        Raises: ThumbnailGone, NotYourThumbnail, FileLost.
        """
        found = await self._desk.owned(thumbnail, person)
        return [(one.filename, await self._files.read(one.sha256)) for one in found.references]
