"""Interactions that no client of Discord's would send: past every check, with whatever a test puts into them."""

from typing import Any

from tests.standin.discord.commanding import Commanding, Twist
from tests.standin.discord.interactions import Interaction, InteractionType
from tests.standin.discord.talking import File, Which, Who
from tests.standin.discord.world import Channel, Json, Upload


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

    def upload(self, channel: Channel, file: File) -> Json:
        """What an interaction tells of a file that comes with it."""
        resolved = self._resolved(channel)
        identity = resolved.upload(Upload(*file))
        told: Json = resolved.found["attachments"][identity]
        return told
