"""Forms that are opened and never sent in: none of them is remembered, whoever builds it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import discord
import pytest

import bot.ui
from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL, Model
from bot.domain.ids import EditId, RequestId, RunId, Sha256
from bot.domain.requests import Request
from bot.domain.thumbnails.ballots import tally
from bot.domain.thumbnails.thumbnails import Candidate, Thumbnail
from bot.ports.thumbnails import Card
from tests.board_builders import a_board, a_thumbnail
from tests.builders import START, a_request

ROOT = Path(__file__).parents[2]
Builder = Callable[..., discord.ui.Modal]
REQUEST = a_request()
THUMBNAIL = a_thumbnail()
CANDIDATES = tuple(Candidate(number, Sha256("0" * 64), THUMBNAIL.requester, START) for number in range(1, 9))
A_CARD = Card(THUMBNAIL, a_board(), CANDIDATES, tally(range(1, 9), {}))
BY_TYPE: dict[Any, object] = {
    EditId: EditId("A" * 16),
    RequestId: REQUEST.id,
    RunId: RunId(f"{REQUEST.id}.0"),
    RequestId | RunId: REQUEST.id,
    Request: REQUEST,
    Model: CATALOGUE[DEFAULT_MODEL],
    Card: A_CARD,
    Thumbnail: THUMBNAIL,
    int: 1,
    bool: True,
    str: "a red fox",
}
"""What to give a form of each kind; a form that takes something else needs a line here."""


def builders() -> Iterator[Builder]:
    """Every function of the package that says it makes a form."""
    for module in pkgutil.walk_packages(bot.ui.__path__, f"{bot.ui.__name__}."):
        functions = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
        own = (function for _, function in functions if function.__module__ == module.name)
        yield from (one for one in own if get_type_hints(one).get("return") is discord.ui.Modal)


def built(builder: Builder) -> discord.ui.Modal:
    hints = get_type_hints(builder)
    return builder(**{name: BY_TYPE[hints[name]] for name in inspect.signature(builder).parameters})


FORMS = {f"{builder.__module__}.{builder.__name__}": builder for builder in builders()}


def test_every_form_is_found() -> None:
    sources = [path.read_text(encoding="utf-8") for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py")]
    assert len(FORMS) == sum(source.count("ui.Modal(") for source in sources) > 1
    subclasses = [one for one in discord.ui.Modal.__subclasses__() if one.__module__.startswith(("bot.", "cogs."))]
    assert subclasses == []  # a form is built by a function, and found by it


@pytest.mark.parametrize("builder", FORMS.values(), ids=FORMS.keys())
async def test_discord_py_remembers_no_form(builder: Builder) -> None:
    """It stores every form that is not finished when it was sent, until it is sent in: those dismissed, for ever."""
    assert built(builder).is_finished()


@pytest.mark.parametrize("builder", FORMS.values(), ids=FORMS.keys())
async def test_a_form_is_within_discords_limits(builder: Builder) -> None:
    form = built(builder)
    assert 1 <= len(form.children) <= 5
    assert 1 <= len(form.title) <= 45
    assert form.custom_id.startswith("v1:")
    assert len(form.custom_id) <= 100
