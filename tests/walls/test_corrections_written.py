"""What an injected statement of the writing role may do to a person on file: nothing that those who
propose and approve corrections, in their names and their turn, did not."""

from collections.abc import Mapping

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

#: Paid, and granted; each of an account's own, and on this officer's desk or nobody's.
OPEN, GRANTED = "SGPO-OPEN-0006", "AUSY-GRAN-0001"
#: Of the same person as the one that is granted, and not paid yet.
UNPAID = "DIRE-UNPA-0011"
WEI, RUBY = applicant_id("Wei Tan"), applicant_id("Ruby Hale")
OFFICER = Viewer("officer", Role.OFFICER)
FIRST, SECOND = Viewer("supervisor", Role.SUPERVISOR), Viewer("supervisor-2", Role.SUPERVISOR)
APPLICANT = Viewer("applicant", Role.APPLICANT)
OTHERS: Mapping[str, Viewer] = {
    "another officer": Viewer("officer-2", Role.OFFICER),
    "supervisor": FIRST,
    "agent": Viewer("agent-au", Role.PARTNER_AGENT, partner="NUSA", centres=("AU-SYD",)),
    "applicant": APPLICANT,
    "screening": Viewer("screening", Role.SCREENING),
    "treasury": Viewer("treasury", Role.TREASURY),
}


def propose(
    state: str = "PROPOSED",
    by: str = "applicant",
    role: str = "APPLICANT",
    case: str = GRANTED,
    closed_by: str = "",
) -> str:
    closed = f"now(), '{closed_by or by}'" if state == "IN_EFFECT" else "NULL, NULL"
    return (
        "INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,"
        " proposed_by, proposed_role, closed_at, closed_by) VALUES (gen_random_uuid(),"
        f" '{application_id(case)}', '{RUBY}', 9, '{state}', now(), '{by}', '{role}', {closed})"
    )


VERSION = (
    "INSERT INTO identity_version (applicant_id, number, full_name, written_at)"
    f" VALUES ('{RUBY}', 9, 'Ruby Other', now())"
)


def settle(case: str, state: str, by: str) -> str:
    reason = "'No.'" if state == "REJECTED" else "NULL"
    column = "approved" if state == "APPROVED" else "closed"
    return (
        f"UPDATE correction SET state = '{state}', reason = {reason}, {column}_at = now(),"
        f" {column}_by = '{by}' WHERE application_id = '{application_id(case)}'"
        " AND state IN ('PROPOSED', 'APPROVED')"
    )


async def waiting(connection: asyncpg.Connection, case: str, person: object) -> None:
    """A correction waits in a case."""
    await connection.execute(
        "INSERT INTO identity_version (applicant_id, number, full_name, written_at)"
        " VALUES ($1, 8, 'Somebody Other', now())",
        person,
    )
    await connection.execute(
        "INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,"
        " proposed_by, proposed_role)"
        " VALUES (gen_random_uuid(), $1, $2, 8, 'PROPOSED', now(), 'agent-sg', 'PARTNER_AGENT')",
        *(application_id(case), person),
    )


async def test_nobody_overwrites_an_existing_identity(complete_world) -> None:
    for viewer in (OFFICER, *OTHERS.values()):
        for statement in (
            "UPDATE identity SET full_name = 'Nobody'",
            "UPDATE identity_version SET full_name = 'Nobody'",
            "UPDATE applicant SET passport_last_four = '0000'",
            "UPDATE application SET nationality_code = 'AU'",
            "UPDATE application SET is_visa_held = false",
            "UPDATE screening SET voided_at = now()",
            "SELECT full_name FROM identity_version",
        ):
            assert not await is_done(complete_world, viewer, statement), statement


async def test_an_applicant_proposes_in_the_own_name_and_no_more(complete_world) -> None:
    assert await is_done(complete_world, APPLICANT, VERSION, propose())
    for statement in (propose("IN_EFFECT"), propose(by="applicant-2"), propose(role="OFFICER")):
        assert not await is_done(complete_world, APPLICANT, VERSION, statement)
    for name in ("another officer", "supervisor", "agent", "screening", "treasury"):
        viewer = OTHERS[name]
        own = propose(by=viewer.subject, role=viewer.role)
        assert not await is_done(complete_world, viewer, VERSION, own), name


async def test_the_officer_of_the_case_approves_or_rejects_and_nobody_else(complete_world) -> None:
    async with undone(complete_world):
        await waiting(complete_world, OPEN, WEI)
        for state in ("IN_EFFECT", "REJECTED"):
            assert await is_done(complete_world, OFFICER, settle(OPEN, state, "officer"))
            assert not await is_done(complete_world, OFFICER, settle(OPEN, state, "officer-2"))
            for name, viewer in OTHERS.items():
                own = settle(OPEN, state, viewer.subject)
                assert not await is_done(complete_world, viewer, own), name
        assert not await is_done(complete_world, OFFICER, settle(OPEN, "APPROVED", "officer"))


async def test_after_a_grant_two_supervisors_agree(complete_world) -> None:
    async with undone(complete_world):
        await waiting(complete_world, GRANTED, RUBY)
        assert not await is_done(complete_world, OFFICER, settle(GRANTED, "IN_EFFECT", "officer"))
        at_once = settle(GRANTED, "IN_EFFECT", "supervisor")
        assert not await is_done(complete_world, FIRST, at_once)
        await act_writing(complete_world, FIRST)
        await complete_world.execute(settle(GRANTED, "APPROVED", "supervisor"))
        await complete_world.execute("RESET ROLE")
        assert not await is_done(complete_world, FIRST, at_once)
        in_another_name = settle(GRANTED, "IN_EFFECT", "supervisor-2")
        assert not await is_done(complete_world, FIRST, in_another_name)
        assert await is_done(complete_world, SECOND, in_another_name)


