"""The account in tests: entries as gateways write them, and what a superuser does to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from models import AccessEvent
from models.account import (
    CheckpointFolder,
    drop_of_age,
    drop_partition,
    find_of_age,
    integrate,
    partitions_of_age,
    seal_entries,
    sign_checkpoint,
    verify,
)
from models.account.findings import Report, Tampering
from models.key_service import KeyService
from models.row_keys import new_key
from tests.linking import KEYS
from tests.world import applicant_id

#: For reads that are dated back to the beginning of a synthetic world.
PAST_PARTITIONS = """
    SELECT count(make_partition('access_event', at))
    FROM generate_series(now() - interval '3 years', now(), interval '3 months') AS at
"""


async def read_five(
    connection: asyncpg.Connection,
    keys: KeyService = KEYS,
    at: datetime | None = None,
    of: str = "Ruby Hale",
) -> list[UUID]:
    """Write five reads of one person as a gateway does, now or at an instant."""
    rows = [
        {
            "id": new_key(),
            "applicant_id": applicant_id(of),
            "actor": f'officer "{number}"\t\u00fc\x1f',
            "actor_role": "OFFICER",
            "actor_partner_code": None,
            "actor_country_code": None,
            "purpose": "CASEWORK",
            "case_reference": "AUSY-PAID-0013",
            "fields": ["fullName", "passportNumber"],
            "trace_id": "0" * 32,
        }
        for number in range(5)
    ]
    for row in await seal_entries(keys, AccessEvent, rows):
        dated = {"occurred_at": at} if at else {}
        if at:
            await connection.execute("SELECT make_partition('access_event', $1)", at)
        await insert(connection, "access_event", {**row, **dated})
    return [row["id"] for row in rows]


async def insert(connection: asyncpg.Connection, table: str, row: dict[str, object]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", *row.values())


async def sign(
    connection: asyncpg.Connection,
    folder: Path,
    keys: KeyService = KEYS,
    now: datetime | None = None,
) -> int:
    """Integrate all that was written, and sign it."""
    while await integrate(connection, 20):
        pass
    return await sign_checkpoint(connection, keys, CheckpointFolder(folder), now)


async def drop(
    connection: asyncpg.Connection,
    folder: Path,
    kept_days: int,
    keys: KeyService = KEYS,
    limit: int = 1_000,
) -> int:
    """Let all of age go as the keeper does, and sign that; return how many reads went."""
    before = await connection.fetchval("SELECT count(*) FROM access_event")
    of_age = await find_of_age(connection, keys, CheckpointFolder(folder), kept_days)
    assert of_age
    place: int | None = 0
    while place is not None:
        place = await drop_of_age(connection, keys, of_age, kept_days, place, limit)
    for partition in await partitions_of_age(connection, kept_days):
        await drop_partition(connection, keys, of_age, kept_days, partition, limit)
    await sign(connection, folder, keys)
    return before - await connection.fetchval("SELECT count(*) FROM access_event")


async def find_tampering(
    connection: asyncpg.Connection, folder: Path, **options: object
) -> list[tuple[Tampering, str]]:
    """What `gerbang audit verify` names."""
    report: Report = await verify(connection, KEYS, CheckpointFolder(folder), **options)
    return [(finding.kind, finding.what) for finding in report.findings]


@asynccontextmanager
async def past_triggers(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """As a superuser does it."""
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.execute("SET session_replication_role = DEFAULT")


@asynccontextmanager
async def swallowed(
    connection: asyncpg.Connection, table: str, verb: str = "INSERT"
) -> AsyncIterator[None]:
    """A trigger of a superuser lets nothing be written into a table."""
    await connection.execute(
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        f" CREATE TRIGGER swallow BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION swallow()"
    )
    try:
        yield
    finally:
        await connection.execute("DROP FUNCTION swallow CASCADE")


@asynccontextmanager
async def without_partition(connection: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """A table has no place for what is written now."""
    name = await connection.fetchval("SELECT partition_name($1, now())", table)
    bounds = await connection.fetchval(
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = $1", name
    )
    await connection.execute(f"ALTER TABLE {table} DETACH PARTITION partitions.{name}")
    try:
        yield
    finally:
        attach = f"ALTER TABLE {table} ATTACH PARTITION partitions.{name} {bounds}"
        await connection.execute(attach)


async def newest_read(connection: asyncpg.Connection, place: int = 0) -> tuple[int, UUID]:
    """The place of the leaf and the key of the newest read, or of one before it."""
    row = await connection.fetchrow(
        "SELECT position, row_id FROM account_leaf WHERE source = 'access_event'"
        " ORDER BY position DESC OFFSET $1 LIMIT 1",
        place,
    )
    return row["position"], row["row_id"]
