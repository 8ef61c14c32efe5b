"""How long runs take, learned from those that were made: the observations and what follows from them."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import accumulate

from bot.domain.pacing.curve import AGES, Curve

PRIOR_RUNS = 20
_HALF_LIFE_RUNS = 30
_REMEMBERED_RUNS = 240
_ANYWHERE_RUNS = 0.5
_BLUR_CELLS = 2
_ROUNDS = 8
_CELLS = len(AGES)  # the last one holds what lies beyond all ages


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of one run: it took longer than `after_s` and, where it was seen finished, at most `until_s`."""

    after_s: float = 0.0
    until_s: float | None = None


def _prior_cells() -> list[float]:
    alive = (*Curve.log_normal().alive, 0.0)
    return [before - after for before, after in zip(alive, alive[1:], strict=False)]


_PRIOR = _prior_cells()


class Learned:
    def __init__(self, *, half_life=_HALF_LIFE_RUNS, blur=_BLUR_CELLS, rounds=_ROUNDS, every=10) -> None:
        self._sightings: dict[Hashable, tuple[int, int]] = {}
        self._begun = 0
        self._half_life = half_life
        self._blur = blur
        self._rounds = rounds
        self._every = every
        self._cells = list(_PRIOR)
        self._changes = 0
        self._curve = Curve.log_normal()
        self._dirty = True
        self.version = 0

    def note(self, run: Hashable, sighting: Sighting) -> None:
        if run not in self._sightings:
            self._begun += 1
            if len(self._sightings) >= _REMEMBERED_RUNS:
                del self._sightings[next(iter(self._sightings))]
        else:
            self._changes += 1
        first = min(_CELLS - 1, bisect_right(AGES, sighting.after_s) - 1)
        end = _CELLS if sighting.until_s is None else max(first + 1, min(_CELLS, bisect_left(AGES, sighting.until_s)))
        self._sightings[run] = (first, end)

    def curve(self) -> Curve:
        if self._changes >= self._every or self._dirty:
            self._fit()
            self._changes = 0
            self._dirty = False
        return self._curve

    def _fit(self) -> None:
        keep = 0.5 ** (1 / self._half_life)
        weights = [keep**k for k in range(len(self._sightings) - 1, -1, -1)]
        obs = [(f, e, w) for (f, e), w in zip(self._sightings.values(), weights, strict=True)]
        faded = keep**self._begun * (1 - keep**PRIOR_RUNS) / (1 - keep)
        anywhere = _ANYWHERE_RUNS / _CELLS
        pseudo = [faded * p + anywhere for p in _PRIOR]
        cells = self._cells
        for _ in range(self._rounds):
            total = [0.0, *accumulate(cells)]
            steps = [0.0] * (_CELLS + 1)
            for f, e, w in obs:
                mass = total[e] - total[f]
                if mass > 1e-15:
                    r = w / mass
                    steps[f] += r
                    steps[e] -= r
            q = [c * s for c, s in zip(cells, accumulate(steps))]
            q = blurred(q, self._blur)
            q = [a + b for a, b in zip(q, pseudo)]
            s = sum(q)
            cells = [x / s for x in q]
        self._cells = cells
        alive = [1.0]
        left = 1.0
        for c in cells[:-1]:
            left -= c
            alive.append(max(0.0, left))
        self._curve = Curve(AGES, alive)
        self.version += 1


def blurred(cells, reach):
    if not reach:
        return cells
    width = 2 * reach + 1
    for _ in range(3):
        t = [0.0, *accumulate([cells[0]] * reach + cells + [cells[-1]] * reach)]
        cells = [(b - a) / width for a, b in zip(t, t[width:])]
    return cells
