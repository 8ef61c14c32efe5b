"""Part of the composition root: what can be done with pictures that were shown, beyond asking for more of them."""

from dataclasses import dataclass

from bot.client import ImageBot
from bot.config import Config
from bot.domain.ids import ChannelId
from bot.ports import Clock, Downloads, FileStore, Imaging
from bot.services.gallery import Gallery
from bot.services.lineage import Lineage
from bot.services.moderation import Moderation
from bot.services.packing import Packing
from bot.services.posting import Posting
from bot.services.sources import Sources
from bot.services.viewing import Viewing
from bot.storage.gallery import SqliteGalleryStore, SqlitePostStore
from bot.storage.images import SqliteImageStore, SqliteReportStore
from bot.storage.sqlite import SqliteDatabase
from bot.ui.moderators import DiscordModerators
from bot.ui.noticeboard import DiscordNoticeboard
from bot.ui.wall import DiscordWall
from bot.ui.whereabouts import DiscordWhereabouts


@dataclass(frozen=True, slots=True)
class Shown:
    viewing: Viewing
    lineage: Lineage
    moderation: Moderation
    gallery: Gallery
    posting: Posting
    sources: Sources


def open_shown(
    config: Config,
    bot: ImageBot,
    database: SqliteDatabase,
    *,
    clock: Clock,
    downloads: Downloads,
    files: FileStore,
    imaging: Imaging,
) -> Shown:
    images = SqliteImageStore(database)
    viewing = Viewing(images=images)
    whereabouts = DiscordWhereabouts(bot)
    sources = Sources(files=files, imaging=imaging, whereabouts=whereabouts)
    channel = config.discord.report_channel
    return Shown(
        viewing=viewing,
        lineage=Lineage(
            downloads=downloads,
            files=files,
            images=images,
            imaging=imaging,
            sources=sources,
            viewing=viewing,
            whereabouts=whereabouts,
        ),
        moderation=Moderation(
            clock=clock,
            images=images,
            reports=SqliteReportStore(database),
            moderators=DiscordModerators(bot, None if channel is None else ChannelId(channel)),
            viewing=viewing,
            wall=DiscordWall(bot),
        ),
        gallery=Gallery(files=files, gallery=SqliteGalleryStore(database), imaging=imaging),
        posting=Posting(
            clock=clock,
            images=images,
            posts=SqlitePostStore(database),
            packing=Packing(imaging=imaging, files=files),
            board=DiscordNoticeboard(bot),
        ),
        sources=sources,
    )
