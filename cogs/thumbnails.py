"""`/thumbnail`: asking a community for a thumbnail, and everything that is done with one by command."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ImageBot
from bot.domain.thumbnails.boards import MOST_OPEN_EACH
from bot.domain.thumbnails.headlines import LONGEST_HEADLINE
from bot.domain.thumbnails.sizes import SIZES
from bot.domain.thumbnails.thumbnails import DEFAULT_PICTURES, FEWEST_PICTURES, MOST_PICTURES
from bot.ui.thumbnails import answers, asking, handing
from bot.ui.thumbnails.details import show_story
from bot.ui.thumbnails.naming import complete_any, complete_open, named
from bot.ui.thumbnails.setting import APPROVALS, SPANS, TEMPLATE_CHOICES, Settings, set_up

_SIZES = [app_commands.Choice(name=str(size), value=size.key) for size in SIZES.values()]
_Headline = app_commands.Range[str, 1, LONGEST_HEADLINE]


@app_commands.guild_only()
class Thumbnails(
    commands.GroupCog, group_name="thumbnail", group_description="Thumbnails that a community asks for and votes on"
):
    def __init__(self, bot: ImageBot) -> None:
        self.bot = bot

    @app_commands.command(name="request")
    @app_commands.describe(
        candidates="How many pictures to choose from, each counted on your quota; three unless you choose otherwise",
        template="How the headline stands on the picture; as this server has it unless you choose",
    )
    @app_commands.choices(template=TEMPLATE_CHOICES)
    async def ask(
        self,
        interaction: discord.Interaction[ImageBot],
        candidates: app_commands.Range[int, FEWEST_PICTURES, MOST_PICTURES] = DEFAULT_PICTURES,
        template: str = "",
    ) -> None:
        """Ask for a thumbnail that everybody here can vote on"""
        await asking.open_form(interaction, pictures=candidates, template=template)

    @app_commands.command(name="list")
    @app_commands.describe(mine="Only yours", ended="Also those that are done, declined, withdrawn or expired")
    async def list_all(
        self, interaction: discord.Interaction[ImageBot], mine: bool = False, ended: bool = False
    ) -> None:
        """See the thumbnails of this server"""
        await answers.show_list(interaction, mine=mine, ended=ended)

    @app_commands.command()
    @app_commands.describe(thumbnail="Its number, as its card shows it")
    @app_commands.autocomplete(thumbnail=complete_any)
    async def show(self, interaction: discord.Interaction[ImageBot], thumbnail: str) -> None:
        """See everything about a thumbnail: its wish, its candidates, who did what"""
        await show_story(interaction, (await named(interaction, thumbnail)).id)

    @app_commands.command()
    @app_commands.describe(thumbnail="Its number, as its card shows it")
    @app_commands.autocomplete(thumbnail=complete_open)
    async def withdraw(self, interaction: discord.Interaction[ImageBot], thumbnail: str) -> None:
        """Take back what you asked for"""
        await answers.withdraw(interaction, (await named(interaction, thumbnail)).id)

    @app_commands.command()
    @app_commands.describe(thumbnail="Its number, as its card shows it", picture="Your own picture; it costs no quota")
    @app_commands.autocomplete(thumbnail=complete_open)
    async def enter(
        self, interaction: discord.Interaction[ImageBot], thumbnail: str, picture: discord.Attachment
    ) -> None:
        """Enter a picture of your own as a candidate"""
        await handing.enter(interaction, thumbnail, picture)

    @app_commands.command()
    @app_commands.describe(
        thumbnail="Its number, as its card shows it",
        candidate="The number of the candidate; the winner unless you choose another",
        size="The size; those that were asked for unless you choose",
        size2="Another size",
        size3="Another size",
    )
    @app_commands.choices(size=_SIZES, size2=_SIZES, size3=_SIZES)
    @app_commands.autocomplete(thumbnail=complete_any)
    async def export(
        self,
        interaction: discord.Interaction[ImageBot],
        thumbnail: str,
        candidate: app_commands.Range[int, 1, 9999] | None = None,
        size: str | None = None,
        size2: str | None = None,
        size3: str | None = None,
    ) -> None:
        """Get the files of a candidate in any size, without using quota"""
        await handing.export(interaction, thumbnail, candidate, (size, size2, size3))

    @app_commands.command()
    @app_commands.describe(
        thumbnail="Its number, as its card shows it",
        text="The new headline; as before unless you write one",
        template="How it stands on the picture; as before unless you choose",
        remove="Take the headline away",
    )
    @app_commands.choices(template=TEMPLATE_CHOICES)
    @app_commands.autocomplete(thumbnail=complete_any)
    async def headline(
        self,
        interaction: discord.Interaction[ImageBot],
        thumbnail: str,
        text: _Headline | None = None,
        template: str | None = None,
        remove: bool = False,
    ) -> None:
        """Letter a thumbnail anew, without using quota"""
        await handing.reletter(interaction, thumbnail, text, template, remove=remove)

    @app_commands.command()
    @app_commands.describe(
        channel="Where the cards appear",
        approval="Who lets a member's quota be spent",
        voters="The role that votes; @everyone for everybody",
        vote="How long a vote takes",
        entries="Whether members may enter pictures of their own",
        template="How headlines stand on pictures, unless somebody chooses otherwise",
        accent="A colour such as #ffd400, for cards and headlines",
        open_each="How many thumbnails a member can have open at once",
    )
    @app_commands.choices(vote=SPANS)
    @app_commands.choices(approval=APPROVALS, template=TEMPLATE_CHOICES)
    async def setup(
        self,
        interaction: discord.Interaction[ImageBot],
        channel: discord.TextChannel | None = None,
        approval: str | None = None,
        voters: discord.Role | None = None,
        vote: int | None = None,
        entries: bool | None = None,
        template: str | None = None,
        accent: str | None = None,
        open_each: app_commands.Range[int, 1, MOST_OPEN_EACH] | None = None,
    ) -> None:
        """For managers: where thumbnails appear, who approves, who votes; without options, how it is set up"""
        given = Settings(channel, approval, voters, vote, entries, template, accent, open_each)
        await set_up(interaction, given)


async def setup(bot: ImageBot) -> None:
    await bot.add_cog(Thumbnails(bot))
