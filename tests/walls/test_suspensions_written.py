"""What the database holds of suspensions by itself: nobody suspended reads or changes anything, by
whatever statement, and whoever suspends is never the second person."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models import Base
from models.row_security import writing_role
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.walls.reach import REACH, WHO, viewer
from tests.walls.test_payments_written import REPORT, TREASURY, is_done
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

FIRST, SECOND = Viewer("administrator", Role.ADMINISTRATOR), Viewer("second", Role.ADMINISTRATOR)
ID = UUID(int=900)
SUSPEND = (
    "INSERT INTO suspension (id, subject, reason, suspended_by)"
    f" VALUES ('{ID}', 'officer', 'A leak.', '{{by}}')"
)
CONFIRM = f"UPDATE suspension SET confirmed_by = '{{by}}' WHERE id = '{ID}'"
PROPOSE = (
    f"UPDATE suspension SET lift_proposed_by = '{{by}}', lift_reason = 'Over.' WHERE id = '{ID}'"
)
LIFT = f"UPDATE suspension SET lifted_by = '{{by}}' WHERE id = '{ID}'"
#: How it may end before the statement.
UNCONFIRMED, CONFIRMED = "now() + interval '1 hour'", "NULL"
OVER = "now() - interval '1 second'"
EVERY_WORKER = [name for name, claims in WHO.items() if claims]


async def suspend(connection: asyncpg.Connection, ends: str = UNCONFIRMED, **of: str) -> None:
    """Of whom it is, and when it ends."""
    [(column, value)] = (of or {"subject": "officer"}).items()
    by = "'second', now()" if ends == CONFIRMED else "NULL, NULL"
    await connection.execute(
        f"INSERT INTO suspension (id, {column}, reason, suspended_by, suspended_at, confirmed_by,"
        f" confirmed_at, ends_at) VALUES ('{ID}', '{value}', 'A leak.', 'administrator',"
        f" now() - interval '2 days', {by}, {ends})"
    )


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The small world; whatever is done to it is undone."""
    async with undone(complete_world):
        yield complete_world


async def reads_anything(connection: asyncpg.Connection, name: str) -> bool:
    """Whether a viewer reads a row of anything, or writes as somebody."""
    is_let = False
    for take_role in (act, act_writing):
        async with undone(connection):
            try:
                await take_role(connection, viewer(WHO[name]))
            except asyncpg.PostgresError as error:
                if error.sqlstate != "GB403":
                    raise
                continue
            for table in [found.table for _, found in REACH] if take_role is act else ["country"]:
                columns = await readable_columns(connection, table)
                is_let |= bool(columns) and await is_answered(
                    connection, f"SELECT {columns} FROM {table}"
                )
    return is_let


async def is_answered(connection: asyncpg.Connection, statement: str) -> bool:
    """Whether a statement is answered. The only other way is that its viewer is suspended."""
    try:
        async with connection.transaction():
            await connection.fetch(statement)
    except asyncpg.PostgresError as error:
        if error.sqlstate != "GB403":
            raise
        return False
    return True


async def readable_columns(connection: asyncpg.Connection, table: str) -> str:
    names = [
        column.name
        for column in Base.metadata.tables[table].columns
        if await connection.fetchval(
            "SELECT has_column_privilege($1, $2, 'SELECT')", table, column.name
        )
    ]
    return ", ".join(names)


@pytest.mark.parametrize("name", EVERY_WORKER)
async def test_who_is_suspended_reads_nothing_by_any_statement(connection, name) -> None:
    assert await reads_anything(connection, name)
    await suspend(connection, subject=WHO[name]["sub"])
    assert not await reads_anything(connection, name)


async def test_who_works_for_a_suspended_partner_reads_nothing(connection) -> None:
    await suspend(connection, CONFIRMED, partner_code="NUSA")
    for name in EVERY_WORKER:
        is_of_partner = WHO[name].get("partner") == "NUSA"
        assert await reads_anything(connection, name) is not is_of_partner, name


@pytest.mark.parametrize(
    ("ends", "is_let"), [(UNCONFIRMED, False), (CONFIRMED, False), (OVER, True)]
)
async def test_a_suspension_ends_by_the_clock_of_the_database(connection, ends, is_let) -> None:
    await suspend(connection, ends)
    assert await reads_anything(connection, "officer") is is_let


async def test_without_its_check_a_suspended_viewer_reads_again(connection) -> None:
    """The defect: `viewer.authenticate` that finds nobody suspended."""
    await suspend(connection)
    source = await connection.fetchval(
        "SELECT pg_get_functiondef('viewer.authenticate(text)'::regprocedure)"
    )
    await connection.execute(source.replace("IF key.is_suspended", "IF false"))
    assert await reads_anything(connection, "officer")


async def books_after_suspension(connection: asyncpg.Connection, **of: str) -> bool:
    """Whether the treasury books a payment in a transaction that began before it was suspended."""
    async with undone(connection):
        await act_writing(connection, TREASURY)
        await connection.execute("RESET ROLE")
        await suspend(connection, **of)
        await connection.execute(f"SET LOCAL ROLE {writing_role(TREASURY.role)}")
        return await is_answered(connection, REPORT)


async def test_who_is_suspended_meanwhile_changes_nothing(connection) -> None:
    assert await books_after_suspension(connection, subject="somebody")
    assert not await books_after_suspension(connection, subject=TREASURY.subject)
    source = await connection.fetchval(
        "SELECT pg_get_functiondef('viewer.guard_bill()'::regprocedure)"
    )
    assert "IF EXISTS (SELECT FROM viewer.suspensions_of" in source
    await connection.execute(
        source.replace(
            "IF EXISTS (SELECT FROM viewer.suspensions_of",
            "IF NOT EXISTS (SELECT FROM viewer.suspensions_of",
        )
    )
    assert await books_after_suspension(connection, subject=TREASURY.subject)


