"""A gateway in a process of its own, and the question that it answers."""

import asyncio
import json
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import psutil

_START_SECONDS = 60
_STOP_SECONDS = 20


@dataclass(frozen=True)
class Contender:
    """A gateway that listens on a port of this machine."""

    name: str
    port: int
    process: psutil.Process
    document: str
    token: str = ""

    @property
    def request(self) -> bytes:
        """The question as an HTTP request."""
        body = json.dumps({"query": self.document}).encode()
        lines = [
            "POST /graphql HTTP/1.1",
            f"host: 127.0.0.1:{self.port}",
            "content-type: application/json",
            "accept: application/graphql-response+json",
            f"content-length: {len(body)}",
            *([f"authorization: Bearer {self.token}"] if self.token else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def asking(self, name: str, document: str) -> "Contender":
        """The same process with another question."""
        return replace(self, name=name, document=document)


@asynccontextmanager
async def running(
    command: Sequence[str | Path], port: int, environment: Mapping[str, str], folder: Path
) -> AsyncIterator[psutil.Process]:
    """Start a process, and wait until it listens on the port.

    Raises RuntimeError with its output if it does not.
    """
    with tempfile.TemporaryFile("w+") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            if not await _listens(port, process):
                output.seek(0)
                raise RuntimeError(f"{command[0]} did not start:\n{output.read()}")
            yield psutil.Process(process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)


async def _listens(port: int, process: asyncio.subprocess.Process) -> bool:
    end = monotonic() + _START_SECONDS
    while process.returncode is None and monotonic() < end:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return True
    return False
