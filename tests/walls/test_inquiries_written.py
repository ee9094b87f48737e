"""What the database holds of inquiries by itself: whatever a statement says, nobody is opened in
one beyond its limit, its time, or whoever opened it; and each step is somebody else's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.walls import supervising
from tests.walls.reach import WHO
from tests.walls.undoing import undone
from tests.world import APPLICANTS, applicant_id

pytestmark = pytest.mark.anyio

ONE = Viewer("supervisor-7", Role.SUPERVISOR, purpose_reference="INQ-SEVEN")
OTHER = replace(ONE, subject="supervisor-8")
LIMIT = 3
PEOPLE = [applicant_id(name) for name in APPLICANTS][: LIMIT + 2]
OPEN = """
    INSERT INTO inquiry (id, reference, reason, minutes, most_people, opened_by)
    VALUES (gen_random_uuid(), $1, 'Why', $2, $3, $4)
"""
ADMIT = "SELECT viewer.admit_to_inquiry('SUPERVISOR', $1, $2, $3, $4)"
READ = "SELECT array_agg(applicant_id) FROM identity"
#: Statements by which nobody is let in, whoever says them.
PAST_THE_FUNCTION = (
    "INSERT INTO inquiry_person (id, reference, applicant_id)"
    " SELECT gen_random_uuid(), 'INQ-SEVEN', id FROM applicant",
    "UPDATE inquiry SET most_people = 500",
    "UPDATE inquiry SET seen = 0",
    "UPDATE inquiry SET ends_at = now() + interval '1 day'",
    "UPDATE inquiry SET opened_by = 'supervisor-7'",
    "DELETE FROM inquiry_person",
)


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The small world with an inquiry; whatever is done to it is undone."""
    async with undone(complete_world):
        await act_writing(complete_world, ONE)
        await complete_world.execute(OPEN, "INQ-SEVEN", 60, LIMIT, ONE.subject)
        await complete_world.execute("RESET ROLE")
        yield complete_world


async def admit(
    connection: asyncpg.Connection, viewer: Viewer, people: list[UUID], look_ups: int = 0
) -> str | None:
    await act(connection, viewer)
    keys = [uuid4() for _ in people]
    answer: str | None = await connection.fetchval(ADMIT, "INQ-SEVEN", people, keys, look_ups)
    await connection.execute("RESET ROLE")
    return answer


async def read(connection: asyncpg.Connection, viewer: Viewer) -> set[UUID]:
    await act(connection, viewer)
    found = await connection.fetchval(READ)
    await connection.execute("RESET ROLE")
    return {*(found or ())}


async def harvest(connection: asyncpg.Connection) -> set[UUID]:
    """All that somebody opens who asks for one person after the other."""
    for person in PEOPLE:
        async with connection.transaction():
            await admit(connection, ONE, [person])
    return await read(connection, ONE)


@pytest.mark.parametrize("name", WHO)
async def test_each_role_writes_of_inquiries_what_the_domain_says(complete_world, name) -> None:
    let = await supervising.allowed_by_database(complete_world, WHO[name])
    assert let == supervising.allowed_by_domain(WHO[name])


async def test_nobody_is_opened_who_was_not_admitted_and_no_more_than_the_limit(connection) -> None:
    assert await read(connection, ONE) == set()
    assert await admit(connection, ONE, PEOPLE) == "FULL"
    assert await admit(connection, ONE, PEOPLE[:2] * 2) is None
    assert await admit(connection, ONE, PEOPLE[:2], look_ups=1) is None
    assert await admit(connection, ONE, [], look_ups=1) == "FULL"
    assert await admit(connection, ONE, PEOPLE[2:3]) == "FULL"
    assert await read(connection, ONE) == {*PEOPLE[:2]}
    # Nobody else's, and no other purpose's.
    assert await admit(connection, OTHER, PEOPLE[2:3]) is None
    assert await read(connection, OTHER) == set()
    assert await read(connection, replace(ONE, purpose_reference=None)) == set()
    # Once it is over it opens nobody any more.
    await connection.execute("UPDATE inquiry SET ends_at = now() WHERE reference = 'INQ-SEVEN'")
    assert await read(connection, ONE) == set()
    assert await admit(connection, ONE, PEOPLE[:1]) == "OVER"


async def test_no_statement_lets_anybody_in_past_the_limit(connection) -> None:
    for acting in (act, act_writing):
        for statement in PAST_THE_FUNCTION:
            async with undone(connection):
                await acting(connection, ONE)
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    assert await harvest(connection) == {*PEOPLE[:LIMIT]}


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("one.seen + further + look_ups > one.most_people", "false"),
        ("AND opened_by = oneself FOR UPDATE", "FOR UPDATE"),
    ],
)
async def test_a_database_that_forgets_a_limit_is_seen(connection, was: str, becomes: str) -> None:
    """The defects: a function that does not count, behind a table that does; or for anybody."""
    body = await connection.fetchval(
        "SELECT pg_get_functiondef('viewer.admit_to_inquiry'::regproc)"
    )
    assert was in body
    await connection.execute(body.replace(was, becomes))
    if becomes == "false":
        with pytest.raises(asyncpg.CheckViolationError):
            async with undone(connection):
                await harvest(connection)
        await connection.execute("ALTER TABLE inquiry DROP CONSTRAINT ck_inquiry_within_its_limit")
        assert await harvest(connection) == {*PEOPLE}
    else:
        assert await admit(connection, OTHER, PEOPLE * 9) == "FULL"


