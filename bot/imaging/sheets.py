"""Has sheets drawn in the sandbox: kept pictures were checked when they came, but not by a process this small."""

import json
from collections.abc import Sequence
from dataclasses import replace

from bot.imaging.sandbox import PARTS, Died, Room, TookTooLong, answer_of, room_bytes
from bot.imaging.sheet import MOST_PIXELS
from bot.ports import Cell


def sheet_apart(cells: Sequence[Cell], columns: int, room: Room) -> bytes:
    """Like `sheet.sheet`, at a distance; blocks. A picture that brings the drawing down takes all pictures with it."""
    try:
        return _drawn(cells, columns, room, parts=1) or _drawn(cells, columns, room, parts=PARTS)
    except (Died, TookTooLong):
        return _drawn([replace(cell, content=None) for cell in cells], columns, room, parts=PARTS)


def _drawn(cells: Sequence[Cell], columns: int, room: Room, *, parts: int) -> bytes:
    """Empty where a picture needs more room. Raises: Died, TookTooLong."""
    told = [[cell.label, cell.word, None if cell.content is None else len(cell.content)] for cell in cells]
    line = json.dumps([columns, told]).encode() + b"\n"
    sent = b"".join([line, *(cell.content or b"" for cell in cells)])
    arguments = (str(room_bytes(parts)), str(MOST_PIXELS * parts // PARTS))
    with room.taking(parts):
        return answer_of(room, "bot.imaging.sheet_child", *arguments, sent=sent, about="sheet")
