"""Recomputes every figure from events and decisions, and reports the differences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from models.vocabulary import CLOSED, PAUSED, EventKind, Status
from models.volumes.grains import AGES, Ages
from models.volumes.keeping import CHANGE_COLUMNS, OTHER_CHANGES, ROLLUPS
from models.volumes.rollups import Rollup


@dataclass(frozen=True)
class Difference:
    """A value that differs from the one recomputed from events and decisions."""

    table: str
    key: dict[str, Any]
    measure: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        key = " ".join(f"{name}={value}" for name, value in self.key.items() if value is not None)
        return f"{self.table} {key}: {self.measure} is {self.found}, should be {self.expected}"


#: The columns of an application that are derived from events and decisions, and feed figures.
_DERIVED_COLUMNS = (
    "status",
    "submitted_at",
    "received_at",
    "paid_at",
    "closed_at",
    "paused_seconds",
    "was_info_requested",
    "current_decision_id",
)

_CLOSING = ", ".join(f"'{kind}'" for kind in CLOSED if kind is not Status.REVOKED)
_PAUSED = ", ".join(f"'{kind}'" for kind in PAUSED)
_NO_STATUS = ", ".join(f"'{kind}'" for kind in EventKind if kind not in tuple(Status))

#: Each application's derived columns, recomputed. A correction changes the outcome, but not the
#: day on which the case was closed.
_RECOMPUTE_APPLICATIONS = f"""
    CREATE TEMPORARY TABLE derived AS
    WITH happened AS (
        SELECT
            application_id,
            min(occurred_at) FILTER (WHERE kind = 'SUBMITTED') AS submitted_at,
            min(occurred_at) FILTER (WHERE kind = 'RECEIVED') AS received_at,
            min(occurred_at) FILTER (WHERE kind = 'PAID') AS paid_at,
            min(occurred_at) FILTER (WHERE kind IN ({_CLOSING})) AS closed_at,
            (array_agg(kind ORDER BY sequence DESC) FILTER (WHERE kind NOT IN ({_NO_STATUS})))[1]
                AS status
        FROM application_event
        GROUP BY application_id
    ), paused AS (
        SELECT application_id, sum(extract(epoch FROM left_at - occurred_at)) AS seconds,
            bool_or(kind = 'INFO_REQUESTED') AS is_for_information
        FROM (
            SELECT
                application_id,
                kind,
                occurred_at,
                lead(occurred_at) OVER (PARTITION BY application_id ORDER BY sequence) AS left_at
            FROM application_event
            WHERE kind NOT IN ({_NO_STATUS})
        ) AS step
        WHERE kind IN ({_PAUSED})
        GROUP BY application_id
    ), decided AS (
        SELECT id, application_id, outcome
        FROM decision
        WHERE id NOT IN (SELECT supersedes_id FROM decision WHERE supersedes_id IS NOT NULL)
    )
    SELECT
        application.id,
        CASE WHEN status IN ('GRANTED', 'REFUSED') THEN outcome ELSE status END AS status,
        submitted_at,
        received_at,
        paid_at,
        closed_at,
        coalesce(paused.seconds, 0)::bigint AS paused_seconds,
        coalesce(paused.is_for_information, false) AS was_info_requested,
        decided.id AS current_decision_id
    FROM (SELECT id FROM application) AS application
    LEFT JOIN happened ON happened.application_id = application.id
    LEFT JOIN paused ON paused.application_id = application.id
    LEFT JOIN decided ON decided.application_id = application.id
"""  # noqa: S608

_DIFFERING_APPLICATIONS = f"""
    SELECT
        reference,
        {", ".join(f"derived.{name} AS expected_{name}" for name in _DERIVED_COLUMNS)},
        {", ".join(f"application.{name} AS found_{name}" for name in _DERIVED_COLUMNS)}
    FROM application
    JOIN derived USING (id)
    WHERE ({", ".join(f"derived.{name}" for name in _DERIVED_COLUMNS)})
        IS DISTINCT FROM ({", ".join(f"application.{name}" for name in _DERIVED_COLUMNS)})
"""  # noqa: S608

_RECOMPUTE_CHANGES = f"""
    CREATE TEMPORARY TABLE expected AS
    SELECT {CHANGE_COLUMNS}
    FROM application
    JOIN derived USING (id)
    CROSS JOIN LATERAL volume_contribution(
        derived.status, derived.submitted_at, derived.received_at, derived.paid_at,
        derived.closed_at, target_due_at, fee_idr, derived.paused_seconds,
        derived.was_info_requested, partner_code
    )
    CROSS JOIN (SELECT NULL::text AS ground, NULL::text AS done_by, 0 AS overturned) AS of_nobody
    WHERE extends_visa_number IS NULL
    UNION ALL
    {OTHER_CHANGES}
