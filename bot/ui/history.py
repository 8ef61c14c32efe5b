"""`/history`: a member's latest requests, and bringing those that could not be delivered."""

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.client import ImageBot
from bot.domain.errors import RequestGone
from bot.domain.ids import RequestId
from bot.domain.runs import AWAITED, EndReason, RunState
from bot.ports import Past
from bot.services.history import Recent
from bot.ui import texts
from bot.ui.answer import acknowledged
from bot.ui.drafts import address_of, member_of
from bot.ui.errors import sentence
from bot.ui.lists import fitted
from bot.ui.words import plain

_ENDS = {
    EndReason.DECLINED: "declined by the model's safety rules",
    EndReason.PROVIDER_DOWN: "the image service did not answer",
    EndReason.LOST_TOUCH: "lost on the way to the image service",
    EndReason.TOO_SLOW: "too slow",
    EndReason.OUT_OF_CREDIT: "pictures were paused",
    EndReason.MODEL_GONE: "pictures were paused",
    EndReason.NOT_ACKNOWLEDGED: "interrupted before it was sent",
    EndReason.CALLED_OFF: "cancelled",
    EndReason.MEMBER_GONE: "cancelled when you left",
}


def history_text(recent: Recent) -> str:
    if not recent.pasts:
        return "You have asked for nothing here yet. `/imagine` makes a picture from your words."
    return fitted(
        "**Your latest requests in this server**",
        lambda prompt: [f"{number}. {_line(past, prompt)}" for number, past in enumerate(recent.pasts, start=1)],
        lambda left_out: _rest(left_out, recent.more_kept),
    )


def kept_requests(pasts: Sequence[Past]) -> list[tuple[int, RequestId]]:
    """Those with pictures that are waiting on disk, by their number in the list."""
    return [(number, past.request.id) for number, past in enumerate(pasts, start=1) if _waits_on_disk(past)]


async def bring_kept(interaction: discord.Interaction[ImageBot], request: RequestId) -> None:
    """Answer with a message that becomes the kept picture, in the open or in private as it was asked for."""
    history = interaction.client.services.history
    kept = await history.kept(request, *member_of(interaction))
    private = kept.address.private
    address = address_of(interaction, private=private)
    answering = interaction.response.send_message(texts.bringing(kept), ephemeral=private)
    message = await acknowledged(interaction, answering)
    if message is None:
        return
    try:
        await history.bring(kept.id, replace(address, message_id=message))
    except RequestGone as error:
        await interaction.edit_original_response(content=sentence(error))


def _waits_on_disk(past: Past) -> bool:
    return past.is_kept and any(run.state is RunState.READY for run in past.runs)


def _rest(left_out: int, more_kept: int) -> str:
    more = [f"{left_out} more"] * bool(left_out) + [f"{more_kept} more kept"] * bool(more_kept)
    return f"-# and {' and '.join(more)}" if more else ""


def _line(past: Past, characters: int) -> str:
    prompt = plain(past.request.prompt, limit=characters) or "(words deleted)"
    used = "no quota used" if not past.quota_used else f"{past.quota_used} of your quota"
    return " · ".join([prompt, texts.relative(past.request.created_at), _state(past), used])


def _state(past: Past) -> str:
    if _waits_on_disk(past):
        return "kept for you"
    delivered = next((run.spot for run in past.runs if run.state is RunState.DELIVERED), None)
    if delivered is not None and not past.request.address.private:
        return f"[picture](<https://discord.com/channels/{past.request.address.server_id}/{delivered.channel}/{delivered.message}>)"
    states = {run.state for run in past.runs}
    if RunState.DELIVERED in states:
        return "shown to you alone" if past.request.address.private else "delivered"
    if states & AWAITED:
        return "in line" if states == {RunState.QUEUED} else "being made"
    if RunState.READY in states:
        return "on its way to you"
    reason = next((run.reason for run in past.runs if run.reason is not None), None)
    return f"no picture: {_ENDS.get(reason, 'it could not be made') if reason else 'it could not be made'}"
