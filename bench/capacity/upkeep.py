"""What is done to everything that is there: loaded, counted, verified, published, signed, vacuumed
and copied elsewhere; and the rows that are multiplied beside it."""

import asyncio
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import click

from bench.capacity.steps import Figures, Installation, Step
from bench.lists import MULTIPLY, without_indexes
from bench.world import load
from models import Base
from models.account import CheckpointFolder
from models.account import verify as verify_account
from models.database.connections import connected
from models.jobs.account import Sequencer
from models.publication import publish
from models.volumes import rebuild, verify

#: Of a table, or of all its partitions, by the name of the table.
_SIZES = """
    SELECT coalesce(pg_partition_root(oid), oid)::regclass::text AS name,
        sum(pg_table_size(oid))::float8 AS rows, sum(pg_indexes_size(oid))::float8 AS indexes
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace <> 'pg_catalog'::regnamespace
        AND relnamespace <> 'information_schema'::regnamespace
    GROUP BY 1
"""
_OF_KEYS = "SELECT pg_database_size('keys')::float8"
#: The packages of the models, as the page names what is in their tables.
_GROUPS = {
    "case": "cases", "person": "people", "volumes": "figures", "publication": "published figures",
    "account": "account", "visa_document": "visa documents",
}  # fmt: skip
_REST = "logs, mail, reference data and the rest"
_FIGURES = "volume_"
_NOTHING_IS_PUBLISHED = "TRUNCATE volume_published, volume_publication_note, volume_edition"


async def _load(it: Installation) -> Figures:
    loaded = await load(it.url, it.applications, it.keys)
    return {
        "rows": loaded.applications, "extensions": loaded.extensions,
        "applicants": loaded.applicants, "events": loaded.events,
    }  # fmt: skip


async def _weigh(it: Installation) -> Figures:
    """Bytes of rows and of indexes, by group of tables."""
    package_of = {
        mapper.local_table.name: mapper.class_.__module__.split(".")[1]  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
    }
    groups = defaultdict[str, list[float]](lambda: [0.0, 0.0])
    async with connected(it.url) as connection:
        for name, rows, indexes in await connection.fetch(_SIZES):
            package = package_of.get(name) or ("volumes" if name.startswith(_FIGURES) else "")
            group = groups[_GROUPS.get(package, _REST)]
            group[0] += rows
            group[1] += indexes
        groups["store of data keys"] = [await connection.fetchval(_OF_KEYS) or 0.0, 0.0]
        application = await connection.fetchrow(f"{_SIZES} HAVING {_IS_APPLICATION}")
    assert application
    sizes = sorted(groups.items(), key=lambda each: -sum(each[1]))
    return {"groups": dict(sizes), "application": sum(application[1:])}


_IS_APPLICATION = "coalesce(pg_partition_root(oid), oid)::regclass::text = 'application'"


async def _rebuild(it: Installation) -> Figures:
    async with connected(it.url) as connection:
        await rebuild(connection)
        return {"rows": await connection.fetchval("SELECT count(*) FROM volume_daily")}


async def _verify(it: Installation) -> Figures:
    async with connected(it.url) as connection:
        if differences := await verify(connection):
            raise click.ClickException(f"{len(differences)} figures differ from the raw rows")
        return {"rows": it.applications}


async def _publish(it: Installation) -> Figures:
    """As if no night had published anything yet; undone, so that editions stay as they were."""
    async with connected(it.url) as connection:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            await connection.execute(_NOTHING_IS_PUBLISHED)
            return {"rows": (await publish(connection, datetime.now(UTC))).rows}
        finally:
            await transaction.rollback()


async def _publish_again(it: Installation) -> Figures:
    async with connected(it.url) as connection:
        return {"rows": (await publish(connection, datetime.now(UTC))).rows}


async def _sign(it: Installation) -> Figures:
    sequencer = Sequencer(it.keys, CheckpointFolder(it.checkpoints))
    async with connected(it.url) as connection:
        return {"rows": await sequencer.sequence(connection)}


async def _verify_account(it: Installation) -> Figures:
    async with connected(it.url) as connection:
        report = await verify_account(connection, it.keys, CheckpointFolder(it.checkpoints))
    if report.findings:
        raise click.ClickException(f"the account does not hold: {report.findings[0]}")
    return {"rows": report.entries}


async def _vacuum(it: Installation) -> Figures:
    async with connected(it.url) as connection:
        await connection.execute("VACUUM (ANALYZE)", timeout=36_000)
    return {"rows": it.applications}


async def _back_up(it: Installation) -> Figures:
    """A whole copy of both databases, read and counted, and written nowhere."""
    program = it.server.binaries["pg_basebackup"]
    command = (program, "-d", it.url, "-D", "-", "-Ft", "-Xfetch", "--checkpoint=fast")

    def count() -> int:
        with subprocess.Popen(command, stdout=subprocess.PIPE) as copying:
            assert copying.stdout
            size = sum(map(len, iter(lambda: copying.stdout.read(2**20), b"")))  # type: ignore[union-attr]
        if copying.returncode:
            raise click.ClickException("pg_basebackup failed")
        return size

    return {"bytes": await asyncio.to_thread(count)}


async def _multiply(it: Installation) -> Figures:
    """Closed rows of applications many times over, until there are as many as asked for; as many
    cases are open as before."""
    async with connected(it.url) as connection:
        before: Any = await connection.fetchrow(f"{_SIZES} HAVING {_IS_APPLICATION}")
        counted: Any = await connection.fetchrow(
            "SELECT count(*), count(closed_at) FROM application"
        )
        times = max(0, round((it.inflated - counted[0]) / counted[1]))
        await connection.execute("SET session_replication_role = replica")
        async with without_indexes(connection):
            # Some references are made twice by chance.
            await connection.execute(f"{MULTIPLY} ON CONFLICT DO NOTHING", 0, times, timeout=36_000)
        await connection.execute("VACUUM (ANALYZE) application", timeout=36_000)
        after: Any = await connection.fetchrow(f"{_SIZES} HAVING {_IS_APPLICATION}")
        rows: Any = await connection.fetchval("SELECT count(*) FROM application")
    added = rows - counted[0]
    grown = sum(after[1:]) - sum(before[1:])
    return {"rows": rows, "added": added, "each": grown / added if added else 0.0}


LOAD = Step("load", _load)
SIGN = Step("the account signed", _sign)
WEIGH = Step("bytes", _weigh)
BACK_UP = Step("whole copy", _back_up)
MULTIPLIED = Step("multiplied", _multiply)
UPKEEP = (
    Step("figures rebuilt", _rebuild),
    Step("figures verified", _verify),
    Step("everything published anew", _publish),
    Step("a night's publication", _publish_again),
    SIGN,
    Step("the account verified", _verify_account),
    Step("vacuum and analyze", _vacuum),
)
