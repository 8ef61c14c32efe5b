"""The plan of a seed: who asks for what and when, what goes wrong at which moment, and when the process ends."""

import random
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from tests.chaos.marks import Mark, new_mark

MEMBERS = 6
ROOMS = 2


class How(StrEnum):
    """The ways to ask for a picture."""

    IMAGINE = auto()
    IMAGINE_WITH_REFERENCES = auto()
    EDIT = auto()
    EDIT_NEWEST = auto()
    EDIT_BUTTON = auto()
    EDIT_IMAGE = auto()  # the message command
    MENTION = auto()
    MENTION_WITH_PICTURE = auto()
    MENTION_IN_REPLY = auto()


_USUAL = {
    How.IMAGINE: 8,
    How.IMAGINE_WITH_REFERENCES: 3,
    How.EDIT: 2,
    How.EDIT_NEWEST: 2,
    How.EDIT_BUTTON: 3,
    How.EDIT_IMAGE: 1,
    How.MENTION: 2,
    How.MENTION_WITH_PICTURE: 1,
    How.MENTION_IN_REPLY: 1,
}
MENTIONS = frozenset({How.MENTION, How.MENTION_WITH_PICTURE, How.MENTION_IN_REPLY})
_NEEDS_A_RESULT = frozenset({How.EDIT_NEWEST, How.EDIT_BUTTON, How.MENTION_IN_REPLY})
CAN_BE_SEVERAL = frozenset({How.IMAGINE, How.IMAGINE_WITH_REFERENCES, How.MENTION, How.MENTION_WITH_PICTURE})
_COUNTS = {1: 6, 2: 1, 3: 1, 4: 2}
_CAN_BE_PRIVATE = frozenset({How.IMAGINE, How.IMAGINE_WITH_REFERENCES, How.EDIT})


class Closing(StrEnum):
    """What closes one of the ways to the member while a picture is under way."""

    TOKEN_DEAD = auto()  # 50027
    TOKEN_UNKNOWN = auto()  # 10015
    MESSAGE_DELETED = auto()  # 10008
    EDITS_REFUSED = auto()  # 30046
    MAY_NOT_SEE = auto()  # 50001
    MAY_NOT_SEND = auto()  # 50013
    MAY_NOT_ATTACH = auto()  # 50013
    CHANNEL_DELETED = auto()  # 10003
    DMS_CLOSED = auto()  # 50007
    WORD_BLOCKED = auto()  # 200000
    MEMBER_LEFT = auto()
    BOT_REMOVED = auto()


_TOKEN = (Closing.TOKEN_DEAD, Closing.TOKEN_UNKNOWN)
_MESSAGE = (Closing.MESSAGE_DELETED, Closing.EDITS_REFUSED)
_CHANNEL = (Closing.MAY_NOT_SEE, Closing.MAY_NOT_SEND, Closing.MAY_NOT_ATTACH, Closing.CHANNEL_DELETED)
_LADDER = (_TOKEN, _MESSAGE, _CHANNEL, (Closing.DMS_CLOSED,))
_PRIVATE_LADDER = (_TOKEN, (Closing.DMS_CLOSED,))
_OTHERS: tuple[tuple[Closing, ...], ...] = (
    (Closing.WORD_BLOCKED,),
    (Closing.WORD_BLOCKED, Closing.TOKEN_DEAD),
    (Closing.MESSAGE_DELETED,),
    (Closing.CHANNEL_DELETED,),
    (Closing.MEMBER_LEFT,),
    (Closing.BOT_REMOVED,),
)
_TROUBLES_AN_ASK = 0.6
_STOPS_A_KILL = 0.1
_STORIES_SHARE = 0.4
_OTHERS_SHARE = 0.3
_DEPTHS = (1, 2, 2, 3, 3, 4)
# The bot looks at a run for the first time after three seconds. A token lives long enough for its answer to be settled.
_CLOSES_AFTER_S = (0.0, 2.0)
_TOKEN_DIES_AFTER_S = (1.6, 2.8)


@dataclass(frozen=True)
class Story:
    """What closes, each so many seconds after the answer."""

    closings: tuple[tuple[Closing, float], ...]

    def has(self, closing: Closing) -> bool:
        return any(one is closing for one, _ in self.closings)

    @property
    def is_aside(self) -> bool:
        """What would spoil a room for others happens in a room, and to a guest, of its own."""
        return any(one not in (*_TOKEN, Closing.MESSAGE_DELETED) for one, _ in self.closings)


NO_STORY = Story(())


