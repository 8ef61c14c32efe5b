"""What came of all hours of one bot at one load."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from tests.bench.pacing.hours import Result
from tests.bench.pacing.members import Load


@dataclass(frozen=True)
class Found:
    results: Sequence[Result]

    @classmethod
    def of(cls, results: Sequence[Result], bot: str, load: Load) -> "Found":
        return cls([one for one in results if (one.hour.bot, one.hour.load) == (bot, load)])

    @property
    def delays_s(self) -> list[float]:
        return [run.delay_s for result in self.results for run in result.runs]

    @property
    def mean_s(self) -> float:
        return fmean(self.delays_s)

    @property
    def p95_s(self) -> float:
        return quantiles(self.delays_s, n=20)[-1]

    @property
    def images_a_minute(self) -> float:
        return fmean(len(result.runs) * 60 / result.hour.seconds for result in self.results)

    @property
    def requests_an_image(self) -> float:
        return sum(result.requests for result in self.results) / len(self.delays_s)

    @property
    def refused_an_hour(self) -> float:
        return fmean(result.refused * 3600 / result.hour.seconds for result in self.results)

    @property
    def waited_s(self) -> float:
        return fmean(waited for result in self.results for waited in result.waited_s)


def medians_s(found: Found, numbers: range) -> tuple[float, float]:
    """Of the runs with these numbers: the true median, and the one that was believed when they began."""
    times = found.results[0].hour.times
    believed_s = (result.medians_s[number - 1] for result in found.results for number in numbers)
    return fmean(map(times.median_s, numbers)), fmean(believed_s)


def mean_of_s(found: Found, numbers: range) -> float:
    return fmean(run.delay_s for result in found.results for run in result.runs if run.number in numbers)
