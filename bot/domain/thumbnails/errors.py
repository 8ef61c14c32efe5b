"""What can be wrong with how a thumbnail is to look: more of the family in `bot/domain/errors.py`."""

from dataclasses import dataclass

from bot.domain.errors import Refused


@dataclass(eq=False)
class HeadlineTooLong(Refused):
    length: int
    limit: int


@dataclass(eq=False)
class HeadlineUnlettered(Refused):
    """No font has its letters. `shows` is what else was written for the thumbnail, so that it is not lost."""

    shows: str = ""


@dataclass(eq=False)
class UnknownSize(Refused):
    given: str
    offered: tuple[str, ...]


@dataclass(eq=False)
class UnknownTemplate(Refused):
    given: str
    offered: tuple[str, ...]


@dataclass(eq=False)
class UnknownColour(Refused):
    given: str
