"""Discord as much as an image bot meets it: REST v10, gateway and content network over real sockets on 127.0.0.1.

An unmodified discord.py runs against it, in this process (`with standin.patched():`) or in another one
(`standin.command("bot", "run")` with `standin.environment()`). All state lives in one event loop; time comes from
`StandIn(now=...)`, except for rate limits, which discord.py measures in real seconds.

Modelled:
- Login and gateway: token, HELLO, heartbeats, IDENTIFY (intents, shards), READY, GUILD_CREATE, RESUME with replay,
  members on request, close codes, dropped connections, RECONNECT, INVALID_SESSION, privileged intents.
- World: users, servers, roles, overwrites, text channels, threads, direct messages, messages, reactions.
- Message content without the intent: empty on the gateway and over REST, except the bot's own, direct messages, literal
  mentions, and ping-replies to its regular messages; a quoted message is judged by itself.
- Commands: reading, bulk and single registration, for everywhere and per server; members are held to them.
- Interactions: slash commands with every option type, context menus, buttons, selects, modals with uploads,
  autocomplete, and crafted ones past every check; callbacks 4 to 9, the 3 s and 15 min deadlines, one
  acknowledgement, ephemeral and deferred answers, followups, @original, user installs with their five followups.
- Messages: files kept and replaced by id, files hidden behind embeds and components, nonces, replies, forwards,
  polls as inert data, mentions and who is pinged, history.
- Refusals with Discord's codes and form-error trees, upload limits, AutoMod words, edits of old messages, permissions.
- Rate-limit headers and 429; signed, expiring addresses of files; faults before and after a request takes effect.
- What was ever shown: each version of the bot's messages, and the way it got there.

Not modelled: voice, stickers, custom emoji, pins, webhooks of channels, poll votes, audit log, invites, entitlements,
permissions of interaction answers, compression, slow mode, archived or locked threads.
"""

from tests.standin.discord.commands import Commands
from tests.standin.discord.faults import Hold, Reset, ResetAfter, Slow, Status, StatusAfter
from tests.standin.discord.gateway import Intent
from tests.standin.discord.interactions import Interaction, InteractionType
from tests.standin.discord.options import NotOffered
from tests.standin.discord.permissions import Permission
from tests.standin.discord.refusals import Refusal
from tests.standin.discord.rest import Request
from tests.standin.discord.seen import SeenAttachment, SeenButton, SeenMessage, SeenModal
from tests.standin.discord.sightings import Sighting, Way
from tests.standin.discord.standin import StandIn
from tests.standin.discord.world import Channel, Member, Role, Server, User

__all__ = [
    "Channel",
    "Commands",
    "Hold",
    "Intent",
    "Interaction",
    "InteractionType",
    "Member",
    "NotOffered",
    "Permission",
    "Refusal",
    "Request",
    "Reset",
    "ResetAfter",
    "Role",
    "SeenAttachment",
    "SeenButton",
    "SeenMessage",
    "SeenModal",
    "Server",
    "Sighting",
    "Slow",
    "StandIn",
    "Status",
    "StatusAfter",
    "User",
    "Way",
]
