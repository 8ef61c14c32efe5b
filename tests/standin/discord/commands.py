"""Application commands as the bot registers them, for everywhere and per server."""

import re
from typing import Any

from tests.standin.discord.core import Core
from tests.standin.discord.form import Form, Path
from tests.standin.discord.interactions import CommandType
from tests.standin.discord.refusals import refusal
from tests.standin.discord.routing import Answer, Call, Route, found
from tests.standin.discord.world import Json

# discord-api-docs, interactions/application-commands.mdx: names, lengths, and commands per type and scope.
SLASH_NAME = re.compile(r"[-_'\w]{1,32}")
MOST = {CommandType.SLASH: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
OPTIONS = 25
CHOICES = 25

EVERYWHERE = "/applications/{application}/commands"
IN_SERVER = "/applications/{application}/guilds/{server}/commands"


class Commands:
    def __init__(self, core: Core) -> None:
        self._core = core
        self.by_server: dict[int | None, list[Json]] = {}

    @property
    def everywhere(self) -> list[Json]:
        return self.by_server.get(None, [])

    def offered(self, server_id: int | None) -> list[Json]:
        """What a member finds there; a server's own command hides one for everywhere."""
        own = [] if server_id is None else self.by_server.get(server_id, [])
        taken = {(command["name"], command["type"]) for command in own}
        return own + [command for command in self.everywhere if (command["name"], command["type"]) not in taken]

    def routes(self) -> list[Route]:
        routes = []
        for base in (EVERYWHERE, IN_SERVER):
            one = base + "/{command}"
            routes += [
                Route("GET", base, self.show_all),
                Route("PUT", base, self.replace),
                Route("POST", base, self.create),
                Route("GET", one, self.show),
                Route("PATCH", one, self.change),
                Route("DELETE", one, self.delete),
            ]
        return routes

    def show_all(self, call: Call) -> Answer:
        return found(self._scope(call))

    def replace(self, call: Call) -> Answer:
        asked: Any = call.body or []
        form = Form()
        for index, command in enumerate(asked):
            _check(form, (index,), command)
        _check_counts(form, asked)
        form.close()
        before = self._scope(call)
        self.by_server[_server(call)] = [self._registered(command, call, before) for command in asked]
        self._core.changes.notify()
        return found(self._scope(call))

    def create(self, call: Call) -> Answer:
        form = Form()
        _check(form, (), call.form)
        form.close()
        before = self._scope(call)
        command = self._registered(call.form, call, before)
        others = [one for one in before if one["id"] != command["id"]]
        self.by_server[_server(call)] = [*others, command]
        self._core.changes.notify()
        return Answer(201 if len(others) == len(before) else 200, command)

    def show(self, call: Call) -> Answer:
        return found(self._one(call))

    def change(self, call: Call) -> Answer:
        command = self._one(call)
        form = Form()
        _check(form, (), command | call.form)
        form.close()
        command.update(call.form)
        return found(command)

    def delete(self, call: Call) -> Answer:
        self._scope(call).remove(self._one(call))
        return Answer()

    def _scope(self, call: Call) -> list[Json]:
        server = _server(call)
        if server is not None and server not in {one.id for one in self._core.bot_servers()}:
            raise refusal(50001)
        return self.by_server.setdefault(server, [])

    def _one(self, call: Call) -> Json:
        for command in self._scope(call):
            if command["id"] == call.params["command"]:
                return command
        raise refusal(10063)

    def _registered(self, command: Json, call: Call, before: list[Json]) -> Json:
        """A command keeps its id as long as its name and type stay."""
        kind = command.get("type") or CommandType.SLASH
        known = next((one["id"] for one in before if (one["name"], one["type"]) == (command["name"], kind)), None)
        server = _server(call)
        return {
            "description": "",
            "default_member_permissions": None,
            "nsfw": False,
            "dm_permission": True,
            **command,
            "type": int(kind),
            "id": known or str(self._core.ids.next()),
            "application_id": str(self._core.bot.id),
            "version": str(self._core.ids.next()),
            **({} if server is None else {"guild_id": str(server)}),
        }


def _server(call: Call) -> int | None:
    return call.id("server") if "server" in call.params else None


def _check(form: Form, at: Path, command: Json) -> None:
    kind = command.get("type") or CommandType.SLASH
    name = command.get("name") or ""
    form.length((*at, "name"), name, least=1, most=32)
    if kind == CommandType.SLASH:
        _check_named(form, at, command)
        _check_options(form, at, command.get("options") or [])
    elif command.get("description"):
        message = "Context menu commands cannot have description"
        form.fault((*at, "description"), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)


def _check_named(form: Form, at: Path, entry: Json) -> None:
    name = entry.get("name") or ""
    if SLASH_NAME.fullmatch(name) is None or name != name.lower():
        form.fault((*at, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    form.length((*at, "description"), entry.get("description") or "", least=1, most=100)


def _check_options(form: Form, at: Path, options: list[Json]) -> None:
    form.count((*at, "options"), options, most=OPTIONS)
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        message = "Required options must be placed before non-required options"
        form.fault((*at, "options"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    for index, option in enumerate(options):
        path = (*at, "options", index)
        _check_named(form, path, option)
        form.count((*path, "choices"), option.get("choices") or [], most=CHOICES)
        _check_options(form, path, option.get("options") or [])


def _check_counts(form: Form, commands: list[Json]) -> None:
    for kind, most in MOST.items():
        if sum((command.get("type") or CommandType.SLASH) == kind for command in commands) > most:
            message = f"Maximum number of application commands reached ({most})."
            form.fault((), "APPLICATION_COMMANDS_LIMIT", message)
