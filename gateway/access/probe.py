"""Whether the database can answer viewers: a real read on a connection of its own, and a watch over
the pool that requests take theirs from."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Error
from sqlalchemy import func, select

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.begin import (
    ROUND_TRIP_SECONDS,
    Clock,
    TransactionStarts,
    commit_in_one_write,
)
from gateway.access.transactions.errors import DISK_FULL, TOO_MANY_CONNECTIONS, state_of
from gateway.access.transactions.prepared import bind_for, decode_records
from gateway.access.transactions.reading import ReadTransaction
from gateway.errors import FieldError
from gateway.faults import Fault
from gateway.viewer import ANONYMOUS, Viewer
from models import Country
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool, PoolExhaustedError
from models.logs import facts
from models.migrations import serves_this_release
from models.partitions import MISSED_AHEAD, missing_partitions
from models.publication.reading import newest_publication
from models.vocabulary import Role
from models.volumes import as_of

log = logging.getLogger(__name__)

#: How long to report a full disk after the last failure: only writes notice it.
_DISK_REPORT_SECONDS = 60.0
#: If a seal is refused and the clocks differ by more than this, the clocks are to blame.
_SECONDS_APART = 2.0

_REVISION = "SELECT (SELECT version_num FROM alembic_version)"
_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"
#: The replication lag in seconds; 0 on a primary.
# A connected replica that has replayed all it received has no lag, however long ago its primary
# last committed.
LAG = """
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN 0
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0
        ELSE coalesce(
            extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8,
            'infinity'
        )
    END
