"""What can go wrong on purpose: the faults, the calls they can be set on, and at which moment of a call each fires."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Place(StrEnum):
    """The call a fault is set on."""

    CREATE = auto()
    READ = auto()
    FILE = auto()


class Fault(StrEnum):
    RESET_BEFORE = auto()  # the connection is refused: nothing arrives, nothing is counted
    TIMEOUT_BEFORE = auto()  # it arrives, nothing is done, no answer comes (in process the time-out is over at once)
    ERROR_BEFORE = auto()  # 500, and nothing was done

    RESET_AFTER = auto()  # done, then the answer is lost
    TIMEOUT_AFTER = auto()  # done, and no answer comes
    ERROR_AFTER = auto()  # done, and answered with 500
    GARBAGE_JSON = auto()  # done, and answered with half a JSON document
    HTML_BODY = auto()  # done, and answered with a web page and 200
    BAD_GATEWAY = auto()  # done, and answered with a web page and 502

    UNKNOWN_STATUS = auto()  # an unfinished run has a status nobody has heard of
    NEVER_ENDING = auto()  # the run stays at processing
    NO_URL = auto()  # succeeded, but `output.urls` is empty
    SINGLE_URL = auto()  # succeeded, with `output.url` for `output.urls`
    PLAIN_ERROR = auto()  # failed, with a plain string for `{message, code}`

    FORBIDDEN = auto()  # 403
    MISSING = auto()  # 404
    SLOW = auto()  # the file comes in pieces, with a pause after each
    ENDLESS = auto()  # the file never stops
    TRUNCATED = auto()  # the connection breaks half-way through the file
    HALF_IMAGE = auto()  # an answer complete as HTTP that holds half a PNG
    NOT_AN_IMAGE = auto()  # a web page that says it is a PNG
    HUGE = auto()  # a PNG with padding, 25 MB in all
    REDIRECT = auto()  # 302 to the URL given


# The moments, in the order of a call. A fault fires at its moment only, and is used up only when it fires.
UNARRIVED = frozenset({Fault.RESET_BEFORE})
BEFORE = frozenset({Fault.TIMEOUT_BEFORE, Fault.ERROR_BEFORE})
AFTER = frozenset(
    {
        Fault.RESET_AFTER,
        Fault.TIMEOUT_AFTER,
        Fault.ERROR_AFTER,
        Fault.GARBAGE_JSON,
        Fault.HTML_BODY,
        Fault.BAD_GATEWAY,
    }
)
# Set on CREATE they stick to the run that is made; set on READ they colour one answer.
SHAPES = frozenset(
    {Fault.UNKNOWN_STATUS, Fault.NEVER_ENDING, Fault.NO_URL, Fault.SINGLE_URL, Fault.PLAIN_ERROR},
)
FILES = frozenset(
    {
        Fault.FORBIDDEN,
        Fault.MISSING,
        Fault.SLOW,
        Fault.ENDLESS,
        Fault.TRUNCATED,
        Fault.HALF_IMAGE,
        Fault.NOT_AN_IMAGE,
        Fault.HUGE,
        Fault.REDIRECT,
    }
)
_POSSIBLE = {
    Place.CREATE: UNARRIVED | BEFORE | AFTER | SHAPES,
    Place.READ: UNARRIVED | BEFORE | AFTER | SHAPES,
    Place.FILE: UNARRIVED | BEFORE | FILES,
}


@dataclass
class _Set:
    times: int | None
    url: str


class Faults:
    """The faults that are set. Several may be set on one call: the one whose moment comes first fires first."""

    def __init__(self) -> None:
        self._set: dict[Place, dict[Fault, _Set]] = {place: {} for place in Place}

    def set(self, place: Place, fault: Fault | None, *, times: int | None = None, url: str = "") -> None:
        """For the next `times` matching calls, or for good; None switches all faults of the place off."""
        if fault is None:
            self._set[place].clear()
            return
        if fault not in _POSSIBLE[place]:
            raise ValueError(f"{fault} cannot happen on {place}")
        if (fault is Fault.REDIRECT) != bool(url):
            raise ValueError("a URL belongs to a redirect, and only there")
        self._set[place][fault] = _Set(times, url)

    def take(self, place: Place, among: frozenset[Fault]) -> Fault | None:
        """The fault that fires now, if any; one of its times is used up."""
        armed = self._set[place]
        fault = next((fault for fault in armed if fault in among and armed[fault].times != 0), None)
        if fault is not None and (times := armed[fault].times) is not None:
            armed[fault].times = times - 1
        return fault

    def redirect_url(self) -> str:
        return self._set[Place.FILE][Fault.REDIRECT].url
