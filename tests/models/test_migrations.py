"""The schema goes up, down and up again, and the database guards what must not change."""

from enum import StrEnum
from typing import Any

import asyncpg
import pytest

from models.base import Base, one_of
from models.database.connections import connect
from models.migrations import downgrade, migrate, require_matching_models
from models.migrations.constraints import ConstraintsDifferError
from models.postgres import Server
from models.row_keys import new_key
from models.vocabulary import Purpose, Role
from tests.conftest import NewDatabase
from tests.world import CASES, applicant_id, application_id

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Computed default"),  # Alembic cannot compare it
]


async def test_migrations_go_up_and_down_and_up_again(server: Server) -> None:
    url = server.url("test_migrations")
    await migrate(url)
    await downgrade(url, "base")
    assert await _remaining_objects(url) == []
    await migrate(url)
    await migrate(url)
    await require_matching_models(url)


async def test_a_table_that_the_models_do_not_know_is_noticed(new_database: NewDatabase) -> None:
    url = await new_database()
    connection = await connect(url)
    await connection.execute("ALTER TABLE partner ADD COLUMN motto text")
    await connection.close()
    with pytest.raises(Exception, match="motto"):
        await require_matching_models(url)


async def test_a_word_without_a_migration_is_noticed(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await new_database()
    words: dict[str, Any] = {
        "actor_role": StrEnum("Role", {word: word for word in [*Role, "INVESTIGATOR"]}),
        "purpose": StrEnum("Purpose", {word: word for word in Purpose if word != "OWN_DATA"}),
    }
    constraints = {
        str(each.name): each for each in Base.metadata.tables["access_event"].constraints
    }
    for column, vocabulary in words.items():
        changed = one_of(column, vocabulary).sqltext
        monkeypatch.setattr(constraints[f"ck_access_event_{column}_is_known"], "sqltext", changed)
    with pytest.raises(ConstraintsDifferError) as caught:
        await require_matching_models(url)
    assert str(caught.value).splitlines() == [
        "access_event.actor_role (ck_access_event_actor_role_is_known): the models allow"
        " INVESTIGATOR, the database does not: write a migration",
        "access_event.purpose (ck_access_event_purpose_is_known): the database allows OWN_DATA,"
        " the models do not: write a migration",
    ]


async def test_another_constraint_than_the_models_is_noticed(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await new_database()
    connection = await connect(url)
    await connection.execute("""
        ALTER TABLE deadline DROP CONSTRAINT ck_deadline_days_are_positive;
        ALTER TABLE fee ADD CONSTRAINT is_cheap CHECK (amount_idr < 5);
        ALTER TABLE service_target DROP CONSTRAINT ck_service_target_hours_are_positive;
        ALTER TABLE service_target
            ADD CONSTRAINT ck_service_target_hours_are_positive CHECK (hours > 1)
    """)
    await connection.close()
    by_quarter = Base.metadata.tables["fee"].dialect_options["postgresql"]
    monkeypatch.setitem(by_quarter, "partition_by", "RANGE (valid_from)")
    with pytest.raises(ConstraintsDifferError) as caught:
        await require_matching_models(url)
    assert str(caught.value).splitlines() == [
        "deadline: the models have ck_deadline_days_are_positive, the database does not:"
        " write a migration",
        "fee: the database has is_cheap, the models do not: write a migration",
        "service_target: ck_service_target_hours_are_positive is CHECK ((hours > 0)) in the models"
        " and CHECK ((hours > 1)) in the database: write a migration",
        "fee is partitioned by RANGE (valid_from) in the models and by nothing in the database: no"
        " revision is drafted for it",
    ]


READ = """
    INSERT INTO access_event (id, applicant_id, actor, actor_role, purpose, case_reference, fields,
        trace_id)
    VALUES ($1, $2, 'officer', 'OFFICER', 'CASEWORK', 'AUSY-GRAN-0001', '{fullName}', 'trace')
"""


@pytest.mark.parametrize("table", ["application_event", "decision", "access_event"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
async def test_what_happened_is_never_changed(
    world: str, connection: asyncpg.Connection, table: str, change: str
) -> None:
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM access_event)"):
        await connection.execute(READ, new_key(), applicant_id("Ruby Hale"))
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


async def _remaining_objects(url: str) -> list[str]:
    connection = await connect(url)
    try:
        rows = await connection.fetch(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'S') AND relname <> 'alembic_version'"
            " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
        return [row["name"] for row in rows]
    finally:
        await connection.close()
