"""The second wall of pools: whatever a gateway says, an officer takes what is in an open pool that
the token names, and of a family the rest in the same transaction."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import literal_column, select

from gateway.access.rows import changeable
from gateway.access.transactions.prepared import bind_for
from gateway.policy import to_take
from gateway.viewer import Viewer
from models import Application
from models.vocabulary import Role
from tests.walls.meaning import holds
from tests.walls.test_items_written import SUPERVISOR
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

#: Of B1, an Australian, at a centre.
CASE = application_id("AUSY-PAID-0013")
OFFICER = Viewer("somebody", Role.OFFICER)
GROUP = "G-AAAA-BBBB-CCCC"
READY = (
    "DELETE FROM assignment WHERE application_id = $1",
    "UPDATE application SET received_at = now(), visa_type_code = 'B1', channel = 'PARTNER_CENTRE',"
    " is_urgent = false WHERE id = $1",
)
EVERYTHING = "'{}', '{}', '{}'"


def take(case: object = CASE, at: str = "now()", by: str = "somebody") -> str:
    return (
        "INSERT INTO assignment (application_id, officer, role, assigned_at, assigned_by)"
        f" VALUES ('{case}', '{by}', 'OFFICER', {at}, '{by}')"
    )


#: What the gateway does first: nothing is locked that may not be taken.
LOCK = (
    "DO $$ BEGIN PERFORM FROM application WHERE id = '{}' FOR UPDATE;"
    " IF NOT FOUND THEN RAISE insufficient_privilege; END IF; END $$"
)


async def takes(connection: asyncpg.Connection, *pools: str) -> bool:
    """Whether an officer of these pools takes the case: the guard of the desk, the rule of its row,
    a statement of ours and the judge say the same."""
    officer = replace(OFFICER, pools=pools)
    taken = await is_done(connection, officer, take())
    assert await is_done(connection, officer, LOCK.format(CASE)) is taken
    assert await may_take(connection, officer) is taken
    rows = {name: await connection.fetch(f"TABLE {name}") for name in ("pool", "application")}
    [case] = [row for row in rows["application"] if row["id"] == CASE]
    assert holds(to_take, case, rows, officer) is taken
    return taken


async def may_take(connection: asyncpg.Connection, officer: Viewer, case: object = CASE) -> bool:
    """Whether a statement of ours finds the case to take, by itself."""
    case_is = Application.id == literal_column(f"'{case}'::uuid")
    statement = select(Application.id).where(case_is, changeable("takeCase", Role.OFFICER))
    found = bind_for(officer, "Application", statement)
    return bool(await connection.fetch(found.statement.text, *found.arguments))


async def decree(connection: asyncpg.Connection, code: str, narrowed: str, is_open: str) -> None:
    await connection.execute("DELETE FROM pool")
    await connection.execute(f"INSERT INTO pool VALUES ('{code}', {narrowed}, {is_open})")


@pytest.fixture
async def free(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The case waits to be taken."""
    async with undone(complete_world):
        for statement in READY:
            await complete_world.execute(statement, CASE)
        yield complete_world


async def test_a_case_is_taken_from_an_open_pool_of_the_token(free) -> None:
    nationality = await free.fetchval(
        "SELECT nationality_code FROM application WHERE id = $1", CASE
    )
    # None is open: everybody takes everything.
    await decree(free, "WEST", EVERYTHING, "false")
    assert await takes(free)
    assert await takes(free, "EAST")
    await decree(free, "WEST", EVERYTHING, "true")
    assert await takes(free, "EAST", "WEST")
    assert not await takes(free)
    assert not await takes(free, "EAST")
    for narrowed, is_in_it in (
        (f"'{{B1,C1}}', '{{PARTNER_CENTRE}}', '{{{nationality},SG}}'", True),
        ("'{C1}', '{}', '{}'", False),
        ("'{}', '{PARTNER_PORTAL,DIRECT}', '{}'", False),
        ("'{}', '{}', '{SG}'", False),
    ):
        await decree(free, "WEST", narrowed, "true")
        assert await takes(free, "WEST") is is_in_it, narrowed
    # Nobody shuts a pool past the ledger; none has a name of another form, or an unknown channel.
    for viewer in (OFFICER, SUPERVISOR, Viewer("administrator", Role.ADMINISTRATOR)):
        assert not await is_done(free, viewer, "UPDATE pool SET is_open = false")
    for wrong in ("'west', '{}', '{}', '{}', true", "'EAST', '{}', '{BY_SEA}', '{}', true"):
        async with undone(free):
            with pytest.raises(asyncpg.CheckViolationError):
                await free.execute(f"INSERT INTO pool VALUES ({wrong})")


