"""A server with a board for thumbnails: who manages, moderates, asks and votes there, and what its cards show."""

from collections.abc import Iterator
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.ui.pictures import components_of
from tests.scenarios.panels import a_moderator
from tests.scenarios.studio import Studio, shown

FORM = {
    "platforms": ["youtube"],
    "style": ["none"],
    "headline": "Fort at night",
    "shows": "a small wooden fort in a storm",
}


class BoardTalk:
    """Members of a studio at its board."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.world = studio.world
        # Files are composed while a command waits: real work, which takes long on a busy machine.
        self.world.env.settle_timeout = 60.0
        self.alice, self.bob = studio.alice, studio.bob
        self.mo = a_moderator(studio)
        self.manager = a_manager(studio)
        self.channel: ChannelHandle = studio.server.create_text_channel("thumbnails")

    # What people do

    async def set_up(self, **options: Any) -> InteractionResult:
        given = {"channel": self.channel, "approval": "moderators", **options}
        return await self.manager.slash(self.studio.channel, "thumbnail setup", **given)

    async def command(self, name: str, member: MemberActor | None = None, **options: Any) -> InteractionResult:
        return await (member or self.alice).slash(self.studio.channel, f"thumbnail {name}", **options)

    async def form(self, member: MemberActor | None = None, **options: Any) -> InteractionResult:
        return await self.command("request", member, **options)

    async def ask(self, member: MemberActor | None = None, **filled_in: Any) -> InteractionResult:
        opened = await self.form(member)
        assert opened.modal is not None, shown(opened).content
        return await (member or self.alice).submit_modal(opened, {**FORM, **filled_in})

    async def asked(self, **filled_in: Any) -> discord.Message:
        """A card on the board."""
        before = len(self.cards())
        await self.ask(**filled_in)
        await self.world.until(lambda: len(self.cards()) > before)
        return self.cards()[-1]

    async def press(self, label: str, member: MemberActor | None = None) -> str:
        """Press a button of the newest card; what the member is told."""
        return str(shown(await (member or self.mo).click(self.card, label=label)).content)

    async def decline(self, reason: str = "") -> str:
        form = await self.mo.click(self.card, label="Decline")
        return str(shown(await self.mo.submit_modal(form, {"reason": reason})).content)

    async def voting(self, **filled_in: Any) -> discord.Message:
        """A card with candidates that are voted on."""
        await self.asked(**filled_in)
        await self.press("Approve")
        await self.until("Voting")
        return self.card

    async def vote(self, number: int, member: MemberActor | None = None) -> str:
        label = next(one for one in self.buttons() if one.startswith(f"{number} · "))
        return await self.press(label, member or self.bob)

    async def until(self, words: str) -> None:
        await self.world.until(lambda: self.cards() and words in self.text())

    # What is to be seen

    def cards(self) -> list[discord.Message]:
        found = (one for one in self.channel.history() if one.flags.components_v2)
        return sorted(found, key=lambda one: one.id)

    @property
    def card(self) -> discord.Message:
        return self.cards()[-1]

    def text(self, message: discord.Message | None = None) -> str:
        return text_of(message or self.card)

    def buttons(self, message: discord.Message | None = None) -> list[str]:
        return labels_of(message or self.card)

    def pictures(self) -> list[tuple[str, bytes]]:
        """On the newest card, with their alt text."""
        found = [part for part in parts(self.card) if isinstance(part, discord.components.MediaGalleryComponent)]
        return [
            (item.description or "", self.world.cdn.read(item.media.url)) for gallery in found for item in gallery.items
        ]

    def room(self) -> list[discord.Message]:
        """Everything that is posted about the newest card, the oldest first."""
        thread = next((one for one in self.channel.threads if one.id == self.card.id), None)
        return self.posted() if thread is None else thread.history()

    def posted(self) -> list[discord.Message]:
        """In the channel itself, but for the cards."""
        return [one for one in self.channel.history() if not one.flags.components_v2]

    def files(self) -> list[discord.Attachment]:
        """Of the winner, as they are posted."""
        return [file for one in self.room() if labels_of(one) == ["Details"] for file in one.attachments]

    def content(self, file: discord.Attachment) -> bytes:
        return self.world.cdn.read(file.url)

    def first_lines(self) -> list[str]:
        """Of everything that is posted about the newest card."""
        return [one.content.partition("\n")[0] for one in self.room()]

    async def details(self, member: MemberActor) -> str:
        return text_of(shown(await member.click(self.card, label="Details")).message)

    def state(self) -> str:
        (state,) = self.studio._rows("SELECT state FROM thumbnails ORDER BY number DESC LIMIT 1")[0]
        return str(state)


def a_manager(studio: Studio, name: str = "max") -> MemberActor:
    role = studio.server.create_role(f"managers {name}", permissions=discord.Permissions(manage_guild=True))
    return studio.server.add_member(studio.world.env.create_user(name), roles=[role])


def parts(message: discord.Message) -> Iterator[Any]:
    """Every component, wherever it is nested."""
    waiting = list(components_of(message))
    while waiting:
        part = waiting.pop(0)
        yield part
        waiting[:0] = getattr(part, "children", ())


def text_of(message: discord.Message) -> str:
    return "\n".join(part.content for part in parts(message) if isinstance(part, discord.components.TextDisplay))


def labels_of(message: discord.Message) -> list[str]:
    return [part.label or "" for part in parts(message) if isinstance(part, discord.components.Button)]
