"""The keys at hand: how many requests each may still make, which are put aside for now, and what that means."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.domain.errors import KeyOutOfCredit, ModelGone, OutOfCredit
from bot.domain.ids import KeyId
from bot.domain.pacing import RequestBudget
from bot.operations import KeyStanding, Meter, News, Operator
from bot.ports import Clock, RequestJournal

log = logging.getLogger(__name__)

_WINDOW_S = 10.0  # RunBase: 20 requests per 10 s per key, POST and GET together
_ASIDE = timedelta(minutes=5)
_REST_AFTER_429_S = 10.0  # the window: whatever else filled it has left it then
_UNCERTAIN_IN_A_ROW = 3
_REST_AFTER_UNCERTAIN_S = 30.0

_PAUSED: Mapping[News, str] = {
    News.OUT_OF_CREDIT: "no key usable: top up the balance or raise the limits at RunBase why=out_of_credit",
    News.KEYS_REFUSED: "no key usable: the lines `key put aside` say what RunBase refuses each for why=refused",
    News.MODEL_GONE: "model gone: set runbase.model to another entry of the catalogue",
}


def _always(_: KeyId) -> bool:
    return True


class Keys:
    """Budgets and rests of all keys. A key put aside still reads the runs it made.

    One that was put aside is tried again after five minutes, and works again once a run was created with it. Times are
    those of `Clock.elapsed_s`: setting the clock makes no window shorter or longer.
    """

    def __init__(
        self,
        keys: Sequence[KeyId],
        clock: Clock,
        *,
        journal: RequestJournal,
        requests_per_window: int,
        meter: Meter,
        operator: Operator,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._meter = meter
        self._operator = operator
        self._budgets = {key: RequestBudget(requests_per_window, _WINDOW_S) for key in keys}
        self._rests_until_s: dict[KeyId, float] = {}
        self._aside_until_s: dict[KeyId, float] = {}
        self._why_aside: dict[KeyId, str] = {}
        self._news: News | None = None
        self._uncertain: Counter[KeyId] = Counter()
        self._model_gone_until_s = 0.0

    def take_over(self) -> None:
        """What an earlier process asked counts at RunBase still. At a start, before any request is made."""
        made = self._journal.take_over(self._now_s())
        for key, budget in self._budgets.items():
            budget.restore(made_s for one, made_s in made if one == key)
        if made:
            log.info("requests taken over count=%d", len(made))

    def knows(self, key: KeyId) -> bool:
        return key in self._budgets

    @property
    def all(self) -> Sequence[KeyId]:
        return tuple(self._budgets)

    def number(self, key: KeyId) -> int:
        """The key's place in RUNBASE_API_KEYS, from 1: how operators know it."""
        return list(self._budgets).index(key) + 1

    def standing(self) -> tuple[KeyStanding, ...]:
        now_s = self._now_s()
        return tuple(
            KeyStanding(number, budget.left(now_s), is_usable=key not in self._why_aside)
            for number, (key, budget) in enumerate(self._budgets.items(), start=1)
        )

    @property
    def are_usable(self) -> bool:
        try:
            self.check_usable()
        except (OutOfCredit, ModelGone):
            return False
        return True

    def check_usable(self) -> None:
        """Raises: OutOfCredit when every key is put aside, ModelGone while the model is."""
        if self._model_gone_until_s > self._now_s():
            raise ModelGone
        if all(self._is_aside(key) for key in self._budgets):
            raise OutOfCredit

    def choose(self, suits: Callable[[KeyId], bool] = _always) -> KeyId | None:
        """The key with the most budget left, of those that suit, that may create a run now."""
        ready = [key for key in self._budgets if self.may_create(key) and self.left(key) > 0 and suits(key)]
        return max(ready, key=self.left, default=None)

    def wait_s(self, suits: Callable[[KeyId], bool] = _always) -> float:
        """Seconds until `choose` may find a key; a second at most, since a key can be freed by other means."""
        now_s = self._now_s()
        waits = [
            max(budget.wait_s(now_s), self._rests_until_s.get(key, 0) - now_s)
            for key, budget in self._budgets.items()
            if not self._is_aside(key) and suits(key)
        ]
        return min(1.0, max(0.05, min(waits, default=1.0)))

    def may_create(self, key: KeyId) -> bool:
        """As far as rests are concerned."""
        return not self._is_aside(key) and self._rests_until_s.get(key, 0) <= self._now_s()

    def left(self, key: KeyId) -> int:
        """Requests that may be made now."""
        return self._budgets[key].left(self._now_s())

    def free_in_s(self, key: KeyId) -> float:
        """Seconds until a request may be made."""
        return self._budgets[key].wait_s(self._now_s())

    def requests_per_s(self, key: KeyId) -> float:
        return self._budgets[key].allowed(self._now_s()) / _WINDOW_S

    def spend(self, key: KeyId) -> float:
        """Returns when that was, for `note_answer` and `note_too_fast`."""
        now_s = self._now_s()
        self._budgets[key].spend(now_s)
        self._journal.note_sent(key, now_s)
        return now_s

    def note_answer(self, key: KeyId, sent_s: float) -> None:
        """RunBase may have counted the request as late as this. However it was answered, or was not."""
        now_s = self._now_s()
        self._budgets[key].note_answer(sent_s, now_s)
        self._journal.note_answered(key, sent_s, now_s)

    def rest(self, key: KeyId, seconds: float) -> None:
        """Create nothing with this key for a while."""
        self._rests_until_s[key] = max(self._rests_until_s.get(key, 0), self._now_s() + seconds)

    def note_created(self, key: KeyId) -> None:
        """What was sent before the key was put aside, or the model was gone, says nothing of how they stand now."""
        self._uncertain[key] = 0
        if not self._is_aside(key) and self._model_gone_until_s <= self._now_s():
            self._why_aside.pop(key, None)
            self._turn_to(News.WORKING)

    def note_too_fast(self, key: KeyId, sent_s: float) -> None:
        """RunBase refused a request as one too many: somebody else uses the key, or its limit is another."""
        self._meter.slowed_down(self.number(key))
        self._budgets[key].slow_down(self._now_s(), sent_s)
        self.rest(key, _REST_AFTER_429_S)
        log.warning("key slowed down key=%s number=%d left=%d", key, self.number(key), self.left(key))

    def note_uncertain(self, key: KeyId) -> None:
        """After three answers lost in a row something is wrong, and every further one may cost money."""
        self._uncertain[key] += 1
        if self._uncertain[key] % _UNCERTAIN_IN_A_ROW == 0:
            self.rest(key, _REST_AFTER_UNCERTAIN_S)
            log.error("key rests key=%s why=answers_lost", key)

    def pause_model(self) -> None:
        """RunBase does not know the configured model any more; asked again after five minutes."""
        self._model_gone_until_s = self._now_s() + _ASIDE.total_seconds()
        self._turn_to(News.MODEL_GONE)

    def put_aside(self, key: KeyId, *, why: str) -> None:
        """The key is out of money or refused; tried again after five minutes."""
        self._aside_until_s[key] = self._now_s() + _ASIDE.total_seconds()
        if self._why_aside.get(key) != why:
            self._why_aside[key] = why
            self._meter.put_aside(self.number(key), why=why)
            log.error("key put aside key=%s number=%d why=%s", key, self.number(key), why)
        if all(self._is_aside(one) for one in self._budgets):
            is_money = set(self._why_aside.values()) == {KeyOutOfCredit.__name__}
            self._turn_to(News.OUT_OF_CREDIT if is_money else News.KEYS_REFUSED)

    def _turn_to(self, news: News) -> None:
        """Told once a change, however often it is found."""
        if news is self._news:
            return
        if news is not News.WORKING:
            log.error(_PAUSED[news])
        elif self._news is not None:
            log.info("model offered again" if self._news is News.MODEL_GONE else "keys usable again")
        self._news = news
        self._operator.tell(news)

    def _is_aside(self, key: KeyId) -> bool:
        return self._aside_until_s.get(key, 0) > self._now_s()

    def _now_s(self) -> float:
        return self._clock.elapsed_s()
