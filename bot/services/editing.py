"""What an edit starts from: the pictures of a message, kept while a form is filled in, or a member's newest one."""

from datetime import timedelta

from bot.domain.errors import FormGone, NothingToEdit
from bot.domain.ids import ChannelId, EditId, MemberId, ServerId, new_edit_id
from bot.domain.requests import Opening
from bot.ports import Clock, EditStore, OwnImage
from bot.services.gate import Gate

FORGET_AFTER = timedelta(days=1)
"""Nobody fills in a form for longer, and the pictures' addresses die after about a day."""


class Editing:
    def __init__(self, *, gate: Gate, clock: Clock, edits: EditStore) -> None:
        self._gate = gate
        self._clock = clock
        self._edits = edits

    async def open(self, opening: Opening) -> EditId:
        """Remember what a form was opened on.

        Raises: what `Gate.check` raises, so that nobody describes an edit that cannot be made.
        """
        await self._gate.check(opening.address, 1)
        edit = new_edit_id()
        await self._edits.open(edit, opening, self._clock.now())
        return edit

    async def opened(self, edit: EditId, member: MemberId) -> Opening:
        """Raises: FormGone when nothing was opened under this id, by this member, lately."""
        opening = await self._edits.opened(edit)
        if opening is None or opening.address.member_id != member:
            raise FormGone
        return opening

    async def newest(self, server: ServerId, channel: ChannelId, member: MemberId) -> OwnImage:
        """The member's own newest picture in a channel. Raises: NothingToEdit."""
        image = await self._edits.newest_image(server, channel, member)
        if image is None:
            raise NothingToEdit
        return image