"""  # noqa: S608


def _compare(rollup: Rollup) -> str:
    """Select the rows of a rollup that, with the outbox added, differ from the expected ones."""
    key, values = ", ".join(rollup.line_key), rollup.values
    expected = [f"coalesce(sum({v}) FILTER (WHERE is_expected), 0)" for v in values]
    found = [f"coalesce(sum({v}) FILTER (WHERE NOT is_expected), 0)" for v in values]
    return f"""
        SELECT
            {key},
            {", ".join(f"{e} AS expected_{v}" for v, e in zip(values, expected, strict=True))},
            {", ".join(f"{f} AS found_{v}" for v, f in zip(values, found, strict=True))}
        FROM (
            SELECT true AS is_expected, * FROM ({rollup.lines_of("expected")}) AS line
            UNION ALL
            SELECT false, * FROM ({rollup.lines_of("volume_outbox")}) AS line
            UNION ALL
            SELECT false, * FROM ({rollup.stored_lines}) AS line
        ) AS line
        GROUP BY {key}
        HAVING ({", ".join(expected)}) IS DISTINCT FROM ({", ".join(found)})
        ORDER BY {key}
    """  # noqa: S608


def _compare_ages(ages: Ages) -> str:
    """Select the rows of ages that differ from the expected ones; stale days are left out."""
    key = ", ".join(("starts_on", *ages.dimensions, "bucket"))
    return f"""
        SELECT
            {key},
            coalesce(sum(measured) FILTER (WHERE is_expected), 0) AS expected_measured,
            coalesce(sum(measured) FILTER (WHERE NOT is_expected), 0) AS found_measured
        FROM (
            SELECT true AS is_expected, {key}, 1 AS measured
            FROM (
                SELECT
                    starts_on,
                    {", ".join(ages.dimensions)},
                    duration_bucket(extract(epoch FROM end_of_wib_day(starts_on) - derived.paid_at))
                        AS bucket
                FROM application
                JOIN derived USING (id)
                CROSS JOIN volume_aged_until AS until
                CROSS JOIN LATERAL generate_series(
                    wib_day(derived.paid_at)::timestamp,
                    least(wib_day(derived.closed_at) - 1, until.day),
                    interval '1 day'
                ) AS midnight
                CROSS JOIN LATERAL (SELECT midnight::date AS starts_on) AS its
                WHERE extends_visa_number IS NULL
            ) AS open
            UNION ALL
            SELECT false, {key}, measured FROM {ages.table.name}
        ) AS line
        WHERE NOT EXISTS (
            SELECT FROM volume_stale_days
            WHERE starts_on BETWEEN first_on AND coalesce(last_on, 'infinity')
        )
        GROUP BY {key}
        HAVING sum(CASE WHEN is_expected THEN measured ELSE -measured END) <> 0
        ORDER BY {key}
    """  # noqa: S608


async def verify(connection: asyncpg.Connection) -> list[Difference]:
    """Compare all figures with what happened, in one snapshot; return every difference."""
    async with connection.transaction(isolation="repeatable_read"):
        await connection.execute(_RECOMPUTE_APPLICATIONS)
        await connection.execute(_RECOMPUTE_CHANGES)
        differences = _differences_in(
            "application", await connection.fetch(_DIFFERING_APPLICATIONS), _DERIVED_COLUMNS
        )
        for rollup in ROLLUPS:
            lines = await connection.fetch(_compare(rollup))
            differences += _differences_in(rollup.table.name, lines, rollup.values)
        for ages in AGES:
            lines = await connection.fetch(_compare_ages(ages))
            differences += _differences_in(ages.table.name, lines, ("measured",))
        await connection.execute("DROP TABLE derived, expected")
        return differences


def _differences_in(
    table: str, lines: Sequence[asyncpg.Record], measures: Iterable[str]
) -> list[Difference]:
    compared = {f"{side}_{measure}" for side in ("expected", "found") for measure in measures}
    return [
        Difference(
            table,
            {name: value for name, value in line.items() if name not in compared},
            measure,
            line[f"expected_{measure}"],
            line[f"found_{measure}"],
        )
        for line in lines
        for measure in measures
        if line[f"expected_{measure}"] != line[f"found_{measure}"]
    ]
