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


def propose(state: str = "PROPOSED", by: str = "applicant", role: str = "APPLICANT") -> str:
    closed = f"now(), '{by}'" if state == "IN_EFFECT" else "NULL, NULL"
    return (
        "INSERT INTO correction (id, application_id, applicant_id, version, state, proposed_at,"
        " proposed_by, proposed_role, closed_at, closed_by) VALUES (gen_random_uuid(),"
        f" '{application_id(GRANTED)}', '{RUBY}', 9, '{state}', now(), '{by}', '{role}', {closed})"
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


async def test_corrections_without_their_guard_are_noticed(complete_world) -> None:
    async with undone(complete_world):
        await complete_world.execute("DROP TRIGGER guard_correction ON correction")
        await waiting(complete_world, OPEN, WEI)
        own = settle(OPEN, "IN_EFFECT", "officer-2")
        assert await is_done(complete_world, OTHERS["another officer"], own)
