"""Part of the composition root: thumbnails that a community asks for, makes and votes on."""

from bot.domain.catalogue import Model
from bot.parts import Parts
from bot.services.gate import Gate
from bot.services.references import References
from bot.services.submission import Submission
from bot.services.thumbnails import Thumbnails
from bot.services.thumbnails.desk import Desk, Stores
from bot.services.thumbnails.opening import Supplies, open_thumbnails
from bot.storage.boards import SqliteBoardStore
from bot.storage.candidates import SqliteCandidateStore
from bot.storage.thumbnails import SqliteThumbnailStore
from bot.storage.votes import SqliteVoteStore

# Members' own pictures are cropped, and want more detail than a reference; eight of them are read for one sheet.
_ENTRY_BYTES = 8_000_000


def open_community(parts: Parts, model: Model, submission: Submission, gate: Gate) -> Thumbnails:
    database = parts.database
    stores = Stores(
        boards=SqliteBoardStore(database),
        thumbnails=SqliteThumbnailStore(database),
        candidates=SqliteCandidateStore(database),
        votes=SqliteVoteStore(database),
    )
    return open_thumbnails(
        Supplies(
            desk=Desk(parts.clock, stores),
            model=model,
            publisher=parts.front.board,
            composer=parts.composer,
            files=parts.files,
            requests=parts.requests,
            membership=parts.front.membership,
            submission=submission,
            gate=gate,
            references=_references(parts, model.reference_bytes),
            entries=_references(parts, _ENTRY_BYTES),
        )
    )


def _references(parts: Parts, limit_bytes: int) -> References:
    return References(limit_bytes=limit_bytes, downloads=parts.downloads, imaging=parts.imaging, files=parts.files)
