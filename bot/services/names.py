"""The ids that a line of the log carries, so that everything about one request, run or member can be found."""

from bot.domain.requests import Request
from bot.domain.runs import Run


def names(request: Request, run: Run | None = None) -> str:
    """`request=… run=… server=… channel=… member=…`; never the prompt."""
    address = request.address
    of_run = f" run={run.id}" if run is not None else ""
    where = f"server={address.server_id} channel={address.channel_id} member={address.member_id}"
    return f"request={request.id}{of_run} {where}"
