"""Processing volumes: measures over calendar windows in WIB (UTC+7), by dimensions."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row
from strawberry.types.nodes import SelectedField, Selection

from gateway.access.rows import holding, reached
from gateway.errors import ErrorCode, FieldError
from gateway.schema.context import Context
from gateway.schema.country import Country
from gateway.schema.figures import Count, Duration, Rate
from gateway.schema.filters import MOST_VALUES
from gateway.schema.partner import Centre, Partner
from gateway.schema.scalars import BigInt
from gateway.schema.visa_type import VisaType
from gateway.schema.words import Precision
from models.vocabulary import Channel
from models.volumes import Dimension, Measure, Period, Question, as_of, statement

MOST_ROWS = 10_000
LONGEST_WINDOW = timedelta(days=3_660)
_EARLIEST = date(2000, 1, 1)
_LATEST = date(2100, 1, 1)


class VolumeDimension(StrEnum):
    """What volumes can be told apart by; periods are calendar periods in WIB."""

    COUNTRY = "COUNTRY"
    NATIONALITY = "NATIONALITY"
    PARTNER = "PARTNER"
    CENTRE = "CENTRE"
    VISA_TYPE = "VISA_TYPE"
    CHANNEL = "CHANNEL"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


def _by_code(noun: type[Any], dimension: Dimension, description: str) -> Any:
    """The row of a noun by the code in a group; null where the question does not group by it."""

    def resolve(root: Any, info: strawberry.Info) -> Any:
        code = root.groups.get(dimension)
        context: Context = info.context
        target = context.catalogue.nouns[noun.__name__]
        return None if code is None else context.loaders.by(target, target.key).load(code)

    return strawberry.field(resolver=resolve, description=description)


def _count(measure: Measure, description: str) -> Any:
    def resolve(root: Any) -> Count:
        return Count.exactly(root.measures[measure])

    return strawberry.field(resolver=resolve, description=description)


def _rate(measure: Measure, description: str) -> Any:
    def resolve(root: Any) -> Rate:
        return Rate(
            value=root.measures[measure],
            precision=Precision.EXACT,
            denominator=BigInt(root.measures[Measure.DECISIONS]),
        )

    return strawberry.field(resolver=resolve, description=description)


def _duration(measure: Measure, description: str) -> Any:
    def resolve(root: Any) -> Duration:
        return Duration(
            hours=root.measures[measure],
            precision=Precision.ROUNDED,
            decisions=BigInt(root.measures[Measure.DECISIONS]),
        )

    text = f"{description} A percentile of all its decisions, to within 1 %."
    return strawberry.field(resolver=resolve, description=text)


@strawberry.type
class VolumePeriod:
    """A calendar period, as far as it lies in the window."""

    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")


@strawberry.type
class VolumeRow:
    """The measures of one group."""

    groups: strawberry.Private[dict[Dimension, str | None]]
    measures: strawberry.Private[dict[Measure, Any]]

    country: Country | None = _by_code(
        Country, Dimension.COUNTRY, "Partner country; null for direct applications."
    )
    nationality: Country | None = _by_code(Country, Dimension.NATIONALITY, "Nationality.")
    partner: Partner | None = _by_code(
        Partner, Dimension.PARTNER, "Partner; null for direct applications."
    )
    centre: Centre | None = _by_code(
        Centre, Dimension.CENTRE, "Visa centre; null where none took it in."
    )
    visa_type: VisaType | None = _by_code(VisaType, Dimension.VISA_TYPE, "Visa type.")
    channel: Channel | None = strawberry.field(description="Channel.")
    period: VolumePeriod | None = strawberry.field(description="Period.")

    intake: Count = _count(Measure.INTAKE, "Applications first paid in the window.")
    decisions: Count = _count(Measure.DECISIONS, "Granted and refused, by decision date.")
    granted: Count = _count(Measure.GRANTED, "Granted, later revoked ones included.")
    refused: Count = _count(Measure.REFUSED, "Refused.")
    withdrawn: Count = _count(Measure.WITHDRAWN, "Paid, then withdrawn; never in a rate.")
    lapsed: Count = _count(Measure.LAPSED, "Paid, then lapsed unanswered; never in a rate.")
    refusal_rate: Rate = _rate(Measure.REFUSAL_RATE, "Refused of all decisions.")
    wip: Count = _count(Measure.WIP, "Paid and open at the end: a stock, never summed over time.")
    backlog: Count = _count(
        Measure.BACKLOG, "Work in progress at the end that is older than its target."
    )
    turnaround_p50: Duration = _duration(
        Measure.TURNAROUND_P50, "Half of the decisions took no longer, from payment."
    )
    turnaround_p75: Duration = _duration(
        Measure.TURNAROUND_P75, "Three quarters of the decisions took no longer, from payment."
    )
    turnaround_p90: Duration = _duration(
        Measure.TURNAROUND_P90, "Nine tenths of the decisions took no longer, from payment."
    )
    turnaround_p95: Duration = _duration(
        Measure.TURNAROUND_P95, "19 of 20 decisions took no longer, from payment."
    )
    target_rate: Rate = _rate(
        Measure.TARGET_RATE, "Decisions within the target in force when paid, of all decisions."
    )
    revenue_idr: Count = _count(Measure.REVENUE, "Fees of the intake in rupiah (PNBP).")


@strawberry.type
class VolumeTable:
    """An answer of volumes: a row for each group in which something happened or was open."""

    as_of: datetime = strawberry.field(description="All that was recorded before it is counted.")
    rows: list[VolumeRow] = strawberry.field(description="The groups, in order.")


def _narrowing(description: str) -> Any:
    return strawberry.field(
        default=strawberry.UNSET, description=f"{description}, at most {MOST_VALUES}."
    )


@strawberry.input
class VolumeWhere:
    """Narrows what is counted; all that is given must hold."""

    countries: list[str] | None = _narrowing("Codes of partner countries")
    nationalities: list[str] | None = _narrowing("Codes of nationalities")
    partners: list[str] | None = _narrowing("Codes of partners")
    centres: list[str] | None = _narrowing("Codes of visa centres")
    visa_types: list[str] | None = _narrowing("Codes of visa types")
    channels: list[Channel] | None = _narrowing("Channels")

    def narrowed(self) -> Iterator[tuple[Dimension, tuple[str, ...]]]:
        asked = {
            Dimension.COUNTRY: self.countries,
            Dimension.NATIONALITY: self.nationalities,
            Dimension.PARTNER: self.partners,
            Dimension.CENTRE: self.centres,
            Dimension.VISA_TYPE: self.visa_types,
            Dimension.CHANNEL: self.channels,
        }
        for dimension, values in asked.items():
            if values is strawberry.UNSET:
                continue
            if values is None:
                raise _invalid("A condition in `where` is null. Give it values, or leave it out.")
            if len(values) > MOST_VALUES:
                raise _invalid(f"`where` takes at most {MOST_VALUES} values of a kind.")
            yield dimension, tuple(str(value) for value in values)


async def volumes(
    info: strawberry.Info,
    from_: Annotated[
        date, strawberry.argument(name="from", description="First day of the window, in WIB.")
    ],
    to: Annotated[date, strawberry.argument(description="Last day of the window, in WIB.")],
    group_by: Annotated[
        list[VolumeDimension],
        strawberry.argument(description="Dimensions, and at most one period; none for the total."),
    ],
    where: Annotated[
        VolumeWhere | None, strawberry.argument(description="Counts only these.")
    ] = strawberry.UNSET,
) -> VolumeTable:
    context: Context = info.context
    question = _question(info, from_, to, group_by, where)

    def in_reach(columns: Any) -> Any:
        return reached("VolumeRow", context.viewer, lambda attribute: columns[attribute.key])

    # One transaction, one snapshot: `as_of` is that of the very figures beside it.
    ((instant,),) = await context.session.rows(holding(as_of(), "VolumeTable"))
    asked = statement(question, in_reach).limit(MOST_ROWS + 1)
    found = await context.session.rows(holding(asked, "VolumeRow"))
    if len(found) > MOST_ROWS:
        raise _invalid(
            f"This has more than {MOST_ROWS} rows. Group by less, or ask for a shorter window."
        )
    return VolumeTable(as_of=instant, rows=[_row(question, row) for row in found])


def _question(
    info: strawberry.Info,
    from_on: date,
    to_on: date,
    group_by: list[VolumeDimension],
    where: VolumeWhere | None,
) -> Question:
    if not _EARLIEST <= from_on <= to_on < _LATEST or to_on - from_on > LONGEST_WINDOW:
        raise _invalid("A window runs from a day to the same or a later one, ten years at most.")
    if len(set(group_by)) < len(group_by):
        raise _invalid("`groupBy` names a dimension twice.")
    periods = [Period[group] for group in group_by if group in Period.__members__]
    if len(periods) > 1:
        raise _invalid("`groupBy` takes at most one period.")
    return Question(
        from_on,
        to_on,
        dimensions=tuple(Dimension[group] for group in group_by if group in Dimension.__members__),
        period=periods[0] if periods else None,
        where=dict(where.narrowed()) if where else {},
        measures=frozenset(_asked_measures(info.selected_fields)),
    )


def _asked_measures(selections: Iterable[Selection]) -> Iterator[Measure]:
    """The measures of the selected fields; a stock or a percentile is read only if asked for."""
    for selection in selections:
        if isinstance(selection, SelectedField) and selection.name in _MEASURES:
            yield _MEASURES[selection.name]
        yield from _asked_measures(selection.selections)


_MEASURES = {
    "wip": Measure.WIP,
    "backlog": Measure.BACKLOG,
    "turnaroundP50": Measure.TURNAROUND_P50,
    "turnaroundP75": Measure.TURNAROUND_P75,
    "turnaroundP90": Measure.TURNAROUND_P90,
    "turnaroundP95": Measure.TURNAROUND_P95,
}


def _row(question: Question, row: Row[Any]) -> VolumeRow:
    values = row._mapping
    channel = values.get(Dimension.CHANNEL)
    return VolumeRow(
        groups={dimension: values[dimension] for dimension in question.dimensions},
        measures={measure: values[measure] for measure in Measure if measure in values},
        channel=Channel(channel) if channel else None,
        period=_period(question, values["period"]) if question.period else None,
    )


def _period(question: Question, starts_on: date) -> VolumePeriod:
    return VolumePeriod(
        starts_on=max(starts_on, question.from_on),
        ends_on=min(_last_day(question.period, starts_on), question.to_on),
    )


def _last_day(period: Period | None, starts_on: date) -> date:
    match period:
        case Period.MONTH | Period.QUARTER | Period.YEAR:
            months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[period]
            later = starts_on.month - 1 + months
            after = starts_on.replace(year=starts_on.year + later // 12, month=later % 12 + 1)
            return after - timedelta(days=1)
        case Period.WEEK:
            return starts_on + timedelta(days=6)
        case _:
            return starts_on


def _invalid(message: str) -> FieldError:
    return FieldError(ErrorCode.INVALID_INPUT, message)
