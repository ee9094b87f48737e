"""Writes the rows of new editions, and the job's private notes on them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

import asyncpg

from models.publication.audit import Candidate
from models.publication.disclosure import (
    FEWEST_DECISIONS,
    ROUNDING_ERROR,
    UNBOUNDED,
    protect_count,
    two_digits,
)
from models.publication.sets import DIMENSIONS, PUBLIC_DIMENSIONS, Cell, Period
from models.publication.source import Truth
from models.publication.tables import AUDITED, CODES, DURATIONS, FIGURES

_PUBLISHED_COLUMNS = ("dimension_set", "period", "starts_on", *CODES, "edition", *FIGURES)

Key = tuple[Period, date]
Figures = Mapping[str, Any]
#: By the name of a count, that of each cell.
Candidates = Mapping[str, Mapping[Cell, Candidate]]


@dataclass
class Publication:
    """What a run published: of how many cells the refusals, and why not of others."""

    periods: int = 0
    rows: int = 0
    kept: int = 0
    figures: Counter[str] = field(default_factory=Counter)


@dataclass
class PreviousEditions:
    """What earlier runs published."""

    editions: dict[Key, int]
    rows: dict[Cell, asyncpg.Record]
    notes: dict[Cell, asyncpg.Record]


async def write(
    connection: asyncpg.Connection,
    now: datetime,
    over: frozenset[Key],
    candidates: Candidates,
    truth: Truth,
    before: PreviousEditions,
) -> Publication:
    """Write what changed; a period that is published for the first time has a first edition."""
    new = over - before.editions.keys()
    publication = Publication(periods=len(new))
    editions = dict.fromkeys(new, 1)
    rows: list[tuple[Any, ...]] = []
    for cell in candidates["refused"]:
        counts = {name: candidates[name][cell] for name in AUDITED}
        figures = _figures(counts, truth.cells.get(cell, {}))
        is_kept = any(each.is_kept for each in counts.values())
        publication.kept += is_kept
        if is_kept or _are_same(before.rows.get(cell), figures):
            continue
        key = (cell.period, cell.starts_on)
        editions[key] = before.editions.get(key, 0) + 1
        rows.append((*cell[:3], *_codes(cell), editions[key], *figures))
        publication.figures[_reason(counts["refused"])] += 1
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


def _codes(cell: Cell) -> tuple[str | None, ...]:
    """The value of every code column."""
    codes = dict(zip(DIMENSIONS[cell.dimension_set], cell.codes, strict=True))
    return tuple(codes.get(dimension) or None for dimension in PUBLIC_DIMENSIONS)


def _figures(counts: Mapping[str, Candidate], true: Figures) -> tuple[Any, ...]:
    """The figures in column order; times and compliance only of enough decisions."""
    intake, decisions, refusals = (counts[name].published for name in AUDITED)
    figures: dict[str, Any] = {
        "intake": intake.rounded,
        "decisions": decisions.rounded,
        "refused": refusals.rounded,
        "refused_below": refusals.below,
    }
    if decided := decisions.rounded:
        figures["refusal_rate"] = refusals.rate(decided)
        figures["refusal_rate_below"] = refusals.rate_below(decided)
        if decided - ROUNDING_ERROR >= FEWEST_DECISIONS:
            within = protect_count(true["within_target"]).rounded
            figures["target_rate"] = None if within is None else within / decided
            figures |= {name: two_digits(true[name]) for name in DURATIONS}
    return tuple(map(figures.get, FIGURES))


def _are_same(row: asyncpg.Record | None, figures: tuple[Any, ...]) -> bool:
    return row is not None and tuple(row[name] for name in FIGURES) == figures


async def _save_notes(
    connection: asyncpg.Connection, candidates: Candidates, before: PreviousEditions
) -> None:
    """Save the true numbers, and the intervals that all editions leave for them, for the next
    run."""
    notes = {cell: _note(cell, candidates) for cell in candidates["refused"]}
    changed = {cell: note for cell, note in notes.items() if _is_changed(cell, note, before)}
    await connection.executemany(
        "DELETE FROM volume_publication_note"
        " WHERE dimension_set = $1 AND period = $2 AND starts_on = $3 AND codes = $4",
        [note[:4] for cell, note in changed.items() if cell in before.notes],
    )
    await connection.copy_records_to_table(
        "volume_publication_note", records=list(changed.values())
    )


def _note(cell: Cell, candidates: Candidates) -> tuple[Any, ...]:
    counts = (candidates[name][cell] for name in AUDITED)
    numbers = (
        (each.count, each.revealed.low, min(each.revealed.high, UNBOUNDED)) for each in counts
    )
    return (*cell[:3], list(cell.codes), *chain.from_iterable(numbers))


def _is_changed(cell: Cell, note: tuple[Any, ...], before: PreviousEditions) -> bool:
    was = before.notes.get(cell)
    return was is None or tuple(was.values())[4:] != note[4:]


def _reason(candidate: Candidate) -> str:
    """How the refusals of a cell are published, or why they are not."""
    if candidate.is_withheld:
        return "withheld by the audit"
    if candidate.published.below is not None:
        return "published as a bound"
    return "published rounded" if candidate.published.is_anything else "too few decisions"
