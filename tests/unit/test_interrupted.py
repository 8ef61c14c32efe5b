"""Ctrl+C before the command line has even loaded: no traceback, and the exit code that shells know."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
INTERRUPTED_WHILE_LOADING = """
import builtins, runpy, sys
load = builtins.__import__

def interrupted(name, *rest, **named):
    if name == "discord":
        raise KeyboardInterrupt
    return load(name, *rest, **named)

builtins.__import__ = interrupted
sys.argv[:] = ["bot", "check"]
runpy.run_module("bot", run_name="__main__")
"""


def test_an_interruption_while_loading_is_quiet(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADING],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
