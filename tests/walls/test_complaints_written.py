"""What an injected statement may do to complaints: lodge one's own, and the next step of one that
is in reach, once, in the own name; and what it says is neither read nor written over."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act, act_writing
from tests.gateway.oracle import ACCOUNTS
from tests.walls.reach import COMPLAINTS
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

AUDITOR, OTHER = (Viewer(name, Role.AUDITOR) for name in ("auditor", "auditor-2"))
SUPERVISOR, TRUSTED = (Viewer(name, Role.SUPERVISOR) for name in ("supervisor", "supervisor-2"))
MANAGER = Viewer("manager-au", Role.PARTNER_MANAGER, partner="NUSA", countries=("AU",))
RUBY, LI = (Viewer(name, Role.APPLICANT) for name in ("applicant", "applicant-2"))
NEW = UUID(int=899)
UNSORTED, SERVICE, INTEGRITY, TOLD = (
    next(one.id for one in COMPLAINTS if one.reference == f"CMPL-{name}-0000")
    for name in ("UNSO", "SERV", "INTE", "TOLD")
)


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    async with undone(complete_world):
        yield complete_world


def lodge(
    account: str = "applicant", whose: str = "applicant", case: UUID | None = None,
    centre: str = "NULL",
) -> str:  # fmt: skip
    about = "NULL" if case is None else f"'{case}'"
    return (
        "INSERT INTO complaint (id, reference, applicant_id, account, application_id, centre_code)"
        f" VALUES ('{NEW}', 'CMPL-NEWS-0000', '{applicant_id(ACCOUNTS[whose])}', '{account}',"
        f" {about}, {centre})"
    )


def write(complaint: UUID, text: str = '{"complaint": "x"}') -> str:
    return f"INSERT INTO complaint_text (complaint_id, sealed) VALUES ('{complaint}', '{text}')"


def change(complaint: UUID, values: str) -> str:
    return f"UPDATE complaint SET {values} WHERE id = '{complaint}'"


def sort(by: str = "auditor", kind: str = "SERVICE") -> str:
    return change(UNSORTED, f"kind = '{kind}', sorted_by = '{by}'")


def entrust(complaint: UUID = INTEGRITY, by: str = "auditor", to: str = "supervisor") -> str:
    return change(complaint, f"entrusted_by = '{by}', entrusted_to = '{to}'")


def answer(complaint: UUID, by: str, role: str) -> str:
    return change(complaint, f"answered_by = '{by}', answered_role = '{role}'")


def say(complaint: UUID, text: str = '{"answer": "y"}') -> str:
    return f"UPDATE complaint_text SET sealed = '{text}' WHERE complaint_id = '{complaint}'"


async def test_applicants_complain_of_what_is_theirs(connection) -> None:
    others = application_id("SGPO-HELD-0007")
    own = await connection.fetchval(
        "SELECT id FROM application WHERE applicant_id = $1", applicant_id(ACCOUNTS["applicant"])
    )
    for about in (lodge(), lodge(case=own), lodge(centre="'AU-SYD'")):
        assert await is_done(connection, RUBY, about, write(NEW)), about
    for wrong in (
        lodge(case=others),
        lodge("applicant-2"),
        lodge(whose="applicant-2"),
        lodge(case=own, centre="'AU-SYD'"),
    ):
        assert not await is_done(connection, RUBY, wrong), wrong
    for viewer in (AUDITOR, SUPERVISOR, MANAGER):
        assert not await is_done(connection, viewer, lodge(viewer.subject)), viewer
    # Whose partner it is, and until when it is answered, the database says.
    for column in ("partner_code", "country_code", "due_at", "kind", "entrusted_to"):
        given = lodge().replace("centre_code)", f"centre_code, {column})")
        given = given.replace("NULL, NULL)", "NULL, NULL, NULL)")
        assert not await is_done(connection, RUBY, given), column
    # Of a case that another partner has taken over, it is that one.
    for about, partner in (({"centre": "'AU-SYD'"}, "NUSA"), ({"case": own}, "ANDALAN")):
        async with undone(connection):
            await connection.execute(
                "UPDATE application SET successor_centre_code = 'AU-PER',"
                " successor_country_code = 'AU', successor_partner_code = 'ANDALAN' WHERE id = $1",
                own,
            )
            await act_writing(connection, RUBY)
            await connection.execute(lodge(**about))
            await connection.execute("RESET ROLE")
            row = await connection.fetchrow(
                "SELECT partner_code, country_code, kind, due_at > lodged_at + interval '5 days'"
                " FROM complaint WHERE id = $1",
                NEW,
            )
            assert tuple(row) == (partner, "AU", "UNSORTED", True)
    # What it says is written with it, and not of somebody else's.
    assert not await is_done(connection, RUBY, lodge(), write(NEW, '{"answer": "x"}'))
    assert not await is_done(connection, RUBY, lodge(), write(NEW, '{"complaint": 1, "answer": 2}'))
    await connection.execute(f"DELETE FROM complaint_text WHERE complaint_id = '{SERVICE}'")
    assert await is_done(connection, RUBY, write(SERVICE))
    assert not await is_done(connection, LI, write(SERVICE))


async def test_a_complaint_is_counted_in_the_month_of_its_day_in_jakarta(connection) -> None:
    counted = "SELECT starts_on FROM volume_complaint WHERE starts_on < '2021-01-01'"
    told = "SELECT starts_on FROM volume_complaint_contribution WHERE starts_on < '2021-01-01'"
    for instant, month in (("16:59:59", 3), ("17:00", 4)):
        async with undone(connection):
            lodged = lodge().replace("centre_code)", "centre_code, lodged_at)")
            await connection.execute(f"{lodged.removesuffix(')')}, '2020-03-31 {instant}Z')")
            for months in (counted, told):
                assert await connection.fetchval(months) == date(2020, month, 1)


async def test_an_auditor_sorts_it_once_and_entrusts_one_of_integrity_to_a_supervisor(
    connection,
) -> None:
    assert await is_done(connection, AUDITOR, sort())
    assert await is_done(connection, AUDITOR, sort(kind="INTEGRITY"))
    for wrong in (
        sort("auditor-2"),
        sort(kind="UNSORTED"),
        change(UNSORTED, "kind = 'SERVICE'"),
        change(UNSORTED, "kind = 'INTEGRITY', sorted_by = 'auditor', entrusted_by = 'auditor',"
                         " entrusted_to = 'supervisor'"),
        change(SERVICE, "kind = 'INTEGRITY', sorted_by = 'auditor'"),
        change(INTEGRITY, "kind = 'SERVICE', sorted_by = 'auditor'"),
        change(INTEGRITY, "kind = 'SERVICE', entrusted_by = 'auditor', entrusted_to = 'x'"),
    ):  # fmt: skip
        assert not await is_done(connection, AUDITOR, wrong), wrong
    for viewer in (SUPERVISOR, MANAGER, RUBY):
        assert not await is_done(connection, viewer, sort(viewer.subject)), viewer
    assert await is_done(connection, AUDITOR, entrust())
    for wrong in (
        entrust(by="auditor-2"),
        entrust(to="auditor"),
        entrust(SERVICE),
        entrust(UNSORTED),
        entrust(TOLD),
    ):
        assert not await is_done(connection, AUDITOR, wrong), wrong
    assert not await is_done(connection, SUPERVISOR, entrust(by="supervisor", to="supervisor-3"))


@pytest.mark.parametrize(
    ("complaint", "let"),
    [
        (UNSORTED, ()),
        (SERVICE, (SUPERVISOR, TRUSTED, MANAGER)),
        (INTEGRITY, (AUDITOR, OTHER)),
        (TOLD, (AUDITOR, OTHER, TRUSTED)),
    ],
)
async def test_whoever_it_is_for_answers_it_once_in_the_own_name(
    connection, complaint: UUID, let: tuple[Viewer, ...]
) -> None:
    for viewer in (AUDITOR, OTHER, SUPERVISOR, TRUSTED, MANAGER, RUBY):
        steps = answer(complaint, viewer.subject, viewer.role), say(complaint)
        assert await is_done(connection, viewer, *steps) is (viewer in let), viewer
    for viewer in let:
        for wrong in (
            (answer(complaint, "somebody", viewer.role),),
            (answer(complaint, viewer.subject, "OFFICER"),),
            (say(complaint),),
            (
                answer(complaint, viewer.subject, viewer.role),
                say(complaint, '{"complaint": "other"}'),
            ),
            (
                answer(complaint, viewer.subject, viewer.role),
                say(complaint),
                say(complaint),
            ),
            (change(complaint, f"answered_at = now(), answered_by = '{viewer.subject}'"),),
        ):
            assert not await is_done(connection, viewer, *wrong), wrong
    await connection.execute(
        change(complaint, "answered_by = 'x', answered_role = 'AUDITOR', answered_at = now(),"
                          " kind = CASE kind WHEN 'UNSORTED' THEN 'SERVICE' ELSE kind END,"
                          " sorted_by = 'x', sorted_at = now()")
    )  # fmt: skip
    for viewer in let:
        again = answer(complaint, viewer.subject, viewer.role)
        assert not await is_done(connection, viewer, again), "it is answered"


async def test_what_was_said_stays_beside_the_answer_and_nobody_reads_it_who_writes(
    connection,
) -> None:
    await connection.execute(
        'UPDATE complaint_text SET sealed = \'{"complaint": "x"}\' WHERE complaint_id = $1', TOLD
    )
    async with undone(connection):
        await act_writing(connection, TRUSTED)
        await connection.execute(answer(TOLD, "supervisor-2", "SUPERVISOR"))
        await connection.execute(say(TOLD))
        await connection.execute("RESET ROLE")
        kept = await connection.fetchval(
            "SELECT sealed FROM complaint_text WHERE complaint_id = $1", TOLD
        )
        assert kept == '{"answer": "y", "complaint": "x"}'
    for viewer in (AUDITOR, TRUSTED, MANAGER, RUBY):
        read = "SELECT sealed FROM complaint_text"
        assert not await is_done(connection, viewer, read), viewer


READ = (
    "INSERT INTO complaint_read (id, complaint_id, actor, actor_role, purpose, case_reference,"
    " fields, trace_id) VALUES ('{}', '{}', '{}', '{}', '{}', '{}', '{{}}', 'trace')"
)


@pytest.mark.parametrize(
    ("actor", "role", "purpose", "named", "is_let"),
    [
        ("supervisor-2", "SUPERVISOR", "COMPLAINT", "CMPL-TOLD-0000", True),
        ("supervisor", "SUPERVISOR", "COMPLAINT", "CMPL-TOLD-0000", False),
        ("supervisor-2", "AUDITOR", "COMPLAINT", "CMPL-TOLD-0000", False),
        ("supervisor-2", "SUPERVISOR", "INTAKE", "CMPL-TOLD-0000", False),
        ("supervisor-2", "SUPERVISOR", "COMPLAINT", "CMPL-SERV-0000", False),
    ],
)
async def test_a_read_is_logged_in_the_own_name_for_what_was_named(
    connection, actor: str, role: str, purpose: str, named: str, *, is_let: bool
) -> None:
    viewer = Viewer("supervisor-2", Role.SUPERVISOR, purpose_reference="CMPL-TOLD-0000")
    async with undone(connection):
        await act(connection, viewer)
        entry = READ.format(NEW, TOLD, actor, role, purpose, named)
        try:
            await connection.execute(entry)
        except asyncpg.InsufficientPrivilegeError:
            assert not is_let
        else:
            assert is_let
