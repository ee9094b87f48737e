"""Loads synthetic data into an empty database, in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from time import monotonic
from typing import NamedTuple

import asyncpg

from models.account import reset_sources
from models.database.connections import connected
from models.garbage import without_garbage_collection
from models.jobs.linking import link_everybody
from models.jobs.relating import relate_everybody
from models.key_service import KeyService
from models.person.vault import Vault
from models.publication import publish
from models.reference.data import load
from models.reference.named_event import event_code
from models.synthetic.asking import decree_hearings
from models.synthetic.assumptions import Scale
from models.synthetic.by_system import decree_rule
from models.synthetic.calendar import day_in_wib, last_outage, months_until
from models.synthetic.crossings import REFERENCES, REPORTS
from models.synthetic.demand import demand
from models.synthetic.indexing import TABLES as INDEXED
from models.synthetic.indexing import index_rows, sealed_rows
from models.synthetic.inputs import reference
from models.synthetic.loading import bulk_load, copy, copy_batch, without_indexes
from models.synthetic.rows import Batch
from models.synthetic.world import FEWEST, Plan, World
from models.vocabulary import NamedEventKind
from models.volumes import rebuild
from models.volumes.grains import AGES
from models.volumes.keeping import ROLLUPS

#: Called with the number of applications loaded so far.
Progress = Callable[[int], None]

_TABLES = [table.name for table in fields(Batch)]
#: Files come complete: what a visa type requires is there from the first event on. It is required
#: since the first day of every world.
_COMPLETE_FILES = """
    INSERT INTO case_document (application_id, kind, recorded_at, recorded_by)
    SELECT application.id, required_document.kind, submitted_at, handed_in.actor
    FROM application
    JOIN required_document USING (visa_type_code)
    JOIN application_event AS handed_in
        ON handed_in.application_id = application.id AND handed_in.sequence = 1
    WHERE extends_visa_number IS NULL
"""
#: As the decisions would have raised them; after a while a supervisor has looked at each.
_DIFFERENCES = """
    INSERT INTO alert (
        id, kind, actor, actor_role, application_id, raised_at, closed_at, closed_by, close_reason
    )
    SELECT
        id, 'DECISIONS_DIFFER', 'keeper', 'ANONYMOUS', application_id, decided_at, looked_at,
        CASE WHEN looked_at IS NOT NULL THEN 'supervisor' END,
        CASE WHEN looked_at IS NOT NULL THEN 'The second decision stands.' END
    FROM second_decision
    LEFT JOIN LATERAL (
        SELECT decided_at + interval '1 day'
        WHERE decided_at < $1::timestamptz - interval '30 days'
    ) AS seen (looked_at) ON true
    WHERE differs ORDER BY id
"""
#: Crossings are reported from the beginning of a world on.
_PARTITIONS = """
    SELECT count(make_partition('crossing', $1::timestamptz - months * interval '1 month'))
    FROM generate_series(0, $2) AS months
