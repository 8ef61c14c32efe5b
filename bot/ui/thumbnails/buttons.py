"""The buttons of a thumbnail. Who may press what is asked anew with every press, and answered in private.

Custom ids: `v1:thumbnail:action:{thumbnail}`, with `:{candidate}` behind it where it is about one.
"""

import re
from typing import Any, Self

import discord

from bot.client import ImageBot
from bot.domain.thumbnails.ids import ThumbnailId
from bot.domain.thumbnails.thumbnails import MOST_CANDIDATES, MOST_MORE
from bot.ui.doors import EaselButton
from bot.ui.thumbnails.answers import ORDERED, approved, card_to_change, closed, told, voted, withdraw
from bot.ui.thumbnails.modals import change_modal, decline_modal
from bot.ui.thumbnails.people import person_of

ID = r"(?P<thumbnail>[\w-]{16})"
_OF_ONE = rf"{ID}:(?P<candidate>\d{{1,4}})"


class ThumbnailButton(EaselButton, template=r"v1:thumbnail:(?!)"):
    """Carries the id of a thumbnail."""

    label: str
    action: str
    style = discord.ButtonStyle.secondary

    def __init__(self, thumbnail: ThumbnailId) -> None:
        custom_id = f"v1:thumbnail:{self.action}:{thumbnail}"
        super().__init__(discord.ui.Button(label=self.label, custom_id=custom_id, style=self.style))
        self.thumbnail = thumbnail

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(ThumbnailId(match["thumbnail"]))


class CandidateButton(EaselButton, template=r"v1:thumbnail:(?!)"):
    """Carries the id of a thumbnail and the number of a candidate."""

    action: str
    style = discord.ButtonStyle.secondary

    def __init__(self, thumbnail: ThumbnailId, candidate: int, label: str | None = None) -> None:
        custom_id = f"v1:thumbnail:{self.action}:{thumbnail}:{candidate}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label or str(candidate), custom_id=custom_id, style=self.style
        )
        super().__init__(button)
        self.thumbnail, self.candidate = thumbnail, candidate

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(ThumbnailId(match["thumbnail"]), int(match["candidate"]))


class ApproveButton(ThumbnailButton, template=rf"v1:thumbnail:approve:{ID}"):
    """For moderators: its pictures are ordered."""

    label = "Approve"
    action = "approve"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        approving = interaction.client.services.thumbnails.approving
        person = await person_of(interaction)
        found = await approving.approve(self.thumbnail, person)
        await told(interaction, approved(found, to=person.member))


class DeclineButton(ThumbnailButton, template=rf"v1:thumbnail:decline:{ID}"):
    """For moderators: opens the form in which they may say why."""

    label = "Decline"
    action = "decline"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        approving = interaction.client.services.thumbnails.approving
        found = await approving.to_decline(self.thumbnail, await person_of(interaction))
        await interaction.response.send_modal(decline_modal(found))


class WithdrawButton(ThumbnailButton, template=rf"v1:thumbnail:withdraw:{ID}"):
    """For the requester and moderators: what is still in line is called off."""

    label = "Withdraw"
    action = "withdraw"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        await withdraw(interaction, self.thumbnail)


class MakeButton(ThumbnailButton, template=rf"v1:thumbnail:make:{ID}"):
    """For the requester and moderators: the first round, where it could not be ordered, or came to nothing."""

    label = "Make candidates"
    action = "make"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        making = interaction.client.services.thumbnails.making
        await making.make(self.thumbnail, await person_of(interaction))
        await told(interaction, ORDERED)


class MoreCandidatesButton(ThumbnailButton, template=rf"v1:thumbnail:more:{ID}"):
    """For the requester and moderators: another round from the same wish."""

    label = "More candidates"
    action = "more"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        services, person = interaction.client.services.thumbnails, await person_of(interaction)
        card = (await services.listing.show(self.thumbnail, person.server)).card
        room = MOST_CANDIDATES - len(card.candidates) - card.making
        await services.making.more(self.thumbnail, person, pictures=max(1, min(MOST_MORE, room)))
        await told(interaction, ORDERED)


class ChangeButton(ThumbnailButton, template=rf"v1:thumbnail:change:{ID}"):
    """For the requester and moderators: opens the form in which one candidate becomes another."""

    label = "Edit candidate…"
    action = "change"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        card = await card_to_change(interaction, self.thumbnail)
        await interaction.response.send_modal(change_modal(card))


class OpenVoteButton(ThumbnailButton, template=rf"v1:thumbnail:open:{ID}"):
    """For the requester and moderators: a vote on what members entered."""

    label = "Vote on these"
    action = "open"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        voting = interaction.client.services.thumbnails.voting
        await voting.open(self.thumbnail, await person_of(interaction))
        await told(interaction, "The vote is open. The card shows its buttons in a moment.")


class CloseVoteButton(ThumbnailButton, template=rf"v1:thumbnail:close:{ID}"):
    """For the requester and moderators: from now on no vote counts."""

    label = "Close voting"
    action = "close"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        voting = interaction.client.services.thumbnails.voting
        found = await voting.close(self.thumbnail, await person_of(interaction))
        await told(interaction, closed(found))


class VoteButton(CandidateButton, template=rf"v1:thumbnail:vote:{_OF_ONE}"):
    """Counts the presser's one vote for this candidate."""

    action = "vote"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        voting = interaction.client.services.thumbnails.voting
        ballot = await voting.cast(self.thumbnail, await person_of(interaction), self.candidate)
        await told(interaction, voted(ballot))


class ChooseButton(CandidateButton, template=rf"v1:thumbnail:choose:{_OF_ONE}"):
    """For the requester, where the votes name no winner."""

    action = "choose"
    style = discord.ButtonStyle.primary

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        voting = interaction.client.services.thumbnails.voting
        await voting.choose(self.thumbnail, await person_of(interaction), self.candidate)
        await told(interaction, f"Candidate {self.candidate} wins. Its files are posted in a moment.")


class RemoveButton(CandidateButton, template=rf"v1:thumbnail:remove:{_OF_ONE}"):
    """For moderators, and for whoever entered it."""

    action = "remove"

    async def press(self, interaction: discord.Interaction[ImageBot]) -> None:
        entries = interaction.client.services.thumbnails.entries
        await entries.remove(self.thumbnail, await person_of(interaction), self.candidate)
        await told(interaction, f"Candidate {self.candidate} is taken away, with the votes for it.")


PRESSABLE: tuple[type[EaselButton], ...] = (
    ApproveButton,
    DeclineButton,
    WithdrawButton,
    MakeButton,
    MoreCandidatesButton,
    ChangeButton,
    OpenVoteButton,
    CloseVoteButton,
    VoteButton,
    ChooseButton,
    RemoveButton,
)
