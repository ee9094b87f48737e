"""Published figures: which questions they can answer, and reading them."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import strawberry

from gateway.access.fields import is_published, is_readable
from gateway.access.rows import reachable_as_published, vouch_for
from gateway.errors import ErrorCode, FieldError
from gateway.mapping.context import Context
from gateway.mapping.enums import Precision
from gateway.mapping.figures import Count, Duration, Rate
from gateway.mapping.scalars import BigInt
from gateway.policy import POLICY, PUBLISHED_SETS
from gateway.schema.volumes.measures import FIELDS
from gateway.strawberry_bridge import to_camel_case
from gateway.viewer import Viewer
from models.publication import disclosure, reading
from models.publication.sets import DIMENSIONS
from models.vocabulary import Role
from models.volumes import Dimension, Measure, Question

_NOTE = (
    f"Every count, totals too, is rounded to the nearest {disclosure.ROUNDING} from its own true"
    " value, so parts do not add up to their total. Small counts, and counts that could be told"
    " from others, are withheld. Rates and percentiles need at least"
    f" {disclosure.FEWEST_DECISIONS} decisions and come from rounded counts. A published period"
    " stays as it is; a correction is a new edition."
)


@strawberry.type(description="How figures were published that are not told exactly.")
class VolumePublication:
    edition: int | None = strawberry.field(
        description="The newest edition of the periods asked for; none where none is published."
    )
    published_at: datetime | None = strawberry.field(description="When that was published.")
    rounding: int = strawberry.field(description="Counts are rounded to the nearest multiple.")
    threshold: int = strawberry.field(description="Smaller counts are withheld.")
    note: str = strawberry.field(description="How the figures are protected, in words.")


@dataclass(frozen=True)
class PublishedRow:
    """The published figures of one group in one period; ``figures`` is None if unpublished."""

    figures: Mapping[str, Any] | None
    measures: frozenset[Measure]

    def count(self, measure: Measure) -> Count:
        value = self._value(measure)
        return Count(value=_whole(value), precision=self._precision(value))

    def rate(self, measure: Measure) -> Rate:
        value, decisions = self._value(measure), self._value(Measure.DECISIONS)
        precision = self._precision(value if decisions != 0 else decisions)
        return Rate(value=value, precision=precision, denominator=_whole(decisions))

    def duration(self, measure: Measure) -> Duration:
        value, decisions = self._value(measure), self._value(Measure.DECISIONS)
        precision = self._precision(value if decisions != 0 else decisions)
        return Duration(hours=value, precision=precision, measured=_whole(decisions))

    def _value(self, measure: Measure) -> Any:
        return self.figures[measure] if self.figures else None

    def _precision(self, value: Any) -> Precision:
        if self.figures is None:
            return Precision.UNPUBLISHED
        return Precision.SUPPRESSED if value is None else Precision.ROUNDED


#: For a row whose figures are all exact.
NOT_PUBLISHED = PublishedRow(None, frozenset())


def _whole(value: int | None) -> BigInt | None:
    return None if value is None else BigInt(value)


#: For a group without a row in a published period: nothing happened there.
_ZERO_COUNTS: Mapping[str, Any] = {
    Measure.INTAKE: 0,
    Measure.DECISIONS: 0,
    Measure.REFUSED: 0,
}


@dataclass(frozen=True)
class Publication:
    """The published figures for a question: rows by group and period."""

    measures: frozenset[Measure]
    published: VolumePublication
    as_of: datetime
    rows: Mapping[tuple[Any, ...], Mapping[str, Any]] = field(default_factory=dict)
    periods: frozenset[date] = frozenset()

    def of(self, question: Question, key: tuple[Any, ...]) -> PublishedRow:
        """The published figures of a group in a period."""
        starts_on = key[-1] if question.period else question.from_on
        zeros = {**dict.fromkeys(self.measures), **_ZERO_COUNTS}
        figures = self.rows.get(key) or (zeros if starts_on in self.periods else None)
        return PublishedRow(figures, self.measures)


def published_measures(measures: Set[Measure], role: Role) -> frozenset[Measure]:
    """The measures that the role may read only as published figures."""
    return frozenset(m for m in measures if is_published("VolumeRow", FIELDS[m], role))


def reads_only_published(role: Role) -> bool:
    return role not in POLICY["VolumeRow"].rows


def check_dimensions(question: Question, role: Role) -> None:
    """Raises FieldError with FORBIDDEN_FIELD for a dimension that the role may not read."""
    for dimension in (*question.dimensions, *question.where):
        name = to_camel_case(dimension.name.lower())
        if not is_readable("VolumeRow", name, role):
            coordinate = f"VolumeRow.{name}"
            raise FieldError(
                ErrorCode.FORBIDDEN_FIELD,
                f"The role {role} does not read {coordinate}.",
                {"coordinate": coordinate},
            )


async def publication(
    context: Context, question: Question, measures: frozenset[Measure], edition: int | None
) -> Publication:
    """Answer a question from the published tables alone."""
    viewer = context.viewer
    grid_question = _grid_question(question, viewer, edition)

    def in_reach(columns: Any) -> Any:
        return reachable_as_published("VolumeRow", viewer, lambda attribute: columns[attribute.key])

    newest = reading.newest_publication()
    ((instant,),) = await context.session.rows(vouch_for(newest, "VolumeTable"))
    editions = await context.session.rows(vouch_for(reading.editions(grid_question), "VolumeTable"))
    rows = await context.session.rows(vouch_for(reading.rows(grid_question, in_reach), "VolumeRow"))
    # `_mapping` is public API of SQLAlchemy in spite of its underscore.
    figures = [dict(row._mapping) for row in rows]  # pyright: ignore[reportPrivateUsage]
    return Publication(
        measures=measures,
        published=VolumePublication(
            edition=max((row.edition for row in editions), default=None),
            published_at=max((row.at for row in editions), default=None),
            rounding=disclosure.ROUNDING,
            threshold=disclosure.THRESHOLD,
            note=_NOTE,
        ),
        as_of=instant,
        rows={key_of(question, row): row for row in figures},
        periods=frozenset(row.starts_on for row in editions),
    )


def key_of(question: Question, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The key of a row: its groups, and its period if the question groups by one."""
    groups = tuple(row[dimension] for dimension in question.dimensions)
    return (*groups, row["period"]) if question.period else groups