@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.ANONYMOUS]
)
async def test_no_statement_of_a_viewer_lists_who_is_suspended(connection, role) -> None:
    await act(connection, Viewer("somebody", role))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await connection.fetch("SELECT * FROM viewer.suspended()")


async def test_one_suspends_in_the_own_name_and_another_confirms(connection) -> None:
    assert await is_done(connection, FIRST, SUSPEND.format(by="administrator"))
    assert not await is_done(connection, FIRST, SUSPEND.format(by="second"))
    await suspend(connection)
    assert await is_done(connection, SECOND, CONFIRM.format(by="second"))
    assert not await is_done(connection, FIRST, CONFIRM.format(by="administrator"))
    assert not await is_done(connection, FIRST, CONFIRM.format(by="second"))


@pytest.mark.parametrize("ends", [UNCONFIRMED, CONFIRMED])
async def test_one_proposes_to_lift_in_the_own_name_and_another_lifts(connection, ends) -> None:
    await suspend(connection, ends)
    for administrator in (FIRST, SECOND):
        subject = administrator.subject
        assert not await is_done(connection, administrator, LIFT.format(by=subject))
        assert await is_done(connection, administrator, PROPOSE.format(by=subject))
        assert not await is_done(connection, administrator, PROPOSE.format(by="somebody"))
        both = PROPOSE.replace(" WHERE", f", lifted_by = '{subject}' WHERE")
        assert not await is_done(connection, administrator, both.format(by=subject))
        assert not await is_done(connection, administrator, both.format(by="somebody"))
    await connection.execute(PROPOSE.replace(" WHERE", ", lift_proposed_at = now() WHERE").format(
        by=FIRST.subject))  # fmt: skip
    assert not await is_done(connection, FIRST, LIFT.format(by=FIRST.subject))
    assert not await is_done(connection, FIRST, LIFT.format(by=SECOND.subject))
    assert not await is_done(connection, SECOND, LIFT.format(by="somebody"))
    assert not await is_done(connection, SECOND, PROPOSE.format(by=SECOND.subject))
    another = LIFT.replace(" WHERE", ", lift_reason = 'Another.' WHERE")
    assert not await is_done(connection, SECOND, another.format(by=SECOND.subject))
    assert await is_done(connection, SECOND, LIFT.format(by=SECOND.subject))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
async def test_no_other_role_suspends_confirms_or_lifts(connection, role) -> None:
    other = Viewer("second", role)
    assert not await is_done(connection, other, SUSPEND.format(by="second"))
    await suspend(connection)
    assert not await is_done(connection, other, CONFIRM.format(by="second"))
    assert not await is_done(connection, other, PROPOSE.format(by="second"))
    assert not await is_done(connection, other, LIFT.format(by="second"))


async def test_an_ended_suspension_is_neither_confirmed_nor_lifted(connection) -> None:
    await suspend(connection, OVER)
    assert not await is_done(connection, SECOND, CONFIRM.format(by="second"))
    assert not await is_done(connection, SECOND, PROPOSE.format(by="second"))
    assert not await is_done(connection, SECOND, LIFT.format(by="second"))


async def test_a_confirmed_suspension_is_not_confirmed_again(connection) -> None:
    await suspend(connection, CONFIRMED)
    assert not await is_done(
        connection, Viewer("third", Role.ADMINISTRATOR), CONFIRM.format(by="third")
    )


async def test_who_suspended_without_a_second_person_does_not_suspend_anew(connection) -> None:
    await suspend(connection, OVER)
    anew = SUSPEND.replace(str(ID), str(UUID(int=901)))
    assert not await is_done(connection, FIRST, anew.format(by="administrator"))
    assert await is_done(connection, SECOND, anew.format(by="second"))
    # It goes by the last one.
    await connection.execute(
        "INSERT INTO suspension (id, subject, reason, suspended_by, suspended_at, ends_at) VALUES"
        f" ('{UUID(int=902)}', 'officer', 'A leak.', 'second', now() - interval '1 day', {OVER})"
    )
    assert await is_done(connection, FIRST, anew.format(by="administrator"))
    assert not await is_done(connection, SECOND, anew.format(by="second"))
    confirmed = f"confirmed_by = 'third', confirmed_at = now() WHERE id = '{UUID(int=902)}'"
    await connection.execute(f"UPDATE suspension SET {confirmed}")
    assert await is_done(connection, SECOND, anew.format(by="second"))


@pytest.mark.parametrize(
    "change",
    [
        "ends_at = now() + interval '1 year'",
        "confirmed_at = now()",
        "suspended_by = 'somebody'",
        "subject = 'somebody'",
        "reason = 'Another.'",
        "lifted_at = now()",
        "lift_proposed_at = now()",
        "lift_reason = 'Another.'",
    ],
)
async def test_no_other_column_of_a_suspension_is_written(connection, change) -> None:
    await suspend(connection)
    for administrator in (FIRST, SECOND):
        changing = f"UPDATE suspension SET {change} WHERE id = '{ID}'"
        assert not await is_done(connection, administrator, changing)


async def test_suspensions_without_their_guard_are_noticed(connection) -> None:
    in_another_name = SUSPEND.format(by="somebody")
    assert not await is_done(connection, FIRST, in_another_name)
    await connection.execute("DROP TRIGGER guard_suspension ON suspension")
    assert await is_done(connection, FIRST, in_another_name)
