"""Command options and modal values as a member fills them in, and the data an interaction carries for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.standin.discord.cdn import Cdn
from tests.standin.discord.payloads import Payloads, channel_json, member_json, role_json, user_json
from tests.standin.discord.world import Channel, Json, Member, Role, Server, Upload, User

Value = str | int | float | bool | tuple[str, bytes] | User | Member | Channel | Role


class NotOffered(Exception):
    """Discord's client would not let the member do this."""


class OptionType(IntEnum):
    """discord-api-docs, interactions/application-commands.mdx "Application Command Option Type"."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    NUMBER = 10
    ATTACHMENT = 11


GUESSES: tuple[tuple[type | tuple[type, ...], OptionType], ...] = (
    (bool, OptionType.BOOLEAN),  # Before int: True is one.
    (int, OptionType.INTEGER),
    (float, OptionType.NUMBER),
    (str, OptionType.STRING),
    (tuple, OptionType.ATTACHMENT),
    ((User, Member), OptionType.USER),
    (Channel, OptionType.CHANNEL),
    (Role, OptionType.ROLE),
)


@dataclass
class Resolved:
    """Objects that options and values only name by id."""

    payloads: Payloads
    cdn: Cdn
    bot_id: int
    server: Server | None
    found: dict[str, Json] = field(default_factory=dict)

    def name(self, value: Value) -> Any:
        """What stands in the option for this value; files are uploaded on the way."""
        if isinstance(value, tuple):
            return self.upload(Upload(*value))
        if isinstance(value, User | Member):
            return self.person(value)
        if isinstance(value, Channel):
            return self._add("channels", value.id, channel_json(value) | {"permissions": "0"})
        if isinstance(value, Role):
            return self._add("roles", value.id, role_json(value))
        return value

    def upload(self, upload: Upload) -> str:
        kept = self.cdn.keep(upload, self.bot_id, ephemeral=True)
        return self._add("attachments", kept.id, self.payloads.attachment(kept))

    def person(self, who: User | Member) -> str:
        user = who.user if isinstance(who, Member) else who
        member = self.server.members.get(user.id) if self.server else None
        if member is not None:
            self._add("members", user.id, member_json(member) | {"permissions": "0"})
        return self._add("users", user.id, user_json(user))

    def message(self, identity: int, shown: Json) -> str:
        return self._add("messages", identity, shown)

    def _add(self, kind: str, identity: int, shown: Json) -> str:
        self.found.setdefault(kind, {})[str(identity)] = shown
        return str(identity)

    def json(self) -> Json:
        return {"resolved": self.found} if self.found else {}


def command_data(
    path: str, definition: Json | None, values: Mapping[str, Value], resolved: Resolved, focused: str | None = None
) -> Json:
    """`path` is the command's name, with the names of its group and subcommand after spaces."""
    name, *deeper = path.split()
    leaf, wrappers = _descend(definition, deeper)
    options = _options(leaf, values, resolved, focused)
    for kind, wrapper in reversed(wrappers):
        options = [{"type": int(kind), "name": wrapper, "options": options}]
    identity = definition["id"] if definition else str(resolved.bot_id)
    return {"id": identity, "name": name, "type": 1, "options": options, **resolved.json()}


def _descend(definition: Json | None, names: list[str]) -> tuple[Json | None, list[tuple[OptionType, str]]]:
    kinds = [OptionType.SUB_COMMAND_GROUP, OptionType.SUB_COMMAND][-len(names) :] if names else []
    for name in names:
        if definition is not None:
            definition = _named(definition.get("options") or [], name)
    return definition, list(zip(kinds, names, strict=True))


def _named(options: Iterable[Json], name: str) -> Json:
    for option in options:
        if option["name"] == name:
            return option
    raise NotOffered(f"there is no {name!r} among {[option['name'] for option in options]}")


def _options(
    definition: Json | None, values: Mapping[str, Value], resolved: Resolved, focused: str | None
) -> list[Json]:
    known = (definition.get("options") or []) if definition else None
    if known is not None and focused is None:
        _check_required(known, values)
    options = []
    for name, value in values.items():
        option = None if known is None else _named(known, name)
        kind = OptionType(option["type"]) if option else _guess(value)
        if option is not None and name != focused:
            _check(option, value)
        options.append({"name": name, "type": int(kind), "value": resolved.name(value), **_focus(name == focused)})
    return options


def _focus(is_focused: bool) -> Json:
    return {"focused": True} if is_focused else {}


def _guess(value: Value) -> OptionType:
    return next(kind for types, kind in GUESSES if isinstance(value, types))


def _check_required(known: list[Json], values: Mapping[str, Value]) -> None:
    missing = [option["name"] for option in known if option.get("required") and option["name"] not in values]
    if missing:
        raise NotOffered(f"{missing} must be filled in")


def _check(option: Json, value: Value) -> None:
    """What Discord's client checks before it sends."""
    guess, kind = _guess(value), option["type"]
    if guess != kind and not (kind == OptionType.NUMBER and guess is OptionType.INTEGER):
        raise NotOffered(f"{option['name']} wants a value of type {OptionType(kind).name}, not {value!r}")
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise NotOffered(f"{option['name']} offers {choices}, not {value!r}")
    size = len(value) if isinstance(value, str) else value
    limits = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    least, most = (option.get(limit) for limit in limits)
    if isinstance(size, int | float) and ((least is not None and size < least) or (most is not None and size > most)):
        raise NotOffered(f"{option['name']} takes {least} to {most}, not {size}")
