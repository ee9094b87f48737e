"""The HTTP connections of a server: how long each may keep it waiting, and how many there are.

One look at all of them, a few times a second, finds who is too slow: a request itself only notes
when it began to wait for its client.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from enum import Enum, auto
from http import HTTPStatus
from typing import Protocol

from gateway.errors import ErrorCode, RequestError
from gateway.settings.connections import ConnectionSettings

#: A client that is slower than this is no longer one of a burst that has just arrived.
_BURST_SECONDS = 1.0
#: How long what is already answered may take to go away.
CLOSE_SECONDS = 1.0
_LOOKS_IN_A_DEADLINE = 5
_LONGEST_PAUSE = 0.25


class Waiting(Enum):
    """What a connection waits for from its client."""

    NOTHING = auto()
    FIRST_BYTE = auto()
    HEADERS = auto()
    BODY = auto()
    #: The client's own end: everything was said.
    END = auto()


class Connection(Protocol):
    """What is known of one connection."""

    awaited: Waiting
    #: Since when, by the loop's clock.
    awaited_since: float
    #: Of an answer that the client does not take: how much is left, and since when.
    unsent: int
    unsent_since: float
    transport: asyncio.Transport

    def address(self) -> str | None:
        """Whom it counts for; None for nobody."""
        ...

    def idle_since(self) -> float | None:
        """Since when it only waits for a next request."""
        ...

    def is_held_back(self) -> bool:
        """Whether it is us who do not read."""
        ...

    def end(self, error: RequestError | None) -> None:
        """Answer with the error, if there is one and it would be understood, and close."""
        ...


class Connections:
    """All connections of one server."""

    def __init__(self, settings: ConnectionSettings, note_end: Callable[[str], None]) -> None:
        """``note_end`` is told why, each time that a connection is ended."""
        self._seconds = {
            Waiting.FIRST_BYTE: settings.header_seconds,
            Waiting.HEADERS: settings.header_seconds,
            Waiting.BODY: settings.body_seconds,
        }
        self._unsent_seconds = settings.body_seconds
        self._most = settings.connections
        self._most_unfinished = settings.unfinished_requests
        self._pause = min(_LONGEST_PAUSE, min(self._seconds.values()) / _LOOKS_IN_A_DEADLINE)
        self._note_end = note_end
        self._open: set[Connection] = set()
        self._next_look: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def join(self, connection: Connection) -> None:
        """One more. Where there are too many, who has kept us waiting longest gives way."""
        if len(self._open) >= self._most and not self._make_room():
            self._note_end("full")
            connection.end(_full())
            return
        self._open.add(connection)
        if self._next_look is None:
            self._look_later()

    def leave(self, connection: Connection) -> None:
        self._open.discard(connection)

    def _make_room(self) -> bool:
        waiting = [(since, one) for one in self._open if (since := _waiting_since(one)) is not None]
        if not waiting:
            return False
        longest = min(waiting, key=lambda pair: pair[0])[1]
        self._note_end("full")
        self._open.discard(longest)
        longest.transport.abort()
        return True

    def _look_later(self) -> None:
        self._next_look = asyncio.get_running_loop().call_later(self._pause, self._look)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        unfinished: defaultdict[str, list[Connection]] = defaultdict(list)
        for connection in tuple(self._open):
            if connection.awaited is not Waiting.NOTHING:
                self._look_at_sender(connection, now, unfinished)
            self._look_at_reader(connection, now)
        for connections in unfinished.values():
            if len(connections) > self._most_unfinished:
                connections.sort(key=lambda one: one.awaited_since)
                for connection in connections[: -self._most_unfinished]:
                    self._end(connection, "crowded", _crowded_refusal())
        self._next_look = None
        if self._open:
            self._look_later()

    def _look_at_sender(
        self, connection: Connection, now: float, unfinished: defaultdict[str, list[Connection]]
    ) -> None:
        awaited = connection.awaited
        waited = now - connection.awaited_since
        if awaited is Waiting.END:
            if waited >= CLOSE_SECONDS:
                connection.transport.abort()
        elif connection.is_held_back():
            connection.awaited_since = now
        elif waited >= self._seconds[awaited]:
            self._end(connection, awaited.name.lower(), _slow(awaited, self._seconds[awaited]))
        elif waited >= _BURST_SECONDS and (address := connection.address()) is not None:
            unfinished[address].append(connection)

    def _look_at_reader(self, connection: Connection, now: float) -> None:
        unsent = connection.transport.get_write_buffer_size()
        if not unsent or unsent < connection.unsent or not connection.unsent:
            connection.unsent_since = now
        elif now - connection.unsent_since >= self._unsent_seconds:
            self._note_end("unread")
            connection.transport.abort()
        connection.unsent = unsent

    def _end(self, connection: Connection, reason: str, error: RequestError) -> None:
        self._note_end(reason)
        connection.end(None if connection.awaited is Waiting.FIRST_BYTE else error)


def _waiting_since(connection: Connection) -> float | None:
    if connection.awaited is Waiting.NOTHING:
        return connection.idle_since()
    return None if connection.is_held_back() else connection.awaited_since


def _slow(awaited: Waiting, seconds: float) -> RequestError:
    part = "body" if awaited is Waiting.BODY else "headers"
    return RequestError(
        ErrorCode.TIMEOUT,
        f"The {part} of the request did not arrive within {seconds:g} s. Send it in one go.",
        HTTPStatus.REQUEST_TIMEOUT,
    )


def _crowded_refusal() -> RequestError:
    return RequestError(
        ErrorCode.OVERLOADED,
        "Too many requests are unfinished. Send this one again, in one go.",
        HTTPStatus.TOO_MANY_REQUESTS,
    )


def _full() -> RequestError:
    return RequestError(
        ErrorCode.OVERLOADED,
        "There are too many connections. Try again shortly.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
