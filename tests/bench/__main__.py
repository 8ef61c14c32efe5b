"""`python -m tests.bench [table]`: prints one table, or all of them."""

import argparse
import sys

from rich.console import Console

from tests.bench.pacing import command as pacing

TABLES = {"pacing": pacing}
_WIDTH = 100  # in a file


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    tables = parser.add_subparsers(dest="table", metavar="|".join(TABLES))
    for name, module in TABLES.items():
        module.add_options(tables.add_parser(name, description=module.__doc__))
    options = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    for name in [options.table] if options.table else TABLES:
        TABLES[name].run(options if options.table else parser.parse_args([name]), console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
