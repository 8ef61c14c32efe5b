"""An interaction from the member's side: what was asked and what has come back so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from tests.standin.discord.payloads import user_json
from tests.standin.discord.seen import SeenMessage, SeenModal
from tests.standin.discord.world import Channel, Json, Message, MessageType, User

# discord-api-docs, interactions/receiving-and-responding.mdx "Interaction Callback".
ACKNOWLEDGE_WITHIN = timedelta(seconds=3)
TOKEN_LIFETIME = timedelta(minutes=15)


class InteractionType(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CommandType(IntEnum):
    SLASH = 1
    USER = 2
    MESSAGE = 3


class CallbackType(IntEnum):
    MESSAGE = 4
    DEFER = 5
    DEFER_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


@dataclass(eq=False, repr=False)
class Interaction:
    """Live: its properties change as the bot answers. `callback` is how it was acknowledged."""

    id: int
    token: str
    type: InteractionType
    name: str
    user: User
    channel: Channel
    created_at: datetime
    data: Json
    owners: Json
    source: Message | None = None
    opened_by: "Interaction | None" = None
    callback: CallbackType | None = None
    ephemeral: bool = False
    original: Message | None = None
    posted: list[Message] = field(default_factory=list)
    modal: SeenModal | None = None
    choices: tuple[Any, ...] | None = None
    dead_with: int | None = None
    see: Callable[[Message], SeenMessage] = field(kw_only=True)
    wait: Callable[..., Any] = field(kw_only=True)

    def __repr__(self) -> str:
        return f"<{self.type.name} {self.name!r} by {self.user.name}: {self.kind or 'unanswered'}>"

    @property
    def acknowledged(self) -> bool:
        return self.callback is not None

    @property
    def kind(self) -> str | None:
        """`message`, `defer`, `defer_update`, `update`, `autocomplete` or `modal`."""
        return None if self.callback is None else self.callback.name.lower()

    @property
    def message(self) -> SeenMessage | None:
        """The first answer as it is now (@original), None before it and after its removal."""
        return self.see(self.original) if self.original is not None and self._exists(self.original) else None

    @property
    def followups(self) -> tuple[SeenMessage, ...]:
        return tuple(self.see(message) for message in self.posted if self._exists(message))

    @property
    def is_answered(self) -> bool:
        """Something other than "the bot is thinking" has come back."""
        return self.acknowledged and (self.original is None or not self.original.is_loading)

    def expire(self, code: int = 50027) -> None:
        """Its token is dead before its time: routes that need it answer with this code (50027 or 10015)."""
        self.dead_with = code

    async def acknowledged_within(self, seconds: float = 3.0) -> "Interaction":
        """Raises: TimeoutError. Real seconds, whatever the injected clock says."""
        await self.wait(lambda: self.acknowledged, within_s=seconds)
        return self

    async def answered_within(self, seconds: float = 5.0) -> "Interaction":
        await self.wait(lambda: self.is_answered, within_s=seconds)
        return self

    @staticmethod
    def _exists(message: Message) -> bool:
        return message.id in message.channel.messages

    @property
    def answer_type(self) -> MessageType:
        """Which type Discord gives the first answer."""
        if self.type is not InteractionType.COMMAND:
            return MessageType.REPLY if self.source is not None else MessageType.DEFAULT
        is_slash = self.data.get("type", CommandType.SLASH) == CommandType.SLASH
        return MessageType.SLASH_COMMAND if is_slash else MessageType.CONTEXT_MENU_COMMAND

    def metadata(self) -> Json:
        """What messages made by this interaction carry."""
        metadata: Json = {
            "id": str(self.id),
            "type": int(self.type),
            "user": user_json(self.user),
            "authorizing_integration_owners": self.owners,
        }
        if self.type is InteractionType.COMMAND:
            metadata["name"] = self.name
        elif self.type is InteractionType.COMPONENT and self.source is not None:
            metadata["interacted_message_id"] = str(self.source.id)
        elif self.opened_by is not None:
            metadata["triggering_interaction_metadata"] = self.opened_by.metadata()["interaction_metadata"]
        return {"interaction_metadata": metadata}
