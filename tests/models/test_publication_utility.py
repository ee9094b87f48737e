"""What is shown: to managers of the largest countries every month, to everybody most regions."""

from datetime import UTC, datetime

import asyncpg
import pytest

from models.synthetic import Scale, synthesise

pytestmark = pytest.mark.anyio

LARGEST = 24
NOW = datetime(2026, 11, 25, tzinfo=UTC)
#: Of each country, its months that are over, and in how many of these its manager reads outcomes.
_SHOWN = """
    WITH month AS (
        SELECT DISTINCT starts_on FROM volume_monthly
        WHERE starts_on < '2026-11-01' AND starts_on > (SELECT min(starts_on) FROM volume_monthly)
    ), largest AS (
        SELECT partner_code, country_code FROM volume_monthly WHERE partner_code IS NOT NULL
        GROUP BY 1, 2 ORDER BY sum(decisions) DESC LIMIT $1
    )
    SELECT largest.country_code, count(*) AS months, count(outcome.starts_on) AS shown,
        bool_and(coalesce(outcome.granted + outcome.refused, 0) = coalesce(decisions, 0)) AS is_all
    FROM largest CROSS JOIN month
    LEFT JOIN volume_monthly USING (partner_code, country_code, starts_on)
    LEFT JOIN volume_outcome AS outcome
        ON (outcome.partner_code, outcome.country_code, outcome.starts_on)
            = (largest.partner_code, largest.country_code, month.starts_on)
        AND outcome.broken_down_by IS NULL
    GROUP BY largest.partner_code, largest.country_code
"""
#: Of each region and month with enough applications, whether everybody reads how many came in.
_REGIONS = """
    SELECT note.intake, published.intake IS NOT NULL AS is_shown
    FROM volume_publication_note AS note
    JOIN volume_published AS published USING (dimension_set, period, starts_on)
    WHERE dimension_set = 'region' AND period = 'month' AND codes = ARRAY[region]
        AND note.intake >= 10
"""


@pytest.mark.parametrize(
    ("applications", "months"), [(12_000, 13), pytest.param(400_000, 26, marks=pytest.mark.proof)]
)
async def test_the_largest_countries_show_every_month_and_so_do_most_regions(
    database: str, connection: asyncpg.Connection, applications: int, months: int
) -> None:
    await synthesise(
        database, applications=applications, months=months, seed=8, scale=Scale.PARTNER, until=NOW
    )
    rows = await connection.fetch(_SHOWN, LARGEST)
    assert len(rows) == LARGEST
    assert {row["shown"] - row["months"] for row in rows} == {0}
    assert min(row["months"] for row in rows) >= months - 3
    # They are the decisions that their manager reads anyway, told apart.
    assert all(row["is_all"] for row in rows)
    regions = await connection.fetch(_REGIONS)
    assert len(regions) > 80
    assert sum(row["is_shown"] for row in regions) / len(regions) > 0.9
    is_shown = "SELECT bool_and(intake IS NOT NULL) FROM volume_published WHERE dimension_set"
    assert await connection.fetchval(f"{is_shown} = 'national' AND period = 'month'")