"""
_ROLLUPS = [rollup.table.name for rollup in (*ROLLUPS, *AGES)]
_PUBLISHED = ["volume_published", "volume_publication_note"]


class NotEmptyError(Exception):
    """The database is not empty, so no synthetic data can be loaded."""


class ExpectedDemand(NamedTuple):
    """How many applications a nationality is expected to make in a month, before noise."""

    iso3: str
    month: str
    expected: float


@dataclass(frozen=True)
class Summary:
    """What was loaded."""

    #: For visas: the extensions come on top of what was asked for.
    applications: int
    extensions: int
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
    keys: KeyService | None = None,
) -> Summary:
    """Generate data up to ``until`` (default: now) in a migrated, empty database: so many
    applications for visas, and the extensions that some holders of these ask for.

    Rollups and published figures are built in the same transaction. The same arguments give the
    same rows in every table, wherever and whenever they are made. With ``keys`` its people are
    sealed and linked too; without, they are as before the vault, and the keeper does both.
    """
    began = monotonic()
    plan = _plan(applications, months, seed, scale, until)
    async with connected(url) as connection:
        with without_garbage_collection():
            async with connection.transaction():
                row_counts = await _load_world(connection, plan, progress, keys)
                await _build_figures(connection, plan.until)
        await connection.execute("VACUUM (ANALYZE)")  # the rollups included
    return Summary(
        applications=row_counts["application"] - row_counts["extension"],
        extensions=row_counts["extension"],
        applicants=row_counts["applicant"],
        events=row_counts["application_event"],
        until=plan.until,
        seconds=monotonic() - began,
    )


def expected_demand(
    *, applications: int, months: int, until: datetime | None = None
) -> Iterator[ExpectedDemand]:
    """Expected numbers before noise; they sum up to ``applications``."""
    inputs = reference()
    plan = _plan(applications, months, 0, Scale.NATIONAL, until)
    iso3 = {country.code: country.iso3 for country in inputs.countries}
    world = demand(inputs, months_until(plan.until, months))
    for cell, count in world.expected_demand(applications):
        yield ExpectedDemand(iso3[cell.nationality], f"{cell.month.first:%Y-%m}", count)


def _plan(applications: int, months: int, seed: int, scale: Scale, until: datetime | None) -> Plan:
    plan = Plan(
        applications, months, seed, scale, (until or datetime.now(UTC)).replace(microsecond=0)
    )
    if applications < FEWEST or months < 1:
        raise ValueError(f"a world has at least {FEWEST} applications and one month")
    begins_on = months_until(plan.until, months)[0].first
    earliest = reference().begins_on
    if begins_on < earliest:
        raise ValueError(f"a world of {months} months would begin before {earliest}")
    return plan


async def _lock_empty_tables(connection: asyncpg.Connection) -> None:
    """Lock the tables, and raise NotEmptyError if there is any data."""
    tables = ", ".join(("country", "case_document", *_TABLES))
    await connection.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
    if await connection.fetchval("SELECT EXISTS (SELECT FROM country)"):
        raise NotEmptyError(
            "the database is not empty: a synthetic world needs one that was migrated and no more,"
            " without `gerbang init`"
        )


async def _load_world(
    connection: asyncpg.Connection, plan: Plan, progress: Progress, keys: KeyService | None
) -> dict[str, int]:
    """Load reference data and all batches, and link their people if they are sealed."""
    await _lock_empty_tables(connection)
    began_at = datetime.combine(reference().begins_on, time(), UTC)
    await connection.execute(_PARTITIONS, plan.until, plan.months)
    await _name_outage(connection, plan.until)
    await load(connection, reference().files, began_at)
    await decree_hearings(connection, plan.until)
    await decree_rule(connection, plan.until)
    row_counts = await _load_batches(connection, World(plan, reference()), progress, keys)
    await connection.execute(_DIFFERENCES, plan.until)
    if keys is not None:
        await link_everybody(connection)
        await connection.execute(_ORDER_DOCUMENTS)
        await relate_everybody(keys, connection)
    await reset_sources(connection)  # what was loaded past the triggers
    return row_counts


#: Of those who sign in themselves: the keeper issues them, as after a grant.
_ORDER_DOCUMENTS = """
    INSERT INTO visa_document (visa_number, applicant_id)
    SELECT visa_number, applicant.id FROM visa
    JOIN application ON application.id = visa.application_id
    JOIN applicant ON applicant.id = application.applicant_id
    WHERE account IS NOT NULL AND num_nonnulls(revoked_at, superseded_at, returned_at) = 0
        AND use_by + stay_days::integer >= wib_day(clock_timestamp())
"""


async def _name_outage(connection: asyncpg.Connection, until: datetime) -> None:
    """The outage as a named event, with the days on which the work was caught up. The ledger begins
    with what is loaded after it."""
    outage, kind = last_outage(until), NamedEventKind.OUTAGE
    began_on, ended_on = day_in_wib(outage.starts_at), day_in_wib(outage.caught_up_at)
    await connection.execute(
        "INSERT INTO named_event (code, kind, began_on, ended_on, was_screening_out)"
        " VALUES ($1, $2, $3, $4, true)",
        event_code(kind, began_on, None),
        kind,
        began_on,
        ended_on,
    )


async def _build_figures(connection: asyncpg.Connection, until: datetime) -> None:
    """Build rollups and published figures; their triggers tell gateways that there are others."""
    async with without_indexes(connection, _ROLLUPS):
        await rebuild(connection, until)
    async with without_indexes(connection, _PUBLISHED):
        await publish(connection, until)


async def _load_batches(
    connection: asyncpg.Connection, world: World, progress: Progress, keys: KeyService | None
) -> dict[str, int]:
    """Load all batches; return the number of rows by table, and of extensions among these."""
    row_counts = dict.fromkeys((*_TABLES, "extension"), 0)
    async with bulk_load(connection, [*_TABLES, "case_document", *INDEXED]):
        for batch in world.batches():
            if keys is not None:
                batch.application[:] = [row._replace(is_linked=True) for row in batch.application]
                await copy_batch(connection, batch, await sealed_rows(Vault(keys), batch))
                for table, rows in (await index_rows(keys, batch)).items():
                    await copy(connection, table, rows[0]._fields, rows)
            else:
                # Nothing is written of them that is not sealed.
                for table in ("item_answer", "intention_answer", "guarantor", "guardian"):
                    getattr(batch, table).clear()
                batch.complaint_text.clear()
                await copy_batch(connection, batch)
            for table in _TABLES:
                row_counts[table] += len(getattr(batch, table))
            row_counts["extension"] += sum(
                row.extends_visa_number is not None for row in batch.application
            )
            progress(row_counts["application"] - row_counts["extension"])
        await connection.execute(_COMPLETE_FILES)
        if keys is not None:
            await connection.execute(REPORTS)
        await connection.execute(REFERENCES)
    return row_counts
