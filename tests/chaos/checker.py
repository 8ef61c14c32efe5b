"""Compares what RunBase charged, what the bot wrote down and what members saw. It knows nothing of any bot's code."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.chaos.evidence import (
    Ask,
    Breach,
    Evidence,
    PaidRun,
    Post,
    Rung,
    Says,
    Shown,
    TakeState,
    Verdict,
)
from tests.chaos.marks import Mark

# What must not happen, in the order of the table.
LOST = "lost"
PAID_TWICE = "paid twice"
SENT_TWICE = "sent twice"
POSTED_TWICE = "posted twice"
LEFT_WAITING = "left waiting"
DRIFT = "quota drift"
LEAKED = "private leaked"
BASELESS = "uncertain without cause"
HELD_BACK = "kept though a way was open"
BREACHES = (LOST, PAID_TWICE, SENT_TWICE, POSTED_TWICE, LEFT_WAITING, DRIFT, LEAKED, BASELESS, HELD_BACK)

# A process killed so soon after RunBase's answer left may not have read and stored it. It takes a few milliseconds, but
# on a busy machine the disk has been seen to take most of a second. A bot with books has to call the run uncertain.
_NOT_STORED_YET_S = 2.0
_CLOCKS_DIFFER_S = 1.0


@dataclass(frozen=True)
class Case:
    """Everything about one ask."""

    ask: Ask
    shown: Sequence[Shown]
    posts: Sequence[Post]
    runs: Sequence[PaidRun]
    takes: Counter[TakeState]
    is_in_books: bool
    kept: int
    kept_pictures: int
    uncertain: int
    overdue: int
    evidence: Evidence

    @cached_property
    def last(self) -> Mapping[int, Shown]:
        """Each message as it is, or as it was when somebody removed it, as far as its member can see it."""
        own = (one for one in self.shown if one.of == self.ask.mark and not one.is_removed and self._is_seen(one))
        return {one.message: one for one in own}

    @cached_property
    def removed(self) -> frozenset[int]:
        return frozenset(one.message for one in self.shown if one.is_removed)

    def _is_seen(self, shown: Shown) -> bool:
        if shown.only_for is not None:
            return shown.only_for == self.ask.member
        return shown.channel == self.ask.channel or shown.is_fetched

    @property
    def wanted(self) -> int:
        """How many pictures were asked for."""
        return self.ask.times * self.ask.images

    def pictures_in(self, shown: Shown) -> list[int]:
        """Its own pictures in a message, by their numbers."""
        return [one.number for one in shown.pictures if one.mark == self.ask.mark and shown.of == self.ask.mark]

    @cached_property
    def delivered(self) -> int:
        """Different pictures in front of the member; the same one once more is another matter."""
        return min(self.wanted, len({number for one in self.last.values() for number in self.pictures_in(one)}))

    @cached_property
    def arrivals(self) -> Mapping[int, Shown]:
        """The version that first showed each picture."""
        arrivals: dict[int, Shown] = {}
        for one in self.shown:
            for number in self.pictures_in(one) if self._is_seen(one) else ():
                arrivals.setdefault(number, one)
        return arrivals

    @cached_property
    def told(self) -> int:
        """Messages that say why there is no picture."""
        return sum(one.says is Says.ENDING and not self.pictures_in(one) for one in self.last.values())

    @cached_property
    def endings(self) -> int:
        """Messages that say their last word, with pictures or without."""
        return sum(one.says is Says.ENDING for one in self.last.values())

    @cached_property
    def unclear(self) -> int:
        """How often nobody could know whether RunBase had created a run."""
        return sum(_is_unclear(post, self.evidence) for post in self.posts)

    @cached_property
    def excused(self) -> int:
        """Pictures that may be missing: nobody could know of them, and a bot with books has written that down."""
        return min(self.unclear, self.uncertain) if self.is_in_books else self.unclear

    @cached_property
    def gifts(self) -> int:
        """Pictures that may have cost nothing: the bot gave up waiting for them, and had waited long enough."""
        patient_s = self.evidence.patience_s - _CLOCKS_DIFFER_S
        late = [one for one in self.arrivals.values() if self.posts and one.at_s - self.posts[0].at_s >= patient_s]
        return min(self.overdue, len(late))

    @cached_property
    def can_be_edited(self) -> bool:
        """Whether its message could be changed all the time: then all that belongs together stands together."""
        edits = {Rung.TOKEN} if self.ask.is_private else {Rung.TOKEN, Rung.MESSAGE}
        return bool(self.ask.open_rungs & edits)

    @property
    def open_ways(self) -> frozenset[Rung]:
        """By which a picture had to come. What may stand where no bot can look need not come a second time."""
        ready_s = [run.ended_at_s for run in self.runs if run.has_picture and run.ended_at_s is not None]
        is_unseen = self._may_stand_unseen(since_s=min(ready_s, default=math.inf))
        return self.ask.open_rungs - {Rung.DM} if is_unseen else self.ask.open_rungs

    @property
    def most_endings(self) -> int:
        """Messages that say why there is no picture. One that may stand where no bot can look may come once more: it
        costs nothing and pings nobody, and without it a member may wait for ever."""
        asked_s = min((post.at_s for post in self.posts), default=math.inf)
        return self.answers + self._may_stand_unseen(since_s=asked_s)

    @property
    def answers(self) -> int:
        return self.ask.times + self.ask.unanswered

    def _may_stand_unseen(self, *, since_s: float) -> bool:
        """A bot sees its private answers by their token alone. What a killed one was showing, the next cannot know."""
        is_unseen = self.ask.is_hidden or (self.ask.is_private and Rung.TOKEN not in self.ask.open_rungs)
        is_killed = any(end.is_kill and end.end_s >= since_s for end in self.evidence.ends)
        return is_unseen and (self.ask.is_unclear or is_killed)


def _is_unclear(post: Post, evidence: Evidence) -> bool:
    """Whether a run may have been created without the bot being able to know it."""
    return post.may_have_created and (_is_answer_lost(post, evidence) or _is_cut_off(post, evidence))


def _is_answer_lost(post: Post, evidence: Evidence) -> bool:
    gives_up_at_s = post.at_s + evidence.read_timeout_s
    is_too_late = post.answered_at_s is None or post.answered_at_s >= gives_up_at_s - _CLOCKS_DIFFER_S
    return not post.is_usable or is_too_late


def _is_cut_off(post: Post, evidence: Evidence) -> bool:
    """The process ended before it can have stored the answer, whatever that was."""
    until_s = post.at_s + evidence.read_timeout_s if post.answered_at_s is None else post.answered_at_s
    return any(end.start_s <= until_s + _NOT_STORED_YET_S and end.end_s >= post.at_s for end in evidence.ends)


def check(evidence: Evidence) -> Verdict:
    counts: Counter[str] = Counter()
    breaches: list[Breach] = []
    for case in _cases(evidence):
        counts.update(_counted(case))
        breaches += [Breach(kind, case.ask.mark, what) for kind, what in _breaches(case)]
    counts.update(Counter(breach.kind for breach in breaches))
    return Verdict(counts, breaches)


def concluded(evidence: Evidence) -> bool:
    """Whether nothing is left that a bot at work would still change."""
    return not any(kind in (LOST, LEFT_WAITING) for case in _cases(evidence) for kind, _ in _breaches(case))


def _cases(evidence: Evidence) -> Iterator[Case]:
    books = evidence.books
    shown: defaultdict[Mark, list[Shown]] = defaultdict(list)
    for one in evidence.shown:
        for mark in one.marks:
            shown[mark].append(one)
    for ask in evidence.asks:
        mark = ask.mark
        yield Case(
            ask=ask,
            shown=shown[mark],
            posts=[post for post in evidence.posts if post.mark == mark],
            runs=[run for run in evidence.runs if run.mark == mark],
            takes=Counter(books.takes.get(mark, ()) if books else ()),
            is_in_books=books is not None,
            kept=books.kept[mark] if books else 0,
            kept_pictures=books.kept_pictures[mark] if books else 0,
            uncertain=books.uncertain[mark] if books else 0,
            overdue=books.overdue[mark] if books else 0,
            evidence=evidence,
        )


def _counted(case: Case) -> Iterator[str]:
    yield "asked"
    if case.ask.is_acknowledged:
        yield "acknowledged"
    if case.delivered:
        yield "delivered"
    elif case.told:
        yield "told"
    if (rung := _rung(case)) is not None:
        yield f"rung {rung}"
    if case.uncertain or (not case.is_in_books and case.unclear and not case.delivered):
        yield "uncertain"
    if case.is_in_books and case.delivered > case.takes[TakeState.SPENT] + case.takes[TakeState.HELD]:
        yield "gifts"


def _rung(case: Case) -> Rung | None:
    """By which the first picture came."""
    first = next(iter(case.arrivals.values()), None)
    if not case.delivered or first is None:
        return Rung.KEPT if case.kept else None
    return Rung.KEPT if first.is_fetched else first.rung


def _breaches(case: Case) -> Iterator[tuple[str, str]]:
    yield from _money(case)
    yield from _messages(case)
    yield from _quota(case)
    if case.ask.is_private:
        yield from _leaks(case)


def _money(case: Case) -> Iterator[tuple[str, str]]:
    pictures = sum(run.has_picture for run in case.runs)
    reached = case.delivered + case.kept_pictures
    if pictures > reached + case.excused:
        yield LOST, f"{pictures} paid, {reached} delivered or kept, {case.excused} excused by a lost answer"
    paid = sum(not run.is_refunded for run in case.runs)
    if paid > case.wanted:
        yield PAID_TWICE, f"{paid} runs charged, asked for {case.wanted}"
    sent = sum(post.may_have_created for post in case.posts)
    if sent > case.wanted:
        yield SENT_TWICE, f"{sent} POSTs that may have created a run, asked for {case.wanted}"
    unknowable = sum(_is_unclear(post, case.evidence) or _is_cut_off(post, case.evidence) for post in case.posts)
    if case.uncertain > unknowable + _never_arrived(case):
        yield BASELESS, f"{case.uncertain} runs called uncertain, {unknowable} answers lost"


def _never_arrived(case: Case) -> int:
    """A process killed before its POST arrived knows no more than one killed after. What was refused is sent again."""
    arrived = sum(post.may_have_created for post in case.posts)
    return case.wanted - min(case.wanted, arrived) if case.evidence.ends else 0


def _messages(case: Case) -> Iterator[tuple[str, str]]:
    yield from _doubles(case)
    answered = case.endings + case.kept
    if case.ask.is_acknowledged and answered < case.ask.times and _can_be_told(case):
        said = [one.says.value for one in case.last.values()] or ["no message"]
        yield LEFT_WAITING, f"acknowledged {case.ask.times} times, and in the end: {', '.join(said)}"
    if (case.kept or any(one.is_fetched for one in case.arrivals.values())) and case.open_ways:
        yield HELD_BACK, f"open all the time: {', '.join(sorted(case.open_ways))}"


def _doubles(case: Case) -> Iterator[tuple[str, str]]:
    """The same picture, or more messages than there are answers to give, at any one time."""
    most: Counter[str] = Counter()
    copies: Counter[int] = Counter()
    for live in _versions(case):
        pictures = [case.pictures_in(one) for one in live]
        copies |= Counter(number for numbers in pictures for number in numbers)
        endings = sum(one.says is Says.ENDING and not numbers for one, numbers in zip(live, pictures, strict=True))
        most |= Counter({"pictures": sum(map(bool, pictures)), "endings": endings})
    for number, count in copies.items():
        if count > 1:
            yield POSTED_TWICE, f"picture {number} {count} times at once"
    # What comes after its message can be changed no more, stands in another.
    in_pictures = 1 if case.can_be_edited else case.ask.images
    allowed = {"pictures": case.answers * in_pictures, "endings": case.most_endings}
    for what, count in most.items():
        if count > allowed[what]:
            yield POSTED_TWICE, f"{count} messages with {what} at once, asked {case.ask.times} times"


def _versions(case: Case) -> Iterator[Sequence[Shown]]:
    """All messages as they are at one time, after each change."""
    live: dict[int, Shown] = {}
    for one in case.shown:
        if one.of != case.ask.mark or one.is_fetched:
            continue
        if one.is_removed:
            live.pop(one.message, None)
        else:
            live[one.message] = one
        yield tuple(live.values())


def _can_be_told(case: Case) -> bool:
    """Where every way was closed, only what was paid for can still be kept.

    Where nothing had begun, nobody waits in front of a message that somebody removed, and a placeholder ends by itself:
    Discord says that the application did not respond.
    """
    has_begun = bool(case.posts) or bool(case.takes[TakeState.HELD])
    is_watched = any(one.says is not Says.NOTHING for one in case.last.values() if one.message not in case.removed)
    return bool(case.ask.open_rungs) and not case.ask.is_excused and (has_begun or is_watched)


def _quota(case: Case) -> Iterator[tuple[str, str]]:
    """Spent is what was delivered, less gifts: pictures that came when their quota had been given back."""
    if not case.is_in_books:
        return
    spent, held = case.takes[TakeState.SPENT], case.takes[TakeState.HELD]
    is_too_much = held > case.kept_pictures or spent > case.delivered
    if is_too_much or spent + held + case.gifts < case.delivered:
        shown = f"{case.delivered} delivered ({case.gifts} may be gifts), {case.kept_pictures} kept"
        yield DRIFT, f"{shown}; {spent} spent, {held} still held"


def _leaks(case: Case) -> Iterator[tuple[str, str]]:
    for one in case.shown:
        if one.only_for != case.ask.member and not one.is_removed:
            what = "its picture" if any(each.mark == case.ask.mark for each in one.pictures) else "its words"
            yield LEAKED, f"{what} in message {one.message}"
            return