@dataclass(frozen=True, kw_only=True)
class PlannedAsk:
    """`spoilt` is the word that makes the look-alike decline or fail the run, or take long for it, if any.

    `hesitates_s` keeps members who waited for the bot to come back from asking all at once.
    """

    at_s: float
    mark: Mark
    how: How
    member: int
    room: int
    is_private: bool
    images: int
    story: Story
    spoilt: str
    hesitates_s: float

    @property
    def prompt(self) -> str:
        return " ".join(part for part in ("a red fox in the snow", self.mark, self.spoilt) if part)


class Moment(StrEnum):
    """What the process is doing when it is killed."""

    STARTING = auto()  # it may be, or may be connected
    ANY = auto()
    ANSWERING = auto()  # Discord has just taken an answer
    SENDING = auto()  # RunBase has just received a request to create a run
    SHOWING = auto()  # Discord has just taken a picture


@dataclass(frozen=True)
class PlannedEnd:
    """Not before `at_s`, nor before the process was connected for `lives_s`; then at the next such moment."""

    at_s: float
    lives_s: float
    how: signal.Signals
    moment: Moment
    down_s: float


@dataclass(frozen=True)
class PlannedTrouble:
    at_s: float
    name: str
    seed: int


@dataclass(frozen=True)
class Plan:
    seed: int
    asks: Sequence[PlannedAsk]
    ends: Sequence[PlannedEnd]
    troubles: Sequence[PlannedTrouble]
    lasts_s: float


def make_plan(seed: int, *, asks: int, kills: int, troubles: Sequence[str], asks_per_s: float) -> Plan:
    """The same arguments give the same plan. Every trouble is dealt once before any is dealt again."""
    dice = random.Random(seed)
    lasts_s = asks / asks_per_s
    return Plan(
        seed=seed,
        asks=[_ask(dice, lasts_s) for _ in range(asks)],
        ends=list(_ends(dice, kills, lasts_s)),
        troubles=list(_troubles(dice, troubles, count=round(asks * _TROUBLES_AN_ASK), lasts_s=lasts_s)),
        lasts_s=lasts_s,
    )


def _ask(dice: random.Random, lasts_s: float) -> PlannedAsk:
    how = dice.choices(list(_USUAL), list(_USUAL.values()))[0]
    is_private = how in _CAN_BE_PRIVATE and dice.random() < 0.35
    story = _story(dice, is_private=is_private, has_token=how not in MENTIONS)
    how = How.IMAGINE if story.is_aside and how in _NEEDS_A_RESULT else how
    return PlannedAsk(
        at_s=dice.uniform(0, lasts_s),
        mark=new_mark(dice),
        how=how,
        images=dice.choices(list(_COUNTS), list(_COUNTS.values()))[0] if how in CAN_BE_SEVERAL else 1,
        member=dice.randrange(MEMBERS),
        room=dice.randrange(ROOMS),
        is_private=is_private,
        story=story,
        spoilt=dice.choices(("", "fail-preview", "unsafe-preview", "slow-preview"), (30, 1, 1, 2))[0],
        hesitates_s=dice.uniform(0, 1.5),
    )


def _story(dice: random.Random, *, is_private: bool, has_token: bool) -> Story:
    if dice.random() > _STORIES_SHARE:
        return NO_STORY
    if not is_private and dice.random() < _OTHERS_SHARE:
        chosen = dice.choice(_OTHERS)
    else:
        ladder = _PRIVATE_LADDER if is_private else _LADDER
        chosen = tuple(dice.choice(doors) for doors in ladder[: dice.choice(_DEPTHS)])
    closings = [one for one in chosen if has_token or one not in _TOKEN]
    return Story(
        tuple((one, dice.uniform(*(_TOKEN_DIES_AFTER_S if one in _TOKEN else _CLOSES_AFTER_S))) for one in closings)
    )


def _ends(dice: random.Random, kills: int, lasts_s: float) -> Iterator[PlannedEnd]:
    """One in each stretch of the time. Now and then there is an orderly stop, as deploys are."""
    ways = [signal.SIGKILL] * kills + [signal.SIGTERM] * round(kills * _STOPS_A_KILL)
    dice.shuffle(ways)
    stretch_s = lasts_s / max(1, len(ways))
    for number, how in enumerate(ways):
        yield PlannedEnd(
            at_s=(number + dice.uniform(0.3, 1.0)) * stretch_s,
            lives_s=dice.uniform(0.2, 3.0),
            how=how,
            moment=Moment.ANY if how is signal.SIGTERM else dice.choice(list(Moment)),
            down_s=dice.choice((0.0, 0.2, 0.5, 1.5)),
        )


def _troubles(dice: random.Random, names: Sequence[str], *, count: int, lasts_s: float) -> Iterator[PlannedTrouble]:
    deck: list[str] = []
    for _ in range(count):
        if not deck:
            deck = list(names)
            dice.shuffle(deck)
        yield PlannedTrouble(dice.uniform(0, lasts_s), deck.pop(), dice.getrandbits(32))
