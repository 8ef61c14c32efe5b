"""The ids that a line of the log carries, so that everything about one request, run or member can be found."""

from bot.domain.requests import Request
from bot.domain.runs import Run


def names(request: Request) -> str:
    """`request=… server=… channel=… member=…`; never the prompt."""
    address = request.address
    return f"request={request.id} server={address.server_id} channel={address.channel_id} member={address.member_id}"


def run_names(run: Run) -> str:
    return f"run={run.id} request={run.request_id} server={run.server_id} member={run.member_id}"
