"""Telling the gateway's sessions what happened, each according to its intents."""

from tests.standin.discord.gateway import Gateway, Intent
from tests.standin.discord.payloads import (
    Payloads,
    channel_json,
    member_with_user_json,
    role_json,
    server_json,
    user_json,
)
from tests.standin.discord.world import Channel, Json, Member, Message, Role, Server, User


class Events:
    def __init__(self, gateway: Gateway, payloads: Payloads, bot: User) -> None:
        self._gateway = gateway
        self._payloads = payloads
        self._bot = bot

    @property
    def rest_sees_content(self) -> bool:
        """Discord judges REST by the same permission as the gateway: here, by the last IDENTIFY."""
        intents = self._gateway.intents
        return bool((self._gateway.allowed_privileged if intents is None else intents) & Intent.MESSAGE_CONTENT)

    def message_created(self, message: Message) -> None:
        self._message("MESSAGE_CREATE", message)

    def message_edited(self, message: Message) -> None:
        self._message("MESSAGE_UPDATE", message)

    def _message(self, event: str, message: Message) -> None:
        if message.ephemeral_to is not None or not self._reaches(message.channel):
            return
        nonce = {"nonce": message.nonce} if event == "MESSAGE_CREATE" and message.nonce else {}

        def render(intents: Intent) -> Json:
            sees = Intent.MESSAGE_CONTENT in intents
            return {**self._payloads.message(message, sees_content=sees, in_event=True), **nonce}

        server = message.channel.server
        intent = Intent.DIRECT_MESSAGES if server is None else Intent.SERVER_MESSAGES
        self._gateway.dispatch(event, render, intent=intent, server_id=server.id if server else None)

    def messages_deleted(self, channel: Channel, ids: list[int]) -> None:
        place: Json = {"channel_id": str(channel.id), **_server_id(channel)}
        intent = Intent.DIRECT_MESSAGES if channel.server is None else Intent.SERVER_MESSAGES
        if not self._reaches(channel):
            return
        if len(ids) == 1:
            self._plain("MESSAGE_DELETE", {"id": str(ids[0]), **place}, intent, channel.server)
        else:
            self._plain("MESSAGE_DELETE_BULK", {"ids": [str(one) for one in ids], **place}, intent, channel.server)

    def reaction(self, event: str, message: Message, user: User, emoji: str) -> None:
        intent = Intent.DIRECT_REACTIONS if message.channel.server is None else Intent.SERVER_REACTIONS
        data: Json = {
            "user_id": str(user.id),
            "channel_id": str(message.channel.id),
            "message_id": str(message.id),
            "message_author_id": str(message.author.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
            **_server_id(message.channel),
        }
        member = message.channel.server.members.get(user.id) if message.channel.server else None
        if member is not None and event == "MESSAGE_REACTION_ADD":
            data["member"] = member_with_user_json(member)
        self._plain(event, data, intent, message.channel.server)

    def interaction_created(self, payload: Json, server: Server | None) -> None:
        self._plain("INTERACTION_CREATE", payload, None, server)

    def server_joined(self, server: Server) -> None:
        self._plain("GUILD_CREATE", server_json(server, self._bot), Intent.SERVERS, server)

    def server_left(self, server: Server) -> None:
        self._plain("GUILD_DELETE", {"id": str(server.id)}, Intent.SERVERS, server)

    def channel(self, event: str, channel: Channel) -> None:
        """`event` is CHANNEL_CREATE, THREAD_UPDATE and the like."""
        if channel.server is not None and self._bot.id in channel.server.members:
            data = channel_json(channel)
            if event == "THREAD_CREATE":
                data["newly_created"] = True
            self._plain(event, data, Intent.SERVERS, channel.server)

    def role(self, event: str, role: Role, server: Server) -> None:
        self._plain(event, {"guild_id": str(server.id), "role": role_json(role)}, Intent.SERVERS, server)

    def member_joined(self, member: Member) -> None:
        data = {**member_with_user_json(member), "guild_id": str(member.server.id)}
        self._plain("GUILD_MEMBER_ADD", data, Intent.MEMBERS, member.server)

    def member_changed(self, member: Member) -> None:
        """Of itself the bot learns without the members intent."""
        data = {**member_with_user_json(member), "guild_id": str(member.server.id)}
        intent = Intent.SERVERS if member.user is self._bot else Intent.MEMBERS
        self._plain("GUILD_MEMBER_UPDATE", data, intent, member.server)

    def member_left(self, member: Member) -> None:
        data = {"guild_id": str(member.server.id), "user": user_json(member.user)}
        self._plain("GUILD_MEMBER_REMOVE", data, Intent.MEMBERS, member.server)

    def _reaches(self, channel: Channel) -> bool:
        if channel.server is None:
            return True
        member = channel.server.members.get(self._bot.id)
        return bool(self._payloads.permissions_in(channel, member))

    def _plain(self, event: str, data: Json, intent: Intent | None, server: Server | None) -> None:
        if server is None or event == "GUILD_DELETE" or self._bot.id in server.members or intent is None:
            self._gateway.dispatch(event, lambda _: data, intent=intent, server_id=server.id if server else None)


def _server_id(channel: Channel) -> Json:
    return {} if channel.server is None else {"guild_id": str(channel.server.id)}
