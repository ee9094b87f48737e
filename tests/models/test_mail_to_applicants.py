"""Applicants are sent mail of what happens to their file, and whoever holds the outbox reads where
to of nobody."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from uuid import UUID

import asyncpg
import pytest

from models.jobs.mail import MOST_DAYS, deliver
from models.jobs.notices import write_notices
from models.key_service import KeyService, KeyServiceError
from models.mail import mail_transport
from models.mail.outbox import post_to_applicants
from models.row_keys import new_key
from models.row_security import MAILER
from tests.linking import KEYS
from tests.mail_sink import SENDER, Sink, deliver_all, running_sink, text_of
from tests.people import rewrite
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

#: Two people, and a file of each.
NOAH, HIS = applicant_id("Noah Finch"), application_id("AUSY-PAID-0013")
TANE, THEIRS = applicant_id("Tane Moana"), application_id("ANDA-CORR-0005")
_HAPPEN = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT $1, 1 + max(sequence), $2, clock_timestamp()
    FROM application_event WHERE application_id = $1
"""
_WAITS = "SELECT count(*) FROM mail WHERE application_id = $1"
_READ = "SELECT fields FROM linker_read WHERE applicant_id = $1 AND reader = 'MAILER'"
_DUE = "UPDATE mail SET due_at = clock_timestamp() WHERE application_id IS NOT NULL"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    with running_sink() as running:
        yield running


@pytest.fixture(autouse=True)
async def empty(world: str, connection: asyncpg.Connection) -> None:
    """No test is sent what another one left."""
    await connection.execute("DELETE FROM mail")


async def happen(connection: asyncpg.Connection, case: UUID, *kinds: str) -> None:
    """What happens to a case while a keeper tells of it."""
    await write_notices(connection, is_mailed=True)
    for kind in kinds:
        await connection.execute(_HAPPEN, case, kind)
    while await write_notices(connection, is_mailed=True):
        pass


async def sent(kept: Sink, url: str, connection: asyncpg.Connection) -> list[EmailMessage]:
    """What is sent now."""
    before = len(kept.kept)
    await deliver_all(url, connection, KEYS)
    return kept.kept[before:]


