"""How fast to go: the requests a key may make, how long runs take, and when which run is worth a look."""

from bot.domain.pacing.budget import RequestBudget
from bot.domain.pacing.run_times import RunTimes, next_look_in_s

__all__ = ["RequestBudget", "RunTimes", "next_look_in_s"]
