"""What the database holds of alerts by itself: they are closed once, in the own name, by somebody
whom they are not about, and nobody raises or removes one."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls import supervising
from tests.walls.reach import WHO
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

OTHER = Viewer("supervisor-2", Role.SUPERVISOR)
CLOSE = "UPDATE alert SET closed_by = '{by}', close_reason = 'Why' WHERE actor = '{of}'"


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The small world; whatever is done to it is undone."""
    async with undone(complete_world):
        yield complete_world


async def is_let(connection: asyncpg.Connection, viewer: Viewer, statement: str) -> bool:
    try:
        async with connection.transaction():
            await act_writing(connection, viewer)
            done = await connection.execute(statement)
            await connection.execute("RESET ROLE")
    except asyncpg.InsufficientPrivilegeError:
        return False
    return not done.endswith(" 0")


@pytest.mark.parametrize("name", WHO)
async def test_each_role_closes_the_alerts_that_the_domain_says(connection, name) -> None:
    closed = await supervising.allowed_by_database(connection, WHO[name])
    assert closed == supervising.allowed_by_domain(WHO[name])


async def test_an_alert_is_closed_once_and_in_the_own_name(connection) -> None:
    by_another = CLOSE.format(by="supervisor-3", of="supervisor")
    assert not await is_let(connection, OTHER, by_another)
    own = CLOSE.format(by="supervisor-2", of="supervisor")
    assert await is_let(connection, OTHER, own)
    assert not await is_let(connection, OTHER, own)
    assert await connection.fetchval("SELECT closed_at IS NOT NULL FROM alert"
                                     " WHERE actor = 'supervisor'")  # fmt: skip


async def test_nobody_raises_or_removes_an_alert(connection) -> None:
    for statement in (
        "INSERT INTO alert (id, kind, actor, actor_role)"
        " VALUES (gen_random_uuid(), 'READ_BUDGET', 'officer', 'OFFICER')",
        "DELETE FROM alert",
        "UPDATE alert SET actor = 'officer-2'",
        "DELETE FROM budgeted_read",
    ):
        assert not await is_let(connection, OTHER, statement), statement


async def test_without_rule_and_guard_a_viewer_closes_the_own_alert(
    connection,
) -> None:
    """The defects: a row rule for all, and then no guard and no constraint either."""
    one = Viewer("supervisor", Role.SUPERVISOR)
    own = CLOSE.format(by="supervisor", of="supervisor")
    assert not await is_let(connection, one, own)
    for rule in ("select", "update"):
        clause = "USING (true) WITH CHECK (true)" if rule == "update" else "USING (true)"
        await connection.execute(f"ALTER POLICY supervisor_writing_{rule} ON alert {clause}")
    assert not await is_let(connection, one, own)
    await connection.execute("DROP TRIGGER guard_alert ON alert")
    await connection.execute("ALTER TABLE alert DROP CONSTRAINT ck_alert_closed_by_another,"
                             " DROP CONSTRAINT ck_alert_closed_with_reason")  # fmt: skip
    assert await is_let(connection, one, own)
