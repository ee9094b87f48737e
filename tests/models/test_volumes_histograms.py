"""Percentiles from histograms are within 1 % of the truth, however many durations there are."""

import math
from random import Random

import asyncpg
import pytest

pytestmark = pytest.mark.anyio

PERCENTS = [1, 50, 75, 90, 95, 100]
_PERCENTILES = """
    WITH line AS (
        SELECT cell, duration_bucket(seconds::numeric) AS bucket
        FROM unnest($1::integer[], $2::float8[]) AS one (cell, seconds)
    ), ranked AS (
        SELECT cell, bucket,
            (sum(count(*)) OVER (PARTITION BY cell ORDER BY bucket))::integer AS rank
        FROM line
        GROUP BY cell, bucket
    ), histograms AS (
        SELECT
            array_agg(bucket ORDER BY bucket) AS buckets,
            array_agg(rank ORDER BY bucket) AS ranks
        FROM ranked
        GROUP BY cell
    )
    SELECT percentile_buckets(array_agg(ROW(buckets, ranks)::histogram), $3) FROM histograms
"""


@pytest.mark.parametrize(("durations", "cells"), [(1, 1), (7, 3), (1_000, 1), (200_000, 60)])
async def test_a_percentile_is_within_one_percent(
    connection: asyncpg.Connection, durations: int, cells: int
) -> None:
    rng = Random(durations)
    seconds = [max(1.0, rng.lognormvariate(10, 1.5)) for _ in range(durations)]
    places = [rng.randrange(cells) for _ in seconds]
    buckets = await connection.fetchval(_PERCENTILES, places, seconds, PERCENTS)
    seconds.sort()
    for percent, bucket in zip(PERCENTS, buckets, strict=True):
        truth = seconds[math.ceil(durations * percent / 100) - 1]
        assert math.exp(bucket / 50) * (1 - math.tanh(0.01)) == pytest.approx(truth, rel=0.01)


async def test_histograms_add_up_and_cancel_out(connection: asyncpg.Connection) -> None:
    together = "SELECT (merge_histograms($1, $2, $3, $4)).*"
    added = await connection.fetchrow(together, [3, 5], [1, 3], [4, 5], [2, 3])
    assert tuple(added) == ([3, 4, 5], [1, 3, 6])
    gone = await connection.fetchrow(together, [3, 5], [1, 3], [3, 5], [-1, -3])
    assert tuple(gone) == ([], [])
    assert await connection.fetchval("SELECT total_rank($1)", gone["ranks"]) == 0
