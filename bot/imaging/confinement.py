"""What a sandboxed process does to itself before it touches a file: little memory, little time, nothing left behind."""

import os
import sys
import warnings

from PIL import Image

# Ten times what the largest pictures take; some files are made to take hours.
_MOST_CPU_S = 20
# Where processors are few, members' buttons are answered first.
_BEHIND_THE_BOT = 10


def confine(room_bytes: int) -> None:
    """Only Linux counts what is mapped; elsewhere the bounds on pixels have to do."""
    warnings.simplefilter("ignore")  # of bombs and broken metadata: the pixels are bounded by us, metadata is dropped
    Image.MAX_IMAGE_PIXELS = None  # ours is tighter and names the size
    if sys.platform == "win32":
        return
    import resource

    os.nice(_BEHIND_THE_BOT)
    resource.setrlimit(resource.RLIMIT_DATA, (room_bytes, room_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
