"""What a member asked and where, as it goes on: the live record from which the evidence is gathered."""

from dataclasses import dataclass, field

from tests.chaos.evidence import Rung
from tests.chaos.plan import PlannedAsk
from tests.standin.discord import Channel, Interaction, Member, SeenMessage


@dataclass
class Asked:
    """`interactions` are the one that asked and those that asked for the same again; a mention has a message instead.

    `is_excused`: nobody has to be told any more. `is_hidden`: the bot cannot see its channel.
    """

    planned: PlannedAsk
    member: Member
    channel: Channel
    is_private: bool
    interactions: list[Interaction] = field(default_factory=list)
    message: SeenMessage | None = None
    images: int = 1
    open_rungs: frozenset[Rung] = frozenset()
    is_excused: bool = False
    is_hidden: bool = False

    @property
    def first(self) -> Interaction | None:
        return self.interactions[0] if self.interactions else None

    @property
    def acknowledged(self) -> list[Interaction]:
        return [one for one in self.interactions if one.acknowledged]
