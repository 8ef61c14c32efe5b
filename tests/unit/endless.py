"""A module for the sandbox that tells its process's number to the file it is given, and never answers."""

import os
import sys
import threading
from pathlib import Path

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(str(os.getpid()), encoding="ascii")
    threading.Event().wait()
