"""A relay to the database that falls silent at a given word, as when a host dies without a sign."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes bytes on; of a connection that has sent the given word, nothing more."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
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
        back = asyncio.create_task(_copy(theirs, writer))
        try:
            while sent := await reader.read(65_536):
                if self.word and self.word in sent:
                    self.word = None
                    self.silenced += 1
                    await reader.read(-1)  # until the client gives up
                    return
                ours.write(sent)
                await ours.drain()
        finally:
            back.cancel()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while received := await reader.read(65_536):
        writer.write(received)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def relayed(url: str) -> AsyncIterator[tuple[Relay, str]]:
    """A relay before a database, and the address of the database by way of it."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    relay = Relay(parts.hostname, parts.port)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user, at, _ = parts.netloc.rpartition("@")
    try:
        yield relay, urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{port}"))
    finally:
        server.close()
        await relay.close()
