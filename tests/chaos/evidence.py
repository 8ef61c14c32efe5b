"""What is known at the end of a run: plain records that name no bot, no table and no message text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto

from tests.chaos.marks import Mark, Pictured


class Says(StrEnum):
    """What a message without a picture tells its reader."""

    NOTHING = auto()  # "the bot is thinking"
    WAITING = auto()  # the picture is under way
    ENDING = auto()  # there is no picture, and why


class Rung(StrEnum):
    """The ways in which a picture can reach its member, most usual first."""

    TOKEN = auto()
    MESSAGE = auto()
    CHANNEL = auto()
    DM = auto()
    KEPT = auto()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A member's request for `images` pictures. Times are seconds since the start.

    `times` is how often it was asked: once, and again with every button that asks for the same once more; `unanswered`
    how often the bot was told of it beside these without an answer in time, which it may find out and answer later.
    `is_excused`: nobody has to be told any more, since the member or the bot left the server or Discord itself told.
    `open_rungs` are those that stood open all the time from the question to the end. `is_hidden`: the bot could not see
    its channel any more, nor what it had posted there. `is_unclear`: Discord kept from the bot what came of a change of
    its message, or of a message in its channel.
    """

    mark: Mark
    member: int
    channel: int
    is_private: bool
    is_acknowledged: bool
    images: int = 1
    times: int = 1
    unanswered: int = 0
    is_excused: bool = False
    is_hidden: bool = False
    is_unclear: bool = False
    open_rungs: frozenset[Rung] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One version of a message of the bot.

    `of` is the ask it belongs to, `pictures` what its files carry, `words` the marks in its text, names and alt texts.
    `only_for` is the one person who can see it, else it is for everybody in `channel`. `is_fetched`: the member got it
    by asking for what was kept. `text` is for those who read the timeline.
    """

    at_s: float
    message: int
    channel: int
    of: Mark | None
    says: Says
    pictures: Sequence[Pictured] = ()
    words: frozenset[Mark] = frozenset()
    only_for: int | None = None
    rung: Rung | None = None
    is_fetched: bool = False
    is_removed: bool = False
    text: str = ""

    @property
    def marks(self) -> frozenset[Mark]:
        return frozenset(one.mark for one in self.pictures) | self.words | ({self.of} if self.of else set())


@dataclass(frozen=True, kw_only=True)
class Post:
    """A request to create a run, as it arrived at RunBase.

    `status` and `answered_at_s` are None where no answer was sent; `is_usable` when the answer named the run.
    """

    at_s: float
    mark: Mark | None
    status: int | None
    answered_at_s: float | None
    is_usable: bool

    @property
    def may_have_created(self) -> bool:
        """Only a refusal says for certain that there is no run."""
        return self.status is None or not 400 <= self.status < 500


@dataclass(frozen=True, kw_only=True)
class PaidRun:
    """A run that RunBase charged. `has_picture`: it succeeded, and its picture can be fetched, since `ended_at_s`."""

    mark: Mark | None
    has_picture: bool
    is_refunded: bool
    ended_at_s: float | None = None


@dataclass(frozen=True)
class Interval:
    """From the signal until the process was gone; `is_kill`: it could not finish what it was doing."""

    start_s: float
    end_s: float
    is_kill: bool = False


class TakeState(StrEnum):
    HELD = auto()
    SPENT = auto()
    GIVEN_BACK = auto()


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the bot itself wrote down, by mark: quota, requests it keeps for their member with their pictures, runs it
    calls uncertain, and runs it gave up waiting for, whatever became of them later."""

    takes: Mapping[Mark, Sequence[TakeState]] = field(default_factory=dict)
    kept: Counter[Mark] = field(default_factory=Counter)
    kept_pictures: Counter[Mark] = field(default_factory=Counter)
    uncertain: Counter[Mark] = field(default_factory=Counter)
    overdue: Counter[Mark] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """`books` is None for a bot that writes nothing down. `patience_s`: how long the bot was told to wait for a run."""

    asks: Sequence[Ask]
    shown: Sequence[Shown]
    posts: Sequence[Post]
    runs: Sequence[PaidRun]
    ends: Sequence[Interval]
    books: Books | None
    patience_s: float
    read_timeout_s: float


@dataclass(frozen=True)
class Breach:
    """Something that must not happen, and the ask it happened to."""

    kind: str
    mark: Mark
    what: str


@dataclass(frozen=True)
class Verdict:
    """Counts by name, rungs among them, and everything that must not happen."""

    counts: Counter[str]
    breaches: Sequence[Breach]
