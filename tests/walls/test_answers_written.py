"""What an injected statement of the writing role may do to screening answers: nothing that the
screening authority, in its name and its turn, did not."""

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.reach import ASKED, HELD
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

FIRST, SECOND = Viewer("screening", Role.SCREENING), Viewer("screening-2", Role.SCREENING)
SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
OTHERS: Mapping[str, Viewer] = {
    "officer": Viewer("officer", Role.OFFICER),
    "supervisor": SUPERVISOR,
    "the partner's system": Viewer(
        "service", Role.PARTNER_SERVICE, partner="NUSA", countries=("AU",)
    ),
    "treasury": Viewer("treasury", Role.TREASURY),
}
#: The case about which a question is open, and the one with a hit.
OPEN, HIT = application_id(ASKED), application_id(HELD)


@pytest.fixture(autouse=True)
async def screened(complete_world: asyncpg.Connection) -> AsyncIterator[None]:
    """The case about which a question is open lies where questions are answered."""
    async with undone(complete_world):
        await complete_world.execute(
            "UPDATE application SET status = 'SCREENING' WHERE id = ANY ($1)", [OPEN, HIT]
        )
        yield


def answer(result: str, by: str = "screening") -> str:
    return (
        f"UPDATE screening SET result = '{result}', answered_at = now(), answered_by = '{by}'"
        f" WHERE application_id = '{OPEN}'"
    )


def propose(result: str, by: str = "screening") -> str:
    return (
        f"UPDATE screening SET proposed = '{result}', proposed_by = '{by}'"
        f" WHERE application_id = '{OPEN}'"
    )


def confirm(result: str, by: str, answered_by: str) -> str:
    return (
        f"UPDATE screening SET result = '{result}', answered_at = now(),"
        f" answered_by = '{answered_by}', confirmed_by = '{by}' WHERE application_id = '{OPEN}'"
    )


def ask(application: object, more: str = "", values: str = "") -> str:
    return (
        f"INSERT INTO screening (id, application_id, kind, result, requested_at{more})"
        f" VALUES (gen_random_uuid(), '{application}', 'ENTRY_BAN', 'PENDING', now(){values})"
    )


RESOLVE = ask(HIT, ", proposed, proposed_by, reason", ", 'NO_MATCH', 'supervisor', 'Older.'")


async def of_clearance(connection: asyncpg.Connection) -> None:
    """The open question is one of clearance."""
    await connection.execute(
        "UPDATE screening SET kind = 'CLEARANCE' WHERE application_id = $1", OPEN
    )


async def test_the_screening_authority_answers_open_questions(complete_world) -> None:
    for result in ("CLEAR", "HIT", "UNAVAILABLE"):
        assert await is_done(complete_world, FIRST, answer(result))


@pytest.mark.parametrize("name", OTHERS)
async def test_no_other_role_answers_a_screening_question(complete_world, name) -> None:
    viewer = OTHERS[name]
    for result in ("CLEAR", "UNAVAILABLE", "NO_MATCH"):
        assert not await is_done(complete_world, viewer, answer(result, viewer.subject))
    assert not await is_done(complete_world, viewer, propose("CLEAR", viewer.subject))


async def test_nobody_answers_in_another_name_or_what_was_answered(complete_world) -> None:
    assert not await is_done(complete_world, FIRST, answer("CLEAR", "screening-2"))
    again = answer("CLEAR").replace(str(OPEN), str(HIT))
    for viewer in (FIRST, SECOND, *OTHERS.values()):
        assert not await is_done(complete_world, viewer, again)


async def test_a_clearance_takes_two(complete_world) -> None:
    async with undone(complete_world):
        await of_clearance(complete_world)
        assert not await is_done(complete_world, FIRST, answer("CLEAR"))
        assert await is_done(complete_world, FIRST, propose("CLEAR"))
        # Nor by one who says that somebody else proposed it.
        own = confirm("CLEAR", "screening", "screening-2").replace(
            " WHERE", ", proposed = 'CLEAR', proposed_by = 'screening-2' WHERE"
        )
        assert not await is_done(complete_world, FIRST, own)
        await act_writing(complete_world, FIRST)
        await complete_world.execute(propose("CLEAR"))
        await complete_world.execute("RESET ROLE")
        alone = confirm("CLEAR", "screening", "screening")
        for by, statement in (
            (FIRST, alone),
            (FIRST, confirm("CLEAR", "screening-2", "screening")),
            (SECOND, confirm("HIT", "screening-2", "screening")),
            (SECOND, confirm("CLEAR", "screening-2", "screening-3")),
        ):
            assert not await is_done(complete_world, by, statement)
        assert await is_done(complete_world, SECOND, confirm("CLEAR", "screening-2", "screening"))


async def test_a_hit_is_resolved_by_a_supervisor_and_not_asked_again(complete_world) -> None:
    assert await is_done(complete_world, SUPERVISOR, RESOLVE)
    for viewer in (FIRST, OTHERS["officer"]):
        assert not await is_done(complete_world, viewer, RESOLVE)
    for viewer in (SUPERVISOR, OTHERS["officer"]):
        assert not await is_done(complete_world, viewer, ask(HIT))
    nothing_found = RESOLVE.replace(str(HIT), str(OPEN))
    assert not await is_done(complete_world, SUPERVISOR, nothing_found)


async def test_only_who_works_on_a_case_asks_for_screening(complete_world) -> None:
    assert not await is_done(complete_world, OTHERS["officer"], ask(OPEN)), "it waits already"
    await complete_world.execute("DELETE FROM screening WHERE application_id = $1", OPEN)
    assert await is_done(complete_world, OTHERS["officer"], ask(OPEN))
    for name in ("the partner's system", "treasury"):
        assert not await is_done(complete_world, OTHERS[name], ask(OPEN))


async def test_answers_without_their_guard_are_noticed(complete_world) -> None:
    async with undone(complete_world):
        await complete_world.execute("DROP TRIGGER guard ON screening")
        assert await is_done(complete_world, FIRST, answer("CLEAR", "screening-2"))
