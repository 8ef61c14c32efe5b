"""Style directions that members choose from, and how one is found by what somebody typed."""

from bot.domain.styles.catalogue import GROUPS, STYLES
from bot.domain.styles.search import matching_styles, named_style
from bot.domain.styles.style import Group, Style

__all__ = ["GROUPS", "STYLES", "Group", "Style", "matching_styles", "named_style"]