async def test_only_a_small_inquiry_and_the_first_of_the_hour_begins_without_approval(
    connection,
) -> None:
    async def begins_at_once(minutes: int, people: int, by: Viewer = OTHER) -> bool:
        """Whether it begins at once."""
        reference = f"INQ-{uuid4()}"
        await act_writing(connection, by)
        await connection.execute(OPEN, reference, minutes, people, by.subject)
        await connection.execute("RESET ROLE")
        find = "SELECT ends_at IS NOT NULL FROM inquiry WHERE reference = $1"
        begins: bool = await connection.fetchval(find, reference)
        return begins

    assert not await begins_at_once(60, 50, ONE)  # who has one already
    for minutes, people in ((61, 50), (60, 51)):
        assert not await begins_at_once(minutes, people)
    assert await begins_at_once(1, 1)
    back = (
        "UPDATE inquiry SET ends_at = now() - interval '58 minutes'"
        " WHERE opened_by = $1 AND ends_at IS NOT NULL"
    )
    await connection.execute(back, OTHER.subject)
    assert not await begins_at_once(1, 1)  # that one began 59 minutes ago
    await connection.execute(back.replace("58", "60"), OTHER.subject)
    assert await begins_at_once(60, 50)
    for minutes, people in ((0, 1), (1, 0), (1441, 1), (1, 501)):
        with pytest.raises(asyncpg.CheckViolationError):
            async with connection.transaction():
                await begins_at_once(minutes, people, Viewer("supervisor-9", Role.SUPERVISOR))
    # In no other name, and no further than its opening.
    await act_writing(connection, OTHER)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(OPEN, "INQ-THEIRS", 1, 1, ONE.subject)


_APPROVE = "UPDATE inquiry SET approved_by = $2 WHERE reference = $1"
_REVIEW = """
    UPDATE inquiry SET reviewed_by = $2, verdict = 'JUSTIFIED', review_reason = 'Why'
    WHERE reference = $1
"""
_MOVE = """
    UPDATE inquiry SET opened_at = opened_at - $1::text::interval,
        ends_at = ends_at - $1::text::interval
    WHERE reference = 'INQ-LARGE'
"""
_TIMES = """
    SELECT ends_at - approved_at, review_due_at - approved_at, reviewed_at >= ends_at
    FROM inquiry WHERE reference = 'INQ-LARGE'
"""


async def test_who_opened_an_inquiry_or_agreed_to_it_does_not_review_it(connection) -> None:
    third = replace(ONE, subject="supervisor-9")

    async def can(viewer: Viewer, statement: str, name: str = "") -> bool:
        """Whether the statement changes something; it then stays."""
        try:
            async with connection.transaction():
                await act_writing(connection, viewer)
                done = await connection.execute(statement, "INQ-LARGE", name or viewer.subject)
        except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
            return False
        await connection.execute("RESET ROLE")
        assert done == "UPDATE 1"
        return True

    # The guard is enough: the table's own checks come on top.
    for name in ("approved_by_another", "reviewed_by_another", "lapsed_before_it_began"):
        await connection.execute(f"ALTER TABLE inquiry DROP CONSTRAINT ck_inquiry_{name}")
    await act_writing(connection, OTHER)
    await connection.execute(OPEN, "INQ-LARGE", 61, 1, OTHER.subject)
    await connection.execute("RESET ROLE")
    assert not await can(third, _REVIEW), "it has not begun"
    await connection.execute(_MOVE, "24 hours")
    assert not await can(ONE, _APPROVE), "it has lapsed"
    await connection.execute(_MOVE, "-1 minute")
    lapse = "UPDATE inquiry SET lapsed_at = $1 WHERE reference = 'INQ-LARGE'"
    await connection.execute(lapse, datetime.now(UTC))
    assert not await can(ONE, _APPROVE), "it was marked as lapsed"
    await connection.execute(lapse, None)
    assert not await can(OTHER, _APPROVE)
    assert not await can(ONE, _APPROVE, third.subject)
    assert await can(ONE, _APPROVE)
    assert not await can(third, _REVIEW), "it has not ended"
    lasts, is_due_after, _ = await connection.fetchrow(_TIMES)
    assert (lasts, is_due_after) == (timedelta(minutes=61), timedelta(hours=72))
    await connection.execute(_MOVE, "61 minutes")
    assert not await can(OTHER, _REVIEW)
    assert not await can(ONE, _REVIEW)
    assert not await can(third, _REVIEW, ONE.subject)
    assert await can(third, _REVIEW)
    assert not await can(replace(ONE, subject="supervisor-10"), _REVIEW), "it is reviewed once"
    *_, is_reviewed_after = await connection.fetchrow(_TIMES)
    assert is_reviewed_after
