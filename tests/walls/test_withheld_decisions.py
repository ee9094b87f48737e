"""The second wall of files that two officers decide: whatever a gateway says, the first decision is
withheld, somebody else makes the second, and no officer reads the first."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.acting import act_writing
from tests.walls.reach import viewer
from tests.walls.test_items_written import SUPERVISOR
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

CASE = application_id("AUSY-PAID-0013")
FIRST, SECOND = [viewer({"role": "OFFICER", "sub": name}) for name in ("officer", "officer-2")]
DRAWN = (
    "DELETE FROM assignment WHERE application_id = $1",
    "UPDATE application SET status = 'IN_VERIFICATION', received_at = now() WHERE id = $1",
    "INSERT INTO grant_rule VALUES ('B1-1', 'B1', 1, '{AU}', 10, 2, 'director', 'PP 1')",
    "INSERT INTO grant_check (application_id, rule_code, verdict, unmet, is_decided_twice)"
    " VALUES ($1, 'B1-1', 'SAMPLED', '{}', true)",
)
ON_DESK = "INSERT INTO assignment (application_id, officer, assigned_at) VALUES ($1, $2, now())"
ENDS = (
    "UPDATE assignment SET ended_at = {at}, ended_by = '{by}'"
    f" WHERE application_id = '{CASE}' AND ended_at IS NULL"
)


def withhold(by: str, at: str = "now()", outcome: str = "'REFUSED', '{INCOMPLETE}'") -> str:
    return (
        "INSERT INTO withheld_decision (id, application_id, outcome, grounds, decided_at, officer)"
        f" VALUES (gen_random_uuid(), '{CASE}', {outcome}, {at}, '{by}')"
    )


def refuse(by: str) -> tuple[str, ...]:
    key = "00000000-0000-0000-0000-00000000d086"
    return (
        "INSERT INTO decision (id, application_id, outcome, grounds, decided_at, officer) VALUES"
        f" ('{key}', '{CASE}', 'REFUSED', '{{INCOMPLETE}}', now(), '{by}')",
        "UPDATE application SET status = 'REFUSED', closed_at = now(), current_decision_id ="
        f" '{key}' WHERE id = '{CASE}'",
        ENDS.format(at="now()", by=by),
    )


@pytest.fixture
async def drawn(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Two officers are to decide the case, and it is on the desk of one."""
    async with undone(complete_world):
        for statement in DRAWN:
            await complete_world.execute(statement, *[CASE][: "$1" in statement])
        await complete_world.execute(ON_DESK, CASE, "officer")
        yield complete_world


async def test_the_first_decision_is_withheld_and_nothing_else(drawn) -> None:
    leaves = ENDS.format(at="now()", by="officer")
    assert await is_done(drawn, FIRST, withhold("officer"), leaves)
    assert await is_done(drawn, FIRST, withhold("officer"))
    # It is not decided for good, and does not leave the desk without a decision or a reason.
    assert not await is_done(drawn, FIRST, *refuse("officer"))
    assert not await is_done(drawn, FIRST, refuse("officer")[0])
    assert not await is_done(drawn, FIRST, leaves)
    late = ENDS.format(at="clock_timestamp()", by="officer")
    assert not await is_done(drawn, FIRST, withhold("officer"), late)
    # In the own name, now, once, by whoever has it; a grant as far as it could be granted.
    assert not await is_done(drawn, FIRST, withhold("officer-2"))
    assert not await is_done(drawn, FIRST, withhold("officer", "now() - interval '1 hour'"))
    assert not await is_done(drawn, FIRST, withhold("officer", outcome="'GRANTED', '{}'"))
    assert not await is_done(drawn, FIRST, withhold("officer"), withhold("officer"))
    assert not await is_done(drawn, SECOND, withhold("officer-2"))
    supervisor = SUPERVISOR.subject
    assert not await is_done(drawn, SUPERVISOR, withhold(supervisor))


async def test_a_file_that_one_decides_takes_no_withheld_decision(drawn) -> None:
    await drawn.execute("UPDATE grant_check SET is_decided_twice = false")
    assert not await is_done(drawn, FIRST, withhold("officer"))
    assert await is_done(drawn, FIRST, *refuse("officer"))


async def test_another_officer_makes_the_second_decision_and_no_officer_reads_the_first(
    drawn,
) -> None:
    await drawn.execute(withhold("officer"))
    assert not await is_done(drawn, FIRST, *refuse("officer"))
    await drawn.execute(
        "UPDATE assignment SET officer = 'officer-2' WHERE application_id = $1", CASE
    )
    assert not await is_done(drawn, SECOND, withhold("officer-2"))
    assert await is_done(drawn, SECOND, *refuse("officer-2"))
    for officer in (FIRST, SECOND):
        async with undone(drawn):
            await act_writing(drawn, officer)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await drawn.fetch("SELECT outcome FROM withheld_decision")
    # Whoever does not have it on the desk is not told that two decide it.
    for officer, is_told in ((FIRST, False), (SECOND, True)):
        async with undone(drawn):
            await drawn.execute("ALTER TABLE withheld_decision DISABLE TRIGGER append_only")
            await drawn.execute("DELETE FROM withheld_decision WHERE application_id = $1", CASE)
            await act_writing(drawn, officer)
            asked = "SELECT viewer.awaits_first_decision($1)"
            assert await drawn.fetchval(asked, CASE) is is_told


