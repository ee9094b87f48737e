"""What an injected statement may do to requests of data subjects, erasures, legal holds and
breaches: nothing that was not asked for, granted or set by whoever may, once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

AUDITOR, OTHER = (Viewer(name, Role.AUDITOR) for name in ("auditor", "auditor-2"))
SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
REQUEST, HOLD, CASE = UUID(int=808), UUID(int=809), application_id("AUSY-GRAN-0001")
BREACH = UUID(int=810)
PERSON = f"(SELECT applicant_id FROM application WHERE id = '{CASE}')"
SOMEBODY = f"(SELECT id FROM applicant WHERE id <> {PERSON} LIMIT 1)"


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The small world, in which no other request waits, and nobody was erased."""
    async with undone(complete_world):
        await complete_world.execute(
            "UPDATE data_request SET outcome = 'REFUSED', reason = 'No.', answered_by = 'auditor',"
            " answered_at = clock_timestamp() WHERE outcome IS NULL"
        )
        await complete_world.execute("DELETE FROM erasure")
        yield complete_world


def lodge(
    by: str = "auditor", role: str = "AUDITOR", account: str = "NULL", person: str = "NULL",
    kind: str = "ERASURE",
) -> str:  # fmt: skip
    return (
        "INSERT INTO data_request (id, reference, kind, applicant_id, account, lodged_by,"
        f" lodged_role) VALUES ('{REQUEST}', 'DATA-TEST', '{kind}', {person}, {account}, '{by}',"
        f" '{role}')"
    )


def change(values: str) -> str:
    return f"UPDATE data_request SET {values} WHERE id = '{REQUEST}'"


NAME = change(f"applicant_id = {PERSON}")
GRANT = "outcome = 'GRANTED', reason = 'So.', answered_by = 'auditor'"


async def test_requests_by_letter_are_registered_in_the_own_name(connection) -> None:
    assert await is_done(connection, AUDITOR, lodge())
    async with undone(connection):
        await act_writing(connection, AUDITOR)
        await connection.execute(lodge())
        await connection.execute("RESET ROLE")
        due = f"SELECT due_at - lodged_at FROM data_request WHERE id = '{REQUEST}'"
        assert await connection.fetchval(due) == timedelta(hours=72)
    for statement in (lodge("auditor-2"), lodge(role="APPLICANT"), lodge(account="'somebody'")):
        assert not await is_done(connection, AUDITOR, statement), statement


async def test_applicants_ask_about_themselves(connection) -> None:
    await connection.execute(f"UPDATE applicant SET account = 'ruby' WHERE id = {PERSON}")
    ruby = Viewer("ruby", Role.APPLICANT)
    own = {
        "by": "ruby",
        "role": "APPLICANT",
        "account": "'ruby'",
        "person": f"'{await _id(connection, PERSON)}'",
    }
    assert await is_done(connection, ruby, lodge(**own))
    other = f"'{await _id(connection, SOMEBODY)}'"
    for wrong in ({"person": other}, {"person": "NULL"}, {"account": "NULL"}, {"by": "auditor"}):
        assert not await is_done(connection, ruby, lodge(**own | wrong)), wrong


async def test_whom_a_letter_is_from_is_found_once_and_it_is_answered_once(connection) -> None:
    await connection.execute(lodge())
    assert await is_done(connection, AUDITOR, change(GRANT.replace("GRANTED", "REFUSED")))
    other = f"applicant_id = '{await _id(connection, SOMEBODY)}'"
    named = change(f"applicant_id = '{await _id(connection, PERSON)}'")
    assert await is_done(connection, AUDITOR, named)
    for statement in (
        change(GRANT.replace("'auditor'", "'auditor-2'")),
        change(f"{other}, {GRANT}"),
        change(f"{other}, reason = 'So.'"),
        change(f"{other}, answered_by = 'auditor'"),
        change("applicant_id = NULL"),
    ):
        assert not await is_done(connection, AUDITOR, statement), statement
    await connection.execute(NAME)
    assert not await is_done(connection, OTHER, change(other)), "somebody is named"
    assert await is_done(connection, AUDITOR, change(GRANT))
    await connection.execute(change(f"{GRANT}, answered_at = clock_timestamp()"))
    for again in (GRANT, GRANT.replace("GRANTED", "REFUSED"), "outcome = NULL", other):
        assert not await is_done(connection, AUDITOR, change(again)), again


ERASE = f"""
    INSERT INTO erasure (id, applicant_id, data_request_id, cause)
    VALUES (gen_random_uuid(), {{person}}, '{REQUEST}', 'REQUEST')
"""


@pytest.mark.parametrize(
    ("kind", "outcome", "person", "viewer", "is_let"),
    [
        ("ERASURE", "GRANTED", PERSON, AUDITOR, True),
        ("ACCESS", "GRANTED", PERSON, AUDITOR, False),
        ("ERASURE", "REFUSED", PERSON, AUDITOR, False),
        ("ERASURE", "GRANTED", SOMEBODY, AUDITOR, False),
        ("ERASURE", "GRANTED", PERSON, OTHER, False),
    ],
)
async def test_only_who_granted_an_erasure_orders_it_of_that_person(
    connection, kind, outcome, person, viewer, is_let
) -> None:
    await connection.execute(lodge(kind=kind))
    await connection.execute(NAME)
    await connection.execute(
        change(f"{GRANT}, answered_at = clock_timestamp()".replace("GRANTED", outcome))
    )
    order = ERASE.format(person=f"'{await _id(connection, person)}'")
    assert await is_done(connection, viewer, order) is is_let


