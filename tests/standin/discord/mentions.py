"""Who a text mentions, after `allowed_mentions` has had its say."""

import re
from dataclasses import dataclass

from tests.standin.discord.permissions import Permission
from tests.standin.discord.world import Channel, Json, Mentioned, Server, User, World

# discord-api-docs, resources/message.mdx "Allowed Mentions Object": what is parsed when the object is absent.
IN_CHANNELS = ("users", "roles", "everyone")
IN_INTERACTIONS = ("users",)


@dataclass(frozen=True)
class Rules:
    """`users` and `roles` are None where every mention of that kind counts."""

    users: frozenset[int] | None
    roles: frozenset[int] | None
    everyone: bool
    replied_user: bool


def rules(allowed: Json | None, usual: tuple[str, ...]) -> Rules:
    if allowed is None:
        parse: tuple[str, ...] = usual
        allowed = {"replied_user": True}
    else:
        parse = tuple(allowed.get("parse") or ())
    return Rules(
        users=None if "users" in parse else frozenset(map(int, allowed.get("users") or ())),
        roles=None if "roles" in parse else frozenset(map(int, allowed.get("roles") or ())),
        everyone="everyone" in parse,
        replied_user=bool(allowed.get("replied_user")),
    )


def mentioned(
    text: str, allowed: Rules, channel: Channel, world: World, granted: Permission, replied: User | None = None
) -> Mentioned:
    """`granted` is what the author may do here: everyone and unmentionable roles need a permission."""
    loud = Permission.MENTION_EVERYONE in granted
    users = [one for one in _ids(r"<@!?(\d+)>", text) if one in world.users and _may(one, allowed.users)]
    if replied is not None and allowed.replied_user and replied.id not in users:
        users.append(replied.id)
    server = channel.server
    if server is None:
        return Mentioned(users=tuple(users), pinged=frozenset(users))
    roles = [
        one
        for one in _ids(r"<@&(\d+)>", text)
        if one in server.roles and _may(one, allowed.roles) and (loud or server.roles[one].mentionable)
    ]
    everyone = loud and allowed.everyone and re.search(r"@(everyone|here)\b", text) is not None
    return Mentioned(tuple(users), tuple(roles), everyone, _pinged(server, users, roles, everyone))


def _ids(pattern: str, text: str) -> list[int]:
    """In order, each once."""
    return list(dict.fromkeys(int(found) for found in re.findall(pattern, text)))


def _may(one: int, allowed: frozenset[int] | None) -> bool:
    return allowed is None or one in allowed


def _pinged(server: Server, users: list[int], roles: list[int], everyone: bool) -> frozenset[int]:
    if everyone:
        return frozenset(server.members)
    by_role = (member.id for member in server.members.values() if any(role.id in roles for role in member.roles))
    return frozenset([*users, *by_role])
