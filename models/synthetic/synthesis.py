"""Brings a synthetic world into an empty database, in one transaction or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

import asyncpg

from models.database import connect
from models.synthetic.assumptions import Scale
from models.synthetic.calendar import months_until
from models.synthetic.demand import demand
from models.synthetic.loading import bulk_load, copy, copy_batch
from models.synthetic.reference import Reference, reference
from models.synthetic.rows import Batch
from models.synthetic.world import Plan, World
from models.volumes.keeping import rebuild

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

    It is committed with its rollups. The same arguments give the same world.
    """
    began = monotonic()
    given = reference()
    plan = _plan(given, applications, months, seed, scale, until)
    counted = dict.fromkeys(_TABLES, 0)
    connection = await connect(url)
    try:
        async with connection.transaction():
            await _claim(connection)
            await _load_reference(connection, given)
            async with bulk_load(connection, _TABLES):
                async for batch in _batches(World(plan, given)):
                    await copy_batch(connection, batch)
                    for table in _TABLES:
                        counted[table] += len(getattr(batch, table))
                    progress(counted["application"])
            await rebuild(connection)
        await connection.execute(f"VACUUM (ANALYZE) {', '.join(_TABLES)}")
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
    plan = _plan(given, applications, months, 0, Scale.NATIONAL, until)
    iso3 = {country.code: country.iso3 for country in given.countries}
    world = demand(given, months_until(plan.until, months))
    for cell, count in world.expected(applications):
        yield Expected(iso3[cell.nationality], f"{cell.month.first:%Y-%m}", count)


def _plan(
    given: Reference,
    applications: int,
    months: int,
    seed: int,
    scale: Scale,
    until: datetime | None,
) -> Plan:
    until = (until or datetime.now(UTC)).replace(microsecond=0)
    begins_on = months_until(until, months)[0].first
    if begins_on < given.begins_on:
        raise ValueError(f"the world would begin on {begins_on}, before {given.begins_on}")
    return Plan(applications, months, seed, scale, until)


async def _claim(connection: asyncpg.Connection) -> None:
    """Keep everyone else out, and make sure that nobody was here before."""
    await connection.execute(f"LOCK TABLE country, {', '.join(_TABLES)} IN ACCESS EXCLUSIVE MODE")
    if await connection.fetchval("SELECT EXISTS (SELECT FROM country)"):
        raise NotEmptyError("the database is not empty")


async def _load_reference(connection: asyncpg.Connection, given: Reference) -> None:
    countries = [row[:4] for row in given.countries]
    entry_rules = [(row.code, given.begins_on, row.entry) for row in given.countries]
    await copy(connection, "country", ("code", "iso3", "name_en", "name_id"), countries)
    await copy(connection, "entry_rule", ("country_code", "valid_from", "entry"), entry_rules)
    for table, rows in (
        ("partner", given.partners),
        ("partner_country", given.partner_countries),
        ("centre", given.centres),
        ("visa_type", given.visa_types),
        ("fee", given.fees),
        ("service_target", given.service_targets),
    ):
        await copy(connection, table, rows[0]._fields, rows)


async def _batches(world: World) -> AsyncIterator[Batch]:
    """The batches of a world, each made while the one before is being written."""
    batches = world.batches()
    batch = await asyncio.to_thread(next, batches, None)
    while batch is not None:
        following = asyncio.create_task(asyncio.to_thread(next, batches, None))
        yield batch
        batch = await following
