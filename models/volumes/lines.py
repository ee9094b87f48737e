"""Which rows of the grains a question counts, and the common columns of a statement's parts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    Column,
    ColumnElement,
    Date,
    Integer,
    Label,
    Select,
    and_,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from models.volumes.grains import GRAINS, READ_FACTS, Clock
from models.volumes.measures import (
    COUNTS,
    OPEN_BREACHES,
    PERCENTILES,
    RATIOS,
    STOCKS,
    Measure,
    Percentile,
)
from models.volumes.question import Question, Tile

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
#: The condition on a grain's columns under which its rows count, by the viewer's reach.
Scope = Callable[[Columns], ColumnElement[bool]]

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class ScopedQuestion:
    """A question within a viewer's scope, and the dimensions and facts that it needs."""

    question: Question
    scope: Scope

    @property
    def needed_dimensions(self) -> set[str]:
        """The dimensions that a grain must have: grouped by, filtered by, or used by the scope."""
        in_scope = dimensions_of(self.scope)
        return {*self.question.dimensions, *self.question.where, *in_scope}

    @property
    def flows(self) -> tuple[str, ...]:
        """The facts to sum. Intake is always among them: it determines which groups exist."""
        made_of = {"intake"}
        for measure in self.question.measures:
            made_of.update(COUNTS.get(measure, ()))
            made_of.update(*RATIOS.get(measure, ()))
        return tuple(fact for fact in READ_FACTS if fact in made_of)

    @property
    def changes(self) -> tuple[str, ...]:
        return tuple(STOCKS.values()) if self.question.measures & STOCKS.keys() else ()

    @property
    def has_breaches(self) -> bool:
        return Measure.TARGET_RATE_INTAKE in self.question.measures

    @property
    def percentiles(self) -> dict[Measure, Percentile]:
        return {m: of for m, of in PERCENTILES.items() if m in self.question.measures}

    @property
    def clocks(self) -> list[Clock]:
        return sorted({of.clock for of in self.percentiles.values()})

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns that are summed over the parts; stocks are also accumulated over time."""
        breaches = (OPEN_BREACHES,) if self.has_breaches else ()
        return (*self.flows, *breaches, *map(measured_column, self.clocks))

    def part(
        self, keys: Iterable[ColumnElement[Any]], values: Mapping[str, ColumnElement[Any]]
    ) -> AnySelect:
        """Select keys and all value columns; missing sums are zero, missing buckets null."""
        zero, no_bucket = literal_column("0"), cast(null(), Integer)
        sums = [values.get(name, zero).label(name) for name in (*self.sums, *self.changes)]
        buckets = [values.get(name, no_bucket).label(name) for name in self.percentiles]
        return select(*keys, *sums, *buckets)

    def keys(self, tile: Tile, c: Columns) -> list[Label[Any]]:
        day = c.starts_on if tile.is_in_window else literal(self.question.from_on)
        period = first_day(self.question, day).label("period")
        return [*self.groups(c), period]

    def groups(self, c: Columns) -> list[Label[Any]]:
        return [c[name].label(name) for name in self.question.dimensions]

    def is_counted(self, tile: Tile, c: Columns) -> ColumnElement[bool]:
        """The condition under which a row of a tile's grain is within the tile, and in reach."""
        since = c.starts_on >= tile.first_on if tile.first_on else true()
        return and_(since, c.starts_on <= tile.last_on, self.is_in_reach(c))

    def is_in_reach(self, c: Columns) -> ColumnElement[bool]:
        wanted = (c[name].in_(values) for name, values in self.question.where.items())
        return and_(*wanted, self.scope(c))


def dimensions_of(scope: Scope) -> set[str]:
    """The dimensions that a scope compares."""
    elements = visitors.iterate(scope(GRAINS[-1].facts.c))
    return {element.name for element in elements if isinstance(element, Column)}


def measured_column(clock: Clock) -> str:
    """The column with the number of durations of a clock."""
    return f"{clock}_measured"


def first_day(question: Question, day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of the period that contains a day; without a period, of the window."""
    if question.period is None:
        return cast(literal(question.from_on), Date)
    return cast(func.date_trunc(question.period.value, cast(day, TIMESTAMP)), Date)
