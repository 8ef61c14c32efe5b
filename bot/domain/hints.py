"""Whether a prompt asks for what the model is known to be weak at: the reason for a hint, never for a refusal.

Source: RunBase's page on GPT Image 1, which advises prompts focused on subject and mood, and says that small or complex
text may take several tries. The numbers are ours.
"""

import re
from enum import StrEnum

COMFORTABLE_CHARACTERS = 1200
_QUOTED_WORDS = 12
_QUOTED_CHARACTERS = 80  # for scripts that put no spaces between words
_QUOTATIONS = 4

_QUOTATION = re.compile(r'"([^"]+)"|“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」')
# Words that hardly ever stand in a prompt unless much has to be written in the picture. A table alone has four legs.
_WRITING = re.compile(
    r"""\b(?:
        paragraphs? | bullet\s points? | lorem\s ipsum | (?:fine|small|tiny)\s (?:print|text|type|lettering)
        | lists?\s of | table\s of | tables?\s with\s (?:\w+\s){0,3}(?:rows|columns) | rows\s and\s columns
        | spreadsheets? | timetables? | periodic\s table | infographics? | flow\s?charts? | crosswords?
        | label(?:s|ed|led|ing|ling)?\s (?:every|each|all) | (?:every|each)\s (?:\w+\s){0,3}label(?:ed|led)
        | captions?\s (?:for|on|under)\s (?:every|each|all)
        | newspaper\s (?:page|article|clipping) | terms\s and\s conditions
        | (?:whole|full|entire)\s (?:text|poem|recipe|lyrics|article)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


class Hint(StrEnum):
    LONG = "long"
    MUCH_TEXT = "much_text"


def hint_for(prompt: str) -> Hint | None:
    """The more particular one where both would fit."""
    if _asks_for_much_text(prompt):
        return Hint.MUCH_TEXT
    return Hint.LONG if len(prompt) > COMFORTABLE_CHARACTERS else None


def _asks_for_much_text(prompt: str) -> bool:
    quotations = ["".join(found) for found in _QUOTATION.findall(prompt)]
    return (
        len(quotations) > _QUOTATIONS
        or sum(len(one.split()) for one in quotations) > _QUOTED_WORDS
        or sum(map(len, quotations)) > _QUOTED_CHARACTERS
        or _WRITING.search(prompt) is not None
    )
