"""The connections to one key service, and whether it is left out for a while."""

import asyncio
import logging
import ssl
from time import monotonic

from models.key_service.addresses import Address
from models.logs import facts

log = logging.getLogger(__name__)

#: No answer of ours is longer than this.
MOST_LINE_BYTES = 1 << 20
#: How long a service that did not answer is asked last.
_LEFT_OUT_SECONDS = 5.0
#: Connections that wait for the next question.
_MOST_IDLE = 8

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ServiceConnections:
    """One of the services, and the connections to it that wait for the next question."""

    def __init__(self, address: Address, context: ssl.SSLContext | None) -> None:
        self.address = address
        self._context = context
        self._left_out_until = float("-inf")
        #: Idle connections, by the event loop that opened them.
        self._idle: list[_Connection] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def is_left_out(self) -> bool:
        return monotonic() < self._left_out_until

    def leave_out(self, why: str) -> None:
        if self._left_out_until == float("-inf"):
            seen = facts(address=str(self.address), why=why)
            log.warning("a key service does not answer", extra=seen)
        self._left_out_until = monotonic() + _LEFT_OUT_SECONDS

    def take_back(self) -> None:
        if self._left_out_until > float("-inf"):
            log.info("a key service answers again", extra=facts(address=str(self.address)))
        self._left_out_until = float("-inf")

    async def exchange(self, line: bytes) -> bytes:
        """The answer to a line. A kept connection may have been closed by a restart of the
        service."""
        while idle := self._take_idle():
            try:
                return await self._on(idle, line)
            except (OSError, EOFError):
                continue
        try:
            return await self._on(await self._open(), line)
        except EOFError:
            raise ConnectionResetError from None

    async def _open(self) -> _Connection:
        if not self.address.is_remote:
            return await asyncio.open_unix_connection(self.address.path, limit=MOST_LINE_BYTES)
        return await asyncio.open_connection(
            self.address.host, self.address.port, ssl=self._context, limit=MOST_LINE_BYTES
        )

    def _take_idle(self) -> _Connection | None:
        if self._loop is not asyncio.get_running_loop():
            self._idle, self._loop = [], asyncio.get_running_loop()
        return self._idle.pop() if self._idle else None

    async def _on(self, connection: _Connection, line: bytes) -> bytes:
        reader, writer = connection
        try:
            writer.write(line)
            answer = await reader.readuntil(b"\n")
        except BaseException:
            writer.close()
            raise
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            writer.close()
        return answer
