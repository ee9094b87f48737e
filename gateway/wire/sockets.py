"""How many sockets there are: of those who are known, and of those who have not said it yet.

The two are counted apart, so that no number of silent sockets keeps a viewer out.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from gateway.errors import ErrorCode, RequestError
from gateway.settings.connections import ConnectionSettings
from gateway.viewer import Viewer
from gateway.wire.close_codes import CloseCode, SocketClosed
from gateway.wire.metrics import Metrics


class UnknownSocket:
    """A socket whose viewer is not known yet."""

    def __init__(self, address: str | None) -> None:
        self.address = address
        #: Until when it may stay unknown; None until it was accepted.
        self.deadline: asyncio.Timeout | None = None
        self.is_unknown = True

    def end(self) -> None:
        if self.deadline is not None:
            self.deadline.reschedule(asyncio.get_running_loop().time())


class Sockets:
    """The sockets of this process."""

    def __init__(self, metrics: Metrics, settings: ConnectionSettings) -> None:
        self._metrics = metrics
        self._most = settings.sockets
        self._most_of_a_viewer = settings.viewer_sockets
        self._most_unknown = settings.unknown_sockets
        self._most_of_an_address = settings.address_sockets
        self._open = 0
        self._known = 0
        self._of_viewers: Counter[str] = Counter()
        self._unknown: dict[UnknownSocket, None] = {}  # the oldest first
        self._of_addresses: Counter[str] = Counter()

    @contextmanager
    def one_more(self, address: str | None) -> Iterator[UnknownSocket]:
        """A socket that counts against its address until its viewer is known. Raises RequestError
        where the address has enough of those."""
        if address is not None and self._of_addresses[address] >= self._most_of_an_address:
            raise _too_many_of_an_address(self._most_of_an_address)
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
            self._no_longer_unknown(socket)
            self._open -= 1
            self._metrics.note_sockets(self._open)

    @contextmanager
    def of(self, viewer: Viewer, socket: UnknownSocket) -> Iterator[None]:
        """The socket counts for its viewer from now on. Raises Ended where there are enough."""
        if self._known >= self._most:
            raise SocketClosed(CloseCode.TRY_AGAIN_LATER, "There are too many sockets right now.")
        if self._of_viewers[viewer.subject] >= self._most_of_a_viewer:
            raise SocketClosed(
                CloseCode.TOO_MANY, f"A viewer has at most {self._most_of_a_viewer} sockets."
            )
        self._no_longer_unknown(socket)
        self._known += 1
        self._of_viewers[viewer.subject] += 1
        try:
            yield
        finally:
            self._known -= 1
            _count_down(self._of_viewers, viewer.subject)

    def _make_room(self) -> None:
        """Whoever is known says so at once: the oldest unknown socket is the likeliest to be
        nobody's."""
        if len(self._unknown) >= self._most_unknown:
            oldest = next(iter(self._unknown))
            del self._unknown[oldest]
            oldest.end()

    def _no_longer_unknown(self, socket: UnknownSocket) -> None:
        if not socket.is_unknown:
            return
        socket.is_unknown = False
        self._unknown.pop(socket, None)
        if socket.address is not None:
            _count_down(self._of_addresses, socket.address)


def _count_down(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if not counter[name]:
        del counter[name]  # whoever has none is forgotten


def _too_many_of_an_address(most: int) -> RequestError:
    return RequestError(
        ErrorCode.OVERLOADED,
        f"An address has at most {most} sockets that have not said who they are. "
        "Send connection_init as soon as a socket is open.",
        HTTPStatus.TOO_MANY_REQUESTS,
    )
