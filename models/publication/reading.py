"""Queries of published figures; they read the published tables only."""

from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from models.publication.sets import (
    DIMENSIONS,
    PERIODS,
    WIDER_SETS,
    DimensionSet,
    first_day_of,
    last_day_of,
    periods_from,
)
from models.publication.tables import CODES, EDITION, FIGURES, PublishedVolume
from models.volumes.grains import Dimension
from models.volumes.question import Period
from models.volumes.reading import complete_from
from models.volumes.versions import VersionedData, version_of

#: A select, whatever its columns.
AnySelect = Select[*tuple[Any, ...]]

_PUBLISHED = PublishedVolume.__table__.c


@dataclass(frozen=True)
class GridQuestion:
    """Published figures of one dimension set, over whole periods of one kind."""

    dimension_set: DimensionSet
    period: Period
    from_on: date
    to_on: date
    where: Mapping[Dimension, str] = field(default_factory=dict)
    #: The newest edition up to this one; None for the latest.
    edition: int | None = None

    @property
    def shape(self) -> Hashable:
        """What the texts of its statements depend on: all but the `parameters`."""
        filtered = tuple(sorted(self.where))
        return self.dimension_set, self.period, filtered, self.edition is None

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the statements' named parameters."""
        longest = periods_from(self.period)[-1]
        return {
            "from_on": self.from_on,
            "to_on": self.to_on,
            "longest_from_on": first_day_of(longest, self.from_on),
            "edition": self.edition,
            **{_only(dimension): code for dimension, code in self.where.items()},
        }

    def parameter(self, name: str, kind: Any = Text) -> Any:
        return bindparam(name, self.parameters[name], type_=kind)

    def parameter_of(self, dimension: Dimension) -> Any:
        return self.parameter(_only(dimension))

    def is_within(self, day: ColumnElement[Any], since: str = "from_on") -> ColumnElement[bool]:
        return day.between(self.parameter(since, Date), self.parameter("to_on", Date))


def _only(dimension: Dimension) -> str:
    return f"only_{dimension}"


def dimension_set_of(named: Set[Dimension]) -> DimensionSet | None:
    """The dimension set with exactly the named dimensions; a country says its region."""
    if Dimension.COUNTRY in named:
        named = named | {Dimension.REGION}
    return next((each for each, own in DIMENSIONS.items() if named == set(own)), None)


def period_of(from_on: date, to_on: date, grouped_by: Period | None) -> Period | None:
    """The period of the grid that the window consists of; None if the window cuts through one."""
    for period in PERIODS if grouped_by is None else (grouped_by,):
        if period not in PERIODS or first_day_of(period, from_on) != from_on:
            continue
        last_begins_on = from_on if grouped_by is None else first_day_of(period, to_on)
        if last_day_of(period, last_begins_on) == to_on:
            return period
    return None


def editions(question: GridQuestion) -> AnySelect:
    """First day, newest edition and publication date of each published period in the window."""
    c = EDITION.c
    return (
        select(
            c.starts_on, func.max(c.edition).label("edition"), func.max(c.published_at).label("at")
        )
        .where(
            c.period == question.period.value,
            question.is_within(c.starts_on),
            *_up_to(c.edition, question),
        )
        .group_by(c.starts_on)
    )


def newest_publication() -> AnySelect:
    """The time of the latest publication (now, if there was none), the first day from which figures
    are complete, and the version of the published ones."""
    newest = select(func.max(EDITION.c.published_at)).scalar_subquery()
    version = version_of(VersionedData.PUBLISHED)
    at = func.coalesce(newest, func.now()).label("at")
    return select(at, complete_from(), version.label("version"))


def rows(question: GridQuestion) -> AnySelect:
    """Rows of codes, ``period`` (its first day), ``edition`` and figures; null means withheld."""
    c = _PUBLISHED
    codes = [c[code] for code in CODES]
    return (
        select(*codes, c.starts_on.label("period"), c.edition, *(c[name] for name in FIGURES))
        .ext(distinct_on(*codes, c.starts_on))
        .where(
            c.dimension_set == question.dimension_set.value,
            c.period == question.period.value,
            question.is_within(c.starts_on),
            *_up_to(c.edition, question),
            *(c[each.value] == question.parameter_of(each) for each in sorted(question.where)),
        )
        .order_by(*codes, c.starts_on, c.edition.desc())
    )


def wider_rows(question: GridQuestion) -> AnySelect:
    """All rows of wider cells than those of a question: longer periods, and wider sets."""
    c = _PUBLISHED
    own, periods = question.dimension_set, periods_from(question.period)
    key = [c.dimension_set, c.period, c.starts_on, *(c[code] for code in CODES)]
    sets = (own, *WIDER_SETS.get(own, ()))
    return (
        select(*key, *(c[name] for name in FIGURES))
        .ext(distinct_on(*key))
        .where(
            or_(*(_is_of(each, question) for each in sets)),
            c.period.in_([period.value for period in periods]),
            question.is_within(c.starts_on, "longest_from_on"),
            *_up_to(c.edition, question),
        )
        .order_by(*key, c.edition.desc())
    )


def _is_of(dimension_set: DimensionSet, question: GridQuestion) -> ColumnElement[bool]:
    """Whether a row is of a set, and of what the question names of its dimensions."""
    return and_(
        _PUBLISHED.dimension_set == dimension_set.value,
        *(
            _PUBLISHED[dimension.value] == question.parameter_of(dimension)
            for dimension in sorted(question.where)
            if dimension in DIMENSIONS[dimension_set]
        ),
    )


def _up_to(edition: ColumnElement[int], question: GridQuestion) -> list[ColumnElement[bool]]:
    return [] if question.edition is None else [edition <= question.parameter("edition", Integer)]
