"""How fast to go: the requests a key may make, how long runs take, and when which run is worth a look.

| file | what |
| --- | --- |
| budget | the sliding window over one key's requests |
| curve | how long runs take: the share still running at each age |
| learning | that curve, learned from what was seen of runs |
| schedule | the best ages to look at a run, for a curve and a price of a look |
| prices | what a look is worth: the schedules at all prices |
| sharing | the price of a look by what is left of the window; how many runs a key can look after |
| lookout | all of it for the runs of a key: which to look at next, and when |
"""

from bot.domain.pacing.budget import RequestBudget
from bot.domain.pacing.curve import AGES, PRIOR, Curve
from bot.domain.pacing.learning import LearnedTimes, Sighting
from bot.domain.pacing.lookout import Family, Lookout, Watched
from bot.domain.pacing.prices import LADDER, PriceList
from bot.domain.pacing.schedule import SHORTEST_GAP_S, Schedule, plan
from bot.domain.pacing.sharing import free_for_looks

__all__ = [
    "AGES",
    "LADDER",
    "PRIOR",
    "SHORTEST_GAP_S",
    "Curve",
    "Family",
    "LearnedTimes",
    "Lookout",
    "PriceList",
    "RequestBudget",
    "Schedule",
    "Sighting",
    "Watched",
    "free_for_looks",
    "plan",
]
