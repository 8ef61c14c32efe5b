"""The sandbox's inside: a process that reads one file from its input, prepares it and writes the answer.

A line of JSON, then the new file; nothing more when the old one can stay.
"""

import json
import os
import sys
import warnings
from dataclasses import asdict, astuple

from PIL import AvifImagePlugin, Image

from bot.domain.errors import BrokenPicture, ReferenceRefused
from bot.imaging.conversion import MOST_PIXELS, prepared

# Ten times what the largest pictures take; some files are made to take hours.
_MOST_CPU_S = 20
# Where processors are few, members' buttons are answered first.
_BEHIND_THE_BOT = 10


def main() -> None:
    kind, limit_bytes, room_bytes, share = sys.argv[1:]
    _confine(int(room_bytes))
    warnings.simplefilter("ignore")  # of bombs and broken metadata: the pixels are bounded by us, metadata is dropped
    Image.MAX_IMAGE_PIXELS = None  # ours is tighter and names the size
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each would take memory of its own
    line, file = _answer(sys.stdin.buffer.read(), kind, int(limit_bytes), int(share))
    sys.stdout.buffer.write(line.encode() + b"\n" + file)


def _confine(room_bytes: int) -> None:
    """Only Linux counts what is mapped; elsewhere the bounds on pixels have to do."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(_BEHIND_THE_BOT)
    resource.setrlimit(resource.RLIMIT_DATA, (room_bytes, room_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
