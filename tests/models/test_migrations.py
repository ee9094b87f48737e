"""The schema goes up, down and up again, and the database guards what must not change."""

import re

import asyncpg
import pytest
from sqlalchemy import CheckConstraint

from models.base import Base
from models.database.connections import connect
from models.migrations import downgrade, migrate, require_matching_models
from models.postgres import Server
from tests.world import CASES, application_id

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Computed default"),  # Alembic cannot compare it
]


async def test_migrations_go_up_and_down_and_up_again(server: Server) -> None:
    url = server.url("test_migrations")
    await migrate(url)
    await downgrade(url, "base")
    assert await _left(url) == []
    await migrate(url)
    await migrate(url)
    await require_matching_models(url)


async def test_a_table_that_the_models_do_not_know_is_noticed(server: Server) -> None:
    url = server.url("test_comparison")
    await migrate(url)
    connection = await connect(url)
    await connection.execute("ALTER TABLE partner ADD COLUMN motto text")
    await connection.close()
    with pytest.raises(Exception, match="motto"):
        await require_matching_models(url)


async def test_checks_hold_the_words_of_the_models(
    database: str, connection: asyncpg.Connection
) -> None:
    """Which checks there are, and the words that each lists: Alembic compares neither."""
    stands = await connection.fetch(
        "SELECT conname AS name, pg_get_constraintdef(oid) AS says FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype = 'c'"
    )
    declared = {
        str(check.name): _words(str(check.sqltext))
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    found = {row["name"]: _words(row["says"]) for row in stands}
    assert found == declared


def _words(condition: str) -> set[str]:
    return set(re.findall(r"'([A-Z_]+)'", condition))


@pytest.mark.parametrize("table", ["application_event", "decision", "access_event"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
async def test_what_happened_is_never_changed(
    world: str, connection: asyncpg.Connection, table: str, change: str
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await connection.execute(change.format(table))


async def test_applications_cannot_be_emptied_unseen(
    world: str, connection: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await connection.execute("TRUNCATE application CASCADE")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("is_held = true", "not_granted_while_held"),
        ("status = 'PAID'", "closed_when_closed"),
        ("current_decision_id = NULL", "decided_with_decision"),
        ("fee_idr = NULL", "paid_with_fee_and_target"),
        ("channel = 'DIRECT', centre_code = NULL", "partner_unless_direct"),
        ("centre_code = NULL", "centre_where_taken"),
        ("closed_at = submitted_at", "closed_last"),
    ],
)
async def test_wrong_states_cannot_be_written(
    world: str, connection: asyncpg.Connection, change: str, constraint: str
) -> None:
    granted = application_id(CASES[0].reference)
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await connection.execute(f"UPDATE application SET {change} WHERE id = $1", granted)


async def _left(url: str) -> list[str]:
    connection = await connect(url)
    try:
        rows = await connection.fetch(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'v', 'S') AND relname <> 'alembic_version'"
            " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
        return [row["name"] for row in rows]
    finally:
        await connection.close()
