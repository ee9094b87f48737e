"""Clocks that a test sets: in the place of the module `time`, and the hour of a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import ModuleType

import asyncpg
import pytest


class SetClock:
    """What time it is, in seconds since 1970."""

    now = 1_800_000_000.0

    @classmethod
    def of(cls, patch: pytest.MonkeyPatch, *modules: ModuleType) -> "SetClock":
        """The clock of these modules, until the test ends."""
        clock = cls()
        for module in modules:
            patch.setattr(module, "time", clock)
        return clock

    def time(self) -> float:
        return self.now

    @property
    def instant(self) -> datetime:
        return datetime.fromtimestamp(int(self.now), UTC)


@asynccontextmanager
async def at_hour_of(connection: asyncpg.Connection, instant: datetime) -> AsyncIterator[None]:
    """In a database in which nothing is written meanwhile it is the hour of this instant."""
    set_hour = (
        "CREATE OR REPLACE FUNCTION epoch_hour(instant timestamptz) RETURNS integer"
        " LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {}::integer"
    )
    await connection.execute(set_hour.format(int(instant.timestamp() // 3600)))
    try:
        yield
    finally:
        await connection.execute(set_hour.format("floor(extract(epoch FROM instant) / 3600)"))
