"""Which way letters run: the implicit rules of Unicode's bidirectional algorithm (UAX #9, revision 50).

Headlines have no characters that set directions, so these rules are all there is to it. python-bidi only turns whole
strings around, which tears emoji apart, and FriBiDi comes in no wheel.
"""

import unicodedata
from collections.abc import Iterator, Sequence

_STRONG = ("L", "R", "AL")
_NEUTRAL = ("B", "S", "WS", "ON")
_NUMBERS = ("EN", "AN")
_PAIRS = (
    "()",
    "[]",
    "{}",
    "⟨⟩",
    "⟦⟧",
    "〈〉",
    "《》",
    "「」",
    "『』",
    "【】",
    "〔〕",
    "〖〗",
    "（）",
    "［］",
    "｛｝",
    "｢｣",
)
_CLOSING = {pair[0]: pair[1] for pair in _PAIRS}


def levels(text: str, *, is_rtl: bool) -> tuple[int, ...]:
    """How deep each character is embedded; odd ones run from right to left."""
    base = "R" if is_rtl else "L"
    # What Python's tables do not know yet, emoji mostly, and formatting are as neutral as symbols.
    kinds = [kind if kind not in ("", "BN") else "ON" for kind in map(unicodedata.bidirectional, text)]
    _resolve_weak(kinds, base)
    _resolve_brackets(text, kinds, base)
    _resolve_neutral(kinds, base)
    return tuple(_level(kind, is_rtl=is_rtl) for kind in kinds)


def _level(kind: str, *, is_rtl: bool) -> int:
    """Rules I1 and I2."""
    if is_rtl:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _resolve_weak(kinds: list[str], base: str) -> None:
    """Rules W1 to W7."""
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[at] = kinds[at - 1] if at else base
    for at, kind in enumerate(kinds):
        if kind == "EN" and _last_strong(kinds, at, base) == "AL":
            kinds[at] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for at in range(1, len(kinds) - 1):
        before, after = kinds[at - 1], kinds[at + 1]
        joins = (kinds[at] == "CS" and before in _NUMBERS) or (kinds[at] == "ES" and before == "EN")
        if joins and before == after:
            kinds[at] = before
    _resolve_terminators(kinds)
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]
    for at, kind in enumerate(kinds):
        if kind == "EN" and _last_strong(kinds, at, base) == "L":
            kinds[at] = "L"


def _resolve_terminators(kinds: list[str]) -> None:
    """Rule W5: signs of currency and percent beside a number belong to it."""
    for row in _rows(kinds, ("ET",)):
        beside = (kinds[row.start - 1] if row.start else "", kinds[row.stop] if row.stop < len(kinds) else "")
        if "EN" in beside:
            kinds[row.start : row.stop] = ["EN"] * len(row)


def _resolve_brackets(text: str, kinds: list[str], base: str) -> None:
    """Rule N0: both brackets of a pair run the same way."""
    for opening, closing in sorted(_bracket_pairs(text, kinds)):
        inside = {_direction(kind) for kind in kinds[opening + 1 : closing]} - {""}
        if not inside:
            continue
        before = next((_direction(kind) for kind in reversed(kinds[:opening]) if _direction(kind)), base)
        kinds[opening] = kinds[closing] = base if base in inside else before


def _bracket_pairs(text: str, kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    open_ones: list[tuple[str, int]] = []
    for at, character in enumerate(text):
        if kinds[at] != "ON":
            continue
        if character in _CLOSING:
            open_ones.append((_CLOSING[character], at))
        for depth in reversed(range(len(open_ones))):
            if open_ones[depth][0] == character:
                yield open_ones[depth][1], at
                del open_ones[depth:]
                break


def _resolve_neutral(kinds: list[str], base: str) -> None:
    """Rules N1 and N2: between letters of one direction what is neutral takes it, else that of the whole."""
    for row in _rows(kinds, _NEUTRAL):
        before = _direction(kinds[row.start - 1]) if row.start else base
        after = _direction(kinds[row.stop]) if row.stop < len(kinds) else base
        kinds[row.start : row.stop] = [before if before == after else base] * len(row)


def _direction(kind: str) -> str:
    """Numbers count as running from right to left; neutral characters have none."""
    return "R" if kind in _NUMBERS else kind if kind in ("L", "R") else ""


def _last_strong(kinds: Sequence[str], at: int, base: str) -> str:
    return next((kind for kind in reversed(kinds[:at]) if kind in _STRONG), base)


def _rows(kinds: Sequence[str], wanted: Sequence[str]) -> Iterator[range]:
    """Where such kinds stand next to each other."""
    start = 0
    while start < len(kinds):
        stop = start
        while stop < len(kinds) and kinds[stop] in wanted:
            stop += 1
        if stop > start:
            yield range(start, stop)
        start = stop + 1
