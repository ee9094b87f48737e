"""The true figures behind the grid, read from the applications."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import asyncpg

from models.publication.disclosure import FEWEST_DECISIONS, Counts, ProtectedCount
from models.publication.sets import (
    DIMENSIONS,
    PERIODS,
    Cell,
    DimensionSet,
    Period,
    Place,
    first_day_of,
)
from models.publication.tables import CODES
from models.volumes.grains import Dimension

#: What is counted of a cell: closures, and the protected counts.
COUNTED = ("closed", *(measure.value for measure in ProtectedCount))

#: Intake and closures, each in the month (WIB) in which it happened.
_HAPPENED = f"""
    CREATE TEMPORARY TABLE happened ON COMMIT DROP AS
    SELECT
        date_trunc('month', wib_day(paid_at)::timestamp)::date AS month, {", ".join(CODES)},
        0 AS closed, 1 AS intake, 0 AS decisions, 0 AS refused, 0 AS within_target,
        NULL::bigint AS turnaround, NULL::bigint AS turnaround_adjusted
    FROM application
    WHERE paid_at IS NOT NULL AND wib_day(paid_at) < $1
    UNION ALL
    SELECT
        date_trunc('month', wib_day(closed_at)::timestamp)::date, {", ".join(CODES)},
        1, 0, is_decided::integer, (status = 'REFUSED')::integer,
        (is_decided AND closed_at <= target_due_at)::integer,
        CASE WHEN is_decided THEN seconds END,
        CASE WHEN is_decided THEN seconds - paused_seconds END
    FROM application
    CROSS JOIN LATERAL (
        SELECT
            status IN ('GRANTED', 'REVOKED', 'REFUSED') AS is_decided,
            extract(epoch FROM closed_at - paid_at)::bigint AS seconds
    ) AS outcome
    WHERE paid_at IS NOT NULL AND closed_at IS NOT NULL AND wib_day(closed_at) < $1
"""  # noqa: S608

#: Groupings that are not published, but known to single managers and agents.
_BY_PARTNER = (Dimension.PARTNER, Dimension.NATIONALITY)
_BY_CENTRE = (Dimension.CENTRE, Dimension.NATIONALITY)


@dataclass
class TrueCounts:
    """The unprotected figures of all cells."""

    centres: Mapping[str, Place]
    counts: dict[Cell, dict[str, int]] = field(default_factory=dict)
    durations: dict[Cell, tuple[float, ...]] = field(default_factory=dict)
    #: Lower bounds: the most that a single agent (of intake: a single manager) knows of a cell.
    known_at_least: dict[Cell, dict[str, int]] = field(default_factory=dict)

    def counts_of(self, cell: Cell) -> Counts:
        found = self.counts.get(cell)
        return {measure: found[measure] if found else 0 for measure in ProtectedCount}

    def closed_in(self, cell: Cell) -> int:
        found = self.counts.get(cell)
        return found["closed"] if found else 0


async def read_true_counts(connection: asyncpg.Connection, today: date) -> TrueCounts:
    """Read the true counts up to yesterday."""
    await connection.execute("DROP TABLE IF EXISTS pg_temp.happened")
    await _create(connection, today)
    truth = TrueCounts(await _centres(connection))
    truth.counts.update(_over_periods(await _counts(connection, DIMENSIONS.items())))
    by_partner = await _counts(connection, [(DimensionSet.NATIONALITY, _BY_PARTNER)])
    by_centre = await _counts(connection, [(DimensionSet.NATIONALITY, _BY_CENTRE)])
    truth.known_at_least.update(_known_at_least(truth, by_partner, by_centre))
    return truth


async def read_durations(
    connection: asyncpg.Connection, truth: TrueCounts, since: Mapping[Period, date]
) -> None:
    """Add durations, for each kind of period from the given first day on.

    Uses the temporary table that ``read_true_counts`` made on the same connection.
    """
    for period, first_on in since.items():
        truth.durations.update(await _durations(connection, period, first_on))


async def _create(connection: asyncpg.Connection, today: date) -> None:
    # A statement that creates a table takes no parameters.
    await connection.execute(_HAPPENED.replace("$1", f"date '{today.isoformat()}'"))
    await connection.execute("ANALYZE pg_temp.happened")


async def _centres(connection: asyncpg.Connection) -> dict[str, Place]:
    rows = await connection.fetch("SELECT code, partner_code, country_code FROM centre")
    return {row["code"]: Place(row["partner_code"], row["country_code"]) for row in rows}


Grouping = tuple[DimensionSet, Sequence[Dimension]]


async def _counts(
    connection: asyncpg.Connection, sets: Iterable[Grouping]
) -> dict[Cell, dict[str, int]]:
    """The counts by month."""
    found: dict[Cell, dict[str, int]] = {}
    for dimension_set, dimensions in sets:
        rows = await connection.fetch(f"""
            SELECT {", ".join(("month", *dimensions))},
                {", ".join(f"sum({name})::bigint AS {name}" for name in COUNTED)}
            FROM happened
            {_require_codes(dimensions)}
            GROUP BY {", ".join(("month", *dimensions))}
        """)  # noqa: S608
        for row in rows:
            cell = Cell(dimension_set, Period.MONTH, row["month"], _codes(row, dimensions))
            found[cell] = {name: row[name] for name in COUNTED}
    return found


def _require_codes(dimensions: Sequence[Dimension]) -> str:
    """Leave out rows without a code: direct applications have no partner, country or centre."""
    conditions = [f"{dimension} IS NOT NULL" for dimension in dimensions]
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _codes(row: asyncpg.Record, dimensions: Sequence[Dimension]) -> tuple[str, ...]:
    return tuple(row[dimension] for dimension in dimensions)


def _over_periods(months: Mapping[Cell, dict[str, int]]) -> dict[Cell, dict[str, int]]:
    """The months, and the quarters and years that they add up to."""
    found: defaultdict[Cell, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for cell, counts in months.items():
        for period in PERIODS:
            starts_on = first_day_of(period, cell.starts_on)
            total = found[cell._replace(period=period, starts_on=starts_on)]
            for name in COUNTED:
                total[name] += counts[name]
    return dict(found)


def _known_at_least(
    truth: TrueCounts,
    by_partner: Mapping[Cell, dict[str, int]],
    by_centre: Mapping[Cell, dict[str, int]],
) -> dict[Cell, dict[str, int]]:
    """Lower bounds for the national cells: the most that a single partner's manager knows of
    intake, and a single centre's agent of every count."""
    of_partner: defaultdict[tuple[str, Cell], int] = defaultdict(int)
    found: defaultdict[Cell, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ProtectedCount, 0))
    for cell, counts in (*truth.counts.items(), *_over_periods(by_partner).items()):
        for partner, national in _of_partner(cell):
            of_partner[partner, national] += counts["intake"]
    for (_, national), intake in of_partner.items():
        found[national]["intake"] = max(found[national]["intake"], intake)
    for cell, counts in (*truth.counts.items(), *_over_periods(by_centre).items()):
        for national in _of_centre(cell):
            for measure in ProtectedCount:
                found[national][measure] = max(found[national][measure], counts[measure])
    return dict(found)


