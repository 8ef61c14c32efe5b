"""How candidates look as thumbnails: files in exact sizes, and the sheet on which they stand beside each other."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from bot.domain.errors import FileLost, ReferenceRefused
from bot.domain.thumbnails.boards import Board
from bot.domain.thumbnails.design import Design
from bot.domain.thumbnails.errors import HeadlineUnlettered
from bot.domain.thumbnails.headlines import says_something, visible_line
from bot.domain.thumbnails.refusals import CandidateLost
from bot.domain.thumbnails.sizes import Size
from bot.domain.thumbnails.thumbnails import Candidate, Thumbnail
from bot.ports import Composer, FileStore
from bot.ports.thumbnails import ThumbnailFile

log = logging.getLogger(__name__)

_TITLE_CHARACTERS = 60  # about as many as lists of videos show
_CHANNEL = "Your channel"  # where the server's own name cannot be written


class Looks:
    def __init__(self, *, composer: Composer, files: FileStore) -> None:
        self._composer = composer
        self._files = files

    def check_headline(self, headline: str, *, shows: str = "") -> None:
        """`shows` is what else was written. Raises: HeadlineUnlettered where no font has anything of it."""
        found = self._composer.lettering(headline)
        if found.left_out and not says_something(found.lettered):
            raise HeadlineUnlettered(shows)

    def left_out(self, thumbnail: Thumbnail) -> str:
        """The characters of its headline that no font has."""
        return self._composer.lettering(thumbnail.headline).left_out

    async def files(
        self, thumbnail: Thumbnail, board: Board, candidate: Candidate, size: Size, *, limit_bytes: int
    ) -> tuple[ThumbnailFile, ...]:
        """With the headline, if there is one, and clean. Raises: CandidateLost."""
        kinds = (False, True) if thumbnail.headline else (True,)
        designs = [(one, thumbnail.design(_under(size, limit_bytes), board, is_clean=one)) for one in kinds]
        return tuple([await self._file(candidate, design, is_clean=is_clean) for is_clean, design in designs])

    async def lettered(
        self, thumbnail: Thumbnail, board: Board, candidate: Candidate, *, limit_bytes: int
    ) -> ThumbnailFile:
        """As it is to be shown, in the size it was made for. Raises: CandidateLost."""
        design = thumbnail.design(_under(thumbnail.size, limit_bytes), board)
        return await self._file(candidate, design, is_clean=not thumbnail.headline)

    async def sheet(
        self, thumbnail: Thumbnail, board: Board, candidates: Sequence[Candidate], *, server: str
    ) -> bytes | None:
        """None when not one of them can be shown any more. The `server` by its name stands for the channel."""
        design = thumbnail.design(thumbnail.size, board)
        title = thumbnail.headline or thumbnail.shows[:_TITLE_CHARACTERS]
        found = await self._contents(thumbnail, candidates)
        while found:
            pictures = [(_file_name(number), content) for number, content in found.items()]
            try:
                return await self._composer.mock_up(
                    pictures, design, title=title, channel=self._channel(server), numbers=tuple(found)
                )
            except ReferenceRefused as refused:
                log.error("candidate unreadable thumbnail=%s file=%s", thumbnail.id, refused.filename)
                readable = {number: one for number, one in found.items() if _file_name(number) != refused.filename}
                found = readable if len(readable) < len(found) else {}
        return None

    def _channel(self, server: str) -> str:
        """A name of which the fonts have nothing would leave its place empty."""
        name = visible_line(server)
        return name if says_something(self._composer.lettering(name).lettered) else _CHANNEL

    async def _contents(self, thumbnail: Thumbnail, candidates: Sequence[Candidate]) -> dict[int, bytes]:
        """By the candidates' numbers."""
        found = {}
        for one in candidates:
            try:
                found[one.number] = await self._files.read(one.sha256)
            except FileLost:
                log.error("candidate lost from disk thumbnail=%s candidate=%d", thumbnail.id, one.number)
        return found

    async def _file(self, candidate: Candidate, design: Design, *, is_clean: bool) -> ThumbnailFile:
        try:
            content = await self._files.read(candidate.sha256)
            made = await self._composer.compose(content, design, filename=_file_name(candidate.number))
        except (FileLost, ReferenceRefused) as error:
            raise CandidateLost from error
        return ThumbnailFile(design.size, made.content, made.format, is_clean, made.left_out)


def look(thumbnail: Thumbnail, board: Board, candidates: Sequence[Candidate]) -> str:
    """Changes with whatever changes the sheet."""
    seen = (thumbnail.sizes[0], thumbnail.template, thumbnail.headline, str(board.accent))
    return sha256(repr((seen, [(one.number, one.sha256) for one in candidates])).encode()).hexdigest()[:16]


def _under(size: Size, limit_bytes: int) -> Size:
    """Discord may take less than the platform."""
    return replace(size, most_bytes=min(size.most_bytes, limit_bytes))


def _file_name(number: int) -> str:
    return f"candidate {number}"
