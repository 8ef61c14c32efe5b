"""What the services need from the world, as Protocols. Adapters implement them; only `app` knows which."""

from bot.domain.requests import Change
from bot.ports.clock import Clock
from bot.ports.discord import Answer, Finished, Membership, Outcome, Publisher, Waiting
from bot.ports.image_service import Downloads, Failed, ImageApi, ImageInput, Look, StillRunning, Succeeded
from bot.ports.ledger import Attempt, EditStore, OwnImage, Parcel, Past, Placed, QuotaStore, RequestStore, SettingStore
from bot.ports.pictures import FileStore, Imaging, Picture, Prepared, Staged

__all__ = [
    "Answer",
    "Attempt",
    "Change",
    "Clock",
    "Downloads",
    "EditStore",
    "Failed",
    "FileStore",
    "Finished",
    "ImageApi",
    "ImageInput",
    "Imaging",
    "Look",
    "Membership",
    "Outcome",
    "OwnImage",
    "Parcel",
    "Past",
    "Picture",
    "Placed",
    "Prepared",
    "Publisher",
    "QuotaStore",
    "RequestStore",
    "SettingStore",
    "Staged",
    "StillRunning",
    "Succeeded",
    "Waiting",
]
