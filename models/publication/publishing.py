"""The nightly publication: what is over is published once, protected, and stays as it is."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

import asyncpg

from models.publication import source
from models.publication.audit import Candidate
from models.publication.auditing import audited
from models.publication.disclosure import (
    ANYTHING,
    UNBOUNDED,
    Interval,
    Protected,
    Published,
    is_enough,
    is_near,
    is_small,
    rate,
    two_digits,
)
from models.publication.sets import (
    COUNTRY_SETS,
    DIMENSIONS,
    NATIONAL_SETS,
    Cell,
    DimensionSet,
    Period,
    periods_over,
    place_of,
)
from models.publication.source import Truth
from models.publication.tables import CODES, COUNTS, DURATIONS, FIGURES
from models.volumes.grains import Dimension

_WIB = timezone(timedelta(hours=7))

#: Held by whoever publishes, so that nothing is published twice.
_LOCK = "SELECT pg_advisory_xact_lock(7461003)"

_KEY = ("dimension_set", "period", "starts_on")
_PUBLISHED_COLUMNS = (*_KEY, *CODES, "edition", *FIGURES)
_LATEST = f"""
    SELECT DISTINCT ON ({", ".join((*_KEY, *CODES))}) *
    FROM volume_published
    ORDER BY {", ".join((*_KEY, *CODES))}, edition DESC
"""  # noqa: S608

Key = tuple[Period, date]


@dataclass
class Publication:
    """What a run published, and what it withheld and why: figures by reason."""

    periods: int = 0
    rows: int = 0
    kept: int = 0
    figures: Counter[str] = field(default_factory=Counter)


@dataclass
class Before:
    """What earlier runs published."""

    editions: dict[Key, int]
    rows: dict[Cell, tuple[Any, ...]]
    notes: dict[Cell, asyncpg.Record]


def wib_day(instant: datetime) -> date:
    return instant.astimezone(_WIB).date()


async def publish(connection: asyncpg.Connection, now: datetime) -> Publication:
    """Publish every period that is over and was not published, and the corrections of the others.

    In one transaction, and the same again changes nothing.
    """
    today = wib_day(now)
    async with connection.transaction():
        await connection.execute(_LOCK)
        before = await _before(connection)
        begins_on = await connection.fetchval("SELECT min(wib_day(paid_at)) FROM application")
        over = list(periods_over(begins_on, today)) if begins_on else []
        new = [key for key in over if key not in before.editions]
        truth = await source.read(connection, today, _first_days(over))
        candidates = _candidates(truth, before, frozenset(over), frozenset(new))
        # It takes its time; whoever serves meanwhile goes on.
        await asyncio.to_thread(audited, candidates, truth)
        return await _write(connection, now, new, candidates, truth, before)


def _first_days(periods: list[Key]) -> dict[Period, date]:
    first: dict[Period, date] = {}
    for period, starts_on in periods:
        first[period] = min(first.get(period, starts_on), starts_on)
    return first


async def _before(connection: asyncpg.Connection) -> Before:
    editions = await connection.fetch(
        "SELECT period, starts_on, max(edition) AS edition FROM volume_edition GROUP BY 1, 2"
    )
    notes = await connection.fetch("SELECT * FROM volume_publication_note")
    return Before(
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
    truth: Truth, before: Before, over: frozenset[Key], new: frozenset[Key]
) -> dict[Cell, Candidate]:
    """Every cell of the periods that are over, in the order of the grid."""
    found: dict[Cell, Candidate] = {}
    for cell in sorted(truth.counts.keys() | before.notes.keys()):
        key = (cell.period, cell.starts_on)
        if key in over:
            found[cell] = _candidate(truth, cell, before.notes.get(cell), key in new)
    return found


def _candidate(truth: Truth, cell: Cell, note: asyncpg.Record | None, is_new: bool) -> Candidate:
    counts, closed = truth.counts_of(cell), truth.closed(cell)
    candidate = Candidate(
        counts, closed, cell.dimension_set not in NATIONAL_SETS, _measures(cell), is_new=is_new
    )
    if is_new:
        return candidate
    # A group without a row in a published period was told to be nought in everything: a row now
    # would tell exactly how many were added.
    told: dict[Protected, Interval] = {}
    was = dict(zip(source.COUNTED, note["counts"], strict=True)) if note else {}
    for number, measure in enumerate(Protected):
        changed_by = counts[measure] - was.get(measure, 0)
        told[measure] = (
            Interval(note["low"][number], note["high"][number]) if note else Interval(0, 0)
        ).shifted(changed_by)
    candidate.before = told
    candidate.was_published = True
    candidate.is_new = note is not None and was != {"closed": closed, **counts}
    return candidate


def _measures(cell: Cell) -> tuple[Protected, ...]:
    """The protected counts of a cell. A partner's managers know its intake anyway."""
    if cell.dimension_set in NATIONAL_SETS:
        return tuple(Protected)
    return tuple(measure for measure in Protected if measure is not Protected.INTAKE)


