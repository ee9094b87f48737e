"""What an injected statement of the writing role may do to bills and payments: nothing that the
treasury did not."""

from collections.abc import Mapping

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.undoing import undone
from tests.world import application_id, billing_code

pytestmark = pytest.mark.anyio

UNPAID, PAID = "DIRE-UNPA-0011", "AUSY-PAID-0013"
TREASURY = Viewer("treasury", Role.TREASURY)
OTHERS: Mapping[str, Viewer] = {
    "officer": Viewer("officer", Role.OFFICER),
    "supervisor": Viewer("supervisor", Role.SUPERVISOR),
    "the partner's system": Viewer("service", Role.PARTNER_SERVICE, partner="NUSA"),
    "agent": Viewer("agent-au", Role.PARTNER_AGENT, partner="NUSA", centres=("AU-SYD",)),
    "applicant": Viewer("applicant", Role.APPLICANT),
}
REPORT = (
    "UPDATE bill SET paid_at = now(), receipt_number = 'NTPN000000009999'"
    f" WHERE billing_code = '{billing_code(UNPAID)}'"
)
BOOK = (
    "UPDATE application SET status = 'PAID', paid_at = now(), fee_idr = 500000,"
    f" target_due_at = now() WHERE id = '{application_id(UNPAID)}'"
)
EVENT = (
    "INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor, actor_role)"
    f" VALUES ('{application_id(UNPAID)}', 90, '{{kind}}', now(), '{{actor}}', '{{role}}')"
)


async def is_done(connection: asyncpg.Connection, viewer: Viewer, *statements: str) -> bool:
    """Whether the database lets the viewer do all of this, and rows were touched; undone again."""
    async with undone(connection):
        try:
            await act_writing(connection, viewer)
            done = [await connection.execute(statement) for statement in statements]
        except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
            return False
        return all(not each.endswith(" 0") for each in done)


async def test_the_treasury_reports_a_bill_and_books_the_payment(complete_world) -> None:
    event = EVENT.format(kind="PAID", actor="treasury", role="TREASURY")
    assert await is_done(complete_world, TREASURY, REPORT, BOOK, event)


@pytest.mark.parametrize("name", OTHERS)
async def test_no_other_role_books_a_payment(complete_world, name) -> None:
    viewer = OTHERS[name]
    assert not await is_done(complete_world, viewer, REPORT)
    assert not await is_done(complete_world, viewer, BOOK)
    event = EVENT.format(kind="PAID", actor=viewer.subject, role=viewer.role)
    assert not await is_done(complete_world, viewer, event)


async def test_no_payment_is_booked_without_its_receipt(complete_world) -> None:
    assert not await is_done(complete_world, TREASURY, BOOK)
    assert not await is_done(
        complete_world, TREASURY, REPORT, BOOK.replace("fee_idr = 500000", "fee_idr = 1")
    )


@pytest.mark.parametrize(
    "change",
    [
        "receipt_number = 'NTPN000000009999'",
        "paid_at = NULL, receipt_number = NULL",
        "amount_idr = 1",
        "application_id = application_id",
    ],
)
async def test_a_paid_bill_stays_as_it_is(complete_world, change) -> None:
    paid = f"UPDATE bill SET {change} WHERE billing_code = '{billing_code(PAID)}'"
    for viewer in (TREASURY, *OTHERS.values()):
        assert not await is_done(complete_world, viewer, paid)


async def test_a_bill_of_what_has_ended_is_paid_no_more(complete_world) -> None:
    async with undone(complete_world):
        await complete_world.execute(
            "UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = $1",
            application_id(UNPAID),
        )
        assert not await is_done(complete_world, TREASURY, REPORT)


@pytest.mark.parametrize(
    ("kind", "actor", "role"),
    [
        ("PAID", "somebody", "TREASURY"),
        ("PAID", "treasury", "OFFICER"),
        ("GRANTED", "treasury", "TREASURY"),
        ("AWAITING_PAYMENT", "treasury", "TREASURY"),
    ],
)
async def test_an_event_is_written_in_the_own_name_and_is_an_own_step(
    complete_world, kind, actor, role
) -> None:
    event = EVENT.format(kind=kind, actor=actor, role=role)
    assert not await is_done(complete_world, TREASURY, event)


async def test_no_application_is_submitted_as_already_paid(complete_world) -> None:
    agent = OTHERS["agent"]
    lodge = """
        INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code,
            channel, partner_code, country_code, centre_code, status, submitted_at {columns})
        SELECT gen_random_uuid(), 'MADE-0000-0001', applicant_id, nationality_code, visa_type_code,
            channel, partner_code, country_code, centre_code, '{status}', now() {values}
        FROM application WHERE reference = 'AUSY-PAID-0013'
    """
    assert await is_done(
        complete_world, agent, lodge.format(columns="", values="", status="AWAITING_PAYMENT")
    )
    assert not await is_done(
        complete_world, agent,
        lodge.format(columns=", paid_at, fee_idr, target_due_at", values=", now(), 1, now()",
                     status="PAID"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("defect", "viewer", "statements"),
    [
        ("DROP TRIGGER guard ON application", TREASURY, (BOOK,)),
        (
            "DROP TRIGGER guard ON application_event",
            TREASURY,
            (EVENT.format(kind="PAID", actor="treasury", role="TREASURY"),),
        ),
    ],
)
async def test_payments_without_one_of_their_guards_are_noticed(
    complete_world, defect, viewer, statements
) -> None:
    async with undone(complete_world):
        assert not await is_done(complete_world, viewer, *statements)
        await complete_world.execute(defect)
        assert await is_done(complete_world, viewer, *statements)
