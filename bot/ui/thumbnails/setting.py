"""`/thumbnail setup`: what managers may set, and the answer that shows all of it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import discord
from discord import app_commands

from bot.client import ImageBot
from bot.domain.errors import PermissionMissing
from bot.domain.ids import ChannelId
from bot.domain.thumbnails.boards import Approval, Board
from bot.domain.thumbnails.colours import parse_colour
from bot.domain.thumbnails.refusals import BoardChannelMissing, BoardMissing, ManagersOnly
from bot.domain.thumbnails.templates import TEMPLATES, template_of
from bot.ui.drafts import member_of
from bot.ui.texts import counted_span
from bot.ui.thumbnails.answers import told
from bot.ui.thumbnails.people import manager_of

_NEEDED = ("view_channel", "send_messages", "attach_files", "read_message_history")
APPROVALS = [
    app_commands.Choice(name="moderators (Manage Messages) approve", value=Approval.MODERATORS.value),
    app_commands.Choice(name="nobody has to approve", value=Approval.NOBODY.value),
]
_SPANS_MIN = (15, 60, 3 * 60, 12 * 60, 24 * 60, 2 * 24 * 60, 3 * 24 * 60, 7 * 24 * 60, 14 * 24 * 60)
SPANS = [app_commands.Choice(name=counted_span(timedelta(minutes=one)), value=one) for one in _SPANS_MIN]
TEMPLATE_CHOICES = [app_commands.Choice(name=one.name, value=one.key) for one in TEMPLATES.values()]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a manager gave; None leaves a setting as it is. The role @everyone means that everybody votes."""

    channel: discord.TextChannel | None = None
    approval: str | None = None
    voters: discord.Role | None = None
    vote_minutes: int | None = None
    entries: bool | None = None
    template: str | None = None
    accent: str | None = None
    open_each: int | None = None

    @property
    def are_none(self) -> bool:
        return self == Settings()


async def set_up(interaction: discord.Interaction[ImageBot], given: Settings) -> None:
    """Without any option it only shows how the board is set up.

    Raises: ManagersOnly, BoardChannelMissing, PermissionMissing, UnknownColour, UnknownTemplate, BoardSettingUnfit.
    """
    boards, person = interaction.client.services.thumbnails.boards, manager_of(interaction)
    if not person.is_manager:
        raise ManagersOnly
    board = await _board(interaction, given)
    if not given.are_none:
        board = _changed(board, given)
        _check_channel(interaction, board)
        await boards.set_up(board, person)
        board = await boards.board(board.server)
    await told(interaction, _shown(interaction, board))


async def _board(interaction: discord.Interaction[ImageBot], given: Settings) -> Board:
    server, _ = member_of(interaction)
    try:
        return await interaction.client.services.thumbnails.boards.board(server)
    except BoardMissing:
        if given.channel is None:
            raise BoardChannelMissing from None
        return Board(server, ChannelId(given.channel.id))


def _changed(board: Board, given: Settings) -> Board:
    changes: dict[str, object] = {
        "channel": None if given.channel is None else ChannelId(given.channel.id),
        "approval": None if given.approval is None else _approval(given.approval),
        "vote_for": None if given.vote_minutes is None else timedelta(minutes=given.vote_minutes),
        "takes_entries": given.entries,
        "template": None if given.template is None else template_of(given.template).key,
        "accent": None if given.accent is None else parse_colour(given.accent),
        "open_each": given.open_each,
    }
    if given.voters is not None:
        board = replace(board, voters=None if given.voters.is_default() else given.voters.id)
    chosen = {name: value for name, value in changes.items() if value is not None}
    return replace(board, **chosen)  # type: ignore[arg-type] # each value is of its own field's type


def _approval(given: str) -> Approval:
    """What no client would send means the careful one."""
    return Approval.NOBODY if given == Approval.NOBODY else Approval.MODERATORS


def _check_channel(interaction: discord.Interaction[ImageBot], board: Board) -> None:
    """Where the bot cannot post, nothing is set up. A channel that is not known here, posting will tell about."""
    granted = _granted(interaction, board)
    if granted is None:
        return
    missing = tuple(name for name in _NEEDED if not getattr(granted, name))
    if missing:
        raise PermissionMissing(missing, board.channel)


def _granted(interaction: discord.Interaction[ImageBot], board: Board) -> discord.Permissions | None:
    """To the bot, in the board's channel."""
    server = interaction.guild
    channel = server.get_channel(board.channel) if server is not None else None
    return channel.permissions_for(channel.guild.me) if channel is not None else None


def _shown(interaction: discord.Interaction[ImageBot], board: Board) -> str:
    voters = "everybody" if board.voters is None else f"<@&{board.voters}>"
    approval = "moderators" if board.approval is Approval.MODERATORS else "nobody; pictures are ordered at once"
    lines = [
        f"**Thumbnails here** · cards appear in <#{board.channel}>",
        f"- Who approves: {approval}",
        f"- Who votes: {voters}, for {counted_span(board.vote_for)}",
        f"- Members' own pictures: {'allowed' if board.takes_entries else 'not allowed'}",
        f"- Headlines: {TEMPLATES[board.template].name}, accent colour `{board.accent}`",
        f"- Open at once: {board.open_each} a member",
        _thread_note(interaction, board),
        _closed_note(board),
        "-# Change any of it with the options of `/thumbnail setup`. Ask for one with `/thumbnail request`.",
    ]
    return "\n".join(filter(None, lines))


def _thread_note(interaction: discord.Interaction[ImageBot], board: Board) -> str:
    granted = _granted(interaction, board)
    if granted is None or (granted.create_public_threads and granted.send_messages_in_threads):
        return ""
    return (
        "- I may not open threads there, so pictures and files are posted in the channel itself. Allow Create Public "
        "Threads and Send Messages in Threads for me to keep it tidy."
    )


def _closed_note(board: Board) -> str:
    if board.closed is None:
        return ""
    return "- Paused: I could not post there. Allow it, or choose another channel."
