"""The true figures behind the grid, from the same statements that answer exact questions.

Refusals are as first decided, so that no edition tells of a decision that did not stand.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from operator import add
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import ColumnElement, Select, true
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from models.publication.sets import (
    DIMENSIONS,
    DIRECT,
    PERIODS,
    Cell,
    DimensionSet,
    Period,
    first_day_of,
    last_day_of,
)
from models.publication.tables import DURATIONS
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE
from models.volumes.grains import Dimension
from models.volumes.measures import Measure
from models.volumes.outcomes import OutcomeQuestion
from models.volumes.question import Question
from models.volumes.reading import statement

_MEASURES = frozenset(
    {Measure.DECISIONS, Measure.INTAKE, Measure.TARGET_RATE, *map(Measure, DURATIONS)}
)


class Counts(NamedTuple):
    """How many applications came in, were decided, and were refused at first."""

    intake: int = 0
    decisions: int = 0
    refused: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*map(add, self, other))


class Workplace(NamedTuple):
    """A country in which a partner works, and from when until when it can have open files there."""

    partner: str
    region: str
    country: str
    since: date
    until: date


@dataclass
class Truth:
    """The unprotected figures of all cells in which something was decided or paid."""

    #: The first day of the first month that has figures.
    begins_on: date | None
    workplaces: Sequence[Workplace]
    cells: dict[Cell, Mapping[str, Any]] = field(default_factory=dict)
    counts: dict[Cell, Counts] = field(default_factory=dict)
    #: What each partner's people know exactly of a cell: their own part of it.
    own: defaultdict[str, dict[Cell, Counts]] = field(
        default_factory=lambda: defaultdict[str, dict[Cell, Counts]](dict)
    )

    def partners_in(self, cell: Cell) -> frozenset[str] | None:
        """The partners that work in the region or country of a cell; None for any other cell."""
        if Dimension.REGION not in DIMENSIONS[cell.dimension_set]:
            return None
        ends_on = last_day_of(cell.period, cell.starts_on)
        return frozenset(
            place.partner
            for place in self.workplaces
            if (place.region, place.country)[: len(cell.codes)] == cell.codes
            and place.since <= ends_on
            and place.until >= cell.starts_on
        )


async def read_truth(connection: asyncpg.Connection, today: date) -> Truth:
    """Read the figures of all days before today."""
    begins_on = await connection.fetchval("SELECT min(starts_on) FROM volume_monthly")
    workplaces = await connection.fetch(_WORKPLACES, timedelta(days=DAYS_WITH_A_CLOSED_PLACE))
    truth = Truth(begins_on, [Workplace(*row) for row in workplaces])
    until = today - timedelta(days=1)
    if begins_on and begins_on <= until:
        for dimension_set, period in product(DIMENSIONS, PERIODS):
            window = Question(begins_on, until, DIMENSIONS[dimension_set], period)
            await _read(connection, truth, dimension_set, replace(window, measures=_MEASURES))
    return truth


_WORKPLACES = """
    SELECT partner_code, region, country_code, opened_on,
        coalesce((closed_on + $1::interval)::date, date '9999-01-01')
    FROM partner_country JOIN country ON country.code = country_code
"""


async def _read(
    connection: asyncpg.Connection, truth: Truth, dimension_set: DimensionSet, asked: Question
) -> None:
    def cell_of(row: Mapping[str, Any]) -> Cell:
        period = Period(asked.period)
        codes = tuple(row[name] or DIRECT for name in asked.dimensions)
        return Cell(dimension_set, period, first_day_of(period, row["period"]), codes)

    def count(row: Mapping[str, Any], counts: Counts) -> None:
        cell, partner = cell_of(row), row[Dimension.PARTNER]
        truth.counts[cell] = truth.counts.get(cell, Counts()).plus(counts)
        if partner is not None:
            truth.own[partner][cell] = truth.own[partner].get(cell, Counts()).plus(counts)

    for row in await connection.fetch(*_compile(statement(asked, _everywhere))):
        truth.cells[cell_of(row)] = row
    by_partner = replace(
        asked,
        dimensions=(*asked.dimensions, Dimension.PARTNER),
        measures=frozenset({Measure.INTAKE}),
    )
    for row in await connection.fetch(*_compile(statement(by_partner, _everywhere))):
        count(row, Counts(intake=row[Measure.INTAKE]))
    outcomes = OutcomeQuestion(by_partner, _everywhere)
    for row in await connection.fetch(*_compile(outcomes.statement())):
        granted, refused = row["granted"], row["refused"]
        count(row, Counts(decisions=granted + refused, refused=refused))


def _everywhere(_columns: object) -> ColumnElement[bool]:
    return true()


def _compile(query: Select[Any]) -> Iterator[Any]:
    """The text of a statement, and its arguments."""
    compiled = query.compile(dialect=dialect.dialect(), compile_kwargs={"render_postcompile": True})
    yield str(compiled)
    yield from (compiled.params[name] for name in compiled.positiontup or ())
