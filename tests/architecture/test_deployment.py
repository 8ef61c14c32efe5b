"""What the Dockerfile, compose.yaml and the unit say fits the code, and the log's events are explained."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.cli.serve import CLOSES_WITHIN_S
from bot.config import Config
from tests.hostile.siege import ALLOCATOR

ROOT = Path(__file__).parents[2]
DOCKERFILE, COMPOSE, UNIT = ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / "deploy/easel.service"
LOG_PAGE, OPERATING_PAGE = ROOT / "docs/log.md", ROOT / "docs/operating.md"
LEVELS = {"info", "warning", "error", "exception", "critical"}
TO_CLOSE = timedelta(seconds=10)  # as operators are told


def only(pattern: str, path: Path) -> str:
    """What the pattern's group holds, which is the same wherever it matches."""
    (found,) = set(re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE))
    assert isinstance(found, str)
    return found


def test_the_image_is_built_with_the_tool_that_the_makefile_pins() -> None:
    assert only(r"^ARG UV_VERSION=(.+)$", DOCKERFILE) == only(r"^UV_VERSION := (.+)$", ROOT / "Makefile")


def test_both_stages_have_the_same_python() -> None:
    assert only(r"^FROM (\S+)", DOCKERFILE).startswith("python:3.11-")


def test_nobody_kills_a_bot_that_is_still_finishing() -> None:
    needs = Config().queue.shutdown_grace + TO_CLOSE
    assert timedelta(seconds=int(only(r"stop_grace_period: (\d+)s", COMPOSE))) >= needs
    assert timedelta(seconds=int(only(r"^TimeoutStopSec=(\d+)s", UNIT))) >= needs
    assert timedelta(seconds=int(only(r"--stop-timeout (\d+)", OPERATING_PAGE))) >= needs
    assert timedelta(seconds=CLOSES_WITHIN_S) < TO_CLOSE


def test_runbase_has_the_time_to_answer_while_the_bot_stops() -> None:
    config = Config()
    assert config.queue.shutdown_grace > config.runbase.connect_timeout + config.runbase.read_timeout


def test_containers_and_units_get_the_same_memory() -> None:
    assert {only(r"mem_limit: (\d+)m", COMPOSE), only(r"memswap_limit: (\d+)m", COMPOSE)} == {"512"}
    assert only(r"^MemoryMax=(\d+)M", UNIT) == "512"


# ---- the log --------------------------------------------------------------------------------------------------------


def events() -> Iterator[str]:
    """The words before the first fact of everything the bot logs above DEBUG."""
    for path in (path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[ast.Constant(value=str(words)), *_]
                ) if level in LEVELS:
                    yield re.split(r" \w+=| %", words)[0]


def test_every_event_of_the_log_is_explained() -> None:
    explained = set(re.findall(r"^\| `([^`]+)`", LOG_PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(events()) - explained == set(), "add a line to docs/log.md"


def test_the_image_and_the_unit_set_the_allocator_as_it_was_measured() -> None:
    settings = {f"{name}={value}" for name, value in ALLOCATOR.items()}
    for file in (DOCKERFILE, UNIT):
        assert set(re.findall(r"MALLOC_\w+=\d+", file.read_text(encoding="utf-8"))) == settings
