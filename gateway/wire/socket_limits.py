"""How many sockets are open, what each may do, and with which codes they are closed.

Sockets of authenticated viewers and sockets that have not authenticated yet are counted separately,
so that silent sockets cannot keep viewers out.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from gateway.errors import ErrorCode
from gateway.settings.connections import ConnectionSettings
from gateway.texts.language import Language
from gateway.texts.translation import translate
from gateway.viewer import Viewer
from gateway.wire.metrics import Metrics

_LONGEST_REASON = 123  # bytes, by RFC 6455


class CloseCode(IntEnum):
    """The close codes that a client can receive. 4400 and above belong to graphql-transport-ws.

    After 1012, 1013, 4008 and 4403 a client may reconnect and continue from its last position;
    after 4403 it usually needs a new token.
    """

    #: A message is larger than a request may be.
    TOO_LARGE = 1009
    #: This process shuts down and another takes over. Sent by uvicorn during the drain.
    SERVICE_RESTART = 1012
    #: Tokens cannot be verified right now, or this process has too many sockets.
    TRY_AGAIN_LATER = 1013
    #: The client does not read messages fast enough.
    TOO_SLOW = 4008
    #: A message that the protocol does not allow.
    BAD_REQUEST = 4400
    #: A subscription before `connection_ack`.
    UNAUTHORIZED = 4401
    #: The token is refused, has expired, or has no role that may subscribe to anything; or its
    #: viewer is suspended, which the reason then begins with.
    FORBIDDEN = 4403
    #: No `connection_init` in time.
    INITIALISATION_TIMEOUT = 4408
    #: Two subscriptions with the same id.
    SUBSCRIBER_EXISTS = 4409
    #: A second `connection_init`, or too many sockets of one viewer.
    TOO_MANY = 4429
    #: An unexpected error in the gateway.
    INTERNAL = 4500


class SocketClosed(Exception):  # noqa: N818 - closing a socket is no error
    """Raised to close the socket; without a code if the client has already disconnected."""

    def __init__(
        self, code: CloseCode | None, reason: str = "", error: ErrorCode | None = None
    ) -> None:
        """``error`` is the code of an error that closes it, with which the reason then begins."""
        super().__init__(reason)
        self.code = code
        self._reason = reason
        self._error = error

    def reason(self, language: Language) -> str:
        """Why, in a language, cut to what fits into a close frame."""
        reason = translate(self._reason, language)
        text = f"{self._error}: {reason}" if self._error else reason
        return text.encode()[:_LONGEST_REASON].decode(errors="ignore")


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
        self.is_ended = False

    def end(self) -> None:
        self.is_ended = True
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
        """Count a new socket, against its address until its viewer is known."""
        self._make_room(address)
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

    def _make_room(self, address: str | None) -> None:
        """End the oldest unknown socket if there are too many, of the address or at all: real
        clients authenticate at once, so it is the least likely to be one. A newcomer is not
        refused, since many people may share an address."""
        if address is not None and self._of_addresses[address] >= self._address_limit:
            self._end(next(one for one in self._unknown if one.address == address))
        elif len(self._unknown) >= self._unknown_limit:
            self._end(next(iter(self._unknown)))

    def _end(self, socket: UnknownSocket) -> None:
        """End an unknown socket, which counts no more from now on."""
        del self._unknown[socket]
        if socket.address is not None:
            _decrement(self._of_addresses, socket.address)
            socket.address = None
        socket.end()

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
