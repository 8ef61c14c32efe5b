"""Members' words made safe to show: readable as they were written, unable to format, link, mention or reorder."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
# Discord takes a backslash before any punctuation as "this character, plainly".
_SPECIAL = re.compile(r"([\\*_~`|<>\[\]()#@])|(?<=[a-z])(:)(?=//)", re.IGNORECASE)
_LIST_START = re.compile(r"^(\d*)([-+.])(?=\s)")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
# Invisible and direction-changing characters: controls, zero-width space, bidi marks, embeddings, overrides, isolates,
# BOM, annotations, tags; and halves of surrogate pairs, which are no text at all.
# The joiners U+200C and U+200D stay: Persian and emoji need them.
# Tags are kept where they spell the flag of a part of a country behind a black one.
_INVISIBLE = re.compile(
    "(\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f)"
    "|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MOST_MARKS = 3  # combining marks on one letter; stacks of more climb over the lines around them
_FILE_WORDS = re.compile(r"[a-z0-9]+")
_ARTICLES = frozenset({"a", "an", "the"})
_MOST_FILE_CHARACTERS = 60
_MOST_UPLOADED_CHARACTERS = 100  # of a name that only we show and store
_MOST_FILE_ENDING = 8
_UNSAFE_IN_FILES = re.compile(r"[^A-Za-z0-9-]+")
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d")  # names of devices on Windows


def plain(text: str, *, limit: int) -> str:
    """One line of at most `limit` characters, markdown escaped afterwards, kept apart from the text around it."""
    line = _shorten(_calm(_one_line(text)), limit)
    escaped = _LIST_START.sub(r"\1\\\2", _SPECIAL.sub(lambda found: "\\" + found[0], line))
    return f"{_ISOLATE}{escaped}{_END_ISOLATE}" if _reads_right_to_left(line) else escaped


def alt_text(prompt: str) -> str:
    """What a screen reader says of the picture: at most 1,024 characters, Discord's limit for a description."""
    return _shorten(_one_line(prompt), 1024)


def unformatted(text: str, *, limit: int) -> str:
    """One line of at most `limit` characters for menus and forms, where Discord formats nothing."""
    return _shorten(_one_line(text), limit)


def file_name(prompt: str, extension: str, *, number: int | None = None) -> str:
    """The first words of the prompt as a file name that every system takes, with a number where there are several."""
    parts = [_FILE_WORDS.findall(part) for part in re.split(r"[,.;:!?\n]", _ascii(prompt.casefold()))]
    words = next((words for words in parts if not "".join(words).isdigit() and words), [])
    if words and words[0] in _ARTICLES:
        words = words[1:]
    name = "-".join(words)[:_MOST_FILE_CHARACTERS].rstrip("-")
    if not name or _RESERVED.fullmatch(name):
        name = "picture"
    return f"{name}.{extension}" if number is None else f"{name}-{number}.{extension}"


def uploaded_name(given: str) -> str:
    """What a member called a file: the last part of a path, on one line, with its ending however long it is."""
    name = _one_line(re.split(r"[/\\]", given)[-1])
    stem, dot, ending = name.rpartition(".")
    if len(name) > _MOST_UPLOADED_CHARACTERS and len(ending) < _MOST_FILE_ENDING:
        return f"{_shorten(stem, _MOST_UPLOADED_CHARACTERS - len(dot + ending))}{dot}{ending}"
    return _shorten(name, _MOST_UPLOADED_CHARACTERS) or "picture"


def attached_name(name: str) -> str:
    """A member's file name as one that every system takes; the ending is ours."""
    stem, _, ending = name.rpartition(".")
    safe = _UNSAFE_IN_FILES.sub("_", _ascii(stem)).strip("_-")[:_MOST_FILE_CHARACTERS].rstrip("_-")
    return f"{'picture' if not safe or _RESERVED.fullmatch(safe.casefold()) else safe}.{ending}"


def _ascii(text: str) -> str:
    """Without accents, and without what has none."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", _INVISIBLE.sub(lambda found: found[1] or "", text)).strip()


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip("\u200d ") + "…"


def _calm(text: str) -> str:
    """Without the marks beyond the third on any letter."""
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            marks += 1
        elif category != "Cf":
            marks = 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _reads_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)
