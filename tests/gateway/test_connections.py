"""When a connection is ended, to the tenth of a second, on a clock that the test sets."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import cast

import pytest

from gateway.errors import RequestError
from gateway.settings.connections import ConnectionSettings
from gateway.wire import connections as module
from gateway.wire.connections import Connection, Connections, Waiting

HEADERS, BODY, MOST, UNFINISHED = 10.0, 20.0, 3, 2
SETTINGS = ConnectionSettings(
    header_seconds=HEADERS, body_seconds=BODY, connections=MOST, unfinished_requests=UNFINISHED
)


@dataclass
class Loop:
    """An event loop whose clock stands still, and which remembers what is to be called."""

    now: float = 1_000.0
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> object:
        self.later.append((seconds, call))
        return call

    def sweep(self) -> None:
        """What was to be called is called."""
        [(_, call)] = self.later
        self.later.clear()
        call()


@dataclass(eq=False)
class Peer:
    """The protocol and the transport of one connection, and what becomes of them."""

    awaited: Waiting = Waiting.NOTHING
    awaited_since: float = 1_000.0
    unsent: int = 0
    unsent_since: float = 1_000.0
    buffered: int = 0
    own_address: str | None = "192.0.2.1"
    idle: float | None = None
    held_back: bool = False
    #: How it ended: aborted, or with an answer.
    became: list[str] = field(default_factory=list)

    @property
    def transport(self) -> "Peer":
        return self

    def get_write_buffer_size(self) -> int:
        return self.buffered

    def abort(self) -> None:
        self.became.append("aborted")

    def address(self) -> str | None:
        return self.own_address

    def idle_since(self) -> float | None:
        return self.idle

    def is_held_back(self) -> bool:
        return self.held_back

    def end(self, error: RequestError | None) -> None:
        self.became.append(f"{error.status.value} {error}" if error else "closed")


@dataclass
class Served:
    """All connections of a server, and why some were ended."""

    all: Connections
    loop: Loop
    ended: list[str]

    def join(self, *peers: Peer) -> None:
        for peer in peers:
            self.all.join(cast(Connection, peer))


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    loop, ended = Loop(), list[str]()
    monkeypatch.setattr(module, "asyncio", SimpleNamespace(get_running_loop=lambda: loop))
    return Served(Connections(SETTINGS, ended.append), loop, ended)


def not_within(part: str, seconds: int) -> str:
    return f"408 The {part} of the request did not arrive within {seconds} s. Send it in one go."


@pytest.mark.parametrize(
    ("awaited", "seconds", "reason", "became"),
    [
        (Waiting.FIRST_BYTE, HEADERS, ["first_byte"], "closed"),
        (Waiting.HEADERS, HEADERS, ["headers"], not_within("headers", 10)),
        (Waiting.BODY, BODY, ["body"], not_within("body", 20)),
        (Waiting.END, 1.0, [], "aborted"),
    ],
)
def test_each_wait_has_its_end(
    served: Served, awaited: Waiting, seconds: float, reason: list[str], became: str
) -> None:
    slow, idle, held = Peer(awaited), Peer(), Peer(Waiting.BODY, held_back=True)
    served.join(slow, idle, held)
    served.loop.now += seconds - 0.1
    served.loop.sweep()
    assert (served.ended, slow.became) == ([], [])
    served.loop.now += 0.1
    served.loop.sweep()
    assert (served.ended, slow.became) == (reason, [became])
    # Who sends nothing is not waited for, and who is kept from sending is not to blame.
    assert (idle.became, held.became, held.awaited_since) == ([], [], served.loop.now)


@pytest.mark.parametrize(
    ("header_seconds", "body_seconds", "seconds"),
    [(10, 20, 0.25), (1, 20, 0.2), (20, 0.5, 0.1)],
)
def test_a_sweep_comes_five_times_within_the_shortest_wait(
    served: Served, header_seconds: float, body_seconds: float, seconds: float
) -> None:
    limits = replace(SETTINGS, header_seconds=header_seconds, body_seconds=body_seconds)
    served.all = Connections(limits, served.ended.append)
    first, second = Peer(), Peer()
    served.join(first, second)
    assert [each[0] for each in served.loop.later] == [pytest.approx(seconds)]
    served.loop.sweep()
    assert [each[0] for each in served.loop.later] == [pytest.approx(seconds)]
    for peer in (first, second):
        served.all.leave(cast(Connection, peer))
    served.loop.sweep()
    assert (served.loop.later, len(served.all)) == ([], 0)
    served.join(first)
    assert (len(served.loop.later), len(served.all)) == (1, 1)


def test_who_reads_a_little_now_and_then_is_not_ended(served: Served) -> None:
    peer = Peer(buffered=100)
    served.join(peer)

    def pass_by(seconds: float, buffered: int) -> list[str]:
        served.loop.now += seconds
        peer.buffered = buffered
        served.loop.sweep()
        return peer.became

    assert pass_by(50, 100) == []  # since when, is known from the first sweep on
    assert pass_by(BODY - 0.1, 99) == []
    assert pass_by(BODY - 0.1, 99) == []
    assert pass_by(0.05, 200) == []  # what is added is nothing read
    assert pass_by(BODY, 0) == []
    assert pass_by(BODY, 100) == []
    assert pass_by(BODY - 0.1, 100) == []
    assert served.ended == []
    assert pass_by(0.1, 100) == ["aborted"]
    assert served.ended == ["unread"]


def test_of_one_address_the_oldest_unfinished_requests_are_ended(served: Served) -> None:
    now = served.loop.now
    limits = replace(SETTINGS, connections=100)
    served.all = Connections(limits, served.ended.append)
    old = [Peer(Waiting.BODY, now - seconds) for seconds in (1.0, 3.0, 2.0, 1.5)]
    young = [Peer(Waiting.HEADERS, now - 0.9) for _ in range(9)]
    unknown = [Peer(Waiting.HEADERS, now - 5, own_address=None) for _ in range(3)]
    other = [Peer(Waiting.HEADERS, now - 5, own_address="192.0.2.2") for _ in range(UNFINISHED)]
    served.join(*old, *young, *unknown, *other)
    served.loop.sweep()
    crowded = "429 Too many requests are unfinished. Send this one again, in one go."
    assert [peer.became for peer in old] == [[], [crowded], [crowded], []]
    assert [peer.became for peer in (*young, *unknown, *other)] == [[]] * 14
    assert served.ended == ["crowded"] * 2


def test_who_waits_longest_makes_room_for_a_newcomer(served: Served) -> None:
    now, newcomer = served.loop.now, Peer()
    working, idle, sending = Peer(), Peer(idle=now - 2), Peer(Waiting.HEADERS, now - 3)
    served.join(working, idle, sending, newcomer)
    assert [each.became for each in (working, idle, sending)] == [[], [], ["aborted"]]
    assert len(served.all) == MOST
    served.join(second := Peer(Waiting.BODY, now - 9, held_back=True))
    assert (idle.became, second.became) == (["aborted"], [])
    # Nobody waits who could give way: neither who works, nor who is kept from sending.
    served.join(third := Peer())
    assert third.became == ["503 There are too many connections. Try again shortly."]
    assert len(served.all) == MOST
    assert served.ended == ["full"] * 3