def hold(by: str = "supervisor") -> str:
    return (
        "INSERT INTO legal_hold (id, application_id, held_by, reason)"
        f" VALUES ('{HOLD}', '{CASE}', '{by}', 'A court asks.')"
    )


def release(by: str = "supervisor") -> str:
    return (
        f"UPDATE legal_hold SET released_by = '{by}', release_reason = 'Over.' WHERE id = '{HOLD}'"
    )


async def test_a_hold_is_set_and_released_once_in_the_own_name(connection) -> None:
    assert await is_done(connection, SUPERVISOR, hold(), release())
    assert not await is_done(connection, SUPERVISOR, hold("supervisor-2"))
    await connection.execute(hold())
    assert not await is_done(connection, SUPERVISOR, release("supervisor-2"))
    await connection.execute(release().replace("released_by", "released_at = now(), released_by"))
    assert not await is_done(connection, SUPERVISOR, release())
    await connection.execute(f"DELETE FROM legal_hold WHERE id = '{HOLD}'")
    await connection.execute(f"UPDATE applicant SET erased_at = now() WHERE id = {PERSON}")
    assert not await is_done(connection, SUPERVISOR, hold()), "there is nothing to hold any more"


def record(by: str = "auditor", noticed: str = "now()") -> str:
    return (
        "INSERT INTO breach (id, description, noticed_at, window_from, window_before, recorded_by)"
        f" VALUES ('{BREACH}', 'A laptop.', {noticed}, now() - interval '9 days', now(), '{by}')"
    )


def write(values: str) -> str:
    return f"UPDATE breach SET {values} WHERE id = '{BREACH}'"


INSTITUTION = "institution_notice = 'Letter 17.', institution_notified_by = '{}'"
PEOPLE = (
    "people_notice = 'By mail.', notice_in_english = 'A loss.', notice_in_indonesian = 'Hilang.',"
    " people_reached = 'READ', people_notified = 2, people_notified_by = '{}'"
)
CLOSE = "close_reason = 'Over.', closed_by = '{}'"


async def test_the_clock_of_a_breach_runs_from_when_it_was_noticed(connection) -> None:
    assert not await is_done(connection, AUDITOR, record("auditor-2"))
    for ahead, is_recorded in (("1 day", False), ("2 minutes", False), ("30 seconds", True)):
        noticed = f"now() + interval '{ahead}'"
        assert await is_done(connection, AUDITOR, record(noticed=noticed)) is is_recorded, ahead
    assert not await is_done(connection, SUPERVISOR, record("supervisor"))
    async with undone(connection):
        await act_writing(connection, AUDITOR)
        await connection.execute(record(noticed="now() - interval '2 days'"))
        await connection.execute("RESET ROLE")
        clock = f"SELECT due_at - noticed_at, due_at - now() FROM breach WHERE id = '{BREACH}'"
        assert tuple(await connection.fetchrow(clock)) == (timedelta(days=3), timedelta(days=1))


async def test_each_notice_is_recorded_once_and_another_auditor_closes(connection) -> None:
    await connection.execute(record())
    institution, people, close = (each.format("auditor") for each in (INSTITUTION, PEOPLE, CLOSE))
    closed_by_another = write(CLOSE.format("auditor-2"))
    assert await is_done(connection, AUDITOR, write(institution), write(people))
    for statement in (
        write(INSTITUTION.format("auditor-2")),
        write(PEOPLE.format("auditor-2")),
        write(f"{institution}, {people}"),
        write(institution.replace("institution_notice", "people_notice")),
    ):
        assert not await is_done(connection, AUDITOR, statement), statement
    await connection.execute(write(f"{institution}, institution_notified_at = now()"))
    assert not await is_done(connection, OTHER, write(INSTITUTION.format("auditor-2"))), "it is"
    assert not await is_done(connection, OTHER, closed_by_another), "the people do not know"
    await connection.execute(write(f"{people}, people_notified_at = now()"))
    assert not await is_done(connection, OTHER, write(PEOPLE.format("auditor-2"))), "they are"
    assert not await is_done(connection, OTHER, write(close)), "in somebody else's name"
    assert not await is_done(connection, OTHER, write(f"people_notified = 1, {CLOSE}"))
    assert not await is_done(connection, AUDITOR, write(close)), "one's own"
    assert await is_done(connection, OTHER, closed_by_another)
    await connection.execute(write(f"{CLOSE.format('auditor-2')}, closed_at = now()"))
    for again in (closed_by_another, write("closed_by = NULL, close_reason = NULL")):
        assert not await is_done(connection, OTHER, again), again


async def _id(connection: asyncpg.Connection, query: str) -> UUID:
    found: UUID = await connection.fetchval(f"SELECT {query}")
    return found
