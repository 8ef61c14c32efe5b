"""Puts the services of thumbnails together, for the application and the tests alike."""

from dataclasses import dataclass

from bot.domain.catalogue import Model
from bot.ports import Composer, FileStore, Membership, RequestStore
from bot.ports.thumbnails import BoardPublisher
from bot.services.gate import Gate
from bot.services.references import References
from bot.services.submission import Submission
from bot.services.thumbnails import Thumbnails
from bot.services.thumbnails.approving import Approving
from bot.services.thumbnails.asking import Asking
from bot.services.thumbnails.boards import Boards
from bot.services.thumbnails.cards import Cards
from bot.services.thumbnails.desk import Desk
from bot.services.thumbnails.entries import Entries
from bot.services.thumbnails.finishing import Finishing
from bot.services.thumbnails.listing import Listing
from bot.services.thumbnails.looks import Looks
from bot.services.thumbnails.making import Making
from bot.services.thumbnails.numbering import Numbering
from bot.services.thumbnails.ordering import Ordering
from bot.services.thumbnails.posting_once import PostingOnce
from bot.services.thumbnails.tending import Tending
from bot.services.thumbnails.voting import Voting


@dataclass(frozen=True, slots=True)
class Supplies:
    """What they need. `entries` are members' own pictures, made fit for composing and not for the model."""

    desk: Desk
    model: Model
    publisher: BoardPublisher
    composer: Composer
    files: FileStore
    requests: RequestStore
    membership: Membership
    submission: Submission
    gate: Gate
    references: References
    entries: References


def open_thumbnails(needed: Supplies) -> Thumbnails:
    desk, publisher = needed.desk, needed.publisher
    posting = PostingOnce(clock=desk.clock, thumbnails=desk.stores.thumbnails, publisher=publisher)
    looks = Looks(composer=needed.composer, files=needed.files)
    making = Making(desk, gate=needed.gate)
    boards = Boards(desk)
    cards = Cards(desk, looks=looks, posting=posting, publisher=publisher)
    finishing = Finishing(desk, looks=looks, posting=posting, publisher=publisher)
    approving = Approving(desk, making=making, membership=needed.membership, submission=needed.submission)
    return Thumbnails(
        boards=boards,
        asking=Asking(desk, boards=boards, looks=looks, making=making, references=needed.references),
        listing=Listing(desk, cards=cards, files=needed.files),
        approving=approving,
        making=making,
        entries=Entries(desk, references=needed.entries),
        voting=Voting(desk),
        finishing=finishing,
        tending=Tending(
            desk, approving=approving, cards=cards, finishing=finishing, ordering=_ordering(needed, posting)
        ),
    )


def _ordering(needed: Supplies, posting: PostingOnce) -> Ordering:
    return Ordering(
        needed.desk,
        model=needed.model,
        numbering=Numbering(needed.desk, publisher=needed.publisher),
        posting=posting,
        publisher=needed.publisher,
        requests=needed.requests,
        submission=needed.submission,
    )
