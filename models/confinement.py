"""Keeps what a process holds in memory from others of its user, and from its disk."""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """From now on this process leaves no core dump, and on Linux nobody but root attaches to it or
    reads its memory: it opens people, and holds keys."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
