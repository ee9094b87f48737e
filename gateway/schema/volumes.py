"""The question that is put to the processing volumes, and its answer."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row
from strawberry.types.nodes import SelectedField, Selection
from strawberry.utils.str_converters import to_camel_case

from gateway.access.rows import holding, reached
from gateway.errors import ErrorCode, FieldError
from gateway.schema.context import Context
from gateway.schema.filters import MOST_VALUES
from gateway.schema.volume_rows import VolumePeriod, VolumeRow, VolumeTable
from gateway.schema.words import VolumeDimension
from models.vocabulary import Channel
from models.volumes import Dimension, Measure, Period, Question, as_of, statement
from models.volumes.question import PERCENTILES, STOCKS

MOST_ROWS = 10_000
LONGEST_WINDOW = timedelta(days=3_660)
_EARLIEST = date(2000, 1, 1)
_LATEST = date(2100, 1, 1)


def _narrowing(description: str) -> Any:
    return strawberry.field(
        default=strawberry.UNSET, description=f"{description}, at most {MOST_VALUES}."
    )


@strawberry.input(description="Narrows what is counted; all that is given must hold.")
class VolumeWhere:
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


_MEASURES = {to_camel_case(measure): measure for measure in (*STOCKS, *PERCENTILES)}


def _row(question: Question, row: Row[Any]) -> VolumeRow:
    # A public name of SQLAlchemy's, whatever it looks like.
    columns = row._mapping  # pyright: ignore[reportPrivateUsage]
    values = {str(name): value for name, value in columns.items()}
    channel = values.get(Dimension.CHANNEL)
    return VolumeRow(
        groups={dimension: values[dimension] for dimension in question.dimensions},
        figures=values,
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
