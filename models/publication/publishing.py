"""The nightly publication: each completed period is protected and published once."""

import asyncio
from datetime import datetime

import asyncpg

from models.instants import wib_day
from models.publication.disclosure import (
    ROUNDING_ERROR,
    Interval,
    Refusals,
    round_to_step,
)
from models.publication.refusal_audit import Candidate, audit_refusals
from models.publication.sets import DIMENSIONS, Cell, DimensionSet, Period, periods_over
from models.publication.source import Outcomes, Truth, read_truth
from models.publication.tables import CODES
from models.publication.writing import Key, PreviousEditions, Publication, write
from models.volumes.keeping import fold

#: Advisory lock of the publishing job, so that nothing is published twice.
_LOCK = "SELECT pg_advisory_xact_lock(7461003)"

_KEY = ("dimension_set", "period", "starts_on")
_LATEST = f"""
    SELECT DISTINCT ON ({", ".join((*_KEY, *CODES))}) *
    FROM volume_published
    ORDER BY {", ".join((*_KEY, *CODES))}, edition DESC
"""  # noqa: S608


async def publish(connection: asyncpg.Connection, now: datetime) -> Publication:
    """Publish completed periods that are not published yet, and corrections of the others.

    Whatever was recorded before is folded into the figures first. All figures are of one snapshot.
    Idempotent.
    """
    today = wib_day(now)
    while await fold(connection):
        continue
    isolation = None if connection.is_in_transaction() else "repeatable_read"
    async with connection.transaction(isolation=isolation):
        await connection.execute(_LOCK)
        before = await _read_previous(connection)
        truth = await read_truth(connection, today)
        over = frozenset(periods_over(truth.begins_on, today)) if truth.begins_on else frozenset()
        candidates = _candidates(truth, before, over)
        # CPU-bound and slow: keep it off the event loop.
        await asyncio.to_thread(audit_refusals, candidates, truth.own)
        return await write(connection, now, over, candidates, truth, before)


async def _read_previous(connection: asyncpg.Connection) -> PreviousEditions:
    editions = await connection.fetch(
        "SELECT period, starts_on, max(edition) AS edition FROM volume_edition GROUP BY 1, 2"
    )
    notes = await connection.fetch("SELECT * FROM volume_publication_note")
    return PreviousEditions(
        {(Period(row["period"]), row["starts_on"]): row["edition"] for row in editions},
        {_cell(row): row for row in await connection.fetch(_LATEST)},
        {_cell(row, row["codes"]): row for row in notes},
    )


def _cell(row: asyncpg.Record, codes: list[str] | None = None) -> Cell:
    dimension_set = DimensionSet(row["dimension_set"])
    if codes is None:
        codes = [row[dimension] for dimension in DIMENSIONS[dimension_set]]
    return Cell(dimension_set, Period(row["period"]), row["starts_on"], tuple(codes))


def _candidates(
    truth: Truth, before: PreviousEditions, over: frozenset[Key]
) -> dict[Cell, Candidate]:
    """Every cell of the completed periods, in grid order."""
    return {
        cell: _candidate(cell, truth.outcomes.get(cell, Outcomes()), before)
        for cell in sorted(truth.cells.keys() | before.notes.keys())
        if (cell.period, cell.starts_on) in over
    }


def _candidate(cell: Cell, outcomes: Outcomes, before: PreviousEditions) -> Candidate:
    known = max(0, round_to_step(outcomes.decisions) - ROUNDING_ERROR)
    note, row = before.notes.get(cell), before.rows.get(cell)
    if note is None or row is None:
        return Candidate(*outcomes, known)
    revealed = Interval(note["low"], note["high"])
    return Candidate(
        *outcomes,
        known,
        is_new=(note["decisions"], note["refused"]) != outcomes,
        before=Refusals(row["refused"], row["refused_below"]),
        candidates_before=revealed.shift(outcomes.refused - note["refused"]),
        was_published=True,
    )
