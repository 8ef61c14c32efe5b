"""Those who ask for images: at random moments, or always as many as there are."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.pacing.world import Simulation

CROWD = 120  # members who ask again as soon as they were served


@dataclass
class Command:
    came_s: float
    begun_s: float | None = None

    @property
    def waited_s(self) -> float:
        assert self.begun_s is not None
        return self.begun_s - self.came_s


@dataclass(frozen=True)
class Load:
    """Images asked for a minute; None is an endless line."""

    per_minute: int | None

    @property
    def name(self) -> str:
        return "endless" if self.per_minute is None else str(self.per_minute)

    def begin(self, simulation: Simulation, seed: int, seconds: float, ask: Callable[[], None]) -> None:
        """Poisson's arrivals, given their number: as many as the load says, each at any moment."""
        if self.per_minute is None:
            for _ in range(CROWD):
                simulation.at(0.0, ask)
            return
        dice = random.Random(seed)
        for _ in range(round(self.per_minute * seconds / 60)):
            simulation.at(dice.uniform(0.0, seconds), ask)


LOADS = tuple(Load(per_minute) for per_minute in (5, 10, 20, 30, 40, 50, None))
