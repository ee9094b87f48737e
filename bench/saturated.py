"""Rollups like those of a large world: every cell has figures in every month and every bucket."""

import asyncpg

from bench import questions
from bench.world import world
from models.database.connections import connected
from models.volumes.grains import FACTS, GRAINS, KINDS, Grain

#: From half an hour to two weeks.
_BUCKETS = "ARRAY(SELECT generate_series(375, 700, 2))"
_RANKS = "ARRAY(SELECT generate_series(10, 1630, 10))"


async def measure(applications: int, rounds: int) -> None:
    """Print what the page's questions read when monthly rollups are full; daily ones stay as is."""
    async with world(applications) as url, connected(url) as connection:
        await saturate(connection)
        title = f"Questions of the page, all cells of {applications:,} applications full"
        await questions.ask(connection, title, rounds)


async def saturate(connection: asyncpg.Connection) -> None:
    """Fill every cell of the monthly grains, for the months that there are."""
    for grain in GRAINS:
        if grain.is_ranked:
            await _fill(connection, grain)
    await connection.execute("VACUUM ANALYZE")


async def _fill(connection: asyncpg.Connection, grain: Grain) -> None:
    facts, durations, cell = grain.facts.name, grain.histograms.name, ", ".join(grain.dimensions)
    await connection.execute(
        f"""
        CREATE TEMPORARY TABLE full_cell AS
            SELECT starts_on, {cell}
            FROM (SELECT DISTINCT {cell} FROM {facts}) AS cell
            CROSS JOIN (SELECT DISTINCT starts_on FROM {facts}) AS month;
        TRUNCATE {facts}, {durations};
        INSERT INTO {facts} (starts_on, {cell}, {", ".join(FACTS)})
            SELECT starts_on, {cell}, {", ".join("1000" for _ in FACTS)} FROM full_cell;
        INSERT INTO {durations} (clock, starts_on, {cell}, buckets, ranks)
            SELECT clock, starts_on, {cell}, {_BUCKETS}, {_RANKS}
            FROM full_cell
            CROSS JOIN unnest('{{{",".join(KINDS)}}}'::text[]) AS clock;
        DROP TABLE full_cell
        """
    )
