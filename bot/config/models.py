"""Every setting there is, with its default, its bounds and its reason.

The string below a setting is what an operator reads about it: config.example.toml and docs/configuration.md are made
of these strings (`make docs`).
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.config.values import (
    FilePath,
    Flag,
    HttpUrl,
    Link,
    ListenAddress,
    LongSpan,
    ModelName,
    Number,
    Origins,
    Snowflake,
    Snowflakes,
    Span,
    Wording,
    split_address,
)
from bot.domain.catalogue import DEFAULT_MODEL
from bot.domain.errors import QuotaScope
from bot.domain.quotas import Window

_MOST_WINDOWS = 5  # `/quota` shows them all in one message of 2,000 characters


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class DiscordConfig(Section):
    """Where the bot works, and what it may see there."""

    servers: Snowflakes = ()
    """The servers the bot works in, by their ids. In Discord, switch on Developer Mode under Settings → Advanced, then
    right-click a server → Copy Server ID. Empty means every server that invites the bot, and their members spend your
    money: fill this in unless your bot is private."""

    message_content: Flag = False
    """Whether the bot may see what members write (true or false). With true, members can reply to any picture, mention
    the bot and have that picture edited; without, it sees only what is attached to a message that mentions it. If
    true, switch on the Message Content intent in Discord's developer portal as well, or Discord refuses the
    connection."""

    operator_channel: Snowflake | None = Field(default=None, examples=[123456789012345678])
    """The channel, by its id, in which the bot tells you that pictures are paused (out of credit, keys refused, model
    gone) and that they are made again. It needs View Channels and Send Messages there. The log says the same."""

    report_channel: Snowflake | None = Field(default=None, examples=[123456789012345678])
    """The channel, by its id, to which the bot passes on what members report with Report under More: a link, who
    reports whose picture, and how its prompt begins. It needs View Channels and Send Messages there; let only those in
    who look after the reports. Without it, Report points to the address of about.report, or to the server's
    moderators."""

    cdn_origins: Origins = ("https://cdn.discordapp.com", "https://media.discordapp.net")
    """Where attached pictures may be fetched from. These are Discord's own file servers; only a proxy or a test needs
    others."""


class RunBaseConfig(Section):
    """The service that makes the pictures."""

    base_url: HttpUrl = "https://runbase.net/api/v1"
    """Where RunBase is. Its model pages also name https://api.runbase.net/v1, should the default ever stop
    answering."""

    model: ModelName = DEFAULT_MODEL
    """The model that makes the pictures: "openai/gpt-image-1", "openai/gpt-image-1.5" or "openai/gpt-image-2". They
    differ in price and in the shapes they offer."""

    requests_per_10_s: Annotated[Number, Field(ge=1, le=20)] = 19
    """How many requests the bot makes with each key in any 10 seconds, from 1 to 20: pictures it orders and looks at
    those under way, also across a restart. RunBase allows 20; the one in reserve is for `check`, which makes one
    request with each key and may run beside the bot. Choose less if something else uses the same key."""

    connect_timeout: Span = timedelta(seconds=5)
    """How long to wait for a connection. If none comes about, nothing was ordered and the bot tries again."""

    read_timeout: Span = timedelta(seconds=30)
    """How long to wait for an answer once connected. An order whose answer never comes may have cost money: it is not
    repeated, so do not be hasty here."""

    give_up_after: Span = timedelta(minutes=10)
    """After how long a picture counts as too late. The member gets the quota back; the picture is still posted if it
    comes."""


class StorageConfig(Section):
    """What the bot keeps on disk, and for how long."""

    path: FilePath = Path("data/easel.sqlite3")
    """The database file, seen from the folder the bot is started in. Pictures still in use lie in the folder "files"
    beside it. What is missing is made. Keep both on a disk that survives restarts."""

    keep_images: Span = timedelta(days=1)
    """How long a copy of each picture stays on disk after it was delivered. Longer takes more space, about 2 MB a
    picture."""

    keep_prompts: Span = timedelta(days=30)
    """How long prompts and what there is about references (file names, addresses) stay in the database after the
    member was shown the outcome. A month is enough to look into a complaint; after that /history shows the request
    without its words, and nobody can ask for it once more."""

    keep_requests: LongSpan = timedelta(days=366)
    """How long a finished request stays in the database at all, from 1 to 366 days. A year of them is what `report`
    adds up; shorter spans take less space, about 2 KB a request. Pictures whose request goes first go with it. Quota
    is counted as long as it has to be, whatever stands here."""

    @property
    def files(self) -> Path:
        """The folder of pictures and references."""
        return self.path.parent / "files"

    @property
    def requests(self) -> Path:
        """The journal of what was asked of RunBase within the last seconds."""
        return self.path.with_name(f"{self.path.name}.requests")


class Allowance(Section):
    """At most `images` in any stretch of time that is `per` long."""

    images: Annotated[Number, Field(ge=0, le=1_000_000)]
    per: Span


def _one_per_span(allowances: tuple[Allowance, ...]) -> tuple[Allowance, ...]:
    if len({one.per for one in allowances}) < len(allowances):
        raise ValueError("expected different spans in one list")
    if len(allowances) > _MOST_WINDOWS:
        raise ValueError(f"expected at most {_MOST_WINDOWS} entries")
    return allowances


Allowances = Annotated[
    tuple[Allowance, ...],
    AfterValidator(_one_per_span),
    Wording(f"list of up to {_MOST_WINDOWS} pairs of `images` (whole number) and `per` (span of time)"),
]


class QuotaConfig(Section):
    """How many pictures may be made in any stretch of time; all of these hold at once. "1h" is the last 60 minutes,
    not the hour on the clock. Pictures that fail are not counted. An empty list, [], means no limit of that kind;
    0 images means none at all.
    """

    member: Allowances = (
        Allowance(images=5, per=timedelta(hours=1)),
        Allowance(images=20, per=timedelta(days=1)),
    )
    """For each member of a server, so that nobody gets more than their share."""

    server: Allowances = ()
    """For each server together, for example [{ images = 200, per = "1d" }]."""

    everyone: Allowances = Field(default=(Allowance(images=1000, per=timedelta(days=1)),), alias="global")
    """For everyone on all servers together. This bounds what you spend: with GPT Image 1 at $0.05 a picture, 1000 a
    day are at most $50 a day."""

    def windows(self) -> tuple[Window, ...]:
        scopes = (
            (QuotaScope.MEMBER, self.member),
            (QuotaScope.SERVER, self.server),
            (QuotaScope.GLOBAL, self.everyone),
        )
        return tuple(Window(scope, one.images, one.per) for scope, allowances in scopes for one in allowances)


class QueueConfig(Section):
    """The requests that wait for their turn."""

    length: Annotated[Number, Field(ge=1, le=1_000_000)] = 1000
    """How many pictures may wait to be made at the same time. Beyond that, members are asked to try again later, since
    nobody waits for hours."""

    in_flight: Annotated[Number, Field(ge=1, le=1000)] = 4
    """How many pictures of one member may be made at the same time while others wait. When nobody else waits, a member
    may have all of them. Servers and members take turns in any case."""

    shutdown_grace: Span = timedelta(seconds=40)
    """How long a bot that is told to stop waits for all that is under way: commands that are just being taken, requests
    to RunBase, posts to Discord. Nothing new is sent, and mostly it takes a second or two. What is cut off is looked
    after at the next start, but a picture whose order was cut off may be paid for in vain: leave RunBase the time of
    `runbase.connect_timeout` and `runbase.read_timeout`. Closing takes ten seconds more at most, whatever hangs; what
    stops the bot has to wait for both."""


class MetricsConfig(Section):
    """What machines may watch the bot by: /metrics for Prometheus, and /healthz, which answers 200 while all is well
    and 503 when Discord is not connected, the database cannot be written, or no key is usable.
    """

    listen: ListenAddress | None = Field(default=None, examples=["127.0.0.1:9464"])
    """Host and port to answer on; closed without one. Neither page shows secrets, prompts or members, but whoever
    reaches them sees what you spend: keep to 127.0.0.1, or to a network of your own. `python -m bot health` asks
    here. Port 0 takes a free one, which the log names."""

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port."""
        return None if self.listen is None else split_address(self.listen)


class AboutConfig(Section):
    """What /about links to. Without an address there is no link. Each begins with https:// or http:// and has at most
    200 characters.
    """

    website: Link | None = Field(default=None, examples=["https://example.org"])
    """Where people learn more about your bot."""

    privacy: Link | None = Field(default=None, examples=["https://example.org/privacy"])
    """What you store and how people have it deleted. Discord expects every bot to have such a page."""

    report: Link | None = Field(default=None, examples=["https://example.org/report"])
    """Where people report a picture. Without it, /about sends them to the moderators of their server."""


class Config(Section):
    """Everything but the secrets."""

    discord: DiscordConfig = DiscordConfig()
    runbase: RunBaseConfig = RunBaseConfig()
    storage: StorageConfig = StorageConfig()
    quota: QuotaConfig = QuotaConfig()
    queue: QueueConfig = QueueConfig()
    metrics: MetricsConfig = MetricsConfig()
    about: AboutConfig = AboutConfig()


def sections() -> Mapping[str, type[Section]]:
    kinds = {name: field.annotation for name, field in Config.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Section)}
