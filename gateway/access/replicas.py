"""Which reads go to streaming replicas, and whether these keep up with their primary.

A replica is read from while it is known to have everything that the primary had committed so many
seconds ago. Whoever changed something reads at the primary until a replica has that too: gateways
tell each other who did, in the transaction of the change.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from math import inf
from types import TracebackType
from typing import Any, NamedTuple

import asyncpg

from gateway.access.transactions.change_horizon import Watch
from gateway.faults import Check, Fault
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.database.connections import connect
from models.database.pool import ConnectionPool
from models.database.url import read_database_url

#: How often primary and replicas are asked how far they are, and how long they may take to say so.
LOOK_SECONDS = 0.25
_ANSWER_SECONDS = 1.0
#: A primary that did not answer for so long is lost.
_LOST_SECONDS = 2.0
_CONNECT_SECONDS = 3.0
#: How many positions of the primary are kept, over the time by which answers may be late.
_POSITIONS = 500
_CHANNEL = "viewer_changes"
# PostgreSQL's positions as numbers, to be compared here.
_WRITTEN = "SELECT (pg_current_wal_lsn() - '0/0')::bigint"
_REPLAYED = "SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint WHERE pg_is_in_recovery()"
_TELL = "SELECT pg_notify($1, $2)"

log = logging.getLogger(__name__)


class Position(NamedTuple):
    """What the primary had written at a time of the event loop, or before."""

    written: int
    at: float


class Replica:
    """One replica: its pool, and how far it was known to be when it answered last."""

    def __init__(self, url: str, pool: ConnectionPool) -> None:
        self.url = url
        self.pool = pool
        #: What it has of the primary's log; None while it does not answer, or is no replica.
        self.replayed: int | None = None
        #: It has all that was committed until then.
        self.as_of = -inf

    def has(self, written: float) -> bool:
        """Whether it has what the primary had written."""
        return self.replayed is not None and self.replayed >= written

    @property
    def name(self) -> str:
        """How metrics and the log name it."""
        return ",".join(f"{host.address}:{host.port}" for host in read_database_url(self.url).hosts)


class Replicas:
    """The replicas of one primary, from which reads may come that are late by some seconds.

    There may be none: then nothing is watched, and everything is read at the primary.
    """

    def __init__(
        self, primary_url: str, primary: ConnectionPool, replicas: Sequence[Replica], seconds: float
    ) -> None:
        """``seconds``: by how much answers may be late."""
        self._primary_url = primary_url
        self._primary = primary
        self.replicas = replicas
        self._seconds = seconds
        #: Of the primary, the newest last.
        self._positions = deque[Position](maxlen=2 * _POSITIONS)
        self._answered_at = -inf
        #: What the primary had written when changes were first heard of.
        self._heard_from = inf
        #: Who changed something since the primary was asked last how far it is, and who did before,
        #: as long as it has not answered.
        self._changed, self._asked_for = set[str](), set[str]()
        #: Who changed something before, and what a replica must have to answer them.
        self._awaited = dict[str, Position]()
        self._watches = [
            Watch(self._watch_primary, log, "The primary does not answer"),
            *(
                Watch(partial(self._watch_replica, each), log, f"{each.name} does not answer")
                for each in replicas
            ),
        ]

    async def __aenter__(self) -> "Replicas":
        for watch in self._watches if self.replicas else ():
            watch.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for watch in self._watches:
            await watch.stop()

    def pool_for(self, viewer: Viewer) -> ConnectionPool:
        """Where the viewer may read what can be late: the replica that is asked least of those that
        are recent and have all that the viewer changed; else the primary."""
        least = self._least_for(viewer)
        able = [each for each in self.replicas if self._is_recent(each) and each.has(least)]
        return min(able, key=lambda each: each.pool.in_use).pool if able else self._primary

    def note_change(self, viewer: Viewer) -> None:
        """Note, before the change is answered, that the viewer changed something."""
        self._changed.add(_digest(viewer))

    def announcement_of(self, viewer: Viewer) -> Command:
        """What tells other gateways so, within the transaction of the change."""
        return Command(_TELL, (_CHANNEL, _digest(viewer)))

    def ages(self) -> Mapping[str, float]:
        """By how many seconds each replica is late at most; infinite where that is not known."""
        now = asyncio.get_running_loop().time()
        return {each.name: now - each.as_of for each in self.replicas}

    def instead_of_primary(self, check: Check) -> Check:
        """A check of the primary that finds nothing wrong with it while replicas answer in its
        place: `warning` says that it is lost."""

        async def unless_replicas_answer() -> Fault | None:
            if self._is_primary_lost() and self._any_recent():
                return None
            fault = await check()
            is_away = fault in (Fault.DATABASE, Fault.READ_ONLY)
            return None if is_away and self._any_recent() else fault

        return unless_replicas_answer

    async def primary_warning(self) -> Fault | None:
        """Whether the primary is lost, and replicas answer in its place."""
        return Fault.PRIMARY_LOST if self._is_primary_lost() and self._any_recent() else None

    async def warning(self) -> Fault | None:
        """Whether a replica is lost, or so late that nobody reads there."""
        if any(each.replayed is None for each in self.replicas):
            return Fault.REPLICA_LOST
        return None if all(map(self._is_recent, self.replicas)) else Fault.REPLICA

    def _least_for(self, viewer: Viewer) -> float:
        """What a replica must have to answer the viewer."""
        least = self._heard_from
        if self._changed or self._asked_for or self._awaited:
            who = _digest(viewer)
            if who in self._changed or who in self._asked_for:
                return inf
            if who in self._awaited:
                least = max(least, self._awaited[who].written)
        return least

    def _is_recent(self, replica: Replica) -> bool:
        now = asyncio.get_running_loop().time()
        return replica.replayed is not None and now - replica.as_of <= self._seconds

    def _any_recent(self) -> bool:
        return any(map(self._is_recent, self.replicas))

    def _is_primary_lost(self) -> bool:
        return asyncio.get_running_loop().time() - self._answered_at > _LOST_SECONDS

    async def _watch_primary(self) -> None:
        connection = await connect(self._primary_url, connect_seconds=_CONNECT_SECONDS)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await connection.add_listener(_CHANNEL, lambda *heard: self._changed.add(heard[-1]))
            self._heard_from = inf  # who changed something before was not heard
            while True:
                position = await self._look_at_primary(connection)
                self._heard_from = min(self._heard_from, position.written)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            connection.terminate()

    async def _look_at_primary(self, connection: asyncpg.Connection) -> Position:
        """What the primary has written by now, which whoever changed something waits for."""
        at = asyncio.get_running_loop().time()
        self._asked_for, self._changed = self._asked_for | self._changed, set[str]()
        async with asyncio.timeout(_ANSWER_SECONDS):
            written: Any = await connection.fetchval(_WRITTEN)
        position = Position(written, at)
        self._answered_at = at
        # A replica that is recent has all that is older.
        awaited = {
            who: since for who, since in self._awaited.items() if at - since.at < self._seconds
        }
        self._awaited = awaited | dict.fromkeys(self._asked_for, position)
        self._asked_for = set()
        if not self._positions or at - self._positions[-1].at >= self._seconds / _POSITIONS:
            self._positions.append(position)
        return position

    async def _watch_replica(self, replica: Replica) -> None:
        connection = await connect(replica.url, connect_seconds=_CONNECT_SECONDS)
        try:
            while True:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    replica.replayed = await connection.fetchval(_REPLAYED)
                had = [each.at for each in self._positions if replica.has(each.written)]
                replica.as_of = max(had, default=replica.as_of)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            replica.replayed = None
            connection.terminate()


def _digest(viewer: Viewer) -> str:
    """A viewer in a notification, which everybody hears who may log in to the database."""
    return sha256(viewer.subject.encode()).hexdigest()