def note(by: str, **given: str) -> str:
    values = {
        "id": "gen_random_uuid()", "application_id": f"'{CASE}'",
        "applicant_id": f"(SELECT applicant_id FROM application WHERE id = '{CASE}')",
        "author": f"'{by}'", "written_at": "now()", "first_of_two": "NULL",
        "sealed": "'{\"as_text\": \"x\"}'", **given,
    }  # fmt: skip
    return f"INSERT INTO case_note ({', '.join(values)}) VALUES ({', '.join(values.values())})"


async def test_a_note_is_of_whoever_has_the_case_and_kept_from_the_second_of_two(drawn) -> None:
    kept = note("officer", first_of_two="'officer'")
    assert await is_done(drawn, FIRST, kept)
    assert not await is_done(drawn, FIRST, note("officer"))
    await drawn.execute("UPDATE grant_check SET is_decided_twice = false")
    assert not await is_done(drawn, FIRST, kept)
    # In the own name, now, of the applicant of the case, and sealed.
    assert await is_done(drawn, FIRST, note("officer"))
    assert await is_done(drawn, SUPERVISOR, note(SUPERVISOR.subject))
    for wrong in (
        {"author": "'officer-2'"},
        {"written_at": "now() - interval '1 hour'"},
        {"applicant_id": f"'{applicant_id('Wei Tan')}'"},
        {"sealed": "'{}'"},
    ):
        assert not await is_done(drawn, FIRST, note("officer", **wrong)), wrong
        assert not await is_done(drawn, SUPERVISOR, note(SUPERVISOR.subject, **wrong)), wrong
    assert not await is_done(drawn, SECOND, note("officer-2"))
    # Nobody who writes one reads, changes or removes any, and nobody else does but to erase.
    for officer in (FIRST, SUPERVISOR):
        for statement in (
            "SELECT sealed FROM case_note",
            "UPDATE case_note SET sealed = '{}'",
            "DELETE FROM case_note",
        ):
            assert not await is_done(drawn, officer, statement), statement
    await drawn.execute(note("officer"))
    for change in (
        "UPDATE case_note SET author = 'officer-2'",
        "UPDATE case_note SET first_of_two = NULL WHERE first_of_two IS NOT NULL",
        'UPDATE case_note SET sealed = \'{"as_text": "y"}\'',
        "DELETE FROM case_note",
    ):
        async with undone(drawn):
            with pytest.raises(asyncpg.RestrictViolationError):
                await drawn.execute(change)
    await drawn.execute("UPDATE case_note SET sealed = '{}'")
    # Before it is taken, and once it is decided, there is nothing to note.
    for status in ("PAID", "WITHDRAWN"):
        await drawn.execute(
            "UPDATE application SET status = $2, closed_at = CASE WHEN $2 = 'WITHDRAWN'"
            " THEN now() END WHERE id = $1", *(CASE, status),
        )  # fmt: skip
        assert not await is_done(drawn, SUPERVISOR, note(SUPERVISOR.subject)), status


@pytest.mark.parametrize(
    ("first", "by", "differs"),
    [
        ("'REFUSED', '{INCOMPLETE}'", "officer", 0),
        ("'REFUSED', '{FORGED_DOCUMENT}'", "officer", 1),
        ("'REFUSED', '{INCOMPLETE,FORGED_DOCUMENT}'", "officer", 0),
        ("'REFUSED', '{FORGED_DOCUMENT,INCOMPLETE}'", "officer", 1),
        ("'GRANTED', '{}'", "officer", 1),
        # What supervision refuses because of a hit is no second decision.
        ("'GRANTED', '{}'", "supervisor", 0),
    ],
)
async def test_two_differ_in_the_outcome_or_the_main_ground(
    drawn, first: str, by: str, differs: int
) -> None:
    await drawn.execute(withhold("somebody", outcome=first))
    await drawn.execute(refuse(by)[0])
    alerts = "SELECT application_id FROM alert WHERE kind = 'DECISIONS_DIFFER'"
    assert [row[0] for row in await drawn.fetch(alerts)] == [CASE] * differs
    kinds = "SELECT kind FROM volume_rule_contribution WHERE application_id = $1 ORDER BY kind"
    twice = ["decided_twice"] if by == "officer" else []
    counted = [*twice, *["differing"] * differs, "sample_refused"]
    assert [row[0] for row in await drawn.fetch(kinds, CASE)] == counted
