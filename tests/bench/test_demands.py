"""A table that misses what it has to show says so."""

import io

import pytest
from rich.console import Console

from tests.bench.demands import Demand, tell


@pytest.mark.parametrize(
    ("demand", "is_met"),
    [
        (Demand.at_most("lag", 49.9, 50, " ms"), True),
        (Demand.at_most("lag", 50, 50, " ms"), True),
        (Demand.at_most("lag", 50.1, 50, " ms"), False),
        (Demand.at_most("lag", float("inf"), 50, " ms"), False),
        (Demand.at_least("submissions", 1000, 1000), True),
        (Demand.at_least("submissions", 999, 1000), False),
    ],
)
def test_a_demand_is_met_up_to_its_limit(demand: Demand, is_met: bool) -> None:
    assert demand.is_met is is_met


def test_what_is_missed_is_told_with_what_was_found() -> None:
    said = io.StringIO()
    demands = [Demand.at_most("loop lag, p99", 60, 50, " ms"), Demand.at_least("pictures", 500, 500)]
    assert tell(demands, Console(file=said)) is False
    assert said.getvalue() == "Not met: loop lag, p99: at most 50 ms; found 60 ms.\n"


def test_where_nothing_is_missed_all_is_well() -> None:
    assert tell([Demand.at_least("pictures", 500, 500)], Console(file=io.StringIO())) is True
