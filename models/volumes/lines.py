"""Which rows of the grains a question counts, and the common columns of a statement's parts."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BindParameter,
    Column,
    ColumnElement,
    Date,
    Integer,
    Label,
    Select,
    Subquery,
    Table,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from models.reference.decrees import Country
from models.volumes.grains import GRAINS, READ_FACTS, Clock, Dimension
from models.volumes.measures import (
    COUNTS,
    OPEN_BREACHES,
    PERCENTILES,
    RATIOS,
    STOCKS,
    Measure,
    Percentile,
)
from models.volumes.question import Question, Tile, tiles

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]
#: The condition on a grain's columns under which its rows count, by the viewer's reach.
Scope = Callable[[Columns], ColumnElement[bool]]

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class ScopedQuestion:
    """A question within a viewer's scope, and the dimensions and facts that it needs."""

    question: Question
    scope: Scope

    @cached_property
    def needed_dimensions(self) -> set[str]:
        """The dimensions that a grain must have: grouped by, filtered by, or used by the scope."""
        in_scope = dimensions_of(self.scope)
        return stored(self.question.dimensions) | stored(self.question.where) | in_scope

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tiles(self.question, self.needed_dimensions))

    @property
    def shape(self) -> Hashable:
        """What the text of the statement depends on, in one scope: all but the `parameters`."""
        asked = self.question
        filtered = tuple(sorted(asked.where))
        shapes = tuple(tile.shape for tile in self.tiles)
        measures = frozenset(asked.measures), asked.fewest_durations
        return asked.dimensions, asked.period, filtered, measures, shapes

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The values of the statement's named parameters: days, and codes of the filters."""
        asked = self.question
        values: dict[str, Any] = {"from_on": asked.from_on, "to_on": asked.to_on}
        for tile in self.tiles:
            values |= {_since(tile): tile.first_on, _until(tile): tile.last_on}
        values |= {_only(name): list(codes) for name, codes in asked.where.items()}
        if Clock.AGE in self.clocks:
            columns = map(list, zip(*asked.periods(), strict=True))
            values |= dict(zip(PERIODS, columns, strict=True))
        return values

    def parameter(self, name: str, kind: Any) -> BindParameter[Any]:
        return bindparam(name, self.parameters[name], type_=kind)

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
        day = c.starts_on if tile.is_in_window else self.parameter("from_on", Date)
        period = first_day(self.question, day).label("period")
        return [*self.groups(c), period]

    def groups(self, c: Columns) -> list[Label[Any]]:
        return [code_of(name, c).label(name) for name in self.question.dimensions]

    def is_counted(self, tile: Tile, c: Columns) -> ColumnElement[bool]:
        """The condition under which a row of a tile's grain is within the tile, and in reach."""
        since = c.starts_on >= self.parameter(_since(tile), Date) if tile.first_on else true()
        until = c.starts_on <= self.parameter(_until(tile), Date)
        return and_(since, until, self.is_in_reach(c))

    def is_in_reach(self, c: Columns) -> ColumnElement[bool]:
        wanted = (
            code_of(name, c) == any_(self.parameter(_only(name), ARRAY(Text)))
            for name in sorted(self.question.where)
        )
        return and_(*wanted, self.scope(c))


#: The parameters with the periods of a question: their first days, and the first and last days that
#: lie in the window.
PERIODS = ("periods", "periods_from", "periods_to")


def _since(tile: Tile) -> str:
    return f"tile_{tile.number}_from"


def _until(tile: Tile) -> str:
    return f"tile_{tile.number}_to"


def _only(dimension: str) -> str:
    return f"only_{dimension}"


def stored(dimensions: Iterable[Dimension]) -> set[str]:
    """The stored dimensions from which some are read."""
    return {Dimension.COUNTRY if each is Dimension.REGION else each for each in dimensions}


def code_of(dimension: Dimension, c: Columns) -> ColumnElement[Any]:
    """The code of a row of a grain for a dimension: a column, or the region of its country."""
    if dimension is not Dimension.REGION:
        return c[dimension]
    of_country = select(Country.region).where(Country.code == c[Dimension.COUNTRY])
    return of_country.scalar_subquery()


def dimensions_of(scope: Scope) -> set[str]:
    """The dimensions that a scope compares."""
    elements = visitors.iterate(scope(GRAINS[-1].facts.c))
    return {element.name for element in elements if isinstance(element, Column)}


def signed(tile: Tile, number: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a row of a tile adds to a sum."""
    return -number if tile.is_taken_off else number


def measured_column(clock: Clock) -> str:
    """The column with the number of durations of a clock."""
    return f"{clock}_measured"


def months_and_days(months: Table, days: Table, cut: ColumnElement[Any]) -> Subquery:
    """The rows of whole months, and the days of those that ``cut``, an array, begins.

    Both tables have the same columns.
    """
    begun = func.unnest(cut).table_valued("begins_on").render_derived("cut")
    begins_on = select(begun.c.begins_on).distinct().subquery("cut_month").c.begins_on
    is_of_cut = and_(
        days.c.starts_on >= begins_on,
        days.c.starts_on < begins_on + literal_column("interval '1 month'"),
    )
    return union_all(
        select(*months.c).where(months.c.starts_on != all_(cut)),
        select(*days.c).where(is_of_cut),
    ).subquery("counted")


def first_day(question: Question, day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of the period that contains a day; without a period, of the window."""
    if question.period is None:
        return cast(bindparam("from_on", question.from_on, type_=Date), Date)
    return cast(func.date_trunc(question.period.value, cast(day, TIMESTAMP)), Date)
