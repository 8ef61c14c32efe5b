"""What tests read off a curve of run times."""

from bot.domain.pacing import Curve
from bot.domain.pacing.curve import interpolated


def share_running(curve: Curve, age_s: float) -> float:
    return interpolated(curve.ages, curve.alive, age_s)
