"""`python unprivileged.py command…` runs a command that files' permissions hold for, root or not.

Root writes what nobody may write by capabilities, and a process may give those up for itself and all it starts.
"""

import ctypes
import os
import sys

_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def give_up_privileges() -> None:
    """Without new privileges, root gets none back by starting a program."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, none = _Header(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.capset(ctypes.byref(header), none):
        raise OSError(ctypes.get_errno(), "privileges could not be given up")


if __name__ == "__main__":
    give_up_privileges()
    os.execvp(sys.argv[1], sys.argv[1:])
