"""What an injected statement may do to the ban list: nothing that two of the screening authority
did not do, each in their own name."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = (Viewer(f"screening-{number}", Role.SCREENING) for number in (1, 2, 3))
BAN = UUID(int=707)
PROPOSED = "id, reference, ground, reason, banned_from, proposed_by"


def propose(by: str = "screening-1", day: str = "wib_day(now())", id_: UUID = BAN) -> str:
    return (
        f"INSERT INTO ban_entry ({PROPOSED})"
        f" VALUES ('{id_}', '{id_}', 'CRIME', 'Why.', {day}, '{by}')"
    )


def write(**values: str) -> str:
    assigned = ", ".join(f"{name} = '{value}'" for name, value in values.items())
    return f"UPDATE ban_entry SET {assigned} WHERE id = '{BAN}'"


def approve(by: str) -> str:
    return write(approved_by=by)


def reject(by: str) -> str:
    return write(rejected_by=by, reject_reason="No.")


def end(by: str) -> str:
    return write(withdrawal_proposed_by=by, withdrawal_reason="Over.")


def withdraw(by: str) -> str:
    return write(withdrawn_by=by)


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    async with undone(complete_world):
        yield complete_world


async def has_been(connection: asyncpg.Connection, *states: str) -> None:
    """Write, as the owner, what different people have done so far."""
    done = {
        "proposed": propose(),
        "approved": write(approved_by="screening-2", approved_at="now"),
        "rejected": write(rejected_by="screening-2", rejected_at="now", reject_reason="No."),
        "ending": write(
            withdrawal_proposed_by="screening-1", withdrawal_proposed_at="now",
            withdrawal_reason="Over.",
        ),
        "withdrawn": write(withdrawn_by="screening-2", withdrawn_at="now"),
    }  # fmt: skip
    for state in ("proposed", *states):
        await connection.execute(done[state])


async def test_an_entry_is_proposed_in_the_own_name_from_today_on(connection) -> None:
    assert await is_done(connection, ONE, propose())
    assert await is_done(connection, ONE, propose(day="wib_day(now()) + 9"))
    for statement in (propose("screening-2"), propose(day="wib_day(now()) - 1")):
        assert not await is_done(connection, ONE, statement), statement
    for name in ("approved_by", "rejected_by", "withdrawal_proposed_by", "withdrawn_by"):
        at_once = propose().replace("proposed_by)", f"proposed_by, {name})")
        assert not await is_done(
            connection, ONE, at_once.replace("'screening-1')", "'screening-1', 'screening-1')")
        )


async def test_another_person_answers_a_proposal_in_one_way(connection) -> None:
    # The guard is enough: the table's own checks come on top.
    for name in ("approved_by_another", "rejected_by_another"):
        await connection.execute(f"ALTER TABLE ban_entry DROP CONSTRAINT ck_ban_entry_{name}")
    await has_been(connection)
    assert await is_done(connection, TWO, approve("screening-2"))
    assert await is_done(connection, TWO, reject("screening-2"))
    for viewer, statement in (
        (ONE, approve("screening-1")),
        (ONE, reject("screening-1")),
        (TWO, approve("screening-3")),
        (TWO, reject("screening-3")),
        (TWO, write(approved_by="screening-2", rejected_by="screening-2", reject_reason="No.")),
        (TWO, end("screening-2")),
        (TWO, withdraw("screening-2")),
        (
            TWO,
            write(
                approved_by="screening-2",
                withdrawal_proposed_by="screening-2",
                withdrawal_reason="Over.",
            ),
        ),
    ):
        assert not await is_done(connection, viewer, statement), statement


@pytest.mark.parametrize(
    "states", [("approved",), ("rejected",), ("approved", "ending", "withdrawn")]
)
async def test_what_was_answered_is_not_answered_again(connection, states) -> None:
    await has_been(connection, *states)
    for statement in (approve("screening-3"), reject("screening-3"), withdraw("screening-3")):
        assert not await is_done(connection, THREE, statement), (states, statement)
    may_end = states == ("approved",)
    assert await is_done(connection, THREE, end("screening-3")) is may_end
    assert not await is_done(connection, THREE, end("screening-2"))


async def test_two_take_an_entry_off_the_list(connection) -> None:
    await has_been(connection, "approved", "ending")
    for viewer in (TWO, THREE):
        assert await is_done(connection, viewer, withdraw(viewer.subject))
    for viewer, statement in (
        (ONE, withdraw("screening-1")),
        (TWO, withdraw("screening-3")),
        (TWO, end("screening-2")),
        (TWO, write(withdrawn_by="screening-2", withdrawal_reason="Another.")),
        (THREE, write(withdrawn_by="screening-3", withdrawal_proposed_by="screening-2")),
        (TWO, write(withdrawn_by="screening-2", approved_by="screening-3")),
    ):
        assert not await is_done(connection, viewer, statement), statement
