"""What holds for every test."""

from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
# They start the bot, or a browser, as processes that answer in time or not: one test at a time, and nothing beside it.
_WITH_PROCESSES = frozenset({"bench", "browser", "chaos", "hostile", "sockets", "standin"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="a skipped test fails the run, for CI")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(_TESTS).parts[0] in _WITH_PROCESSES:
            item.add_marker(pytest.mark.processes)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if config.getoption("--fail-on-skip") and skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped, and every test has to run here", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--fail-on-skip") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
