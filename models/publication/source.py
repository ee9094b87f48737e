"""The true figures behind the grid, from the same statement that answers exact questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, Select, true
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from models.publication.sets import (
    DIMENSIONS,
    NATIONAL_SETS,
    PERIODS,
    Cell,
    DimensionSet,
    Period,
    Place,
    first_day_of,
)
from models.publication.tables import DURATIONS
from models.volumes.measures import Measure
from models.volumes.question import Question
from models.volumes.reading import statement

_OF_PLACES = frozenset({Measure.DECISIONS, Measure.REFUSED})
_OF_THE_PUBLIC = _OF_PLACES | {Measure.INTAKE, Measure.TARGET_RATE, *map(Measure, DURATIONS)}


@dataclass
class Truth:
    """The unprotected figures of all cells in which something was decided or, national, paid."""

    #: The first day of the first month that has figures.
    begins_on: date | None
    centres: Mapping[str, Place]
    cells: dict[Cell, Mapping[str, Any]] = field(default_factory=dict)


async def read_truth(connection: asyncpg.Connection, today: date) -> Truth:
    """Read the figures of all days before today."""
    begins = await connection.fetchval("SELECT min(starts_on) FROM volume_monthly")
    truth = Truth(begins, await _centres(connection))
    until = today - timedelta(days=1)
    if begins and begins <= until:
        for dimension_set, period in product(DIMENSIONS, PERIODS):
            await _read(connection, truth, dimension_set, Question(begins, until, period=period))
    return truth


async def _read(
    connection: asyncpg.Connection, truth: Truth, dimension_set: DimensionSet, window: Question
) -> None:
    dimensions = DIMENSIONS[dimension_set]
    is_national = dimension_set in NATIONAL_SETS
    measures = _OF_THE_PUBLIC if is_national else _OF_PLACES
    question = replace(window, dimensions=dimensions, measures=measures)
    for row in await connection.fetch(*_compile(statement(question, _everywhere))):
        codes = tuple(row[dimension] for dimension in dimensions)
        # Direct applications have no partner, country or centre.
        if None not in codes and (is_national or row[Measure.DECISIONS]):
            starts_on = first_day_of(Period(window.period), row["period"])
            truth.cells[Cell(dimension_set, Period(window.period), starts_on, codes)] = row


async def _centres(connection: asyncpg.Connection) -> dict[str, Place]:
    rows = await connection.fetch("SELECT code, partner_code, country_code FROM centre")
    return {row["code"]: Place(row["partner_code"], row["country_code"]) for row in rows}


def _everywhere(_columns: object) -> ColumnElement[bool]:
    return true()


def _compile(query: Select[Any]) -> Iterator[Any]:
    """The text of a statement, and its arguments."""
    compiled = query.compile(dialect=dialect.dialect(), compile_kwargs={"render_postcompile": True})
    yield str(compiled)
    yield from (compiled.params[name] for name in compiled.positiontup or ())
