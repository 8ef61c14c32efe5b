"""Verbs that shape the world: who and what there is, and who may do what where."""

from tests.standin.discord.core import Core
from tests.standin.discord.permissions import USUAL
from tests.standin.discord.sightings import Way
from tests.standin.discord.world import Channel, ChannelType, Member, Overwrite, Role, Server, User

Target = Role | Member | User


class Building:
    """Connected bots are told of every change through the gateway."""

    core: Core

    def new_user(self, name: str, *, locale: str = "en-US", accepts_dms: bool = True) -> User:
        user = User(self.core.ids.next(), name, locale=locale, accepts_dms=accepts_dms)
        self.core.world.users[user.id] = user
        return user

    def new_server(
        self, name: str = "Studio", *, owner: User | None = None, bot_permissions: int = 0, with_bot: bool = True
    ) -> Server:
        """A server with @everyone, its owner, and the bot with a role of its own."""
        identity = self.core.ids.next()
        everyone = Role(identity, "@everyone", int(USUAL))
        server = Server(identity, name, owner or self.new_user(f"{name.lower()}-owner"), everyone, self.core.now())
        server.roles[everyone.id] = everyone
        self.core.world.servers[server.id] = server
        self.join(server.owner, server)
        if with_bot:
            self.bot_joins(server, permissions=bot_permissions)
        return server

    def bot_joins(self, server: Server, *, permissions: int = 0) -> Member:
        role = Role(self.core.ids.next(), self.core.bot.name, int(permissions), bot_id=self.core.bot.id)
        server.roles[role.id] = role
        member = Member(self.core.bot, server, self.core.now(), [role])
        server.members[member.id] = member
        self.core.events.server_joined(server)
        self.core.changes.notify()
        return member

    def bot_leaves(self, server: Server) -> None:
        """Kicked, or the server was deleted: the bot cannot tell."""
        del server.members[self.core.bot.id]
        self.core.events.server_left(server)
        self.core.changes.notify()

    def new_member(self, server: Server, name: str, *, roles: tuple[Role, ...] = (), locale: str = "en-US") -> Member:
        return self.join(self.new_user(name, locale=locale), server, roles=roles)

    def join(self, user: User, server: Server, *, roles: tuple[Role, ...] = ()) -> Member:
        member = Member(user, server, self.core.now(), list(roles))
        server.members[user.id] = member
        self.core.events.member_joined(member)
        self.core.changes.notify()
        return member

    def leave(self, member: Member) -> None:
        del member.server.members[member.id]
        self.core.events.member_left(member)
        self.core.changes.notify()

    def new_role(self, server: Server, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        role = Role(self.core.ids.next(), name, int(permissions), mentionable)
        server.roles[role.id] = role
        self.core.events.role("GUILD_ROLE_CREATE", role, server)
        return role

    def give_role(self, member: Member, role: Role) -> None:
        member.roles.append(role)
        self.core.events.member_changed(member)

    def take_role(self, member: Member, role: Role) -> None:
        member.roles.remove(role)
        self.core.events.member_changed(member)

    def set_permissions(self, server: Server, role: Role, permissions: int) -> None:
        role.permissions = int(permissions)
        self.core.events.role("GUILD_ROLE_UPDATE", role, server)

    def new_channel(self, server: Server, name: str = "general", *, nsfw: bool = False) -> Channel:
        channel = Channel(self.core.ids.next(), ChannelType.TEXT, name, server, created_at=self.core.now(), nsfw=nsfw)
        server.channels[channel.id] = channel
        self.core.world.channels[channel.id] = channel
        self.core.events.channel("CHANNEL_CREATE", channel)
        return channel

    def new_thread(self, parent: Channel, name: str, owner: User | Member, *, private: bool = False) -> Channel:
        kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
        return self.core.open_thread(parent, name, self.core.ids.next(), kind, user_of(owner))

    def delete_channel(self, channel: Channel) -> None:
        for message in channel.messages.values():
            self.core.sight(message, Way.REMOVED)
        channel.messages.clear()
        del self.core.world.channels[channel.id]
        if channel.server is not None:
            del channel.server.channels[channel.id]
        self.core.events.channel("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)
        self.core.changes.notify()

    def dm(self, who: User | Member) -> Channel:
        """The direct messages between this person and the bot."""
        return self.core.dm_channel(user_of(who))

    def allow(self, channel: Channel, target: Target, permissions: int) -> None:
        """Overwrite in one channel; what was denied there before is no longer."""
        overwrite = _overwrite(channel, target)
        overwrite.allow |= int(permissions)
        overwrite.deny &= ~int(permissions)
        self.core.events.channel("CHANNEL_UPDATE", channel)

    def deny(self, channel: Channel, target: Target, permissions: int) -> None:
        overwrite = _overwrite(channel, target)
        overwrite.deny |= int(permissions)
        overwrite.allow &= ~int(permissions)
        self.core.events.channel("CHANNEL_UPDATE", channel)


def user_of(who: User | Member) -> User:
    return who.user if isinstance(who, Member) else who


def _overwrite(channel: Channel, target: Target) -> Overwrite:
    return channel.overwrites.setdefault(target.id, Overwrite(is_role=isinstance(target, Role)))
