"""Discord as much as an image bot meets it: REST v10, gateway and content network over real sockets on 127.0.0.1.

An unmodified discord.py runs against it, in this process (`with standin.patched():`) or in another one
(`standin.command("bot", "run")` with `standin.environment()`).
"""

from tests.standin.discord.commands import Commands
from tests.standin.discord.faults import Hold, Reset, ResetAfter, Slow, Status, StatusAfter
from tests.standin.discord.gateway import Intent
from tests.standin.discord.interactions import Interaction
from tests.standin.discord.options import NotOffered
from tests.standin.discord.permissions import Permission
from tests.standin.discord.refusals import Refusal
from tests.standin.discord.rest import Request
from tests.standin.discord.seen import SeenAttachment, SeenButton, SeenMessage, SeenModal
from tests.standin.discord.standin import StandIn
from tests.standin.discord.world import Channel, Member, Role, Server, User

__all__ = [
    "Channel",
    "Commands",
    "Hold",
    "Intent",
    "Interaction",
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
    "Slow",
    "StandIn",
    "Status",
    "StatusAfter",
    "User",
]