def _of_partner(cell: Cell) -> Iterator[tuple[str, Cell]]:
    """The partner of a cell, and the national cell that contains it."""
    match cell.dimension_set, cell.codes:
        case DimensionSet.COUNTRY, (partner, _):
            yield partner, cell._replace(dimension_set=DimensionSet.NATIONAL, codes=())
        case DimensionSet.COUNTRY_VISA_TYPE, (partner, _, code):
            yield partner, cell._replace(dimension_set=DimensionSet.VISA_TYPE, codes=(code,))
        case DimensionSet.COUNTRY_CHANNEL, (partner, _, code):
            yield partner, cell._replace(dimension_set=DimensionSet.CHANNEL, codes=(code,))
        case DimensionSet.NATIONALITY, (partner, code):
            yield partner, cell._replace(codes=(code,))
        case _:
            return


def _of_centre(cell: Cell) -> Iterator[Cell]:
    match cell.dimension_set, cell.codes:
        case DimensionSet.CENTRE, _:
            yield cell._replace(dimension_set=DimensionSet.NATIONAL, codes=())
            yield cell._replace(dimension_set=DimensionSet.CHANNEL, codes=("PARTNER_CENTRE",))
        case DimensionSet.CENTRE_VISA_TYPE, (_, code):
            yield cell._replace(dimension_set=DimensionSet.VISA_TYPE, codes=(code,))
        case DimensionSet.NATIONALITY, (_, code):
            yield cell._replace(codes=(code,))
        case _:
            return


async def _durations(
    connection: asyncpg.Connection, period: Period, since: date
) -> dict[Cell, tuple[float, ...]]:
    """Hours by cell, in the order of ``DURATIONS``, where there are enough decisions."""
    found: dict[Cell, tuple[float, ...]] = {}
    for dimension_set, dimensions in DIMENSIONS.items():
        keys = ", ".join(("starts_on", *dimensions))
        rows = await connection.fetch(
            f"""
            SELECT {keys}, percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY turnaround)
                || percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY turnaround_adjusted)
                AS seconds
            FROM (
                SELECT
                    date_trunc('{period}', month::timestamp)::date AS starts_on,
                    count(*) OVER (PARTITION BY
                        {", ".join((f"date_trunc('{period}', month::timestamp)", *dimensions))}
                    ) AS decided,
                    *
                FROM happened
                WHERE decisions = 1 AND month >= $1
            ) AS decided
            {_require_codes(dimensions) or "WHERE true"} AND decided >= $2
            GROUP BY {keys}
            """,  # noqa: S608
            since,
            FEWEST_DECISIONS,
        )
        for row in rows:
            cell = Cell(dimension_set, period, row["starts_on"], _codes(row, dimensions))
            found[cell] = tuple(seconds / 3600 for seconds in row["seconds"])
    return found
