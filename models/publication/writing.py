"""Writes the rows of new editions, and the job's private notes on them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import asyncpg

from models.publication.audit import Candidate
from models.publication.disclosure import (
    ANYTHING,
    UNBOUNDED,
    ProtectedCount,
    Published,
    is_enough,
    is_near,
    is_small,
    rate,
    two_digits,
)
from models.publication.sets import COUNTRY_SETS, DIMENSIONS, Cell, Period, place_of
from models.publication.source import TrueCounts
from models.publication.tables import CODES, COUNTS, DURATIONS, FIGURES
from models.volumes.grains import Dimension

_PUBLISHED_COLUMNS = ("dimension_set", "period", "starts_on", *CODES, "edition", *FIGURES)

Key = tuple[Period, date]


@dataclass
class Publication:
    """What a run published, and how many figures it published or withheld, by reason."""

    periods: int = 0
    rows: int = 0
    kept: int = 0
    figures: Counter[str] = field(default_factory=Counter)


@dataclass
class PreviousEditions:
    """What earlier runs published."""

    editions: dict[Key, int]
    rows: dict[Cell, tuple[Any, ...]]
    notes: dict[Cell, asyncpg.Record]


async def write(
    connection: asyncpg.Connection,
    now: datetime,
    new: list[Key],
    candidates: Mapping[Cell, Candidate],
    truth: TrueCounts,
    before: PreviousEditions,
) -> Publication:
    publication = Publication(periods=len(new))
    editions = dict.fromkeys(new, 1)
    rows: list[tuple[Any, ...]] = []
    for cell, candidate in candidates.items():
        if not candidate.is_new:
            continue
        figures = _row(cell, candidate.figures, truth)
        publication.kept += candidate.is_kept
        if candidate.is_kept or before.rows.get(cell) == figures:
            continue
        key = (cell.period, cell.starts_on)
        editions[key] = before.editions.get(key, 0) + 1
        rows.append((*cell[:3], *_codes(cell, truth), editions[key], *figures))
        publication.figures.update(_reasons(cell, candidate))
    publication.rows = len(rows)
    await connection.copy_records_to_table(
        "volume_edition",
        records=[(*key, edition, now) for key, edition in sorted(editions.items())],
    )
    await connection.copy_records_to_table(
        "volume_published", columns=_PUBLISHED_COLUMNS, records=rows
    )
    await _save_notes(connection, candidates, before)
    return publication


def _codes(cell: Cell, truth: TrueCounts) -> tuple[str | None, ...]:
    """The value of every code column; a centre also gets its partner and country."""
    codes = dict(zip(DIMENSIONS[cell.dimension_set], cell.codes, strict=True))
    if place := place_of(cell, truth.centres):
        codes |= {Dimension.PARTNER: place.partner, Dimension.COUNTRY: place.country}
    return tuple(codes.get(Dimension(code)) for code in CODES)


def _row(cell: Cell, figures: Published, truth: TrueCounts) -> tuple[Any, ...]:
    """The figures in column order; a country's intake is not published."""
    counts = [
        None if measure is ProtectedCount.INTAKE and cell.dimension_set in COUNTRY_SETS else value
        for measure, value in ((measure, figures[measure]) for measure in COUNTS)
    ]
    hours = truth.durations.get(cell) if is_enough(figures[ProtectedCount.DECISIONS]) else None
    return (
        *counts,
        rate(figures, ProtectedCount.REFUSED),
        rate(figures, ProtectedCount.WITHIN_TARGET),
        *(two_digits(each) for each in hours or (None,) * len(DURATIONS)),
    )


async def _save_notes(
    connection: asyncpg.Connection, candidates: Mapping[Cell, Candidate], before: PreviousEditions
) -> None:
    """Save the true counts, and what all editions reveal of them, for the next run."""
    notes = [_note_values(cell, candidate) for cell, candidate in candidates.items()]
    changed = [note for note in notes if _is_changed(note, before)]
    await connection.executemany(
        "DELETE FROM volume_publication_note"
        " WHERE dimension_set = $1 AND period = $2 AND starts_on = $3 AND codes = $4",
        [note[:4] for note in changed if _noted_cell(note) in before.notes],
    )
    await connection.copy_records_to_table("volume_publication_note", records=changed)


def _note_values(cell: Cell, candidate: Candidate) -> tuple[Any, ...]:
    revealed = candidate.revealed
    return (
        *cell[:3],
        list(cell.codes),
        [candidate.closed, *(candidate.counts[measure] for measure in ProtectedCount)],
        [revealed.get(measure, ANYTHING).low for measure in ProtectedCount],
        [min(revealed.get(measure, ANYTHING).high, UNBOUNDED) for measure in ProtectedCount],
    )


def _noted_cell(note: tuple[Any, ...]) -> Cell:
    dimension_set, period, starts_on, codes = note[:4]
    return Cell(dimension_set, period, starts_on, tuple(codes))


def _is_changed(note: tuple[Any, ...], before: PreviousEditions) -> bool:
    note_before = before.notes.get(_noted_cell(note))
    return note_before is None or [
        note_before["counts"],
        note_before["low"],
        note_before["high"],
    ] != list(note[4:])


def _reasons(cell: Cell, candidate: Candidate) -> Iterator[str]:
    """For each count of a cell, why it is published or withheld."""
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