def _grid_question(question: Question, viewer: Viewer, edition: int | None) -> reading.GridQuestion:
    """The question in terms of what is published: a dimension set and whole periods.

    Raises FieldError with INVALID_INPUT for any other question.
    """
    period = reading.period_of(question.from_on, question.to_on, question.period)
    if period is None:
        raise _invalid(
            "Published figures are by whole calendar periods. Ask from the first day of one month,"
            " quarter or year to its last, or group by MONTH, QUARTER or YEAR from the first day of"
            " one to the last day of one."
        )
    if any(len(values) != 1 for values in question.where.values()):
        raise _invalid(
            "Published figures are of one value of a dimension or of all. Name one value of a kind"
            " in `where`, or group by it."
        )
    published_sets = PUBLISHED_SETS[viewer.role]
    dimensions = {*question.dimensions, *question.where}
    dimension_set = reading.dimension_set_of(
        dimensions, _implied_dimensions(viewer), published_sets
    )
    if dimension_set is None:
        listed = "; ".join(_names(DIMENSIONS[each]) for each in published_sets)
        raise _invalid(
            "Published figures are told apart, by `groupBy` or one value in `where`, by exactly one"
            f" of these: {listed}. What your scope has one of goes without saying."
        )
    where = {dimension: values[0] for dimension, values in question.where.items()}
    return reading.GridQuestion(
        dimension_set, period, question.from_on, question.to_on, where, edition
    )


def _implied_dimensions(viewer: Viewer) -> Iterator[Dimension]:
    """The dimensions that the viewer's scope already narrows to one value."""
    if viewer.partner:
        yield Dimension.PARTNER
    if len(viewer.countries) == 1:
        yield Dimension.COUNTRY
    if len(viewer.centres) == 1 and viewer.role is Role.PARTNER_AGENT:
        yield Dimension.CENTRE


def _names(dimensions: tuple[Dimension, ...]) -> str:
    return " and ".join(dimension.name for dimension in dimensions) or "nothing"


def _invalid(message: str) -> FieldError:
    return FieldError(ErrorCode.INVALID_INPUT, message)
