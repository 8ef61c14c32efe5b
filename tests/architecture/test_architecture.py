"""The rules of the house: who may import whom, how long things may be, and an example configuration that is whole."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.config import Config, load_config
from tests.unit.config_world import leave_everything_behind, write

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
OURS = sorted(path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py"))
COGS = [path for path in OURS if path.is_relative_to(ROOT / "cogs")]
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_A_COMMAND = 15

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def lines_of_body(function: Function) -> int:
    """Without signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


# ---- the code -------------------------------------------------------------------------------------------------------


def test_the_folders_are_found() -> None:
    assert {"bot/app.py", "bot/storage/sqlite.py", "cogs/imagine.py"} <= {named(path) for path in OURS}


def test_imports_point_the_way_they_may() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_says_what_it_owns() -> None:
    silent = [named(path) for path in OURS if path.stat().st_size and not ast.get_docstring(tree_of(path))]
    assert not silent


def test_no_file_outgrows_its_room() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_no_function_outgrows_a_page() -> None:
    long = {
        f"{named(path)}:{function.lineno} {function.name}": length(function)
        for path in OURS
        for function in functions(path)
        if length(function) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_a_command_calls_one_service_and_no_more() -> None:
    long = {
        f"{named(path)} {function.name}": lines_of_body(function)
        for path in COGS
        for function in functions(path)
        if lines_of_body(function) > MOST_LINES_OF_A_COMMAND
    }
    assert long == {}


def test_no_command_catches_errors() -> None:
    trying = [
        named(path) for path in COGS for node in ast.walk(tree_of(path)) if isinstance(node, ast.Try | ast.TryStar)
    ]
    assert not trying


def test_exceptions_are_caught_broadly_only_in_the_loops_and_where_members_are_answered() -> None:
    def is_broad(handler: ast.ExceptHandler) -> bool:
        return handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id == "Exception")

    broad = {
        named(path)
        for path in OURS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node)
    }
    assert all(name == "bot/services/work.py" or name.startswith("bot/ui/") for name in broad)


def makes_a_view(node: ast.AST) -> bool:
    """Or derives from one, or gives it another name; what only says of what type something is does not."""

    def is_view(named_so: ast.expr) -> bool:
        return ast.unparse(named_so).endswith((".ui.View", ".ui.LayoutView"))

    match node:
        case ast.ImportFrom(module=str(module), names=names):
            return module.startswith("discord") and any(alias.name in {"ui", "View", "LayoutView"} for alias in names)
        case ast.Call(func=used) | ast.Assign(value=used):
            return is_view(used)
        case ast.ClassDef(bases=bases):
            return any(map(is_view, bases))
    return False


def test_what_holds_buttons_is_made_in_one_place_which_ends_it_at_once() -> None:
    places = {named(path) for path in OURS for node in ast.walk(tree_of(path)) if makes_a_view(node)}
    assert places == {"bot/ui/doors.py"}


# ---- the example configuration --------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_everything_behind(monkeypatch, tmp_path)


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def text() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def with_all_keys() -> str:
    """The example with those keys switched on that are off because their default is nothing."""
    return re.sub(r"^# (\w+ = )", r"\1", text(), flags=re.MULTILINE)


def test_the_example_loads_and_changes_nothing() -> None:
    assert load_config(EXAMPLE).model_dump() == Config().model_dump()


def test_the_example_names_every_key_and_no_other() -> None:
    example = tomllib.loads(with_all_keys())
    assert list(example) == list(keys_of(Config))
    assert {section: list(keys) for section, keys in example.items()} == {
        section: list(keys_of(model)) for section, model in keys_of(Config).items()
    }


def test_only_keys_whose_default_is_nothing_are_switched_off() -> None:
    example, whole = tomllib.loads(text()), tomllib.loads(with_all_keys())
    off = {(section, key) for section, keys in whole.items() for key in keys if key not in example[section]}
    defaults = Config().model_dump()
    assert all(defaults[section][key] is None for section, key in off)
    assert load_config(write(with_all_keys())) != load_config(EXAMPLE)


def test_the_example_shows_every_key_of_the_entries_in_its_lists() -> None:
    example = tomllib.loads(text())
    for section, model in keys_of(Config).items():
        for key, kind in keys_of(model).items():
            entry = next(iter(get_args(kind)), None)
            if isinstance(entry, type) and issubclass(entry, BaseModel):
                assert all(list(shown) == list(keys_of(entry)) for shown in example[section][key])


def test_the_example_explains_every_key() -> None:
    lines = with_all_keys().splitlines()
    settings = [number for number, line in enumerate(lines) if line and line[0].isalpha()]
    assert settings
    for number in settings:
        assert lines[number - 1].startswith("# "), f"{lines[number]} has no reason"


def test_the_example_says_where_secrets_belong_and_holds_none() -> None:
    for word in ("EASEL__SECTION__KEY", "DISCORD_TOKEN", "RUNBASE_API_KEYS", "EASEL_CONFIG", "--config"):
        assert word in text()
    assert "sk-" not in text()


def test_the_variables_that_the_example_shows_work(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.findall(r"^# +(EASEL__[A-Z_]+)=(.+)$", text(), re.MULTILINE)
    for name, value in shown:
        monkeypatch.setenv(name, value)
    assert len(shown) == 3
    assert load_config(EXAMPLE).model_dump() != Config().model_dump()
