"""How cases ended, as it is published to partner managers: protected, on a fixed grid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard.model.measures import DECISIONS, REFUSAL_RATE
from dashboard.model.period import (
    MONTHS_OF_A_QUARTER,
    MONTHS_OF_A_YEAR,
    Period,
    last_quarters,
    month_end,
    month_start,
)
from dashboard.model.rows import Line, Reading, Wider, line_of, reading_of

OUTCOMES = (DECISIONS, REFUSAL_RATE)
#: The grid: calendar months, quarters and years, by how many months they have.
GRAINS = {1: "MONTH", MONTHS_OF_A_QUARTER: "QUARTER", MONTHS_OF_A_YEAR: "YEAR"}
#: The last one that is over may not be published yet.
USUAL_QUARTERS = 2


@dataclass(frozen=True, slots=True)
class Window:
    """Which published periods are looked at, and how they are grouped."""

    period: Period
    months: int

    @property
    def grain(self) -> str:
        """In ``VolumeDimension``."""
        return GRAINS[self.months]


def published_window(period: Period, now: date) -> Window:
    """The period itself where it is one of the grid, else the last quarters that are over."""
    months = period.months
    is_on_grid = (
        period.has_whole_months and months in GRAINS and (period.from_on.month - 1) % months == 0
    )
    if is_on_grid:
        return Window(period, months)
    return Window(last_quarters(USUAL_QUARTERS, now), MONTHS_OF_A_QUARTER)


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    """The newest period of those asked for that was published, and by which rules."""

    edition: int
    published_at: datetime
    rounding: int
    threshold: int
    #: A refusal rate needs as many decisions.
    fewest: int
    period: Period
    lines: tuple[Line, ...]
    #: The refusal rate of the whole country in the same period.
    national: Reading
    #: The newest year that a country's refusal rate was published of, where there is one.
    years: Mapping[str, Wider]


def read_published(
    table: Mapping[str, Any] | None, years: Mapping[str, Any] | None, months: int
) -> PublishedPeriod | None:
    """None where this viewer reads exact figures, or where nothing was published yet.

    ``months`` is how many a period of the table has; ``years`` has the years before.
    """
    rules = table and table["published"]
    if not table or not rules or rules["edition"] is None:
        return None
    rows = [row for row in table["rows"] if row["edition"] is not None]
    lines = [line_of(row, "country") for row in rows]
    starts = [line.starts_on for line in lines if line.starts_on]
    if not starts:
        return None
    newest = max(starts)
    national = next(row for row in rows if row["period"]["startsOn"] == newest.isoformat())
    return PublishedPeriod(
        edition=rules["edition"],
        published_at=datetime.fromisoformat(rules["publishedAt"]),
        rounding=rules["rounding"],
        threshold=rules["threshold"],
        fewest=rules["fewestDecisions"],
        period=Period(newest, month_end(month_start(newest, months - 1))),
        lines=tuple(line for line in lines if line.starts_on == newest),
        national=reading_of(national["nationalRefusalRate"]),
        years=_newest_years(years["rows"] if years else ()),
    )


def _newest_years(rows: Iterable[Mapping[str, Any]]) -> dict[str, Wider]:
    """By country, the last of these years with a rate or its bound."""
    known = [
        row
        for row in rows
        if row["country"]
        and (
            row["refusalRate"]["value"] is not None or row["refusalRate"]["upperBound"] is not None
        )
    ]
    known.sort(key=lambda row: row["period"]["startsOn"])
    return {
        row["country"]["code"]: Wider(
            date.fromisoformat(row["period"]["startsOn"]),
            date.fromisoformat(row["period"]["endsOn"]),
        )
        for row in known
    }
