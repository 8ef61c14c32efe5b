"""What became of every request of a call: a line each, the results, and the exit code."""

from collections.abc import Sequence

from bot.cli.imagine.display import Display
from bot.cli.imagine.endings import Ending, Saved, Unmade, Unsaved
from bot.cli.imagine.sentences import (
    NOTHING_UNDER_WAY,
    STOPPED_OFFLINE,
    STOPPED_WHILE_MADE,
    about_earlier,
    endings,
    sentence,
    still_being_made,
    summary,
    unsaved,
)
from bot.domain.catalogue import CATALOGUE
from bot.domain.errors import BotError, QueueFull, QuotaExceeded, Refused
from bot.domain.ids import RequestId
from bot.domain.requests import Request
from bot.domain.runs import EndReason

DONE, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 130  # 130: as shells tell of Ctrl+C


class Account:
    """Lines are said at once, the results in the end. `wanted` is the request that this call made itself."""

    def __init__(self, display: Display, *, only_fetches: bool, is_offline: bool) -> None:
        self._display = display
        self._only_fetches = only_fetches
        self._is_offline = is_offline
        self._ended: dict[RequestId, Ending] = {}
        self.wanted: Request | None = None
        self.results: list[Saved] = []
        self.code = FAILED if only_fetches else DONE

    def has_ended(self, request: RequestId) -> bool:
        return request in self._ended

    def refuse(self, error: BotError) -> None:
        """Nothing was spent. What only time can change is no wrong use."""
        is_wrong_use = isinstance(error, Refused) and not isinstance(error, QuotaExceeded | QueueFull)
        self.fail(sentence(error), WRONG_USE if is_wrong_use else FAILED)

    def fail(self, line: str, code: int = FAILED) -> None:
        self.code = code
        self._display.say(line)

    def give_up(self, reasons: Sequence[EndReason]) -> None:
        """The wanted picture was interrupted; without a reason it is paid for, and may still come."""
        assert self.wanted is not None
        if reasons:
            self.fail(endings(self.wanted, reasons))
        else:
            self.fail(STOPPED_OFFLINE if self._is_offline else STOPPED_WHILE_MADE)

    def mention(self, under_way: Sequence[RequestId]) -> None:
        """Those of earlier calls that are still not there."""
        if under_way:
            self._display.say(still_being_made(len(under_way)))
        elif self._only_fetches and not self._ended:
            self.fail(NOTHING_UNDER_WAY, WRONG_USE)

    def note(self, ending: Ending) -> None:
        """Comes again for a request that is published again, after trouble with the ledger."""
        is_news = not self.has_ended(ending.request.id)
        self._ended[ending.request.id] = ending
        self._display.remove(ending.request.id)
        if is_news:
            self._tell(ending)

    def line(self, saved: Saved) -> str:
        """`fox.png  1536×1024  14 s  $0.05`"""
        model = CATALOGUE.get(saved.request.model)
        price = None if model is None or model.price_usd is None else f"${model.price_usd}"
        return summary(saved.path, saved.picture, saved.seconds, "nothing paid" if self._is_offline else price)

    def _tell(self, ending: Ending) -> None:
        is_wanted = self.wanted is not None and ending.request.id == self.wanted.id
        match ending:
            case Saved() if is_wanted or self._only_fetches:
                self.results.append(ending)
                self.code = DONE
            case Saved():
                self._display.say(about_earlier(ending.request, f"here it is: {self.line(ending)}"))
            case Unmade(request, reasons) if is_wanted:
                self.fail(endings(request, reasons))
            case Unmade(request, reasons):
                self._display.say(about_earlier(request, endings(request, reasons)))
            case Unsaved(_, path, why):
                self.fail(unsaved(path, why))
