"""The sandbox's inside for sheets: a process that reads labels and pictures from its input and writes one sheet.

A line of JSON, then the pictures one after the other. The answer is empty where a picture needs more room.
"""

import json
import sys
from collections.abc import Iterator
from typing import BinaryIO

from bot.imaging.confinement import confine
from bot.imaging.sheet import TooLarge, sheet
from bot.ports import Cell


def main() -> None:
    room_bytes, most_pixels = map(int, sys.argv[1:])
    confine(room_bytes)
    columns, told = json.loads(sys.stdin.buffer.readline())
    cells = _cells(told, sys.stdin.buffer)
    try:
        sys.stdout.buffer.write(sheet(cells, len(told), columns=columns, most_pixels=most_pixels))
    except TooLarge:
        return


def _cells(told: list[tuple[str, str, int | None]], pictures: BinaryIO) -> Iterator[Cell]:
    for label, word, size_bytes in told:
        yield Cell(label, None if size_bytes is None else pictures.read(size_bytes), word)


if __name__ == "__main__":
    main()
