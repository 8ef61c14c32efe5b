"""Verbs of people who use the bot: commands, buttons, selects, modals. Each makes one interaction."""

import secrets
from collections.abc import Callable
from typing import Any

from tests.standin.discord.building import user_of
from tests.standin.discord.commands import Commands
from tests.standin.discord.core import Core
from tests.standin.discord.interactions import CommandType, Interaction, InteractionType
from tests.standin.discord.modals import Filled, submit_data
from tests.standin.discord.options import NotOffered, Resolved, Value, command_data
from tests.standin.discord.payloads import channel_json, member_with_user_json, user_json
from tests.standin.discord.permissions import (
    ALL,
    IN_DIRECT_MESSAGES,
    Permission,
    channel_permissions,
    server_permissions,
)
from tests.standin.discord.seen import BUTTON, SELECTS, see, walk
from tests.standin.discord.talking import Talking, Which, Who
from tests.standin.discord.world import Channel, Json, Member, Message, Role, User

Twist = Callable[[Json], Json]


class Commanding(Talking):
    core: Core
    commands: Commands

    async def slash(self, who: Who, channel: Channel, name: str, /, **options: Value) -> Interaction:
        """`name` with group and subcommand after spaces. Files are pairs of name and bytes.

        Raises: NotOffered where Discord's client would not send this, once the bot has registered commands.
        """
        resolved = self._resolved(channel)
        definition = self._definition(who, channel, name.split()[0], CommandType.SLASH)
        data = command_data(name, definition, options, resolved)
        return self._interact(InteractionType.COMMAND, name, who, channel, data)

    async def autocomplete(
        self, who: Who, channel: Channel, name: str, focused: str, typed: str, **options: Value
    ) -> Interaction:
        """What a member gets while typing into one option."""
        definition = self._definition(who, channel, name.split()[0], CommandType.SLASH)
        values = {**options, focused: typed}
        data = command_data(name, definition, values, self._resolved(channel), focused)
        return self._interact(InteractionType.AUTOCOMPLETE, name, who, channel, data)

    async def user_command(self, who: Who, channel: Channel, name: str, target: Who) -> Interaction:
        resolved = self._resolved(channel)
        data = self._context_data(who, channel, name, CommandType.USER, resolved.person(target))
        return self._interact(InteractionType.COMMAND, name, who, channel, data | resolved.json())

    async def message_command(self, who: Who, channel: Channel, name: str, which: Which) -> Interaction:
        """The bot gets the whole message, with or without the message-content intent."""
        message = self.live(which)
        resolved = self._resolved(channel)
        target = resolved.message(message.id, self.core.payloads.message(message))
        data = self._context_data(who, channel, name, CommandType.MESSAGE, target)
        return self._interact(InteractionType.COMMAND, name, who, channel, data | resolved.json())

    async def click(self, who: Who, which: Which, button: str) -> Interaction:
        """`button` is its label or custom id."""
        message = self._visible(who, which)
        part = _component(message, button, (BUTTON,))
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
        return self._interact(InteractionType.COMPONENT, button, who, message.channel, data, source=message)

    async def select(
        self, who: Who, which: Which, select: str, *values: str | User | Member | Role | Channel
    ) -> Interaction:
        """`select` is its placeholder or custom id."""
        message = self._visible(who, which)
        part = _component(message, select, SELECTS)
        resolved = self._resolved(message.channel)
        chosen = [resolved.name(value) for value in values]
        _check_choice(part, chosen)
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"], "values": chosen}
        data |= resolved.json()
        return self._interact(InteractionType.COMPONENT, select, who, message.channel, data, source=message)

    async def submit(self, opened: Interaction, values: dict[str, Filled] | None = None, **more: Filled) -> Interaction:
        """Send in the modal that answered this interaction; inputs go by custom id or label."""
        if opened.modal is None:
            raise NotOffered(f"{opened} did not open a modal")
        data = submit_data(opened.modal, {**(values or {}), **more}, self._resolved(opened.channel))
        return self._interact(
            InteractionType.MODAL_SUBMIT, opened.modal.title, opened.user, opened.channel, data, opened_by=opened
        )

    def _interact(
        self,
        kind: InteractionType,
        name: str,
        who: Who,
        channel: Channel,
        data: Json,
        *,
        source: Message | None = None,
        opened_by: Interaction | None = None,
        twist: Twist = lambda payload: payload,
    ) -> Interaction:
        interaction = Interaction(
            id=self.core.ids.next(),
            token=secrets.token_urlsafe(48),
            type=kind,
            name=name,
            user=user_of(who),
            channel=channel,
            created_at=self.core.now(),
            data=data,
            owners=self._owners(channel, user_of(who)),
            source=source or (opened_by.source if opened_by else None),
            opened_by=opened_by,
            see=lambda message: see(message, self.core.payloads),
            wait=self.core.changes.until,
        )
        self.core.interactions[interaction.token] = interaction
        self.core.events.interaction_created(twist(self._payload(interaction)), channel.server)
        return interaction

    def _payload(self, interaction: Interaction) -> Json:
        channel, user = interaction.channel, interaction.user
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self.core.bot.id),
            "type": int(interaction.type),
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "locale": user.locale,
            "app_permissions": str(int(self._app_permissions(channel, user))),
            "entitlements": [],
            "authorizing_integration_owners": interaction.owners,
            "context": 0 if channel.server else 1,
            "attachment_size_limit": self.core.settings.attachment_size_limit,
        }
        if interaction.source is not None:
            payload["message"] = self.core.payloads.message(interaction.source)
        return payload | self._place(channel, user)

    def _place(self, channel: Channel, user: User) -> Json:
        shown = channel_json(channel)
        if channel.server is None:
            return {"channel": shown, "user": user_json(user)}
        member = channel.server.members[user.id]
        permissions = str(int(channel_permissions(member, channel)))
        return {
            "channel": shown | {"permissions": permissions},
            "guild_id": str(channel.server.id),
            "guild": {"id": str(channel.server.id), "locale": channel.server.locale, "features": []},
            "guild_locale": channel.server.locale,
            "member": member_with_user_json(member) | {"permissions": permissions},
        }

    def _app_permissions(self, channel: Channel, user: User) -> Permission:
        if channel.server is None:
            return IN_DIRECT_MESSAGES
        acting = channel.server.members.get(self.core.bot.id) or channel.server.members[user.id]
        return channel_permissions(acting, channel)

    def _owners(self, channel: Channel, user: User) -> Json:
        """Who installed the app: key 0 for servers and direct messages with it, 1 for the user."""
        if channel.server is None:
            return {"0": "0"}
        has_bot = self.core.bot.id in channel.server.members
        return {"0": str(channel.server.id)} if has_bot else {"1": str(user.id)}

    def _resolved(self, channel: Channel) -> Resolved:
        return Resolved(self.core.payloads, self.core.cdn, self.core.bot.id, channel.server)

    def _definition(self, who: Who, channel: Channel, name: str, kind: CommandType) -> Json | None:
        """None while the bot has registered nothing at all: then tests say what they like."""
        if not any(self.commands.by_server.values()):
            return None
        offered = self.commands.offered(channel.server.id if channel.server else None)
        for command in offered:
            if (command["name"], command["type"]) == (name, kind):
                self._check_offered(who, channel, command)
                return command
        raise NotOffered(f"no {kind.name.lower()} command {name!r} among {[one['name'] for one in offered]}")

    def _check_offered(self, who: Who, channel: Channel, command: Json) -> None:
        contexts = command.get("contexts")
        if contexts is not None and (0 if channel.server else 1) not in contexts:
            raise NotOffered(f"/{command['name']} is not offered in this kind of channel")
        if channel.server is None:
            if not command.get("dm_permission", True):
                raise NotOffered(f"/{command['name']} is not offered in direct messages")
            return
        member = channel.server.members[user_of(who).id]
        needed = Permission(int(command.get("default_member_permissions") or 0))
        closed = command.get("default_member_permissions") == "0" and server_permissions(member) != ALL
        if closed or needed not in channel_permissions(member, channel):
            raise NotOffered(f"{user_of(who).name} lacks the permissions that /{command['name']} asks for")
        if Permission.USE_APPLICATION_COMMANDS not in channel_permissions(member, channel):
            raise NotOffered(f"{user_of(who).name} may not use commands here")
        if command.get("nsfw") and not channel.nsfw:
            raise NotOffered(f"/{command['name']} is for age-restricted channels only")

    def _context_data(self, who: Who, channel: Channel, name: str, kind: CommandType, target: str) -> Json:
        definition = self._definition(who, channel, name, kind)
        identity = definition["id"] if definition else str(self.core.bot.id)
        return {"id": identity, "name": name, "type": int(kind), "target_id": target}

    def _visible(self, who: Who, which: Which) -> Message:
        message = self.live(which)
        if message.ephemeral_to not in (None, user_of(who)):
            raise NotOffered(f"{user_of(who).name} does not see this message")
        return message


def _component(message: Message, name: str, kinds: tuple[int, ...]) -> Json:
    candidates = [part for part in walk(message.components) if part["type"] in kinds]
    named = [part for part in candidates if name in (part.get("custom_id"), part.get("label"), part.get("placeholder"))]
    if not named:
        shown = [part.get("label") or part.get("placeholder") or part.get("custom_id") for part in candidates]
        raise NotOffered(f"{name!r} is not among {shown}")
    if named[0].get("disabled"):
        raise NotOffered(f"{name!r} is disabled")
    if "custom_id" not in named[0]:
        raise NotOffered(f"{name!r} is a link")
    return named[0]


def _check_choice(part: Json, chosen: list[Any]) -> None:
    least, most = part.get("min_values", 1), part.get("max_values", 1)
    if not least <= len(chosen) <= most:
        raise NotOffered(f"choose {least} to {most}, not {len(chosen)}")
    offered = [option["value"] for option in part.get("options") or []]
    if offered and not set(chosen) <= set(offered):
        raise NotOffered(f"{chosen} are not all among {offered}")
