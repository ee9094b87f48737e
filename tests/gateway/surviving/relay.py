"""A relay to the database that falls silent at a given word, as when a host dies without a sign, or
that takes its time, as when the database is far away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes bytes on, each way after so many seconds; of a connection that has sent the given
    word, nothing more."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._host, self._port, self._seconds = host, port, seconds
        #: The word, while there is one; it silences this many connections.
        self.word: bytes | None = None
        self.silenced = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError):
            theirs, ours = await asyncio.open_connection(self._host, self._port)
            try:
                await self._pass_on(reader, ours, theirs, writer)
            finally:
                ours.close()
                writer.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        ours: asyncio.StreamWriter,
        theirs: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        back = asyncio.create_task(self._pass_back(theirs, writer))
        try:
            while sent := await reader.read(65_536):
                if self.word and self.word in sent:
                    self.word = None
                    self.silenced += 1
                    await reader.read(-1)  # until the client gives up
                    return
                await self._write_later(ours, sent)
        finally:
            back.cancel()

    async def _pass_back(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while received := await theirs.read(65_536):
            await self._write_later(writer, received)
        await asyncio.sleep(self._seconds)  # what is on its way comes first
        writer.close()

    async def _write_later(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if self._seconds:  # what follows is read meanwhile: a distance is no narrow line
            asyncio.get_running_loop().call_later(self._seconds, _write_if_open, writer, data)
        else:
            writer.write(data)
            await writer.drain()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _write_if_open(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)


@asynccontextmanager
async def relayed(url: str, seconds: float = 0.0) -> AsyncIterator[tuple[Relay, str]]:
    """A relay before a database that is so many seconds away, and its address by way of that."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    relay = Relay(parts.hostname, parts.port, seconds)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user, at, _ = parts.netloc.rpartition("@")
    try:
        yield relay, urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{port}"))
    finally:
        server.close()
        await relay.close()
