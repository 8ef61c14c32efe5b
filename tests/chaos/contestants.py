"""The bots that are put to the test: how each is started, and what can be told of it without knowing its code."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.books import read_books
from tests.chaos.evidence import Books


@dataclass(frozen=True)
class Contestant:
    """`waiting` matches what its messages say while a picture is under way; everything else they say is an ending.

    `makes_several`: its commands take a count.
    """

    name: str
    module: tuple[str, ...]
    waiting: re.Pattern[str]
    books: Callable[[Path], Books] | None
    makes_several: bool


EASEL = Contestant(
    name="Easel",
    module=("bot", "run"),
    waiting=re.compile(
        r"^-# (In line to be made|Being made|\d of \d ready|Taking long|.* in line|The attached copies)", re.MULTILINE
    ),
    books=read_books,
    makes_several=True,
)
NAIVE = Contestant(
    name="naive", module=("tests.chaos.naive",), waiting=re.compile(r"(?!)"), books=None, makes_several=False
)
CONTESTANTS = {one.name.lower(): one for one in (EASEL, NAIVE)}
