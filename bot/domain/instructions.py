"""The small grammar of options that people type after `@Easel`: words, and among them `--option value`.

    text    = { word | option }
    option  = "--ar" aspect | "--aspect" aspect | "--" name | "--style" style | "--count" number
    aspect  = ratio | name              3:2, 3x2, 3/2 or a name: square, landscape, portrait, …
    style   = id | name with dashes     travel-poster, vintage-travel-poster
    number  = how many pictures         1 to 4

Options may stand anywhere and are not part of the instruction; the last one wins. A dash that no letter follows, as in
"night -- no stars", is just a word. Other options are refused rather than sent to the model as words.
"""

import re
from collections import deque
from dataclasses import dataclass

from bot.domain.catalogue import Model
from bot.domain.errors import OptionWithoutValue, PrivateInPublic, UnknownAspect, UnknownOption, WrongCount
from bot.domain.quotas import MOST_AT_ONCE
from bot.domain.styles import named_style

_TOKEN = re.compile(r"\S+\s*")  # a word with the white space behind it, so that the words stay as they were written
_OPTION = re.compile(r"--([A-Za-z][\w-]*)(?:=(\S*))?")
_NUMBER = re.compile(r"[0-9]{1,3}")
_RATIO = re.compile(r"(\d{1,3})[:x/](\d{1,3})")
_ASPECT = frozenset({"ar", "aspect"})
_STYLE = "style"
_COUNT = "count"
_WITH_VALUE = _ASPECT | {_STYLE, _COUNT}
_STYLES_OFFERED = ("--style travel-poster",)
_COUNTS_OFFERED = ("--count 2",)


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is to be done, how often, in which ratio and in which style, by its id; None where nobody said."""

    words: str
    aspect: str | None = None
    style: str | None = None
    count: int = 1


def parse_instruction(text: str, model: Model) -> Instruction:
    """Raises: UnknownOption, OptionWithoutValue, PrivateInPublic, UnknownAspect, UnknownStyle, WrongCount."""
    tokens = deque(_TOKEN.findall(text))
    kept: list[str] = []
    aspect = style = None
    count = 1
    while tokens:
        token = tokens.popleft()
        option = _OPTION.fullmatch(token.strip())
        if option is None:
            kept.append(token)
            continue
        name, value = option[1].lower(), option[2]
        if name in _WITH_VALUE and value is None and tokens:
            value = tokens.popleft().strip()
        if name == _STYLE:
            style = _style(value)
        elif name == _COUNT:
            count = _count(value)
        else:
            aspect = _aspect(name, value, model)
    return Instruction("".join(kept).strip(), aspect, style, count)


def _style(value: str | None) -> str:
    if not value:
        raise OptionWithoutValue(name=_STYLE, offered=_STYLES_OFFERED)
    return named_style(value).id


def _count(value: str | None) -> int:
    if not value:
        raise OptionWithoutValue(name=_COUNT, offered=_COUNTS_OFFERED)
    if not _NUMBER.fullmatch(value) or not 1 <= int(value) <= MOST_AT_ONCE:
        raise WrongCount(given=value, most=MOST_AT_ONCE)
    return int(value)


def _aspect(name: str, value: str | None, model: Model) -> str:
    if name == "private":
        raise PrivateInPublic
    if name in _ASPECT:
        if not value:
            raise OptionWithoutValue(name=name, offered=_offered(model))
        return named_aspect(value, model)
    if value is None and any(aspect.word.lower() == name for aspect in model.aspects):
        return named_aspect(name, model)
    raise UnknownOption(name=name, offered=_offered(model))


def named_aspect(value: str, model: Model) -> str:
    """The ratio behind `3:2`, `3x2`, `3/2` or `landscape`. Raises: UnknownAspect."""
    ratio = _RATIO.fullmatch(value)
    wanted = f"{int(ratio[1])}:{int(ratio[2])}" if ratio else value.lower()
    for aspect in model.aspects:
        if wanted in {aspect.ratio, aspect.word.lower()}:
            return aspect.ratio
    raise UnknownAspect(given=value, offered=tuple(aspect.name for aspect in model.aspects))


def _offered(model: Model) -> tuple[str, ...]:
    return ("--ar 3:2", *(f"--{aspect.word.lower()}" for aspect in model.aspects), *_STYLES_OFFERED, *_COUNTS_OFFERED)
