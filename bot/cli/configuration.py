"""`configuration`: every setting with its reason, as the example file and as the reference page, made of the models."""

import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.config import PREFIX
from bot.config.models import sections
from bot.config.values import Wording

LINE_CHARACTERS = 118


class Format(StrEnum):
    TOML = "toml"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Setting:
    section: str
    key: str
    reason: str
    kind: str  # what may stand there, in words
    default: Any
    example: Any  # shown where the default is nothing

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.section}__{self.key}".upper()


def show_configuration(style: Format) -> None:
    sys.stdout.write(configuration(style))


def configuration(style: Format) -> str:
    return {Format.TOML: _toml, Format.MARKDOWN: _markdown}[style]()


def settings_of(section: str) -> Iterator[Setting]:
    for name, field in sections()[section].model_fields.items():
        yield Setting(
            section=section,
            key=field.alias or name,
            reason=_one_line(field.description),
            kind=_kind(field),
            default=field.default,
            example=next(iter(field.examples or ()), None),
        )


def _one_line(text: str | None) -> str:
    assert text, "every section and every setting says what it is for"
    return " ".join(text.split())


def _kind(field: FieldInfo) -> str:
    """The last wording counts: it was put around the others. An optional value keeps it one level down."""
    inside = [part for kind in get_args(field.annotation) for part in getattr(kind, "__metadata__", ())]
    words = [part.words for part in (*inside, *field.metadata) if isinstance(part, Wording)]
    assert words, f"{field.annotation} has no Wording: see bot/config/values.py"
    least = next((part.ge for part in field.metadata if isinstance(part, Ge)), None)
    most = next((part.le for part in field.metadata if isinstance(part, Le)), None)
    bounds = f", {least:,} to {most:,}" if isinstance(least, int) and isinstance(most, int) else ""
    return f"{words[-1]}{bounds}"


# ---- values ---------------------------------------------------------------------------------------------------------

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "m"), (timedelta(seconds=1), "s"))


def _plain(value: Any) -> Any:
    """As an operator writes it: spans as text, pairs as tables."""
    match value:
        case timedelta():
            return next(f"{value // unit}{letter}" for unit, letter in _UNITS if not value % unit)
        case BaseModel():
            return {
                field.alias or name: _plain(getattr(value, name)) for name, field in type(value).model_fields.items()
            }
        case tuple():
            return [_plain(one) for one in value]
        case Path():
            return value.as_posix()
        case _:
            return value


def _in_toml(value: Any) -> str:
    match value:
        case dict():
            return f"{{ {', '.join(f'{key} = {_in_toml(one)}' for key, one in value.items())} }}"
        case [dict(), *_]:
            return "\n".join(["[", *(f"    {_in_toml(one)}," for one in value), "]"])
        case _:
            return json.dumps(value, ensure_ascii=False)


# ---- the example file -----------------------------------------------------------------------------------------------

_TOML_OPENING = """\
The configuration of Easel, with every setting at its default.

You need none of this to start. To change something, copy this file to config.toml beside it, change what you like \
and restart the bot; a setting you leave out keeps its default. A setting whose default is nothing has a # in front: \
remove it to set one. The bot refuses to start over a setting it does not know, and says which one.

Another file: `make run ARGS="--config my.toml"`, or the environment variable EASEL_CONFIG=my.toml.

What counts when a setting stands in two places: the environment wins over this file. There a setting is called \
EASEL__SECTION__KEY, with two underscores each time, and a list is written as JSON:
    EASEL__QUEUE__LENGTH=50
    EASEL__DISCORD__SERVERS=[123456789012345678]
    EASEL__QUOTA__MEMBER=[{"images": 5, "per": "1h"}]

Secrets never stand in this file, only in the environment:
    DISCORD_TOKEN       the bot's token, from Discord's developer portal
    RUNBASE_API_KEYS    one key of RunBase or several, separated by commas (RUNBASE_API_KEY works as well)

Spans of time are a number and a unit: "30s", "20m" or "20 minutes", "1h", "1d", "2 weeks"; "hour" means one hour, \
and a bare number without quotes means seconds. The longest is "366d"."""


def _toml() -> str:
    return "\n".join([_comment(_TOML_OPENING), *map(_toml_section, sections())]) + "\n"


def _toml_section(section: str) -> str:
    opening = f"\n\n[{section}]\n\n{_comment(_one_line(sections()[section].__doc__))}"
    return "\n\n".join([opening, *map(_toml_setting, settings_of(section))])


def _toml_setting(setting: Setting) -> str:
    is_off = setting.default is None
    value = _in_toml(_plain(setting.example if is_off else setting.default))
    return f"{_comment(setting.reason)}\n{'# ' if is_off else ''}{setting.key} = {value}"


def _comment(text: str) -> str:
    lines = [line for paragraph in text.split("\n") for line in _wrapped(paragraph) or [""]]
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _wrapped(paragraph: str) -> list[str]:
    return textwrap.wrap(paragraph, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False)


# ---- the reference page ---------------------------------------------------------------------------------------------

_MARKDOWN_OPENING = """\
# Configuration

Every setting has a default: the bot starts with nothing but its secrets. To change something, copy
[`config.example.toml`](../config.example.toml) to `config.toml` beside it, change what you like and restart the bot.
Another file is named by `--config my.toml` or `EASEL_CONFIG=my.toml`. The bot refuses to start over a setting it does
not know, and says which one; the same goes for variables that begin with `EASEL_` and mean nothing.

The environment wins over the file. A setting is called `EASEL__SECTION__KEY` there, and a list is written as JSON:

```console
$ export EASEL__QUEUE__LENGTH=50 EASEL__DISCORD__SERVERS='[123456789012345678]'
$ export EASEL__QUOTA__MEMBER='[{"images": 5, "per": "1h"}]'
```

Spans of time are a number and a unit: `"30s"`, `"20m"` or `"20 minutes"`, `"1h"`, `"1d"`, `"2 weeks"`; `"hour"` means
one hour, and a bare number means seconds.

This page and the example file are made of the models in `bot/config/models.py`, by `make docs`.

## Secrets

They are read from the environment alone, never from a file of settings, and never printed.

| variable | what it holds |
| --- | --- |
| `DISCORD_TOKEN` | The bot's token, from Discord's developer portal. |
| `RUNBASE_API_KEYS` | One key of RunBase or several, separated by commas. `RUNBASE_API_KEY` works as well. |

`EASEL_LOG_FORMAT=json` is no secret and no setting of the file either: it does what `run --log-format json` does.
"""


def _markdown() -> str:
    return "\n".join([_MARKDOWN_OPENING, *map(_markdown_section, sections())]).rstrip("\n") + "\n"


def _markdown_section(section: str) -> str:
    opening = "\n".join([f"## [{section}]", "", *_wrapped(_one_line(sections()[section].__doc__)), ""])
    return "\n".join([opening, *map(_markdown_setting, settings_of(section))])


def _markdown_setting(setting: Setting) -> str:
    default = "nothing" if setting.default is None else f"`{json.dumps(_plain(setting.default), ensure_ascii=False)}`"
    facts = (("variable", f"`{setting.variable}`"), ("value", setting.kind), ("default", default))
    return "\n".join(
        [
            f"### {setting.section}.{setting.key}",
            "",
            *_wrapped(setting.reason),
            "",
            *(f"- {name}: {fact}" for name, fact in facts),
            "",
        ]
    )
