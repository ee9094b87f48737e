"""Brings a synthetic world into an empty database, in one transaction or not at all."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

import asyncpg

from models.database.connections import connect
from models.publication import publish
from models.reference.data import load
from models.synthetic.assumptions import Scale
from models.synthetic.calendar import months_until
from models.synthetic.demand import demand
from models.synthetic.loading import bulk_load, copy_batch
from models.synthetic.reference import reference
from models.synthetic.rows import Batch
from models.synthetic.world import DEMO_CASES, Plan, World
from models.volumes import rebuild

#: Told how many applications are loaded so far.
Progress = Callable[[int], None]

_TABLES = [table.name for table in fields(Batch)]


class NotEmptyError(Exception):
    """There is something in the database already: a world is loaded whole, into an empty one."""


class Expected(NamedTuple):
    """How many applications a nationality is expected to make in a month, before noise."""

    iso3: str
    month: str
    expected: float


@dataclass(frozen=True)
class Summary:
    """What was loaded."""

    applications: int
    applicants: int
    events: int
    until: datetime
    seconds: float


async def synthesise(
    url: str,
    *,
    applications: int,
    months: int,
    seed: int,
    scale: Scale,
    until: datetime | None = None,
    progress: Progress = lambda loaded: None,
) -> Summary:
    """Load a world that ends at ``until`` (now) into a migrated, empty database.

    It is committed with its rollups and published figures. The same arguments give the same world.
    """
    began = monotonic()
    plan = _plan(applications, months, seed, scale, until)
    connection = await connect(url)
    try:
        with _no_collector():
            async with connection.transaction():
                await _claim(connection)
                await load(connection, reference().files)
                counted = await _load(connection, World(plan, reference()), progress)
                await rebuild(connection)
                await publish(connection, plan.until)
        await connection.execute("VACUUM (ANALYZE)")  # the rollups included
    finally:
        await connection.close()
    return Summary(
        applications=counted["application"],
        applicants=counted["applicant"],
        events=counted["application_event"],
        until=plan.until,
        seconds=monotonic() - began,
    )


def expected(
    *, applications: int, months: int, until: datetime | None = None
) -> Iterator[Expected]:
    """The expected world, before noise: its sum is ``applications``."""
    given = reference()
    plan = _plan(applications, months, 0, Scale.NATIONAL, until)
    iso3 = {country.code: country.iso3 for country in given.countries}
    world = demand(given, months_until(plan.until, months))
    for cell, count in world.expected(applications):
        yield Expected(iso3[cell.nationality], f"{cell.month.first:%Y-%m}", count)


def _plan(applications: int, months: int, seed: int, scale: Scale, until: datetime | None) -> Plan:
    plan = Plan(
        applications, months, seed, scale, (until or datetime.now(UTC)).replace(microsecond=0)
    )
    if applications < len(DEMO_CASES) or months < 1:
        raise ValueError(f"a world has at least {len(DEMO_CASES)} applications and one month")
    begins_on = months_until(plan.until, months)[0].first
    earliest = reference().begins_on
    if begins_on < earliest:
        raise ValueError(f"a world of {months} months would begin before {earliest}")
    return plan


async def _claim(connection: asyncpg.Connection) -> None:
    """Keep everyone else out, and make sure that nobody was here before."""
    await connection.execute(f"LOCK TABLE country, {', '.join(_TABLES)} IN ACCESS EXCLUSIVE MODE")
    if await connection.fetchval("SELECT EXISTS (SELECT FROM country)"):
        raise NotEmptyError(
            "the database is not empty: a synthetic world needs one that was migrated and no more,"
            " without `gerbang init`"
        )


async def _load(connection: asyncpg.Connection, world: World, progress: Progress) -> dict[str, int]:
    """Load all batches of a world, and count the rows of each table."""
    counted = dict.fromkeys(_TABLES, 0)
    async with bulk_load(connection, _TABLES):
        for batch in world.batches():
            await copy_batch(connection, batch)
            for table in _TABLES:
                counted[table] += len(getattr(batch, table))
            progress(counted["application"])
    return counted


@contextmanager
def _no_collector() -> Iterator[None]:
    """Rows form no cycles, so looking for garbage among them only costs time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
