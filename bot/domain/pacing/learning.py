"""How long runs take, learned from those that were made: what was seen of each, and the curve that follows."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from bot.domain.ids import RunId
from bot.domain.pacing.curve import AGES, Curve

PRIOR_RUNS = 20
HALF_LIFE_RUNS = 30  # a run counts half as much as one that was begun 30 runs later
_REMEMBERED_RUNS = 6 * HALF_LIFE_RUNS  # the next older one would count for 1/64
_ANYWHERE_RUNS = 0.1  # nothing is impossible: a tenth of a run, spread evenly over the cells
_BLUR_CELLS = 1  # to each side
_ROUNDS = 8  # each fit begins with the last one's result, so that few are enough
_SIGHTINGS_A_FIT = 10
_CELLS = len(AGES)  # (AGES[i], AGES[i + 1]], and one for all that is beyond

Cells = Sequence[float]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of one run: it took longer than `after_s` and, once it was seen finished, at most `until_s`.

    A run that failed, was given up or lost took longer than the age at which it was last seen running.
    """

    after_s: float = 0.0
    until_s: float | None = None


class LearnedTimes:
    """The run times of one family of runs, such as the edits of one model.

    Nobody sees a run end: it was running at one look and finished at a later one, and some are never seen to end. From
    such intervals the distribution is estimated as B. W. Turnbull does ("The empirical distribution function with
    arbitrarily grouped, censored and truncated data", J. R. Statist. Soc. B 38(3), 1976): each run is spread over the
    ages its interval allows, in proportion to what is believed of these ages, and the sum is believed next. That is
    expectation maximisation; on a grid whose cells are 2.5 % of the age, one round takes one pass over runs and cells.
    Taking the end, or the middle, of the interval instead would bias the estimate the more, the fewer looks there are.

    - Runs seen lately weigh more, so that a RunBase that becomes slower is followed; runs under way count, since they
      are the first to tell. Weights, and cells rather than moments, make outliers what they are: a few runs elsewhere.
    - The prior counts as twenty runs begun before the first one, and fades as they would.
    - After each round the cells are blurred a little (B. W. Silverman et al., "A smoothed EM approach to indirect
      estimation problems", J. R. Statist. Soc. B 52(2), 1990): else Turnbull's estimate is a row of spikes.
    """

    def __init__(self) -> None:
        self._seen: dict[RunId, tuple[int, int]] = {}  # the cells each run may have ended in, from and to
        self._begun = 0
        self._unlearned = 0
        self._cells: Cells = _believed([0.0] * _CELLS, begun=0)
        self._curve = _curve_of(self._cells)

    def note(self, run: RunId, sighting: Sighting) -> None:
        """What is known of a run by now. Runs are first noted in the order in which they begin, with nothing known."""
        if run not in self._seen:
            self._begun += 1
            self._forget_one()
        if sighting != Sighting():
            self._unlearned += 1
        first = max(bisect_right(AGES, sighting.after_s), 1) - 1
        end = _CELLS if sighting.until_s is None else bisect_left(AGES, sighting.until_s)
        self._seen[run] = first, min(max(end, first + 1), _CELLS)

    def curve(self) -> Curve:
        """The same object until something was learned: every ten sightings, which takes about a millisecond."""
        if self._unlearned >= _SIGHTINGS_A_FIT:
            self._unlearned = 0
            for _ in range(_ROUNDS):
                self._cells = self._next_round()
            self._curve = _curve_of(self._cells)
        return self._curve

    def _forget_one(self) -> None:
        if len(self._seen) >= _REMEMBERED_RUNS:
            del self._seen[next(iter(self._seen))]

    def _next_round(self) -> Cells:
        """A run of weight w whose cells hold mass m multiplies each by w / m: summed up as steps up and down."""
        mass = (0.0, *accumulate(self._cells))
        steps = [0.0] * (_CELLS + 1)
        weight = 1.0
        for first, end in reversed(self._seen.values()):
            rise = weight / (mass[end] - mass[first])
            steps[first] += rise
            steps[end] -= rise
            weight *= _KEPT
        runs = [cell * factor for cell, factor in zip(self._cells, accumulate(steps[:-1]), strict=True)]
        return _believed(_blurred(runs), begun=self._begun)


_KEPT = 0.5 ** (1 / HALF_LIFE_RUNS)


def _prior() -> Cells:
    return [before - after for before, after in pairwise((*Curve.log_normal().alive, 0.0))]


_PRIOR = _prior()


def _believed(runs: Cells, *, begun: int) -> Cells:
    """The runs that ended in each cell, together with the prior; the sum is 1."""
    prior_runs = _KEPT**begun * (1 - _KEPT**PRIOR_RUNS) / (1 - _KEPT)
    anywhere = _ANYWHERE_RUNS / _CELLS
    cells = [seen + prior_runs * prior + anywhere for seen, prior in zip(runs, _PRIOR, strict=True)]
    total = sum(cells)
    return [cell / total for cell in cells]


def _blurred(cells: Cells) -> Cells:
    """Three sliding means, which together are nearly a bell."""
    width = 2 * _BLUR_CELLS + 1
    for _ in range(3):
        edges = [cells[0]] * _BLUR_CELLS, [cells[-1]] * _BLUR_CELLS
        sums = (0.0, *accumulate([*edges[0], *cells, *edges[1]]))
        cells = [(end - start) / width for start, end in zip(sums, sums[width:], strict=False)]
    return cells


def _curve_of(cells: Cells) -> Curve:
    ended = accumulate(cells[:-1], initial=0.0)
    return Curve(AGES, tuple(max(0.0, 1.0 - share) for share in ended))
