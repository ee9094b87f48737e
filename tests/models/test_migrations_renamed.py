"""The role SERVICE becomes PARTNER_SERVICE in what was written, and nothing else is changed."""

import asyncpg
import pytest

from models.database.connections import connect
from models.migrations import downgrade, migrate
from models.postgres import Server
from tests.populating import ANYBODY, small_world
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

CASE = application_id("AUSY-PAID-0013")
WORDS = "SELECT count(*) FILTER (WHERE actor_role = $1), count(*) FROM application_event"
READ = """
    INSERT INTO access_event (id, applicant_id, actor, actor_role, purpose, case_reference, fields,
        trace_id)
    VALUES (gen_random_uuid(), $1, 'service', 'SERVICE', 'INTAKE', 'TEST', '{}', 'trace')
"""


async def test_what_was_written_in_the_old_role_has_the_new_one(server: Server) -> None:
    url = server.url("test_renamed")
    await migrate(url)
    await small_world(url)
    connection = await connect(url)
    try:
        await connection.execute(ANYBODY)
        await downgrade(url, "0011")
        await connection.execute(
            "INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor,"
            " actor_role) VALUES ($1, 90, 'RECEIVED', now(), 'service', 'SERVICE')",
            CASE,
        )
        await connection.execute(READ, applicant_id("Noah Finch"))
        everything = await connection.fetchval("SELECT count(*) FROM application_event")

        await migrate(url)
        counted = await connection.fetchrow(WORDS, "PARTNER_SERVICE")
        assert tuple(counted or ()) == (1, everything)
        assert await connection.fetchval("SELECT actor_role FROM access_event") == "PARTNER_SERVICE"
        for table in ("application_event", "access_event"):
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute(f"UPDATE {table} SET actor = 'somebody else'")

        await downgrade(url, "0011")
        assert tuple(await connection.fetchrow(WORDS, "SERVICE") or ()) == (1, everything)
    finally:
        await connection.close()
