"""Probes whether the database can answer viewers, with a real read on its own connection."""

import time
from collections.abc import Mapping

from psycopg import Error
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access.rows import select_reachable, vouch_for
from gateway.access.transactions.begin import (
    Clock,
    TransactionStarts,
    begin_transaction,
    end_transaction,
)
from gateway.access.transactions.errors import TOO_MANY_CONNECTIONS, state_of
from gateway.access.transactions.reading import BEGIN, ReadTransaction
from gateway.errors import FieldError
from gateway.faults import Fault
from gateway.viewer import ANONYMOUS, Viewer
from models import Country
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool, PoolExhaustedError
from models.migrations import serves_this_release
from models.publication.reading import newest_publication
from models.vocabulary import Role
from models.volumes import as_of

#: If a seal is refused and the clocks differ by more than this, the clocks are to blame.
_SECONDS_APART = 2.0

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
#: Folds run every second and take well under a second.
FOLDED_WITHIN_SECONDS = 120
#: Checkpoints are signed every ten seconds, and once a minute where nothing happens.
SIGNED_WITHIN_SECONDS = 180
#: Metrics that are read from the database, with their descriptions.
FIGURES = {
    FOLD_LAG: "Age of the oldest change that is not counted in the volumes.",
    EDITION_AGE: "Age of the newest edition of published figures.",
    CHECKPOINT_AGE: "Age of the newest checkpoint of the account.",
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
            async with self._pool.connect() as connection:
                if not await serves_this_release(connection):
                    return Fault.MIGRATIONS
                apart = await self._seconds_apart(connection)
                lag = await connection.scalar(text(LAG))
                is_read_only = await connection.scalar(text(IS_READ_ONLY))
            await self._read_as_viewer()
        except (SQLAlchemyError, Error) as error:
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
        """Whether the keeper is late. The gateway stays ready, since it cannot fix that."""
        figures = await self.figures()
        if figures.get(FOLD_LAG, 0) > FOLDED_WITHIN_SECONDS:
            return Fault.KEEPER
        late = figures.get(CHECKPOINT_AGE, 0) > SIGNED_WITHIN_SECONDS
        return Fault.CHECKPOINT if late else None

    async def revision(self) -> str | None:
        """The migration revision of the database; None if it cannot be read."""
        try:
            async with self._pool.connect() as connection:
                return await connection.scalar(text("SELECT version_num FROM alembic_version"))
        except (SQLAlchemyError, Error, OSError, PoolExhaustedError):
            return None

    async def figures(self) -> Mapping[str, float]:
        """The metrics of ``FIGURES`` in seconds, without those that cannot be read."""
        figures: dict[str, float] = {}
        for name, newest, viewer in (
            (FOLD_LAG, as_of(), _FIGURES_READER),
            (EDITION_AGE, newest_publication(), ANONYMOUS),
            (CHECKPOINT_AGE, select(func.viewer.account_signed_at()), ANONYMOUS),
        ):
            session = ReadTransaction(self._pool, self._starts.for_reading(viewer))
            instant = newest.subquery().c[0]
            age = select(func.extract("epoch", func.now() - instant))
            try:
                ((seconds,),) = await session.rows(vouch_for(age, "VolumeTable"))
                if seconds is not None:
                    figures[name] = float(seconds)
            except (FieldError, SQLAlchemyError, Error):
                continue  # a missing metric raises an alarm of its own
            finally:
                await session.close()
        return figures

    async def _seconds_apart(self, connection: AsyncConnection) -> float:
        before = self._clock()
        there = await connection.scalar(text(_NOW)) or 0.0
        return max(before - there, there - self._clock())

    async def _read_as_viewer(self) -> None:
        """Read a row as a viewer. Check the seal explicitly: an empty table would not."""
        connection, *_ = await begin_transaction(
            self._pool, BEGIN, self._starts.for_reading(ANONYMOUS)
        )
        try:
            acts_as = Command("SELECT viewer.acts_as($1)", [ANONYMOUS.role.value])
            await connection.pipeline.run([acts_as])
            await connection.alchemy.execute(
                select_reachable("Country", ANONYMOUS, Country.code.label("code")).limit(1)
            )
        finally:
            await end_transaction(self._pool, connection)
