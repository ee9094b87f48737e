"""The limits of sockets, and of how many are open.

Sockets of authenticated viewers and sockets that have not authenticated yet are counted separately,
so that silent sockets cannot keep viewers out.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.settings.connections import ConnectionSettings
from gateway.viewer import Viewer
from gateway.wire.close_codes import CloseCode, SocketClosed
from gateway.wire.metrics import Metrics


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """The limits of one socket."""

    message_size: int = 262_144
    initialise_seconds: float = 3.0
    subscriptions: int = 10
    #: Most outgoing messages that are queued, and how long a client may go without reading one.
    queued: int = 16
    slow_seconds: float = 10.0


class UnknownSocket:
    """A socket that has not authenticated yet."""

    def __init__(self, address: str | None) -> None:
        self.address = address
        #: When it must have authenticated; None until it is accepted.
        self.deadline: asyncio.Timeout | None = None
        self.is_unknown = True

    def end(self) -> None:
        if self.deadline is not None:
            self.deadline.reschedule(asyncio.get_running_loop().time())


class Sockets:
    """The sockets of this process."""

    def __init__(self, metrics: Metrics, settings: ConnectionSettings) -> None:
        self._metrics = metrics
        self._limit = settings.sockets
        self._viewer_limit = settings.viewer_sockets
        self._unknown_limit = settings.unknown_sockets
        self._address_limit = settings.address_sockets
        self._open = 0
        self._known = 0
        self._of_viewers: Counter[str] = Counter()
        self._unknown: dict[UnknownSocket, None] = {}  # oldest first
        self._of_addresses: Counter[str] = Counter()

    @contextmanager
    def open_unknown(self, address: str | None) -> Iterator[UnknownSocket]:
        """Count a new socket, against its address until its viewer is known.

        Raises RequestError if the address has too many sockets that have not authenticated.
        """
        if address is not None and self._of_addresses[address] >= self._address_limit:
            raise _address_refusal(self._address_limit)
        self._make_room()
        socket = UnknownSocket(address)
        self._open += 1
        self._unknown[socket] = None
        if address is not None:
            self._of_addresses[address] += 1
        self._metrics.note_sockets(self._open)
        try:
            yield socket
        finally:
            self._forget_unknown(socket)
            self._open -= 1
            self._metrics.note_sockets(self._open)

    @contextmanager
    def count_for(self, viewer: Viewer, socket: UnknownSocket) -> Iterator[None]:
        """Count the socket against its viewer instead of its address. Raises SocketClosed if the
        viewer, or this process, has too many."""
        if self._known >= self._limit:
            raise SocketClosed(CloseCode.TRY_AGAIN_LATER, "There are too many sockets right now.")
        if self._of_viewers[viewer.subject] >= self._viewer_limit:
            raise SocketClosed(
                CloseCode.TOO_MANY, f"A viewer has at most {self._viewer_limit} sockets."
            )
        self._forget_unknown(socket)
        self._known += 1
        self._of_viewers[viewer.subject] += 1
        try:
            yield
        finally:
            self._known -= 1
            _decrement(self._of_viewers, viewer.subject)

    def _make_room(self) -> None:
        """End the oldest unknown socket if there are too many: real clients authenticate at once,
        so it is the least likely to be one."""
        if len(self._unknown) >= self._unknown_limit:
            oldest = next(iter(self._unknown))
            del self._unknown[oldest]
            oldest.end()

    def _forget_unknown(self, socket: UnknownSocket) -> None:
        if not socket.is_unknown:
            return
        socket.is_unknown = False
        self._unknown.pop(socket, None)
        if socket.address is not None:
            _decrement(self._of_addresses, socket.address)


def _decrement(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]  # or the counter would grow without end


def _address_refusal(limit: int) -> RequestError:
    return RequestError(
        ErrorCode.OVERLOADED,
        f"An address has at most {limit} sockets that have not said who they are. "
        "Send connection_init as soon as a socket is open.",
        HTTPStatus.TOO_MANY_REQUESTS,
    )
