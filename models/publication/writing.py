"""Writes the rows of new editions, and the job's private notes on them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import asyncpg

from models.publication.disclosure import (
    FEWEST_DECISIONS,
    UNBOUNDED,
    protect_count,
    two_digits,
)
from models.publication.refusal_audit import Candidate
from models.publication.sets import DIMENSIONS, PUBLIC_DIMENSIONS, Cell, Period
from models.publication.source import Truth
from models.publication.tables import CODES, DURATIONS, FIGURES

_PUBLISHED_COLUMNS = ("dimension_set", "period", "starts_on", *CODES, "edition", *FIGURES)

Key = tuple[Period, date]
Figures = Mapping[str, Any]


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
    candidates: Mapping[Cell, Candidate],
    truth: Truth,
    before: PreviousEditions,
) -> Publication:
    """Write what changed; a period that is published for the first time has a first edition."""
    new = over - before.editions.keys()
    publication = Publication(periods=len(new))
    editions = dict.fromkeys(new, 1)
    rows: list[tuple[Any, ...]] = []
    for cell, candidate in candidates.items():
        figures = _figures(cell, candidate, truth)
        publication.kept += candidate.is_kept
        if candidate.is_kept or _are_same(before.rows.get(cell), figures):
            continue
        key = (cell.period, cell.starts_on)
        editions[key] = before.editions.get(key, 0) + 1
        rows.append((*cell[:3], *_codes(cell), editions[key], *figures))
        publication.figures[_reason(candidate)] += 1
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
    return tuple(map(codes.get, PUBLIC_DIMENSIONS))


def _figures(cell: Cell, candidate: Candidate, truth: Truth) -> tuple[Any, ...]:
    """The figures in column order."""
    public = _public_figures(candidate, truth.cells.get(cell, {}))
    refusals, decisions = candidate.refusals, public["decisions"]
    rates = (
        (refusals.rate(decisions), refusals.rate_below(decisions)) if decisions else (None, None)
    )
    row: Figures = {
        "refused": refusals.rounded,
        "refused_below": refusals.below,
        "refusal_rate": rates[0],
        "refusal_rate_below": rates[1],
    }
    return tuple(map({**public, **row}.get, FIGURES))


def _public_figures(candidate: Candidate, figures: Figures) -> Figures:
    """Counts rounded or withheld; times and compliance only of enough decisions."""
    decisions = protect_count(candidate.decisions)
    counts = {"intake": protect_count(figures.get("intake", 0)), "decisions": decisions}
    if not decisions or candidate.decisions_known < FEWEST_DECISIONS:
        return counts
    within = protect_count(figures["within_target"])
    times = {name: two_digits(figures[name]) for name in DURATIONS}
    return {**counts, "target_rate": None if within is None else within / decisions, **times}


def _are_same(row: asyncpg.Record | None, figures: tuple[Any, ...]) -> bool:
    return row is not None and tuple(row[name] for name in FIGURES) == figures


async def _save_notes(
    connection: asyncpg.Connection, candidates: Mapping[Cell, Candidate], before: PreviousEditions
) -> None:
    """Save the true numbers, and the intervals that all editions leave for them, for the next
    run."""
    notes = {cell: _note(cell, candidate) for cell, candidate in candidates.items()}
    changed = {cell: note for cell, note in notes.items() if _is_changed(cell, note, before)}
    await connection.executemany(
        "DELETE FROM volume_publication_note"
        " WHERE dimension_set = $1 AND period = $2 AND starts_on = $3 AND codes = $4",
        [note[:4] for cell, note in changed.items() if cell in before.notes],
    )
    await connection.copy_records_to_table(
        "volume_publication_note", records=list(changed.values())
    )


def _note(cell: Cell, candidate: Candidate) -> tuple[Any, ...]:
    low, high = candidate.revealed_counts
    counts = (candidate.decisions, candidate.refused)
    return (*cell[:3], list(cell.codes), *counts, low, min(high, UNBOUNDED))


def _is_changed(cell: Cell, note: tuple[Any, ...], before: PreviousEditions) -> bool:
    was = before.notes.get(cell)
    return was is None or tuple(was[name] for name in _COUNTED) != note[4:]


_COUNTED = ("decisions", "refused", "low", "high")


def _reason(candidate: Candidate) -> str:
    """How the refusals of a cell are published, or why they are not."""
    if candidate.is_withheld:
        return "withheld by the audit"
    if candidate.refusals.below is not None:
        return "published as a bound"
    return "published rounded" if candidate.refusals.is_anything else "too few decisions"
