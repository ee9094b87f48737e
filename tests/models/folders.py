"""Processes that fold in small steps and are killed at random moments."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from random import Random
from subprocess import PIPE

from models.database.connections import connect
from models.volumes import fold

_FOLDED = b"folded\n"


def kill_folders(url: str, times: int, rng: Random) -> None:
    """Let one folder after another begin, and kill each before it is done: after a few steps,
    however long they take here, and some time within the next."""
    command = [sys.executable, "-m", __name__, url]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, bufsize=1) as nursery:
        assert nursery.stdin
        assert nursery.stdout
        for _ in range(times):
            nursery.stdin.write("\n")
            folder = int(nursery.stdout.readline())
            for _ in range(rng.randrange(4)):
                assert nursery.stdout.readline() == _FOLDED.decode()
            time.sleep(rng.uniform(0, 0.02))
            os.kill(folder, signal.SIGKILL)
            while (found := nursery.stdout.readline()) == _FOLDED.decode():
                pass
            assert int(found) == signal.SIGKILL
        nursery.stdin.close()


def raise_folders(url: str) -> None:
    """For each line of input start a folder, and print its process and the signal that ended it."""
    for _ in sys.stdin:
        if not (folder := os.fork()):
            asyncio.run(_fold_all(url))
            os._exit(0)
        sys.stdout.write(f"{folder}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.WTERMSIG(os.waitpid(folder, 0)[1])}\n")
        sys.stdout.flush()


async def _fold_all(url: str) -> None:
    connection = await connect(url)
    while await fold(connection, limit=3):
        os.write(sys.stdout.fileno(), _FOLDED)


if __name__ == "__main__":
    raise_folders(sys.argv[1])
