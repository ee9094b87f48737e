"""The nightly publication: each completed period is protected and published once."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

import asyncpg

from models.publication import source
from models.publication.audit import Candidate
from models.publication.coalitions import audit_publication
from models.publication.disclosure import Interval, ProtectedCount
from models.publication.sets import (
    DIMENSIONS,
    NATIONAL_SETS,
    Cell,
    DimensionSet,
    Period,
    periods_over,
)
from models.publication.source import TrueCounts
from models.publication.tables import CODES, FIGURES
from models.publication.writing import Key, PreviousEditions, Publication, write

_WIB = timezone(timedelta(hours=7))

#: Advisory lock of the publishing job, so that nothing is published twice.
_LOCK = "SELECT pg_advisory_xact_lock(7461003)"

_KEY = ("dimension_set", "period", "starts_on")
_LATEST = f"""
    SELECT DISTINCT ON ({", ".join((*_KEY, *CODES))}) *
    FROM volume_published
    ORDER BY {", ".join((*_KEY, *CODES))}, edition DESC
"""  # noqa: S608


def wib_day(instant: datetime) -> date:
    return instant.astimezone(_WIB).date()


async def publish(connection: asyncpg.Connection, now: datetime) -> Publication:
    """Publish completed periods that are not published yet, and corrections of the others.

    Runs in one transaction and is idempotent.
    """
    today = wib_day(now)
    async with connection.transaction():
        await connection.execute(_LOCK)
        before = await _read_previous(connection)
        begins_on = await connection.fetchval("SELECT min(wib_day(paid_at)) FROM application")
        over = list(periods_over(begins_on, today)) if begins_on else []
        new = [key for key in over if key not in before.editions]
        truth = await source.read_true_counts(connection, today)
        candidates = _candidates(truth, before, frozenset(over), frozenset(new))
        # CPU-bound and slow: keep it off the event loop.
        await asyncio.to_thread(audit_publication, candidates, truth)
        await source.read_durations(connection, truth, _first_days(candidates))
        return await write(connection, now, new, candidates, truth, before)


def _first_days(candidates: Mapping[Cell, Candidate]) -> dict[Period, date]:
    """For each kind of period, the first day of the earliest one to be published."""
    first: dict[Period, date] = {}
    for cell, candidate in candidates.items():
        if candidate.is_new:
            first[cell.period] = min(first.get(cell.period, cell.starts_on), cell.starts_on)
    return first


async def _read_previous(connection: asyncpg.Connection) -> PreviousEditions:
    editions = await connection.fetch(
        "SELECT period, starts_on, max(edition) AS edition FROM volume_edition GROUP BY 1, 2"
    )
    notes = await connection.fetch("SELECT * FROM volume_publication_note")
    return PreviousEditions(
        {(Period(row["period"]), row["starts_on"]): row["edition"] for row in editions},
        {
            _cell(row): tuple(row[name] for name in FIGURES)
            for row in await connection.fetch(_LATEST)
        },
        {_cell(row, row["codes"]): row for row in notes},
    )


def _cell(row: asyncpg.Record, codes: list[str] | None = None) -> Cell:
    dimension_set = DimensionSet(row["dimension_set"])
    if codes is None:
        codes = [row[dimension] for dimension in DIMENSIONS[dimension_set]]
    return Cell(dimension_set, Period(row["period"]), row["starts_on"], tuple(codes))


def _candidates(
    truth: TrueCounts, before: PreviousEditions, over: frozenset[Key], new: frozenset[Key]
) -> dict[Cell, Candidate]:
    """Every cell of the completed periods, in grid order."""
    candidates: dict[Cell, Candidate] = {}
    for cell in sorted(truth.counts.keys() | before.notes.keys()):
        key = (cell.period, cell.starts_on)
        if key in over:
            candidates[cell] = _candidate(truth, cell, before.notes.get(cell), key in new)
    return candidates


def _candidate(
    truth: TrueCounts, cell: Cell, note: asyncpg.Record | None, is_new: bool
) -> Candidate:
    counts, closed = truth.counts_of(cell), truth.closed_in(cell)
    candidate = Candidate(
        counts, closed, cell.dimension_set not in NATIONAL_SETS, _measures(cell), is_new=is_new
    )
    if is_new:
        return candidate
    # A group without a row in a published period was published as zero throughout. Publishing a
    # row for it now would reveal exactly how many were added.
    revealed: dict[ProtectedCount, Interval] = {}
    noted = dict(zip(source.COUNTED, note["counts"], strict=True)) if note else {}
    for number, measure in enumerate(ProtectedCount):
        changed_by = counts[measure] - noted.get(measure, 0)
        revealed[measure] = (
            Interval(note["low"][number], note["high"][number]) if note else Interval(0, 0)
        ).shift(changed_by)
    candidate.revealed_before = revealed
    candidate.was_published = True
    candidate.is_new = note is not None and noted != {"closed": closed, **counts}
    return candidate


def _measures(cell: Cell) -> tuple[ProtectedCount, ...]:
    """The protected counts of a cell; below national level managers know the intake anyway."""
    if cell.dimension_set in NATIONAL_SETS:
        return tuple(ProtectedCount)
    return tuple(measure for measure in ProtectedCount if measure is not ProtectedCount.INTAKE)
