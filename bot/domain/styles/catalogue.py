"""The catalogue of styles, as data: each a sentence that goes to the model behind the member's own words.

A new style needs an entry in `drawn.py`, `printed.py` or `seen.py`, and `make docs`. An id is stored with requests, so
none is ever changed or taken away.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.styles.drawn import DRAWN
from bot.domain.styles.printed import PRINTED
from bot.domain.styles.seen import SEEN
from bot.domain.styles.style import Group, Style

_STYLES = (*DRAWN, *PRINTED, *SEEN)

STYLES: Mapping[str, Style] = MappingProxyType({style.id: style for style in _STYLES})
GROUPS: Mapping[Group, tuple[Style, ...]] = MappingProxyType(
    {group: tuple(style for style in _STYLES if style.group is group) for group in Group}
)
