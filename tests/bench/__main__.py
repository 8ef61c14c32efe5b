"""`python -m tests.bench [table]`: prints one table, or all of them; 1 where a table misses what it has to show."""

import argparse
import sys

from rich.console import Console

from tests.bench.demands import tell
from tests.bench.fairness import command as fairness
from tests.bench.load import command as load
from tests.bench.pacing import command as pacing
from tests.bench.quota import command as quota

TABLES = {"pacing": pacing, "fairness": fairness, "load": load, "quota": quota}
_WIDTH = 100  # in a file


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    tables = parser.add_subparsers(dest="table", metavar="|".join(TABLES))
    for name, module in TABLES.items():
        module.add_options(tables.add_parser(name, description=module.__doc__))
    options = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    demands = []
    for name in [options.table] if options.table else TABLES:
        demands += TABLES[name].run(options if options.table else parser.parse_args([name]), console)
    return 0 if tell(demands, console) else 1


if __name__ == "__main__":
    sys.exit(main())
