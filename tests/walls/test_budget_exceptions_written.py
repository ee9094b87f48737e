"""What the database holds of exceptions from budgets by itself: whatever a statement says, two
supervisors widen one for somebody else, within bounds, and it ends."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.supervision.widening import MOST_MINUTES, MOST_PEOPLE
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

ONE = Viewer("supervisor-7", Role.SUPERVISOR)
TWO, THREE = (replace(ONE, subject=f"supervisor-{number}") for number in (8, 9))
READER = Viewer("reader", Role.OFFICER)
#: The reader's own sign-in as a supervisor.
AS_SUPERVISOR = replace(ONE, subject=READER.subject)
ID = UUID(int=900)
PROPOSE = """
    INSERT INTO budget_exception (id, viewer, role, reason, most_people, minutes, proposed_by)
    VALUES ($1, $2, $3, 'Why.', $4, $5, $6)
"""
APPROVE = "UPDATE budget_exception SET approved_by = $1 WHERE id = $2"
CLOSE = "UPDATE alert SET closed_by = $1, close_reason = 'Why.' WHERE id = $2"
ADMIT = "SELECT viewer.admit_reads($1, $2, $3, $4) IS NULL"
BUDGET, FURTHER = 2, 3
PEOPLE = [UUID(int=number) for number in range(1, 10)]


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The small world; whatever is done to it is undone."""
    async with undone(complete_world):
        yield complete_world


async def is_done(
    connection: asyncpg.Connection, viewer: Viewer, statement: str, *values: object
) -> bool:
    try:
        async with connection.transaction():
            await act_writing(connection, viewer)
            done = await connection.execute(statement, *values)
            await connection.execute("RESET ROLE")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
        return False
    return not done.endswith(" 0")


async def propose(
    connection: asyncpg.Connection,
    viewer: Viewer = ONE,
    *,
    by: str | None = None,
    reader: Viewer = READER,
    people: int = FURTHER,
    minutes: int = 30,
    id_: UUID = ID,
) -> bool:
    given = id_, reader.subject, reader.role.value, people, minutes, by or viewer.subject
    return await is_done(connection, viewer, PROPOSE, *given)


async def approve(connection: asyncpg.Connection, viewer: Viewer, by: str | None = None) -> bool:
    return await is_done(connection, viewer, APPROVE, by or viewer.subject, ID)


async def admitted(
    connection: asyncpg.Connection, viewer: Viewer = READER, budget: int = BUDGET
) -> int:
    """How many people the database admits at once at most, of whom none is read."""
    for number in range(len(PEOPLE), 0, -1):
        async with undone(connection):
            await act(connection, viewer)
            asked = viewer.role.value, budget, PEOPLE[:number], uuid4()
            if await connection.fetchval(ADMIT, *asked):
                return number
    return 0


async def pass_time(connection: asyncpg.Connection, minutes: int) -> None:
    await connection.execute(
        "UPDATE budget_exception SET proposed_at = proposed_at - $1 * interval '1 minute',"
        " ends_at = ends_at - $1 * interval '1 minute'",
        minutes,
    )


async def test_somebody_else_proposes_within_bounds_in_the_own_name(connection) -> None:
    assert not await propose(connection, by=TWO.subject)
    assert not await propose(connection, AS_SUPERVISOR)
    for given in (
        {"people": 0}, {"people": MOST_PEOPLE + 1}, {"minutes": 0}, {"minutes": MOST_MINUTES + 1},
        *({"reader": replace(READER, role=role)} for role in (Role.APPLICANT, Role.CARRIER)),
    ):  # fmt: skip
        assert not await propose(connection, **given), given
    for role in (Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.LEADERSHIP):
        assert not await propose(connection, replace(ONE, role=role)), role
    assert await propose(connection)
    # One at a time for a viewer in a role, until it has ended or lapsed.
    assert not await propose(connection, TWO, id_=uuid4())
    other = replace(READER, role=Role.SCREENING)
    assert await propose(connection, TWO, reader=other, id_=uuid4())
    await pass_time(connection, 60)
    assert await propose(connection, TWO, id_=uuid4())


async def test_another_supervisor_agrees_once_and_in_time(connection) -> None:
    assert await propose(connection)
    assert not await approve(connection, ONE)
    assert not await approve(connection, AS_SUPERVISOR)
    assert not await approve(connection, TWO, by=THREE.subject)
    assert not await approve(connection, replace(TWO, role=Role.AUDITOR))
    async with undone(connection):
        await pass_time(connection, 60)
        assert not await approve(connection, TWO)
    async with undone(connection):
        await pass_time(connection, 59)
        assert await approve(connection, TWO)
    assert await approve(connection, TWO)
    assert not await approve(connection, THREE)
    for statement in (
        "UPDATE budget_exception SET most_people = 50",
        "UPDATE budget_exception SET ends_at = ends_at + interval '1 day'",
        "UPDATE budget_exception SET seen = 0",
        "UPDATE budget_exception SET viewer = 'another'",
        "DELETE FROM budget_exception",
    ):
        assert not await is_done(connection, THREE, statement), statement


async def test_the_database_admits_so_many_further_people_while_it_lasts(connection) -> None:
    assert await admitted(connection) == BUDGET
    assert await propose(connection)
    assert await admitted(connection) == BUDGET
    assert await approve(connection, TWO)
    assert await admitted(connection) == BUDGET + FURTHER
    assert await admitted(connection, replace(READER, subject="another")) == BUDGET
    assert await admitted(connection, replace(READER, role=Role.SCREENING)) == BUDGET
    # The key service has refused: no budget is named, and none is widened.
    assert await admitted(connection, budget=0) == 0
    await act(connection, READER)
    assert await connection.fetchval(ADMIT, "OFFICER", BUDGET, PEOPLE[: BUDGET + 1], uuid4())
    await connection.execute("RESET ROLE")
    assert await connection.fetchval("SELECT seen FROM budget_exception WHERE id = $1", ID) == 1
    await pass_time(connection, 30)
    assert await admitted(connection) == BUDGET


async def test_its_alert_is_closed_by_a_supervisor_who_had_no_part_in_it(connection) -> None:
    assert await propose(connection)
    raised = "SELECT kind, actor, actor_role FROM alert WHERE id = $1"
    assert await connection.fetchrow(raised, ID) is None
    assert await approve(connection, TWO)
    assert tuple(await connection.fetchrow(raised, ID)) == (
        *("BUDGET_EXCEPTION", TWO.subject, "SUPERVISOR"),
    )
    for viewer in (ONE, TWO, AS_SUPERVISOR):
        assert not await is_done(connection, viewer, CLOSE, viewer.subject, ID), viewer.subject
    assert await is_done(connection, THREE, CLOSE, THREE.subject, ID)
