"""Limits on HTTP connections: how many there may be, of which addresses, and how long each may wait
for its client.

A periodic sweep over all connections, a few times a second, closes the ones that are too slow. So a
request needs no timer of its own: it only records when it began to wait for its client.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Protocol

from gateway.errors import ErrorCode, RequestError
from gateway.settings.connections import ConnectionSettings, ForwardingHeader

#: Unfinished requests younger than this are not counted: they may be a burst that just arrived.
_BURST_SECONDS = 1.0
#: How long the client may take to close after the last response.
CLOSE_SECONDS = 1.0
#: Each so many bytes of a body may take as long as a whole one: a document on a slow line comes,
#: whatever its size, and a trickle ends.
PIECE_BYTES = 65_536
_SWEEPS_IN_A_DEADLINE = 5
_LONGEST_SWEEP_SECONDS = 0.25


class Waiting(Enum):
    """What the server waits for from the client."""

    NOTHING = auto()
    FIRST_BYTE = auto()
    HEADERS = auto()
    BODY = auto()
    #: The client closing its side, after the last response.
    END = auto()


class Connection(Protocol):
    """A connection, as ``Connections`` sees it."""

    awaited: Waiting
    #: Since when, by the clock of the event loop.
    awaited_since: float
    #: Bytes of a response that the client has not read, and since when that has not shrunk.
    unsent: int
    unsent_since: float
    transport: asyncio.Transport

    def address(self) -> str | None:
        """The address it is counted against; None if against none."""
        ...

    def idle_since(self) -> float | None:
        """Since when it has been idle, if it is."""
        ...

    def is_held_back(self) -> bool:
        """Whether we have paused reading, so that the client cannot send."""
        ...

    def end(self, error: RequestError | None) -> None:
        """Close, with an error response where the client can still read one."""
        ...


class Connections:
    """All connections of one server."""

    def __init__(self, settings: ConnectionSettings, note_end: Callable[[str], None]) -> None:
        """``note_end`` is called with the reason whenever a connection is ended."""
        self._seconds = {
            Waiting.FIRST_BYTE: settings.header_seconds,
            Waiting.HEADERS: settings.header_seconds,
            Waiting.BODY: settings.body_seconds,
        }
        self._unsent_seconds = settings.body_seconds
        self._limit = settings.connections
        self._unfinished_limit = settings.unfinished_requests
        self._sweep_seconds = min(
            _LONGEST_SWEEP_SECONDS, min(self._seconds.values()) / _SWEEPS_IN_A_DEADLINE
        )
        self._note_end = note_end
        self._open: set[Connection] = set()
        self._next_sweep: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def join(self, connection: Connection) -> None:
        """Add a connection. If there are too many, the one that has waited longest is aborted, or
        the new one if none waits."""
        if len(self._open) >= self._limit and not self._make_room():
            self._note_end("full")
            connection.end(_full_refusal())
            return
        self._open.add(connection)
        if self._next_sweep is None:
            self._schedule_sweep()

    def leave(self, connection: Connection) -> None:
        self._open.discard(connection)

    def _make_room(self) -> bool:
        waiting = [
            (since, connection)
            for connection in self._open
            if (since := _waiting_since(connection)) is not None
        ]
        if not waiting:
            return False
        longest = min(waiting, key=lambda pair: pair[0])[1]
        self._note_end("full")
        self._open.discard(longest)
        longest.transport.abort()
        return True

    def _schedule_sweep(self) -> None:
        self._next_sweep = asyncio.get_running_loop().call_later(self._sweep_seconds, self._sweep)

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        unfinished: defaultdict[str, list[Connection]] = defaultdict(list)
        for connection in tuple(self._open):
            if connection.awaited is not Waiting.NOTHING:
                self._check_sender(connection, now, unfinished)
            self._check_reader(connection, now)
        for connections in unfinished.values():
            if len(connections) > self._unfinished_limit:
                connections.sort(key=lambda connection: connection.awaited_since)
                for connection in connections[: -self._unfinished_limit]:
                    self._end(connection, "crowded", _crowded_refusal())
        self._next_sweep = None
        if self._open:
            self._schedule_sweep()

    def _check_sender(
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
            self._end(
                connection, awaited.name.lower(), _slow_refusal(awaited, self._seconds[awaited])
            )
        elif waited >= _BURST_SECONDS and (address := connection.address()) is not None:
            unfinished[address].append(connection)

    def _check_reader(self, connection: Connection, now: float) -> None:
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


def _slow_refusal(awaited: Waiting, seconds: float) -> RequestError:
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


def _full_refusal() -> RequestError:
    return RequestError(
        ErrorCode.OVERLOADED,
        "There are too many connections. Try again shortly.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    )


#: One IPv6 client usually has a whole /64 network, so limits count networks, not addresses.
_IPV6_PREFIX = 64
#: No chain of proxies is longer. Earlier entries of the header are written by the client.
_MOST_HOPS = 10
_FORWARDED_FOR = re.compile(r'(?:^|;)\s*for="?([^";]*)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^]]*)](?::\d+)?|([\d.]+):\d+")


class Addresses:
    """Finds the address that a connection or request is counted against."""

    def __init__(
        self, trusted: Sequence[IPv4Network | IPv6Network], header: ForwardingHeader
    ) -> None:
        self._trusted = trusted
        self._header = header
        self.header_name = header.lower().encode()

    def of_peer(self, peer: str) -> str | None:
        """The address of a connection's peer; None for a trusted proxy, which forwards many
        clients."""
        address = _parse(peer)
        if address is None or self._is_trusted(address):
            return None
        return _counting_key(address)

    def of_request(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
        """The address of a request's client: the nearest hop that is not a trusted proxy. None if
        the forwarding header does not name one."""
        address = _parse(peer)
        if address is None or not self._is_trusted(address):
            return self.of_peer(peer)
        hops = b",".join(value for name, value in headers if name == self.header_name)
        for hop in reversed(hops.decode("latin-1").rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
            address = _parse(self._address_of_hop(hop.strip()))
            if address is None:
                return None
            if not self._is_trusted(address):
                return _counting_key(address)
        return None

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)

    def _address_of_hop(self, hop: str) -> str:
        if self._header is ForwardingHeader.X_FORWARDED_FOR:
            return hop
        match = _FORWARDED_FOR.search(hop)
        return match[1] if match else ""


@lru_cache(4_096)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _counting_key(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
    return str(address)
