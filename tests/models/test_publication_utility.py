"""What is shown: to managers of the largest countries every month, to everybody all but the small;
and no count can be narrowed down by it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
import pytest

from models.publication import publishing
from models.publication.audit import Candidates, CountSystem, Known, audit
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
#: Of the months of each set's groups with enough applications, of how many everybody reads them.
_MONTHS = """
    SELECT dimension_set, count(*), avg((published.intake IS NOT NULL)::int)::float AS shown
    FROM volume_publication_note AS note
    JOIN volume_published AS published USING (dimension_set, period, starts_on)
    WHERE period = 'month' AND note.intake >= 10
        AND codes[cardinality(codes)] IS NOT DISTINCT FROM
            coalesce(nationality_code, visa_type_code, country_code, region)
    GROUP BY dimension_set
"""


@pytest.mark.parametrize(
    ("applications", "months"), [(12_000, 13), pytest.param(400_000, 26, marks=pytest.mark.proof)]
)
async def test_the_largest_countries_show_every_month_and_so_does_what_is_published(
    database: str, connection: asyncpg.Connection, monkeypatch, applications: int, months: int
) -> None:
    monkeypatch.setattr(publishing, "audit", audited)
    await synthesise(
        database, applications=applications, months=months, seed=8, scale=Scale.PARTNER, until=NOW
    )
    rows = await connection.fetch(_SHOWN, LARGEST)
    assert len(rows) == LARGEST
    assert {row["shown"] - row["months"] for row in rows} == {0}
    assert min(row["months"] for row in rows) >= months - 3
    # They are the decisions that their manager reads anyway, told apart.
    assert all(row["is_all"] for row in rows)
    of_set = {row["dimension_set"]: row for row in await connection.fetch(_MONTHS)}
    assert of_set["region"]["count"] > 80
    assert of_set["national"]["shown"] == 1
    assert min(of_set[each]["shown"] for each in ("region", "visa_type")) > 0.9
    assert min(of_set[each]["shown"] for each in ("country", "nationality")) > 0.5


def audited(candidates: Candidates, readers: Sequence[Known]) -> None:
    """The audit, and whether it left anything to find out."""
    audit(candidates, readers)
    for known in ({}, *readers):
        system = CountSystem(candidates, known)
        assert system.exposed_numbers(system.bounds()) == []
