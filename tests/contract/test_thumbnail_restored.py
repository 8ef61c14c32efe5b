"""A ledger with thumbnails brought back from a backup: nothing is ordered by itself, and posts are looked for first."""

from pathlib import Path

from bot.domain.thumbnails.states import ThumbnailState
from tests.board_builders import a_round
from tests.builders import a_picture, a_reference
from tests.contract import backups
from tests.contract.backups import LATER, Home
from tests.contract.shelves import sqlite_shelves

home, archive = backups.home, backups.archive
S = ThumbnailState


async def test_a_round_that_may_have_been_ordered_since_is_not_ordered_again(home: Home, archive: Path) -> None:
    home.folder.mkdir()
    async with sqlite_shelves(home.folder) as shelves:
        ordered = await shelves.in_state(S.MAKING)
        await shelves.candidates.order(a_round(ordered.id), None, expected=S.MAKING, most=8)
        requested = await shelves.in_state(S.MAKING)
        await shelves.requested(await shelves.ordered(requested.id))
        home.back_up(archive)
    home.database.unlink()
    home.restore(archive)
    async with sqlite_shelves(home.folder) as shelves:
        (left,) = await shelves.candidates.open_rounds()
        assert (left.thumbnail, left.is_made) == (requested.id, True)
        assert (await shelves.now(ordered.id)).restored_at == LATER


async def test_what_has_ended_is_left_as_it_was(home: Home, archive: Path) -> None:
    home.folder.mkdir()
    async with sqlite_shelves(home.folder) as shelves:
        done = await shelves.in_state(S.DONE)
        home.back_up(archive)
    home.database.unlink()
    home.restore(archive)
    async with sqlite_shelves(home.folder) as shelves:
        assert await shelves.now(done.id) == done


async def test_the_files_of_open_thumbnails_are_in_the_backup(home: Home, archive: Path) -> None:
    home.folder.mkdir()
    reference = a_reference(sha256=await home.keep(a_picture("for the model")))
    async with sqlite_shelves(home.folder) as shelves:
        await shelves.asked(references=(reference,))
        home.back_up(archive)
    home.database.unlink()
    restored = home.restore(archive)
    assert (restored.files, restored.missing) == (1, 0)
