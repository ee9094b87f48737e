"""A client as a process of its own, behind a line that is cut, with tokens that soon end."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Set
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from models.postgres.guardian import end_with_parent
from tests import tokens
from tests.gateway.conftest import CLAIMS
from tests.gateway.live import SOON

#: How long a token lives, and when its successor is to be had.
TOKEN_SECONDS, RENEWED_SECONDS = 5, 1


@dataclass
class Line:
    """A proxy between a client and the gateway, whose connections can be cut."""

    port: int
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            theirs, ours = await asyncio.open_connection("127.0.0.1", self.port)
            self._open |= {writer, ours}
            await asyncio.gather(self._pass_on(reader, ours), self._pass_on(theirs, writer))
            self._open -= {writer, ours}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while passed := await reader.read(65_536):
                writer.write(passed)
                await writer.drain()
        writer.close()

    def cut(self) -> int:
        """Cut every connection, in the middle of whatever it carries; how many there were."""
        cut = len(self._open)
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()
        return cut


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[tuple[Line, int]]:
    """A line to a port, and the port of its other end."""
    line = Line(port)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    try:
        yield line, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        line.cut()


@asynccontextmanager
async def short_tokens(folder: Path, names: Iterable[str]) -> AsyncIterator[None]:
    """Keeps a good token of each officer in a file: each lives for a few seconds."""

    def write() -> None:
        now = int(time.time())
        for name in names:
            claims = {**CLAIMS["officer"], "sub": name, "iat": now, "exp": now + TOKEN_SECONDS}
            partial = folder / f"{name}.new"
            partial.write_text(tokens.token(**claims))
            partial.rename(folder / name)

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEWED_SECONDS)
            write()

    write()
    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()


@dataclass
class Client:
    """A program, and what it has reported so far, by kind."""

    process: asyncio.subprocess.Process
    #: Where its standard error goes.
    complaints: Path
    reports: dict[str, list[object]] = field(default_factory=dict)

    def of(self, kind: str) -> list[object]:
        return self.reports.get(kind, [])

    async def wait_for(self, kind: str, number: int = 1, seconds: float = SOON) -> None:
        """Wait until it has reported something of a kind so often."""
        async with asyncio.timeout(seconds):
            while len(self.of(kind)) < number:
                assert self.process.returncode is None, self.complaints.read_text()
                await asyncio.sleep(0.05)

    async def wait_for_silence(self, awaited: Set[object]) -> None:
        """Wait until it has reported these changes, as far as it ever does, and no more come."""
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                while not awaited <= {*self.of("change")}:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        before = -1
        while before != (before := len(self.of("change"))):  # noqa: ASYNC110
            await asyncio.sleep(1.5)

    async def listen(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            for kind, value in json.loads(line).items():
                self.reports.setdefault(kind, []).append(value)


@asynccontextmanager
async def running(
    *command: str, folder: Path, name: str, given: Mapping[str, object]
) -> AsyncIterator[Client]:
    """A program that takes its input as an argument, and reports events in lines of JSON."""
    complaints = folder / f"{name}.stderr"
    with complaints.open("w") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            json.dumps(given),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            preexec_fn=end_with_parent(),
        )
    client = Client(process, complaints)
    listening = asyncio.create_task(client.listen())
    try:
        yield client
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await listening
