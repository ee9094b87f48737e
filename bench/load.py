"""What a synthetic world costs to make and load, and what of it the indexes of the walks cost."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.measuring import processor_clock, show_table
from bench.world import load, prepare, server
from models.database.connections import connected
from models.postgres import Server

#: Applications that enter another status, in one statement.
_STEPS = 5_000
_STEP = f"""
    UPDATE application SET status = 'REFUSED'
    WHERE id IN (SELECT id FROM application WHERE status = 'GRANTED' LIMIT {_STEPS})
"""
_SIZE = "SELECT sum(pg_total_relation_size(t)) FROM unnest($1::text[]::regclass[]) AS t"
#: The index that is needed without them, and that one of them stands for.
_REPLACED = "ix_application_applicant_id ON application (applicant_id)"
#: The indexes along which lists are read, as columns, by their tables.
WALKED: dict[str, tuple[str, ...]] = {
    "application": (
        "applicant_id, submitted_at, id",
        "channel, submitted_at, id",
        "partner_code, submitted_at, id",
        "country_code, stage, submitted_at, id",
        "centre_code, stage, submitted_at, id",
        "target_due_at, id",
        "status, target_due_at, id",
        "stage, target_due_at, id",
        "visa_type_code, stage, target_due_at, id",
    ),
    "assignment": ("application_id, assigned_at, id",),
    "access_event": ("actor_role, occurred_at, id", "purpose, occurred_at, id"),
}


async def measure(sizes: Sequence[int], rounds: int) -> None:
    """Print seconds and rows a second for each size, each in a database of its own; then what the
    largest takes without the indexes of the walks."""
    with server() as running:
        loaded = [await load(running.url(f"bench_{size}"), size) for size in sizes]
        least = loaded[0].seconds / loaded[0].applications
        rows = [
            (
                f"{world.applications:,}",
                f"{world.events:,}",
                f"{world.seconds:.1f}",
                f"{world.applications / world.seconds:,.0f}",
                f"{world.seconds / world.applications / least:.2f}",
            )
            for world in loaded
        ]
        head = ("applications", "events", "seconds", "applications a second", "time for one")
        show_table("A synthetic world: made, loaded, indexed, its figures built", head, rows)
        await _compare(running, max(sizes), rounds)


async def _compare(running: Server, size: int, rounds: int) -> None:
    """Load the same world with and without the indexes, in turns."""
    turns: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    for number in range(rounds):
        for with_walks in (True, False) if number % 2 == 0 else (False, True):
            url = running.url(f"bench_{number}_{with_walks}".lower())
            turns[with_walks].append(await _measure_load(url, size, with_walks))
    own, without = ([median(each) for each in zip(*turns[way], strict=True)] for way in turns)
    names = (f"load {size:,} applications", f"{_STEPS:,} change their status", "tables and indexes")
    formats = ("{:.1f} s", "{:.2f} s", "{:.0f} MB")
    rows = [
        (name, form.format(one), form.format(other), f"{one / other:.2f}")
        for name, form, one, other in zip(names, formats, own, without, strict=True)
    ]
    count = sum(map(len, WALKED.values()))
    title = f"With and without the {count} indexes of the walks processor time"
    show_table(title, ("", "with", "without", "with, of without"), rows)


async def _measure_load(url: str, size: int, with_walks: bool) -> tuple[float, float, float]:
    """Processor seconds of loading and of the steps, and megabytes of the tables."""
    await prepare(url)
    async with connected(url) as connection:
        if not with_walks:
            for table, indexes in WALKED.items():
                for columns in indexes:
                    await connection.execute(f"DROP INDEX ix_{table}_{columns.replace(', ', '_')}")
            await connection.execute(f"CREATE INDEX {_REPLACED}")
        await connection.execute("SET session_replication_role = replica")
        clock = await processor_clock(url)
        began = clock()
        await load(url, size)
        loaded = clock()
        await connection.execute(_STEP)
        stepped = clock()
        taken: Any = await connection.fetchval(_SIZE, [*WALKED])
        return loaded - began, stepped - loaded, taken // 2**20
