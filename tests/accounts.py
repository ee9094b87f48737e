"""The account in tests: entries as gateways write them, and what a superuser does to them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from models import AccessEvent
from models.account import CheckpointFolder, integrate, seal_entries, sign_checkpoint, verify
from models.account.findings import Report, Tampering
from models.key_service import KeyService
from models.row_keys import new_key
from tests.linking import KEYS
from tests.world import applicant_id


async def read_five(
    connection: asyncpg.Connection, keys: KeyService = KEYS, at: datetime | None = None
) -> list[UUID]:
    """Write five reads of one person as a gateway does, now or at an instant."""
    rows = [
        {
            "id": new_key(),
            "applicant_id": applicant_id("Ruby Hale"),
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


async def newest_read(connection: asyncpg.Connection, place: int = 0) -> tuple[int, UUID]:
    """The place of the leaf and the key of the newest read, or of one before it."""
    row = await connection.fetchrow(
        "SELECT position, row_id FROM account_leaf WHERE source = 'access_event'"
        " ORDER BY position DESC OFFSET $1 LIMIT 1",
        place,
    )
    return row["position"], row["row_id"]
