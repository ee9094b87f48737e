"""Counts, rates and durations: each with its precision and its change over a year or month."""

from collections.abc import Callable
from datetime import date
from enum import IntEnum
from typing import Any

import strawberry

from gateway.findings.rates import Z95, Z_OF_MANY, wilson
from gateway.mapping.enums import CalendarPeriod, ChangeUnit, Precision, VolumeDimension
from gateway.mapping.money import Money
from gateway.mapping.scalars import BigInt, CountryCode
from gateway.strawberry_bridge import computed_field
from models.vocabulary import Region


class Span(IntEnum):
    """The distance between the two windows of a comparison, in months."""

    YEAR = 12
    MONTH = 1


#: The figure of the earlier window; None if there is nothing to compare with.
Before = Callable[[Span], float | None]


@strawberry.type(description="How a figure changed from one window to another.")
class FigureChange:
    value: float | None = strawberry.field(
        description="By how much: positive where it grew. Not rounded; none where withheld."
    )
    unit: ChangeUnit = strawberry.field(description="What the value is counted in.")


def _percent(now: float, previous: float) -> FigureChange | None:
    return (
        FigureChange(value=100 * (now / previous - 1), unit=ChangeUnit.PERCENT)
        if previous
        else None
    )


def _points(now: float, previous: float) -> FigureChange | None:
    return FigureChange(value=100 * (now - previous), unit=ChangeUnit.PERCENTAGE_POINTS)


def _change(
    span: Span, attribute: str, difference: Callable[[float, float], FigureChange | None]
) -> Any:
    def resolve(root: Any) -> FigureChange | None:
        now: float | None = getattr(root, attribute)
        if now is None or root.before is None:
            return None
        previous = root.before(span)
        return None if previous is None else difference(now, previous)

    return computed_field(resolve, _DESCRIPTIONS[span])


def _code(of: str) -> Any:
    return strawberry.field(description=f"Code of the {of}; null where not broken down by it.")


_NOTHING = (
    "; null where that had no such figure or nought, where it begins before `completeFrom` of the"
    " table, and where windows are not comparable."
)
_DESCRIPTIONS = {
    Span.YEAR: "Against the same window a year before: whole months stay whole months, a cut one"
    f" goes up to the same day; days and weeks go back 364 days{_NOTHING}",
    Span.MONTH: "Against the same window a month before: whole months stay whole months, a cut one"
    f" goes up to the same day; days and weeks go back 28 days{_NOTHING} Quarters and years have"
    " none.",
}


@strawberry.type(
    description="A wider cell of the published figures: ask `volumes` for it with these dates,"
    " `groupBy`, and its codes in `where`."
)
class WiderCell:
    from_: date = strawberry.field(name="from", description="First day of its period.")
    to: date = strawberry.field(description="Last day of its period.")
    period: CalendarPeriod = strawberry.field(description="Kind of its period.")
    group_by: list[VolumeDimension] = strawberry.field(
        description="What it is broken down by, without its period."
    )
    dropped: list[VolumeDimension] = strawberry.field(
        description="What it is no longer broken down by; nothing where only its period is longer."
    )
    region: Region | None = _code("region")
    country: CountryCode | None = _code("partner country")
    nationality: CountryCode | None = _code("nationality")
    visa_type: str | None = _code("visa type")


#: Finds the nearest wider cell in which a figure has a value; None if there is none.
FindWider = Callable[[], WiderCell | None]


def _nearest_wider() -> Any:
    def resolve(root: Any) -> WiderCell | None:
        return root.find_wider() if root.find_wider else None

    return computed_field(
        resolve,
        "Where a figure is withheld, the nearest wider cell in your reach in which it"
        " is not: the same group over a longer period, or else a wider group. Null where there is"
        " none, and where the figure is not withheld.",
    )


_INTERVAL = (
    "the interval of 95 % (Wilson) in which the rate behind it lies; null for what is no share of"
    " something, and where figures are published ones"
)


