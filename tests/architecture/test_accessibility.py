"""Nothing is told by looks alone: every file that is sent has words, and every button says what it does."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import bot.ui
from bot.ui.doors import EaselButton
from tests.architecture.test_architecture import OURS, named, tree_of


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Of a class of discord.py's, in all of the code, with the place it stands at."""
    for path in OURS:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield f"{named(path)}:{node.lineno}", node


def keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def test_every_file_that_is_sent_has_words_for_screen_readers() -> None:
    files = list(calls("File"))
    assert len(files) > 1
    assert [place for place, call in files if "description" not in keywords(call)] == []


@pytest.mark.parametrize("item", ["Button", "SelectOption", "RadioGroupOption", "Label"])
def test_what_can_be_pressed_or_chosen_has_words_and_no_pictures_instead(item: str) -> None:
    found = list(calls(item))
    assert found
    for place, call in found:
        assert {"label", "text"} & keywords(call), f"{place} has no words"
        assert "emoji" not in keywords(call), f"{place} has an emoji"


def buttons() -> Iterator[type[EaselButton]]:
    for module in pkgutil.walk_packages(bot.ui.__path__, f"{bot.ui.__name__}."):
        importlib.import_module(module.name)
    families = [EaselButton]
    while families:
        family = families.pop()
        families += family.__subclasses__()
        yield family


def test_buttons_are_called_by_words() -> None:
    labels = [label for button in buttons() if isinstance(label := getattr(button, "label", None), str)]
    assert len(labels) > 3
    assert [label for label in labels if not any(character.isalnum() for character in label)] == []
