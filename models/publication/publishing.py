"""The nightly publication: each completed period is protected and published once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import asyncpg

from models.instants import wib_day
from models.publication.audit import Candidate, Known, audit, infer
from models.publication.disclosure import (
    ROUNDING_ERROR,
    UNBOUNDED,
    Interval,
    Protected,
    protect_count,
    protect_refusals,
)
from models.publication.sets import (
    DIMENSIONS,
    DIRECT,
    Cell,
    DimensionSet,
    Period,
    periods_over,
)
from models.publication.source import Counts, Truth, read_truth
from models.publication.tables import AUDITED, CODES
from models.publication.writing import (
    Candidates,
    Key,
    PreviousEditions,
    Publication,
    write,
)
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
        # CPU-bound and slow: keep it off the event loop.
        candidates = await asyncio.to_thread(_protect, truth, before, over)
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
        codes = [row[dimension] or DIRECT for dimension in DIMENSIONS[dimension_set]]
    return Cell(dimension_set, Period(row["period"]), row["starts_on"], tuple(codes))


def _protect(truth: Truth, before: PreviousEditions, over: frozenset[Key]) -> Candidates:
    """What is published of the counts of every cell of the completed periods, in grid order."""
    cells = [
        cell
        for cell in sorted(truth.cells.keys() | before.notes.keys())
        if (cell.period, cell.starts_on) in over
    ]
    partners = sorted(truth.own)
    intake, decisions = (
        {cell: _count_of(cell, name, truth, before) for cell in cells}
        for name in ("intake", "decisions")
    )
    audit(intake, [_known_counts(truth, partner, "intake") for partner in partners])
    known = [_known_counts(truth, partner, "decisions") for partner in partners]
    audit(decisions, known)
    everybody = infer(decisions, {})
    refusals = {
        cell: _refusals_of(cell, decisions[cell].published, everybody[cell].high, truth, before)
        for cell in cells
    }
    audit(
        refusals,
        [
            _known_refusals(truth.own[partner], infer(decisions, of_partner))
            for partner, of_partner in zip(partners, known, strict=True)
        ],
    )
    return {"intake": intake, "decisions": decisions, "refused": refusals}


def _count_of(cell: Cell, name: str, truth: Truth, before: PreviousEditions) -> Candidate:
    count = getattr(truth.counts.get(cell, Counts()), name)
    candidate = Candidate(count, protect_count(count), nought_is_no_secret=True)
    # Each of several partners would subtract its own.
    candidate.is_withheld = (
        cell.dimension_set is DimensionSet.COUNTRY and len(truth.partners_in(cell) or ()) > 1
    )
    row = before.rows.get(cell)
    _remember(cell, name, candidate, truth, before, Protected(row[name] if row else None))
    return candidate


def _refusals_of(
    cell: Cell, decisions: Protected, most: int, truth: Truth, before: PreviousEditions
) -> Candidate:
    """Of the refusals among the decisions that are published, which are so many at most."""
    counts = truth.counts.get(cell, Counts())
    told = max(0, (decisions.rounded or 0) - ROUNDING_ERROR)
    protected = protect_refusals(told, counts.refused)
    candidate = Candidate(counts.refused, protected, most)
    row = before.rows.get(cell)
    published = Protected(row["refused"], row["refused_below"]) if row else Protected()
    _remember(cell, "refused", candidate, truth, before, published)
    return candidate


def _remember(
    cell: Cell,
    name: str,
    candidate: Candidate,
    truth: Truth,
    before: PreviousEditions,
    published: Protected,
) -> None:
    """What earlier editions published of a count, and what they leave."""
    if (note := before.notes.get(cell)) is None:
        return
    counts = truth.counts.get(cell, Counts())
    candidate.is_new = counts != tuple(note[each] for each in AUDITED)
    candidate.before = published
    revealed = Interval(note[f"{name}_low"], note[f"{name}_high"])
    candidate.candidates_before = revealed.shift(candidate.count - note[name])


def _known_counts(truth: Truth, partner: str, name: str) -> Known:
    """What a partner's people know: their own part at least, and all of it where they are alone."""
    known: dict[Cell, Interval] = {}
    for cell, own in truth.own[partner].items():
        count = getattr(own, name)
        is_alone = truth.partners_in(cell) == frozenset({partner})
        known[cell] = Interval(count, count if is_alone else UNBOUNDED)
    return known


def _known_refusals(own: Mapping[Cell, Counts], decisions: Known) -> Known:
    """Their own refusals at least, and besides at most all that others decided."""
    known: dict[Cell, Interval] = {}
    for cell, (_, most) in decisions.items():
        _, decided, refused = own.get(cell, Counts())
        known[cell] = Interval(refused, refused + most - decided)
    return known
