"""The sandbox's inside: a process that reads one file from its input, prepares it and writes the answer.

A line of JSON, then the new file; nothing more when the old one can stay.
"""

import json
import sys
from dataclasses import asdict, astuple

from PIL import AvifImagePlugin

from bot.domain.errors import BrokenPicture, ReferenceRefused
from bot.imaging.confinement import confine
from bot.imaging.conversion import MOST_PIXELS, prepared


def main() -> None:
    kind, limit_bytes, room_bytes, share = sys.argv[1:]
    confine(int(room_bytes))
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each would take memory of its own
    line, file = _answer(sys.stdin.buffer.read(), kind, int(limit_bytes), int(share))
    sys.stdout.buffer.write(line.encode() + b"\n" + file)


def _answer(content: bytes, kind: str, limit_bytes: int, share: int) -> tuple[str, bytes]:
    """In a half or less of the room, as many pixels as fit there."""
    most_pixels = {kind: MOST_PIXELS[kind] // share}
    try:
        ready = prepared(content, kind, filename="", limit_bytes=limit_bytes, most_pixels=most_pixels)
    except ReferenceRefused as refused:
        return _refusal(refused), b""
    except MemoryError:
        return _refusal(BrokenPicture("")), b""
    file = b"" if ready.content is content else ready.content
    return json.dumps({"change": ready.change, "picture": asdict(ready.picture)}), file


def _refusal(refused: ReferenceRefused) -> str:
    _, *details = astuple(refused)
    return json.dumps({"refused": type(refused).__name__, "details": details})


if __name__ == "__main__":
    main()