async def test_each_thing_that_happens_is_told_once_in_order_and_nothing_but_the_reference(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    await rewrite(connection, NOAH, email="noah@finch.example")
    await happen(connection, HIS, "AWAITING_PAYMENT", "PAID", "INFO_REQUESTED", "HELD", "GRANTED")
    waiting = await connection.fetch("SELECT mail::text FROM mail")
    assert not [row for row in waiting if "finch" in row[0]]
    bill, request, decision = await sent(*sink, connection)
    assert [one["Subject"].partition(" / ")[2] for one in (bill, request, decision)] == [
        "Your visa application waits for its payment",
        "Something is asked of you",
        "A decision has been made",
    ]
    for one in (bill, request, decision):
        text = text_of(one)
        assert (one["To"], one["Content-Language"]) == ("noah@finch.example", "id, en")
        assert one["Subject"].startswith("AUSY-PAID-0013: ")
        assert text.count("AUSY-PAID-0013") == 2
        assert text.count("https://portal.example/#") == 2
        assert "Noah" not in one.as_string()
    # Nothing is left by which somebody is found, and that they were written to is on record.
    rows = await connection.fetch("SELECT * FROM mail")
    assert {(row["address"], row["application_id"], row["subject"]) for row in rows} == {
        (None, None, None)
    }
    assert all(row["delivered_at"] for row in rows)
    assert [row[0] for row in await connection.fetch(_READ, NOAH)] == [["email"]] * 3
    await happen(connection, HIS)
    assert await sent(*sink, connection) == []


async def test_another_billing_code_is_told_once_and_not_for_ever(
    world: str, connection: asyncpg.Connection
) -> None:
    told = "SELECT kind, path, application_id FROM mail"
    receipt = "SELECT receipt_number FROM bill WHERE application_id = $1"
    async with undone(connection):
        await happen(connection, HIS)
        await connection.execute(
            "INSERT INTO payment_reversal (id, receipt_number, reversal_number, reason,"
            " reported_by) VALUES (gen_random_uuid(), $1, '7', 'So.', 'treasury')",
            await connection.fetchval(receipt, HIS),
        )
        await connection.execute(
            "INSERT INTO former_bill (id, application_id, replaced_by, renewed_by)"
            " VALUES (gen_random_uuid(), $1, $2, 'agent-au')",
            HIS, "4" * 15,
        )  # fmt: skip
        await write_notices(connection)  # where nobody sends mail
        assert await connection.fetch(told) == []
        for _ in range(2):
            await write_notices(connection, is_mailed=True)
        assert [tuple(one) for one in await connection.fetch(told)] == [("BILL", "/#track", HIS)]
        await connection.execute("DELETE FROM mail")
        await connection.execute("ALTER TABLE former_bill DISABLE TRIGGER USER")
        age = "UPDATE former_bill SET renewed_at = clock_timestamp() - interval '48 hours'"
        await connection.execute(f"{age} + interval '1 minute'")
        await write_notices(connection, is_mailed=True)
        assert await connection.fetchval(_WAITS, HIS) == 1
        await connection.execute("DELETE FROM mail")
        await connection.execute(age)
        await write_notices(connection, is_mailed=True)
        assert await connection.fetch(told) == []


async def test_a_family_that_is_billed_together_is_told_once(
    world: str, connection: asyncpg.Connection
) -> None:
    async with undone(connection):
        await connection.execute("DELETE FROM application_change")
        await connection.execute("ALTER TABLE bill DISABLE TRIGGER join_family_bill")
        await connection.execute(
            "UPDATE bill SET family_code = $1 WHERE application_id = ANY ($2)",
            "5" * 15, [HIS, THEIRS],
        )  # fmt: skip
        for case in (THEIRS, HIS, application_id("DIRE-UNPA-0011")):
            await connection.execute(_HAPPEN, case, "AWAITING_PAYMENT")
            await connection.execute(_HAPPEN, case, "INFO_REQUESTED")
        ids = await connection.fetch("SELECT id FROM application_change")
        await post_to_applicants(connection, [each["id"] for each in ids])
        told = "SELECT application_id FROM mail WHERE kind = $1"
        alone = application_id("DIRE-UNPA-0011")
        bills = {row[0] for row in await connection.fetch(told, "BILL")}
        assert bills == {min(HIS, THEIRS), alone}
        requests = {row[0] for row in await connection.fetch(told, "REQUEST")}
        assert requests == {HIS, THEIRS, alone}


async def test_every_decision_has_one_text(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    await happen(connection, HIS, "GRANTED", "REFUSED", "REVOKED", "VISA_RETURNED")
    told = await sent(*sink, connection)
    assert len(told) == 4
    texts = [re.sub(r"\b\w{5}-\w{5}\b", "CODE", text_of(one)) for one in told]
    assert len({(one["Subject"], text) for one, text in zip(told, texts, strict=True)}) == 1
    assert texts[0].count("CODE") == 2
    assert len({text_of(one) for one in told}) == 4


async def test_where_nobody_sends_mail_none_is_written(
    world: str, connection: asyncpg.Connection
) -> None:
    await happen(connection, HIS)
    await connection.execute(_HAPPEN, HIS, "GRANTED")
    while await write_notices(connection):
        pass
    await happen(connection, HIS)
    assert await connection.fetchval(_WAITS, HIS) == 0


async def test_mail_of_a_case_waits_for_what_was_before_it_and_holds_up_no_other(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    await rewrite(connection, NOAH, email="slow@finch.example")
    await rewrite(connection, TANE, email="quick@moana.example")
    kept.answers["slow@finch.example"] = ["451 later"]
    await happen(connection, HIS, "INFO_REQUESTED", "GRANTED")
    await happen(connection, THEIRS, "GRANTED")
    assert await sent(kept, url, connection) == []  # the first one was refused: a pause
    assert [one["To"] for one in await sent(kept, url, connection)] == ["quick@moana.example"]
    await connection.execute(_DUE)
    late = [one["Subject"].partition(" / ")[2] for one in await sent(kept, url, connection)]
    assert late == ["Something is asked of you", "A decision has been made"]


async def test_a_keeper_that_is_killed_sends_again_under_the_same_id(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    await happen(connection, HIS, "GRANTED")
    async with undone(connection):
        assert await deliver(mail_transport(url), SENDER, connection, KEYS) == 1
    await sent(kept, url, connection)
    first, second = kept.kept
    assert first.as_bytes() == second.as_bytes()


async def test_who_was_erased_or_has_no_address_is_written_to_no_more(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    for change in (
        "UPDATE identity SET sealed = sealed - 'email' WHERE applicant_id = $1",
        "DELETE FROM identity WHERE applicant_id = $1",
    ):
        await happen(connection, HIS, "GRANTED")
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(change, NOAH)
            assert await sent(*sink, connection) == []
            assert await connection.fetchval(_WAITS, HIS) == 0
            latest = "SELECT withheld_at FROM mail ORDER BY posted_at DESC LIMIT 1"
            assert await connection.fetchval(latest)
    for wrong in ("no\r\nBcc: x@example.org", "noah@finch.example\r\nBcc: x@example.org"):
        await rewrite(connection, NOAH, email=wrong)
        await happen(connection, HIS, "GRANTED")
        assert await sent(*sink, connection) == []
        assert await connection.fetchval(_WAITS, HIS) == 0
    await rewrite(connection, NOAH, email="noah@finch.example")


class Away:
    """A key service that is away."""

    async def open_data_keys(self, *given: object) -> None:
        raise KeyServiceError("away")


async def test_mail_waits_for_the_keys_and_not_for_ever(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    kept, url = sink
    await happen(connection, HIS, "GRANTED")
    away: KeyService = Away()  # type: ignore[assignment]
    for older, waits in ((0, 1), (MOST_DAYS, 0)):
        await connection.execute(
            "UPDATE mail SET due_at = clock_timestamp(), posted_at = posted_at - $1 * interval"
            " '1 day' WHERE application_id IS NOT NULL",
            older,
        )
        assert await deliver(mail_transport(url), SENDER, connection, away) == 0
        assert await connection.fetchval(_WAITS, HIS) == waits
        failure = "SELECT failure FROM mail ORDER BY id DESC LIMIT 1"
        assert await connection.fetchval(failure) == "KeyServiceError"
    # Without any keys readers of figures are written to, and applicants wait.
    await happen(connection, HIS, "GRANTED")
    assert await deliver_all(url, connection) == 0
    assert await connection.fetchval(_WAITS, HIS) == 1
    assert len(await sent(kept, url, connection)) == 1


async def test_it_reads_and_notes_in_a_role_of_its_own(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    await happen(connection, HIS, "GRANTED")
    for taken in (
        "REVOKE EXECUTE ON FUNCTION viewer.contact_of FROM {}",
        "REVOKE INSERT ON sent_code FROM {}",
    ):
        async with undone(connection):
            await connection.execute(taken.format(MAILER))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await deliver(mail_transport(sink[1]), SENDER, connection, KEYS)


async def test_an_address_that_was_swapped_is_written_to_by_nobody(
    world: str, connection: asyncpg.Connection, sink: tuple[Sink, str]
) -> None:
    await rewrite(connection, TANE, email="eve@example.org")
    await happen(connection, HIS, "GRANTED")
    async with undone(connection):
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            "UPDATE identity SET sealed = sealed || jsonb_build_object('email', ("
            " SELECT sealed ->> 'email' FROM identity WHERE applicant_id = $2"
            ")) WHERE applicant_id = $1",
            *(NOAH, TANE),
        )
        assert await sent(*sink, connection) == []
        assert await connection.fetchval(_WAITS, HIS) == 1
        alert = "SELECT applicant_id FROM alert WHERE kind = 'TAMPERED'"
        assert await connection.fetchval(alert) == NOAH
    assert len(await sent(*sink, connection)) == 1


#: Each with the error that refuses it.
REFUSED = (
    "SELECT sealed FROM identity",
    "SELECT reference FROM application",
    "SELECT application_id FROM mail",
    "INSERT INTO linker_read (id, reader, applicant_id, version, fields)"
    " SELECT gen_random_uuid(), 'LINKER', '{person}', 1, '{{email}}'",
    "INSERT INTO linker_read (id, reader, applicant_id, version, fields)"
    " SELECT gen_random_uuid(), 'MAILER', '{person}', 1, '{{fullName}}'",
    "UPDATE mail SET address = 'eve@example.org'",
)


async def test_the_mailer_reads_the_sealed_address_of_whom_mail_waits_for_and_nothing_else(
    world: str, connection: asyncpg.Connection
) -> None:
    await happen(connection, HIS, "GRANTED")
    asked = "SELECT * FROM viewer.contact_of($1)"
    async with undone(connection):
        await connection.execute(f"SET LOCAL ROLE {MAILER}")
        [contact] = await connection.fetch(asked, HIS)
        assert (contact["applicant_id"], contact["reference"]) == (NOAH, "AUSY-PAID-0013")
        assert "finch" not in contact["email"]
        assert await connection.fetch(asked, THEIRS) == []
    for statement in REFUSED:
        async with undone(connection):
            await connection.execute(f"SET LOCAL ROLE {MAILER}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement.format(person=NOAH))
    corrected = (
        "INSERT INTO identity_version (applicant_id, number, valid_from, written_at)"
        " VALUES ($1, 7, now(), now()), ($1, 8, NULL, now())"
    )
    async with undone(connection):
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(corrected, NOAH)
        assert (await connection.fetchrow(asked, HIS))["version"] == 7


@pytest.mark.parametrize(
    "given",
    [
        {"address": "noah@finch.example"},
        {"subject": "noah", "application_id": HIS},
        {"language": "EN", "application_id": HIS},
        {"kind": "REPORT", "application_id": HIS},
        {"address": "noah@finch.example", "application_id": HIS},
        {},
    ],
)
async def test_the_outbox_takes_no_address_of_an_applicant(
    given: dict[str, str], world: str, connection: asyncpg.Connection
) -> None:
    row = {"id": new_key(), "kind": "DECISION", "cause": "x", "path": "/", **given}
    columns, places = ", ".join(row), ", ".join(f"${at + 1}" for at in range(len(row)))
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(f"INSERT INTO mail ({columns}) VALUES ({places})", *row.values())
