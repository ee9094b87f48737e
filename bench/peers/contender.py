"""A gateway in processes of its own, and the requests that it is sent."""

import asyncio
import json
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import psutil

from bench.peers.questions import Question

_START_SECONDS = 90
_STOP_SECONDS = 20


@dataclass(frozen=True)
class Contender:
    """A gateway that listens on ports of this machine, one for each of its processes."""

    name: str
    #: The grammar in which it is asked.
    grammar: str
    ports: Sequence[int]
    processes: Sequence[psutil.Process]
    #: The tokens of the viewers; none where it knows no viewers.
    tokens: Mapping[str, str] = field(default_factory=dict)
    #: The questions that it cannot answer although they are written in its grammar.
    cannot: frozenset[str] = frozenset()

    def answers(self, question: Question) -> bool:
        return self.grammar in question.documents and question.name not in self.cannot

    def request(self, question: Question, variables: Mapping[str, Any]) -> bytes:
        """A question as an HTTP request."""
        document = question.documents[self.grammar]
        return self.request_of(document, variables, question.viewer)

    def request_of(self, document: str, variables: Mapping[str, Any], viewer: str) -> bytes:
        body = json.dumps({"query": document, "variables": variables}).encode()
        token = self.tokens.get(viewer)
        lines = [
            "POST /graphql HTTP/1.1",
            "host: 127.0.0.1",
            "content-type: application/json",
            "accept: application/graphql-response+json",
            f"content-length: {len(body)}",
            *([f"authorization: Bearer {token}"] if token else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


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
