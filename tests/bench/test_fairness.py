"""The table of fairness: whoever asks for much hardly delays the others, and the table sees it where he does."""

from tests.bench.fairness.command import Case, waits_of
from tests.bench.fairness.studio import EASEL, FIRST_COME, Studio, Wish

SEEDS = 6


async def test_nine_members_hardly_wait_longer_beside_one_with_two_hundred_requests() -> None:
    alone, beside = [await waits_of(Case(EASEL, he_asks), SEEDS) for he_asks in (2, 200)]
    assert beside.mean_s <= 1.2 * alone.mean_s


async def test_with_first_come_they_wait_for_all_of_his() -> None:
    alone, beside = [await waits_of(Case(FIRST_COME, he_asks), 1) for he_asks in (2, 200)]
    assert beside.mean_s > 4 * alone.mean_s


async def test_runs_take_their_time_and_pictures_are_there_soon_after() -> None:
    images = [image for seed in range(20) for image in await Studio(EASEL, seed).serve([Wish(1, 1)], until_served=[1])]
    assert all(image.begun_s < 1 for image in images)
    assert 12 < sorted(image.there_s for image in images)[10] < 19