async def test_of_a_family_the_rest_is_taken_with_the_first_and_never_later(free) -> None:
    other = await free.fetchval(
        "SELECT id FROM application WHERE paid_at IS NOT NULL AND closed_at IS NULL AND id <> $1"
        " AND channel <> 'DIRECT' ORDER BY id LIMIT 1",
        CASE,
    )
    await free.execute(READY[0], other)
    await free.execute(
        "UPDATE application SET received_at = now(), visa_type_code = 'C1',"
        " status = 'IN_VERIFICATION', officer = NULL, supervisor = NULL, is_assigned = false"
        " WHERE id = $1",
        other,
    )
    both = [CASE, other]
    await free.execute(
        "UPDATE application SET group_reference = $2 WHERE id = ANY ($1)", both, GROUP
    )
    await decree(free, "WEST", "'{B1}', '{}', '{}'", "true")
    officer = replace(OFFICER, pools=("WEST",))
    locked = LOCK.format(other)
    assert await is_done(free, officer, take())
    assert not await is_done(free, officer, take(other))
    assert not await is_done(free, officer, locked)
    assert not await may_take(free, officer, other)
    assert await is_done(free, officer, take(), locked, take(other))
    async with undone(free):
        await free.execute(take())
        assert await may_take(free, officer, other)
        assert not await may_take(free, replace(officer, subject="another"), other)
        await free.execute("UPDATE assignment SET ended_at = now() WHERE ended_at IS NULL")
        assert not await may_take(free, officer, other)
    # By nobody else's desk, and by no group that is too large for a family.
    assert not await is_done(free, officer, take(other), take())
    await free.execute(
        "UPDATE application SET group_reference = $1 WHERE id IN (SELECT id FROM application"
        " WHERE channel <> 'DIRECT' AND id <> ALL ($2) LIMIT 18)", GROUP, both,
    )  # fmt: skip
    size = "SELECT count(*) FROM application WHERE group_reference = $1"
    lacking = 20 - await free.fetchval(size, GROUP)
    for number in range(lacking):
        await free.execute(ANOTHER, CASE, f"FAM{number % 10}-0000-000{number // 10}")
    assert await free.fetchval(size, GROUP) == 20
    assert await is_done(free, officer, take(), locked, take(other))
    async with undone(free):
        await free.execute(take())
        assert await may_take(free, officer, other)
        await free.execute(ANOTHER, CASE, "FAMX-0000-0000")
        assert not await may_take(free, officer, other)
    await free.execute(ANOTHER, CASE, "FAMX-0000-0000")
    assert not await is_done(free, officer, take(), take(other))
    assert not await is_done(free, officer, take(), locked)
    # Nor by what is on the desk since before.
    await free.execute("UPDATE application SET group_reference = NULL WHERE id <> ALL ($1)", both)
    await free.execute(take(CASE, "now() - interval '1 second'"))
    assert not await is_done(free, officer, take(other))
    assert not await is_done(free, officer, locked)
    assert not await may_take(free, officer, other)


#: Another file of the group, as the owner of the tables writes it.
ANOTHER = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, group_reference, status, submitted_at, pay_by,
        use_within_days)
    SELECT gen_random_uuid(), $2, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, group_reference, 'SUBMITTED', submitted_at, pay_by,
        use_within_days
    FROM application WHERE id = $1
"""
URGENT = f"UPDATE application SET is_urgent = {{}} WHERE id = '{CASE}'"
HAPPENED = (
    "INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor, actor_role,"
    " reason) SELECT application_id, max(sequence) + {more}, '{kind}', now(), '{by}', '{role}',"
    f" 'So.' FROM application_event WHERE application_id = '{CASE}' GROUP BY application_id"
)


async def test_a_supervisor_alone_says_what_is_urgent_and_each_time_with_its_event(free) -> None:
    def event(kind: str, viewer: Viewer = SUPERVISOR, more: int = 1) -> str:
        by = {"by": viewer.subject, "role": viewer.role}
        return HAPPENED.format(kind=kind, more=more, **by)

    on, off = URGENT.format("true"), URGENT.format("false")
    assert await is_done(free, SUPERVISOR, on, event("MARKED_URGENT"))
    both = (on, event("MARKED_URGENT"), off, event("URGENCY_ENDED"))
    assert await is_done(free, SUPERVISOR, *both)
    assert not await is_done(free, SUPERVISOR, event("MARKED_URGENT"))
    assert not await is_done(free, SUPERVISOR, event("URGENCY_ENDED"))
    assert not await is_done(free, SUPERVISOR, on, event("URGENCY_ENDED"))
    twice = (event("MARKED_URGENT"), event("MARKED_URGENT"))
    assert not await is_done(free, SUPERVISOR, on, *twice)
    for role in (Role.OFFICER, Role.PARTNER_AGENT, Role.APPLICANT, Role.ADMINISTRATOR):
        assert not await is_done(free, Viewer("somebody", role), on)
    assert not await is_done(free, OFFICER, take(), event("MARKED_URGENT", OFFICER))
