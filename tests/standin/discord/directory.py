"""REST routes and gateway answers about who is who: the bot itself, users, servers and their members."""

from collections.abc import Iterable
from typing import Any

from tests.standin.discord.core import Core
from tests.standin.discord.payloads import (
    channel_json,
    member_with_user_json,
    role_json,
    server_json,
    user_json,
)
from tests.standin.discord.refusals import refusal
from tests.standin.discord.routing import Answer, Call, Route, found
from tests.standin.discord.world import Json, Server

# discord-api-docs, resources/application.mdx "Application Flags": message content and members, for unverified apps.
MESSAGE_CONTENT_LIMITED, MEMBERS_LIMITED = 1 << 19, 1 << 15
SESSIONS_A_DAY = 1000  # events/gateway.mdx "Session Start Limit"


class Addresses:
    """Known only once the server listens."""

    gateway_url: str = ""


class Directory:
    def __init__(self, core: Core, addresses: Addresses) -> None:
        self._core = core
        self._addresses = addresses

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/gateway", self.gateway, needs_bot=False),
            Route("GET", "/gateway/bot", self.gateway_bot),
            Route("GET", "/users/@me", self.me),
            Route("GET", "/users/{user}", self.user),
            Route("GET", "/applications/@me", self.application),
            Route("GET", "/oauth2/applications/@me", self.application),
            Route("GET", "/users/@me/guilds", self.servers_of_bot),
            Route("DELETE", "/users/@me/guilds/{server}", self.leave),
            Route("GET", "/guilds/{server}", self.server),
            Route("GET", "/guilds/{server}/channels", self.channels),
            Route("GET", "/guilds/{server}/roles", self.roles),
            Route("GET", "/guilds/{server}/members", self.members),
            Route("GET", "/guilds/{server}/members/{user}", self.member),
            Route("POST", "/attachments/refresh-urls", self.refresh),
        ]

    def gateway(self, call: Call) -> Answer:
        return found({"url": self._addresses.gateway_url})

    def gateway_bot(self, call: Call) -> Answer:
        limit = {"total": SESSIONS_A_DAY, "remaining": SESSIONS_A_DAY, "reset_after": 0, "max_concurrency": 1}
        return found({"url": self._addresses.gateway_url, "shards": 1, "session_start_limit": limit})

    def me(self, call: Call) -> Answer:
        return found({**user_json(self._core.bot), "verified": True, "mfa_enabled": True, "flags": 0, "email": None})

    def user(self, call: Call) -> Answer:
        user = self._core.world.users.get(call.id("user"))
        if user is None:
            raise refusal(10013)
        return found(user_json(user))

    def application(self, call: Call) -> Answer:
        owner = next(iter(self._core.world.servers.values())).owner if self._core.world.servers else self._core.bot
        return found(
            {
                **self.gateway_application(),
                "name": self._core.bot.name,
                "icon": None,
                "description": "",
                "rpc_origins": [],
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "0" * 64,
                "owner": user_json(owner),
                "team": None,
                "summary": "",
                **self._core.settings.application,
            }
        )

    def gateway_application(self) -> Json:
        return {"id": str(self._core.bot.id), "flags": MESSAGE_CONTENT_LIMITED | MEMBERS_LIMITED}

    def servers_of_bot(self, call: Call) -> Answer:
        servers = sorted(self._core.bot_servers(), key=lambda server: server.id)
        after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 200))
        return found([server_json(one, self._core.bot) for one in servers if one.id > after][:limit])

    def leave(self, call: Call) -> Answer:
        server = self._server(call)
        del server.members[self._core.bot.id]
        self._core.events.server_left(server)
        self._core.changes.notify()
        return Answer()

    def server(self, call: Call) -> Answer:
        return found(server_json(self._server(call), self._core.bot))

    def channels(self, call: Call) -> Answer:
        channels = self._server(call).channels.values()
        return found([channel_json(channel) for channel in channels if not channel.is_thread])

    def roles(self, call: Call) -> Answer:
        return found([role_json(role) for role in self._server(call).roles.values()])

    def members(self, call: Call) -> Answer:
        members = sorted(self._server(call).members.values(), key=lambda member: member.id)
        after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
        return found([member_with_user_json(member) for member in members if member.id > after][:limit])

    def member(self, call: Call) -> Answer:
        server = self._server(call)
        asked = self._core.bot.id if call.params["user"] == "@me" else call.id("user")
        if asked not in server.members:
            raise refusal(10007)
        return found(member_with_user_json(server.members[asked]))

    def refresh(self, call: Call) -> Answer:
        """Undocumented, but in use by many bots: fresh signatures for addresses of the content network."""
        urls = call.form.get("attachment_urls") or []
        fresh = [{"original": url, "refreshed": self._core.cdn.resign(url)} for url in urls]
        return found({"refreshed_urls": fresh})

    def _server(self, call: Call) -> Server:
        server = self._core.world.servers.get(call.id("server"))
        if server is None or self._core.bot.id not in server.members:
            raise refusal(10004)
        return server


class GatewayAnswers:
    """What the gateway says of the bot and its servers."""

    def __init__(self, core: Core, directory: Directory, addresses: Addresses) -> None:
        self._core = core
        self._directory = directory
        self._addresses = addresses

    def token(self) -> str:
        return self._core.token

    def ready(self, session_id: str, shard: tuple[int, int]) -> Json:
        return {
            "v": 10,
            "user": user_json(self._core.bot),
            "guilds": [{"id": str(server.id), "unavailable": True} for server in self._core.bot_servers()],
            "session_id": session_id,
            "resume_gateway_url": self._addresses.gateway_url,
            "shard": list(shard),
            "application": self._directory.gateway_application(),
        }

    def servers(self) -> Iterable[tuple[int, Json]]:
        """`unavailable` tells these from servers that are joined later."""
        servers = self._core.bot_servers()
        return [(server.id, server_json(server, self._core.bot) | {"unavailable": False}) for server in servers]

    def chunks(self, asked: Json) -> Iterable[Json]:
        server = self._core.world.servers[int(asked["guild_id"])]
        wanted: Any = asked.get("user_ids")
        ids = {int(one) for one in ([wanted] if isinstance(wanted, str | int) else wanted or [])}
        members = [member for member in server.members.values() if not ids or member.id in ids]
        chunk: Json = {
            "guild_id": str(server.id),
            "members": [member_with_user_json(member) for member in members],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        return [chunk if "nonce" not in asked else chunk | {"nonce": asked["nonce"]}]
