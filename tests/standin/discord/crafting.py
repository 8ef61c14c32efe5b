"""Interactions that no client of Discord's would send: past every check, with whatever a test puts into them."""

from collections.abc import Mapping
from typing import Any

from tests.standin.discord.commanding import Commanding, Twist
from tests.standin.discord.interactions import CommandType, Interaction, InteractionType
from tests.standin.discord.talking import Which, Who
from tests.standin.discord.world import Channel, Json


class Crafting(Commanding):
    async def craft(
        self,
        who: Who,
        channel: Channel,
        kind: InteractionType,
        data: Any,
        *,
        on: Which | None = None,
        twist: Twist = lambda payload: payload,
    ) -> Interaction:
        """Send `data` as it is; `twist` has the last word on everything around it.

        The stand-in goes on as for an interaction of this `kind`: it takes those answers, and shows them to `who`.
        """

        def crafted(payload: Json) -> Json:
            return twist({**payload, "data": data})

        source = None if on is None else self.live(on)
        return self._interact(kind, "crafted", who, channel, {}, source=source, twist=crafted)

    async def craft_slash(
        self,
        who: Who,
        channel: Channel,
        name: str,
        options: Mapping[str, tuple[int, Any]] | Any,
        **data: Any,
    ) -> Interaction:
        """A command with options given as type and value, and any other keys of its data; `resolved` is one."""
        given = options
        if isinstance(options, Mapping):
            given = [{"name": key, "type": kind, "value": value} for key, (kind, value) in options.items()]
        whole = {"id": self._command_id(name), "name": name, "type": int(CommandType.SLASH), "options": given, **data}
        return await self.craft(who, channel, InteractionType.COMMAND, whole)

    def _command_id(self, name: str) -> str:
        offered = (one for commands in self.commands.by_server.values() for one in commands)
        return next((str(one["id"]) for one in offered if one["name"] == name), str(self.core.bot.id))