async def _write(
    connection: asyncpg.Connection,
    now: datetime,
    new: list[Key],
    candidates: Mapping[Cell, Candidate],
    truth: Truth,
    before: Before,
) -> Publication:
    done = Publication(periods=len(new))
    editions = dict.fromkeys(new, 1)
    rows: list[tuple[Any, ...]] = []
    for cell, candidate in candidates.items():
        if not candidate.is_new:
            continue
        figures = _row(cell, candidate.figures, truth)
        done.kept += candidate.is_kept
        if candidate.is_kept or before.rows.get(cell) == figures:
            continue
        key = (cell.period, cell.starts_on)
        editions[key] = before.editions.get(key, 0) + 1
        rows.append((*cell[:3], *_codes(cell, truth), editions[key], *figures))
        done.figures.update(_reasons(cell, candidate))
    done.rows = len(rows)
    await connection.copy_records_to_table(
        "volume_edition",
        records=[(*key, edition, now) for key, edition in sorted(editions.items())],
    )
    await connection.copy_records_to_table(
        "volume_published", columns=_PUBLISHED_COLUMNS, records=rows
    )
    await _note(connection, candidates, before)
    return done


def _codes(cell: Cell, truth: Truth) -> tuple[str | None, ...]:
    """The value of every column of codes: those of the dimensions, and whose a centre is."""
    codes = dict(zip(DIMENSIONS[cell.dimension_set], cell.codes, strict=True))
    if place := place_of(cell, truth.centres):
        codes |= {Dimension.PARTNER: place.partner, Dimension.COUNTRY: place.country}
    return tuple(codes.get(Dimension(code)) for code in CODES)


def _row(cell: Cell, figures: Published, truth: Truth) -> tuple[Any, ...]:
    """The figures in the order of their columns; a country's intake is not published."""
    counts = [
        None if measure is Protected.INTAKE and cell.dimension_set in COUNTRY_SETS else value
        for measure, value in ((measure, figures[measure]) for measure in COUNTS)
    ]
    hours = truth.durations.get(cell) if is_enough(figures[Protected.DECISIONS]) else None
    return (
        *counts,
        rate(figures, Protected.REFUSED),
        rate(figures, Protected.WITHIN_TARGET),
        *(two_digits(each) for each in hours or (None,) * len(DURATIONS)),
    )


async def _note(
    connection: asyncpg.Connection, candidates: Mapping[Cell, Candidate], before: Before
) -> None:
    """Note the true counts, and what all editions told of them."""
    notes = [_noted(cell, candidate) for cell, candidate in candidates.items()]
    changed = [note for note in notes if _is_other(note, before)]
    await connection.executemany(
        "DELETE FROM volume_publication_note"
        " WHERE dimension_set = $1 AND period = $2 AND starts_on = $3 AND codes = $4",
        [note[:4] for note in changed if _noted_cell(note) in before.notes],
    )
    await connection.copy_records_to_table("volume_publication_note", records=changed)


def _noted(cell: Cell, candidate: Candidate) -> tuple[Any, ...]:
    told = candidate.tells
    return (
        *cell[:3],
        list(cell.codes),
        [candidate.closed, *(candidate.counts[measure] for measure in Protected)],
        [told.get(measure, ANYTHING).low for measure in Protected],
        [min(told.get(measure, ANYTHING).high, UNBOUNDED) for measure in Protected],
    )


def _noted_cell(note: tuple[Any, ...]) -> Cell:
    dimension_set, period, starts_on, codes = note[:4]
    return Cell(dimension_set, period, starts_on, tuple(codes))


def _is_other(note: tuple[Any, ...], before: Before) -> bool:
    was = before.notes.get(_noted_cell(note))
    return was is None or [was["counts"], was["low"], was["high"]] != list(note[4:])


def _reasons(cell: Cell, candidate: Candidate) -> Iterator[str]:
    """Why each count of a cell is published or withheld."""
    for measure in candidate.measures:
        count, value = candidate.counts[measure], candidate.figures[measure]
        if value is not None:
            yield "published" if value else "nought"
        elif measure in candidate.withheld:
            yield "withheld by the audit"
        elif count == 0:
            yield "nought, not told from small"
        elif is_small(count):
            yield "small"
        elif candidate.closed_is_known and is_near(count, candidate.closed):
            yield "near the closures"
        else:
            yield "too few decisions for rates"