"""
#: Whether nothing can be changed: on a replica, or where an administrator has said so.
IS_READ_ONLY = "SELECT current_setting('transaction_read_only')::boolean"
_REFUSED = "42501"
_UNDEFINED = "42"

#: May read all figures, but no case.
_FIGURES_READER = Viewer(subject="", role=Role.LEADERSHIP)

FOLD_LAG, EDITION_AGE = "gerbang_fold_lag_seconds", "gerbang_published_edition_age_seconds"
CHECKPOINT_AGE = "gerbang_account_checkpoint_age_seconds"
UNCOSIGNED_AGE = "gerbang_account_uncosigned_seconds"
#: Folds run every second and take well under a second.
FOLDED_WITHIN_SECONDS = 120
#: Checkpoints are signed every ten seconds, and once a minute where nothing happens.
SIGNED_WITHIN_SECONDS = 180
#: Metrics that are read from the database, with their descriptions.
FIGURES = {
    FOLD_LAG: "Age of the oldest change that is not counted in the volumes.",
    EDITION_AGE: "Age of the newest edition of published figures.",
    CHECKPOINT_AGE: "Age of the newest checkpoint of the account.",
    UNCOSIGNED_AGE: "For how long a witness has not cosigned the account; missing where all did.",
}


class Probe:
    """Probes the database from its own pool, so that it never waits behind requests."""

    def __init__(
        self,
        pool: ConnectionPool,
        starts: TransactionStarts,
        *,
        replica_seconds: float,
        is_for_reading: bool = False,
        clock: Clock = time.time,
    ) -> None:
        """``is_for_reading``: nobody expects this gateway to change anything."""
        self._pool = pool
        self._starts = starts
        self._replica_seconds = replica_seconds
        self._is_for_reading = is_for_reading
        self._clock = clock

    async def fault(self) -> Fault | None:
        """Why reads would fail or be too old, or changes would fail; None if all is well."""
        apart = 0.0
        try:
            before = self._clock()
            revision, there, lag, is_read_only = await self._ask(_REVISION, _NOW, LAG, IS_READ_ONLY)
            apart = max(before - there, there - self._clock())
            if not serves_this_release(revision):
                return Fault.MIGRATIONS
            await self._read_as_viewer()
        except Error as error:
            state = state_of(error)
            if state == _REFUSED:
                return Fault.CLOCK if apart > _SECONDS_APART else Fault.SEAL
            if state == TOO_MANY_CONNECTIONS:
                return Fault.POOL
            return Fault.MIGRATIONS if state.startswith(_UNDEFINED) else Fault.DATABASE
        except (FieldError, OSError, PoolExhaustedError):
            return Fault.DATABASE
        if is_read_only and not self._is_for_reading:
            return Fault.READ_ONLY
        return Fault.REPLICA if lag > self._replica_seconds else None

    async def warning(self) -> Fault | None:
        """Whether a partition is missing soon, the keeper is late, or a witness has not cosigned.
        The gateway stays ready, since it cannot fix that."""
        if await self._lacks_partitions():
            return Fault.PARTITIONS
        figures = await self.figures()
        if figures.get(FOLD_LAG, 0) > FOLDED_WITHIN_SECONDS:
            return Fault.KEEPER
        if figures.get(CHECKPOINT_AGE, 0) > SIGNED_WITHIN_SECONDS:
            return Fault.CHECKPOINT
        return Fault.WITNESS if UNCOSIGNED_AGE in figures else None

    async def _lacks_partitions(self) -> bool:
        """Whether what is written next month has no place; not if that cannot be asked."""
        try:
            return bool(await self._ask(missing_partitions(MISSED_AHEAD)))
        except (Error, OSError, PoolExhaustedError):
            return False

    async def revision(self) -> str | None:
        """The migration revision of the database; None if it cannot be read."""
        try:
            [revision] = await self._ask(_REVISION)
        except (Error, OSError, PoolExhaustedError):
            return None
        return revision

    async def figures(self) -> Mapping[str, float]:
        """The metrics of ``FIGURES`` in seconds, without those that cannot be read."""
        figures: dict[str, float] = {}
        for name, newest, viewer in (
            (FOLD_LAG, as_of(), _FIGURES_READER),
            (EDITION_AGE, newest_publication(), ANONYMOUS),
            (CHECKPOINT_AGE, select(func.viewer.account_signed_at()), ANONYMOUS),
            (UNCOSIGNED_AGE, select(func.viewer.account_uncosigned_since()), ANONYMOUS),
        ):
            session = ReadTransaction(self._pool, self._starts.for_reading(viewer))
            instant = newest.subquery().c[0]
            age = select(func.extract("epoch", func.now() - instant))
            try:
                [[(seconds,)]] = await session.fetch(bind_for(viewer, "VolumeTable", age))
                if seconds is not None:
                    figures[name] = float(seconds)
            except (FieldError, Error):
                continue  # a missing metric raises an alarm of its own
            finally:
                await session.close()
        return figures

    async def _ask(self, *questions: str) -> list[Any]:
        """The one value that answers each question, all asked as the role that logs in."""
        async with self._pool.connect() as connection:
            results = await connection.pipeline.run(
                [Command(question) for question in questions], seconds=ROUND_TRIP_SECONDS
            )
        return [row[0] for result in results for row in decode_records(result)]

    async def _read_as_viewer(self) -> None:
        """Read a row as a viewer. Check the seal explicitly: an empty table would not."""
        acts_as = Command("SELECT viewer.acts_as($1)", [ANONYMOUS.role.value])
        countries = select(Country.code).where(reachable_in_role("Country", ANONYMOUS.role))
        one = bind_for(ANONYMOUS, "Country", countries.limit(1))
        start = self._starts.for_reading(ANONYMOUS)
        await commit_in_one_write(
            self._pool, start, [acts_as, Command(one.statement.text, one.arguments)]
        )


class PoolWatch:
    """Diagnoses the pool that requests take their connections from."""

    def __init__(
        self, pool: ConnectionPool, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``seconds`` is the longest operation: a pool without movement for longer is stuck."""
        self._pool = pool
        self._seconds = seconds
        self._clock = clock
        self._moved_at = clock()
        self._disk_full_at: float | None = None
        pool.on_move = self._note_move
        pool.on_failure = self._note_failure

    async def fault(self) -> Fault | None:
        """Why requests get no connection; None if they do, even after waiting."""
        if self._pool.in_use >= self._pool.size:
            is_stuck = self._clock() - self._moved_at > self._seconds
            return Fault.POOL if is_stuck else None
        if self._pool.idle:
            return None
        return await self._try_connecting()

    async def warning(self) -> Fault | None:
        """A fault that does not stop requests from being answered, such as a full disk."""
        full_at = self._disk_full_at
        is_recent = full_at is not None and self._clock() - full_at < _DISK_REPORT_SECONDS
        return Fault.DISK if is_recent else None

    async def _try_connecting(self) -> Fault | None:
        """Try to open one more connection, since none is idle."""
        try:
            async with self._pool.connect():
                return None
        except PoolExhaustedError:  # requests have filled the pool meanwhile
            return None
        except (Error, OSError) as error:
            is_full = state_of(error) == TOO_MANY_CONNECTIONS
            return Fault.POOL if is_full else Fault.DATABASE

    def _note_move(self) -> None:
        self._moved_at = self._clock()

    def _note_failure(self, failure: BaseException | None) -> None:
        state = state_of(failure)
        if state == DISK_FULL:
            self._disk_full_at = self._clock()
            log.error("the disk of the database is full", extra=facts(sqlstate=state))
