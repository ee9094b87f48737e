"""Whether the database would answer a viewer now: asked as a read does, on a connection apart."""

import time
from collections.abc import Mapping

from asyncpg import PostgresError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.access.rows import select_reachable, vouch_for
from gateway.access.transactions.begin import TransactionStarts, begin_transaction
from gateway.access.transactions.errors import BROKEN, TOO_MANY_CONNECTIONS, state_of
from gateway.access.transactions.reading import BEGIN, ReadTransaction
from gateway.access.transactions.seal import Clock
from gateway.errors import FieldError
from gateway.faults import Fault
from gateway.viewer import ANONYMOUS, Viewer
from models import Country
from models.database.connections import driver_of
from models.migrations import serves_this_release
from models.publication.reading import newest_publication
from models.vocabulary import Role
from models.volumes import as_of

#: Where a sealed viewer is refused and clocks differ by more, the clocks are the reason.
_SECONDS_APART = 2.0

_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"
#: How many seconds a replica is behind; a primary is not.
# One that is connected and has replayed all that it received is behind by nothing, however
# long ago its primary last committed.
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
_REFUSED = "42501"
_UNDEFINED = "42"

#: Reads every figure, and not a single case.
_FIGURES_READER = Viewer(subject="", role=Role.LEADERSHIP)

FOLD_LAG, EDITION_AGE = "gerbang_fold_lag_seconds", "gerbang_published_edition_age_seconds"
#: A fold takes well under a second and comes every second.
FOLDED_WITHIN_SECONDS = 120
#: The figures that are read from the database, each with its meaning.
FIGURES = {
    FOLD_LAG: "Age of the oldest change that is not counted in the volumes.",
    EDITION_AGE: "Age of the newest edition of published figures.",
}


class Probe:
    """Asks the database on its own connection, so that it never waits behind requests."""

    def __init__(
        self,
        engine: AsyncEngine,
        openings: TransactionStarts,
        *,
        replica_seconds: float,
        clock: Clock = time.time,
    ) -> None:
        self._engine = engine
        self._openings = openings
        self._replica_seconds = replica_seconds
        self._clock = clock

    async def fault(self) -> Fault | None:
        """Why a read would fail, or would be older than is allowed; None where it would not."""
        apart = 0.0
        try:
            async with self._engine.connect() as connection:
                if not await serves_this_release(connection):
                    return Fault.MIGRATIONS
                apart = await self._seconds_apart(connection)
                lag = await connection.scalar(text(LAG))
            await self._read_as_viewer()
        except (SQLAlchemyError, PostgresError) as error:
            state = state_of(error)
            if state == _REFUSED:
                return Fault.CLOCK if apart > _SECONDS_APART else Fault.SEAL
            if state == TOO_MANY_CONNECTIONS:
                return Fault.POOL
            return Fault.MIGRATIONS if state.startswith(_UNDEFINED) else Fault.DATABASE
        except (FieldError, *BROKEN):
            return Fault.DATABASE
        return Fault.REPLICA if lag > self._replica_seconds else None

    async def warning(self) -> Fault | None:
        """Whether nobody keeps the volumes: no reason to be unready, since no gateway does."""
        lag = (await self.figures()).get(FOLD_LAG, 0)
        return Fault.KEEPER if lag > FOLDED_WITHIN_SECONDS else None

    async def revision(self) -> str | None:
        """The revision of the database; None where it does not tell."""
        try:
            async with self._engine.connect() as connection:
                return await connection.scalar(text("SELECT version_num FROM alembic_version"))
        except (SQLAlchemyError, PostgresError, *BROKEN):
            return None

    async def figures(self) -> Mapping[str, float]:
        """The figures of ``FIGURES``, seconds; those that cannot be read are left out."""
        found: dict[str, float] = {}
        for name, newest, viewer in (
            (FOLD_LAG, as_of(), _FIGURES_READER),
            (EDITION_AGE, newest_publication(), ANONYMOUS),
        ):
            session = ReadTransaction(self._engine, self._openings.for_reading(viewer))
            age = select(func.extract("epoch", func.now() - newest.scalar_subquery()))
            try:
                ((seconds,),) = await session.rows(vouch_for(age, "VolumeTable"))
                if seconds is not None:
                    found[name] = float(seconds)
            except (FieldError, SQLAlchemyError, PostgresError):
                continue  # an absent figure is an alarm of its own
            finally:
                await session.close()
        return found

    async def _seconds_apart(self, connection: AsyncConnection) -> float:
        before = self._clock()
        there = await connection.scalar(text(_NOW)) or 0.0
        return max(before - there, there - self._clock())

    async def _read_as_viewer(self) -> None:
        """A sealed transaction that reads a row. An empty table asks no rule, so it is asked."""
        connection = await begin_transaction(
            self._engine, BEGIN, self._openings.for_reading(ANONYMOUS)
        )
        try:
            driver = driver_of(connection)
            await driver.fetchval("SELECT viewer.acts_as($1)", ANONYMOUS.role.value)
            await connection.execute(
                select_reachable("Country", ANONYMOUS, Country.code.label("code")).limit(1)
            )
            await driver.execute("ROLLBACK")
        except BaseException:
            await connection.invalidate()
            raise
        finally:
            await connection.close()