async def test_before_payment_a_correction_takes_effect_at_once(complete_world) -> None:
    at_once, later = propose("IN_EFFECT", case=UNPAID), propose(case=UNPAID)
    # Somebody with a granted file is corrected in that one.
    assert not await is_done(complete_world, APPLICANT, VERSION, at_once)
    moved = (
        "UPDATE application SET applicant_id = person.id,"
        " nationality_code = person.nationality_code"
        " FROM applicant AS person WHERE person.id = $2 AND application.id = $1"
    )
    async with undone(complete_world):
        await complete_world.execute(moved, application_id(GRANTED), WEI)
        for statement in (later, propose("IN_EFFECT", case=UNPAID, closed_by="officer")):
            assert not await is_done(complete_world, APPLICANT, VERSION, statement)
        for other, may in (
            *(("AUSY-PAID-0013", False), (OPEN, False), ("SGPO-HELD-0007", False)),
            ("NZGR-WITH-0009", True),
        ):
            async with undone(complete_world):
                await complete_world.execute(moved, application_id(other), RUBY)
                assert await is_done(complete_world, APPLICANT, VERSION, at_once) is may, other


APPROVED = "state = 'APPROVED', approved_at = now(), approved_by = 'supervisor'"


def desk(changes: str) -> str:
    return f"UPDATE assignment SET {changes} WHERE application_id = '{application_id(OPEN)}'"


@pytest.mark.parametrize(
    ("viewer", "case", "before", "state", "by", "more", "may"),
    [
        (OFFICER, OPEN, "state = 'PROPOSED'", "IN_EFFECT", "officer", "", True),
        (OFFICER, OPEN, "proposed_by = 'officer'", "IN_EFFECT", "officer", "", False),
        (OFFICER, OPEN, APPROVED, "IN_EFFECT", "officer", "", False),
        (OFFICER, OPEN, "state = 'PROPOSED'", "IN_EFFECT", "officer",
         ", approved_at = now(), approved_by = 'officer'", False),
        (FIRST, GRANTED, "state = 'PROPOSED'", "APPROVED", "supervisor", "", True),
        (FIRST, GRANTED, "state = 'PROPOSED'", "APPROVED", "supervisor-2", "", False),
        (FIRST, GRANTED, "proposed_by = 'supervisor'", "APPROVED", "supervisor", "", False),
        (FIRST, GRANTED, "state = 'PROPOSED'", "REJECTED", "supervisor", "", True),
        (FIRST, GRANTED, "state = 'PROPOSED'", "REJECTED", "supervisor-2", "", False),
        (FIRST, GRANTED, "state = 'PROPOSED'", "REJECTED", "supervisor",
         ", approved_at = now(), approved_by = 'supervisor'", False),
        (FIRST, GRANTED, APPROVED, "REJECTED", "supervisor", "", True),
        (FIRST, GRANTED, APPROVED, "IN_EFFECT", "supervisor", "", False),
        (SECOND, GRANTED, APPROVED, "APPROVED", "supervisor-2", "", False),
        (SECOND, GRANTED, APPROVED, "IN_EFFECT", "supervisor-2", "", True),
        (SECOND, GRANTED, APPROVED, "IN_EFFECT", "supervisor", "", False),
        (SECOND, GRANTED, APPROVED, "IN_EFFECT", "supervisor-2",
         ", approved_by = 'supervisor-3'", False),
    ],
)  # fmt: skip
async def test_a_correction_is_settled_in_turn_and_in_the_own_name(
    complete_world, viewer: Viewer, case: str, before: str, state: str, by: str, more: str,
    may: bool,
) -> None:  # fmt: skip
    async with undone(complete_world):
        # The guard is enough: the table's own check comes on top.
        check = "ALTER TABLE correction DROP CONSTRAINT ck_correction_approved_by_two"
        await complete_world.execute(check)
        await waiting(complete_world, case, WEI if case == OPEN else RUBY)
        await complete_world.execute(f"UPDATE correction SET {before} WHERE version = 8")
        settled = settle(case, state, by).replace(" WHERE", f"{more} WHERE", 1)
        assert await is_done(complete_world, viewer, settled) is may


@pytest.mark.parametrize(
    "gone", ["ended_at = now(), ended_by = 'officer'", "role = 'SUPERVISOR'", "officer = 'other'"]
)
async def test_who_has_no_such_case_on_the_desk_settles_no_correction(complete_world, gone) -> None:
    async with undone(complete_world):
        await waiting(complete_world, OPEN, WEI)
        await complete_world.execute(desk(gone))
        for state in ("IN_EFFECT", "REJECTED"):
            assert not await is_done(complete_world, OFFICER, settle(OPEN, state, "officer"))


async def test_corrections_without_their_guard_are_noticed(complete_world) -> None:
    async with undone(complete_world):
        await complete_world.execute("DROP TRIGGER guard_correction ON correction")
        await waiting(complete_world, OPEN, WEI)
        own = settle(OPEN, "IN_EFFECT", "officer-2")
        assert await is_done(complete_world, OTHERS["another officer"], own)
