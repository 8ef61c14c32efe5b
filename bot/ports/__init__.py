"""What the services need from the world, as Protocols. Adapters implement them; only `app` knows which."""

from bot.domain.requests import Change
from bot.ports.clock import Clock
from bot.ports.discord import (
    Announcement,
    Answer,
    Finished,
    Membership,
    Noticeboard,
    Outcome,
    Publisher,
    Shown,
    Waiting,
)
from bot.ports.gallery import GalleryStore, PastImage, PostStore
from bot.ports.image_service import NO_RUN, Downloads, Failed, ImageApi, ImageInput, Look, StillRunning, Succeeded
from bot.ports.images import ImageStore, MessageNow, ReportStore, Whereabouts
from bot.ports.journal import RequestJournal
from bot.ports.ledger import Attempt, EditStore, OwnImage, Parcel, Placed, QuotaStore, RequestStore, SettingStore
from bot.ports.moderation import Moderators, Removal, Report, Wall
from bot.ports.pictures import Cell, Composed, Composer, FileStore, Imaging, Lettering, Picture, Prepared, Staged

__all__ = [
    "NO_RUN",
    "Announcement",
    "Answer",
    "Attempt",
    "Cell",
    "Change",
    "Clock",
    "Composed",
    "Composer",
    "Downloads",
    "EditStore",
    "Failed",
    "FileStore",
    "Finished",
    "GalleryStore",
    "ImageApi",
    "ImageInput",
    "ImageStore",
    "Imaging",
    "Lettering",
    "Look",
    "Membership",
    "MessageNow",
    "Moderators",
    "Noticeboard",
    "Outcome",
    "OwnImage",
    "Parcel",
    "PastImage",
    "Picture",
    "Placed",
    "PostStore",
    "Prepared",
    "Publisher",
    "QuotaStore",
    "Removal",
    "Report",
    "ReportStore",
    "RequestJournal",
    "RequestStore",
    "SettingStore",
    "Shown",
    "Staged",
    "StillRunning",
    "Succeeded",
    "Waiting",
    "Wall",
    "Whereabouts",
]
