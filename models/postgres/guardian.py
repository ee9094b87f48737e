"""Runs one server, and stops it when the process that started the guardian ends for any reason.

Called as a program: guardian.py LOCK_FD UID GID COMMAND…, with standard input a pipe from the
starter. End of file on that pipe is the signal to stop: the kernel closes it even on kill -9.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

POLITE, URGENT = 30, 5  # seconds until a fast shutdown becomes an immediate one, and then a kill


def main(lock: str, uid: str, gid: str, *command: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    alive, server_end = os.pipe()
    rights: dict[str, Any] = {}
    if int(uid) != os.geteuid():
        rights = {"user": int(uid), "group": int(gid), "extra_groups": []}
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        # All server processes inherit both, so the lock is released and the pipe reaches end of
        # file exactly when the last of them exits.
        pass_fds=(int(lock), server_end),
        preexec_fn=end_with_parent(),
        **rights,
    )
    os.close(server_end)
    try:
        select.select([sys.stdin, alive], [], [])
    finally:
        stop(server)


def end_with_parent() -> Callable[[], object] | None:
    """A `preexec_fn` that makes Linux stop the child when its parent dies, even by kill -9.

    Everything is loaded before the fork, since the child's account may not be able to read our
    Python.
    """
    if sys.platform != "linux":
        return None
    set_parent_death_signal = 1
    return partial(ctypes.CDLL(None).prctl, set_parent_death_signal, signal.SIGINT)


def stop(server: subprocess.Popen[Any]) -> None:
    for order, patience in ((signal.SIGINT, POLITE), (signal.SIGQUIT, URGENT)):
        server.send_signal(order)
        try:
            server.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue
    server.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
