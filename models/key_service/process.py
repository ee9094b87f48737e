"""Runs a key service as a process of its own, which imports nothing of gateways or databases."""

import argparse
import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from models.key_service.interface import KeyServiceError
from models.key_service.local import LocalKeyService
from models.key_service.serving import Ceiling, serving_keys
from models.postgres.guardian import end_with_parent

#: Data keys that are opened a minute, at most.
UNWRAPS_A_MINUTE = 6_000
_READY = "ready"


async def serve_keys(
    file: Path, socket: Path, second: Path | None = None, unwraps: int = UNWRAPS_A_MINUTE
) -> None:
    """Serve the keys of a file on a socket until a signal ends it.

    ``second`` is the file of the second copy of the data keys. Raises KeyServiceError.
    """
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    keys = LocalKeyService.open(file, second)
    async with serving_keys(keys, socket, Ceiling(unwraps)):
        sys.stdout.write(f"{_READY}\n")
        sys.stdout.flush()
        await stop.wait()


@contextlib.contextmanager
def running_keys(
    file: Path, socket: Path, unwraps: int = UNWRAPS_A_MINUTE
) -> Iterator[subprocess.Popen[str]]:
    """Run the process while the context is open; it ends with this one.

    Raises KeyServiceError if it does not start.
    """
    command = [sys.executable, "-m", "models.key_service", str(file), str(socket)]
    process = subprocess.Popen(
        [*command, "--unwraps", str(unwraps)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(),
    )
    try:
        assert process.stdout
        if process.stdout.readline().strip() != _READY:
            raise KeyServiceError("the key service did not start: see what it wrote above")
        yield process
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """`python -m models.key_service FILE SOCKET`."""
    options = argparse.ArgumentParser(prog="python -m models.key_service")
    options.add_argument("file", type=Path)
    options.add_argument("socket", type=Path)
    options.add_argument("--second", type=Path)
    options.add_argument("--unwraps", type=int, default=UNWRAPS_A_MINUTE)
    given = options.parse_args()
    try:
        asyncio.run(serve_keys(given.file, given.socket, given.second, given.unwraps))
    except KeyServiceError as error:
        sys.exit(f"key service: {error}")