def _end(end: int, z: float, description: str) -> Any:
    def resolve(root: Any) -> float | None:
        is_exact = root.is_share and root.precision is Precision.EXACT
        if not is_exact or root.value is None or not root.denominator:
            return None
        return wilson(round(root.value * root.denominator), root.denominator, z)[end]

    return computed_field(resolve, description)


@strawberry.type(description="A number of things.")
class CountFigure:
    value: BigInt | None = strawberry.field(description="The number; none where withheld.")
    precision: Precision = strawberry.field(description="What the number is.")
    upper_bound: BigInt | None = strawberry.field(
        default=None, description="With BELOW, the number is smaller than this."
    )
    before: strawberry.Private[Before | None] = None
    find_wider: strawberry.Private[FindWider | None] = None
    nearest_wider: WiderCell | None = _nearest_wider()
    year_on_year: FigureChange | None = _change(Span.YEAR, "value", _percent)
    month_on_month: FigureChange | None = _change(Span.MONTH, "value", _percent)

    @classmethod
    def exactly(cls, value: int, before: Before | None = None) -> "CountFigure":
        return cls(value=BigInt(value), precision=Precision.EXACT, before=before)

    @classmethod
    def at_least(cls, value: int) -> "CountFigure":
        return cls(value=BigInt(value), precision=Precision.AT_LEAST)


@strawberry.type(description="A sum of money that is counted.")
class MoneyFigure:
    value: Money | None = strawberry.field(description="The sum; none where withheld.")
    precision: Precision = strawberry.field(description="What the sum is.")
    before: strawberry.Private[Before | None] = None
    year_on_year: FigureChange | None = _change(Span.YEAR, "rupiah", _percent)
    month_on_month: FigureChange | None = _change(Span.MONTH, "rupiah", _percent)

    @property
    def rupiah(self) -> int | None:
        return self.value.amount if self.value else None


@strawberry.type(description="A part of a whole.")
class RateFigure:
    value: float | None = strawberry.field(
        description=(
            "1 is all of the whole; a ratio of what leaves to what comes may be more. None where"
            " the whole is nothing, or it is withheld."
        )
    )
    precision: Precision = strawberry.field(description="What the rate is.")
    denominator: BigInt | None = strawberry.field(description="The whole that it is measured by.")
    upper_bound: float | None = strawberry.field(
        default=None,
        description="With BELOW, the rate is smaller than this; rounded up to 0.1 %.",
    )
    before: strawberry.Private[Before | None] = None
    find_wider: strawberry.Private[FindWider | None] = None
    #: A ratio of what leaves to what comes is no share.
    is_share: strawberry.Private[bool] = True
    low: float | None = _end(0, Z95, f"Lower end of {_INTERVAL}.")
    high: float | None = _end(1, Z95, "Upper end of the same.")
    low_of_many: float | None = _end(
        0,
        Z_OF_MANY,
        "Lower end of that of 99.8 %: to name one of many, some of which are by"
        " chance outside that of 95 %.",
    )
    high_of_many: float | None = _end(1, Z_OF_MANY, "Upper end of the same.")
    nearest_wider: WiderCell | None = _nearest_wider()
    year_on_year: FigureChange | None = _change(Span.YEAR, "value", _points)
    month_on_month: FigureChange | None = _change(Span.MONTH, "value", _points)


@strawberry.type(description="A length of time.")
class DurationFigure:
    hours: float | None = strawberry.field(
        description="Hours; none where nothing was measured, or where they are withheld."
    )
    precision: Precision = strawberry.field(description="What the duration is.")
    measured: BigInt | None = strawberry.field(description="How many cases were measured.")
    before: strawberry.Private[Before | None] = None
    find_wider: strawberry.Private[FindWider | None] = None
    nearest_wider: WiderCell | None = _nearest_wider()
    year_on_year: FigureChange | None = _change(Span.YEAR, "hours", _percent)
    month_on_month: FigureChange | None = _change(Span.MONTH, "hours", _percent)
