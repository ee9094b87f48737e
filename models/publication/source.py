"""The true figures behind the grid, from the same statements that answer exact questions.

Refusals are as first decided, so that no edition tells of a decision that did not stand.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import ColumnElement, Select, true
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from models.publication.sets import DIMENSIONS, PERIODS, Cell, DimensionSet, Period, first_day_of
from models.publication.tables import DURATIONS
from models.volumes.grains import Dimension
from models.volumes.measures import Measure
from models.volumes.outcomes import OutcomeQuestion
from models.volumes.question import Question
from models.volumes.reading import statement

_MEASURES = frozenset(
    {Measure.DECISIONS, Measure.INTAKE, Measure.TARGET_RATE, *map(Measure, DURATIONS)}
)


class Outcomes(NamedTuple):
    """How many cases were decided, and refused at first."""

    decisions: int = 0
    refused: int = 0


@dataclass
class Truth:
    """The unprotected figures of all cells in which something was decided or paid."""

    #: The first day of the first month that has figures.
    begins_on: date | None
    cells: dict[Cell, Mapping[str, Any]] = field(default_factory=dict)
    outcomes: dict[Cell, Outcomes] = field(default_factory=dict)
    #: What each partner's people know exactly of a cell: their own part of it.
    own: defaultdict[str, dict[Cell, Outcomes]] = field(
        default_factory=lambda: defaultdict[str, dict[Cell, Outcomes]](dict)
    )


async def read_truth(connection: asyncpg.Connection, today: date) -> Truth:
    """Read the figures of all days before today."""
    truth = Truth(await connection.fetchval("SELECT min(starts_on) FROM volume_monthly"))
    until = today - timedelta(days=1)
    if truth.begins_on and truth.begins_on <= until:
        for dimension_set, period in product(DIMENSIONS, PERIODS):
            window = Question(truth.begins_on, until, DIMENSIONS[dimension_set], period)
            await _read(connection, truth, dimension_set, replace(window, measures=_MEASURES))
    return truth


async def _read(
    connection: asyncpg.Connection, truth: Truth, dimension_set: DimensionSet, asked: Question
) -> None:
    def cell_of(row: Mapping[str, Any]) -> Cell:
        period, codes = Period(asked.period), tuple(row[name] for name in asked.dimensions)
        return Cell(dimension_set, period, first_day_of(period, row["period"]), codes)

    for row in await connection.fetch(*_compile(statement(asked, _everywhere))):
        truth.cells[cell_of(row)] = row
    by_partner = replace(asked, dimensions=(*asked.dimensions, Dimension.PARTNER))
    question = OutcomeQuestion(by_partner, _everywhere)
    for row in await connection.fetch(*_compile(question.statement())):
        cell, partner = cell_of(row), row[Dimension.PARTNER]
        own = Outcomes(row["granted"] + row["refused"], row["refused"])
        so_far = truth.outcomes.get(cell, Outcomes())
        truth.outcomes[cell] = Outcomes(
            so_far.decisions + own.decisions, so_far.refused + own.refused
        )
        if partner is not None:
            truth.own[partner][cell] = own


def _everywhere(_columns: object) -> ColumnElement[bool]:
    return true()


def _compile(query: Select[Any]) -> Iterator[Any]:
    """The text of a statement, and its arguments."""
    compiled = query.compile(dialect=dialect.dialect(), compile_kwargs={"render_postcompile": True})
    yield str(compiled)
    yield from (compiled.params[name] for name in compiled.positiontup or ())
