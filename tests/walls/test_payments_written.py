"""What an injected statement of the writing role may do to bills and payments: nothing that the
treasury did not."""

from collections.abc import Mapping

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.undoing import undone
from tests.world import application_id, billing_code, receipt_number

pytestmark = pytest.mark.anyio

UNPAID, PAID = "DIRE-UNPA-0011", "AUSY-PAID-0013"
TREASURY = Viewer("treasury", Role.TREASURY)
OTHER = Viewer("treasury-2", Role.TREASURY)
OTHERS: Mapping[str, Viewer] = {
    "officer": Viewer("officer", Role.OFFICER),
    "supervisor": Viewer("supervisor", Role.SUPERVISOR),
    "the partner's system": Viewer(
        "service", Role.PARTNER_SERVICE, partner="NUSA", countries=("AU",)
    ),
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
            channel, partner_code, country_code, centre_code, use_within_days, status, submitted_at
            {columns})
        SELECT gen_random_uuid(), 'MADE-0000-0001', applicant_id, nationality_code, visa_type_code,
            channel, partner_code, country_code, centre_code, use_within_days, '{status}', now()
            {values}
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


REVERSAL = (
    "INSERT INTO payment_reversal (id, receipt_number, reversal_number, reason, reported_by)"
    " VALUES (gen_random_uuid(), '{receipt}', '7', 'By the bank.', '{by}')"
)
KEEP = (
    "INSERT INTO unmatched_payment (id, receipt_number, billing_code, amount_idr, kept_by)"
    " VALUES (gen_random_uuid(), '{receipt}', '1', 500000, '{by}')"
)


async def test_a_bill_is_renewed_once_its_code_has_lapsed_while_its_case_waits(
    complete_world,
) -> None:
    renew = (
        "INSERT INTO former_bill (id, application_id, replaced_by, renewed_by)"
        f" VALUES (gen_random_uuid(), '{application_id(UNPAID)}', '{'2' * 15}', '{{}}')"
    )
    lapsed = (
        "UPDATE bill SET issued_at = now() - interval '8 days', due_at = now() - interval"
        f" '{{}} seconds' WHERE billing_code = '{billing_code(UNPAID)}'"
    )
    applicant = OTHERS["applicant"]
    own = renew.format("applicant")
    assert not await is_done(complete_world, applicant, own)  # it can still be paid
    async with undone(complete_world):
        await complete_world.execute(lapsed.format(0))
        assert await is_done(complete_world, applicant, own)
        for viewer in (TREASURY, *OTHERS.values()):
            if viewer is not applicant:  # the file is in nobody else's reach
                assert not await is_done(complete_world, viewer, renew.format(viewer.subject))
        for wrong in (
            renew.format("agent-au"),
            own.replace("renewed_by)", "renewed_by, renewed_at)").replace("t')", "t', now())"),
            own.replace("renewed_by)", "renewed_by, billing_code)").replace("t')", "t', '1')"),
            f"UPDATE bill SET billing_code = '1' WHERE billing_code = '{billing_code(UNPAID)}'",
            f"UPDATE bill SET due_at = now() WHERE billing_code = '{billing_code(UNPAID)}'",
        ):
            assert not await is_done(complete_world, applicant, wrong), wrong
        for over in (
            "pay_by = clock_timestamp()",
            "pay_by = NULL",
            "status = 'WITHDRAWN', closed_at = now()",
        ):
            async with undone(complete_world):
                await complete_world.execute(
                    f"UPDATE application SET {over} WHERE id = $1", application_id(UNPAID)
                )
                assert not await is_done(complete_world, applicant, own), over
        # Whoever renews reads no former code for it; what was written stays.
        assert not await is_done(complete_world, applicant, "SELECT billing_code FROM former_bill")
        await complete_world.execute(own)
        noted = await complete_world.fetchrow(
            "SELECT billing_code, renewed_at - due_at < '9 seconds' AS since FROM former_bill"
            " WHERE replaced_by = $1", "2" * 15,
        )  # fmt: skip
        assert tuple(noted) == (billing_code(UNPAID), True)
        for changed in ("UPDATE former_bill SET renewed_by = 'x'", "DELETE FROM former_bill"):
            with pytest.raises(asyncpg.RestrictViolationError):
                async with complete_world.transaction():
                    await complete_world.execute(changed)


async def test_a_reversal_is_the_treasurys_in_its_own_name_of_what_paid_a_bill(
    complete_world,
) -> None:
    paid = receipt_number(PAID)
    for viewer in OTHERS.values():
        assert not await is_done(
            complete_world, viewer, REVERSAL.format(receipt=paid, by=viewer.subject)
        )
    own = REVERSAL.format(receipt=paid, by="treasury")
    assert await is_done(complete_world, TREASURY, own)
    for wrong in (
        REVERSAL.format(receipt=paid, by="treasury-2"),
        REVERSAL.format(receipt="NTPN000000009999", by="treasury"),
        own.replace("reported_by)", "reported_by, reported_at)").replace(
            "'treasury')", "'treasury', now())"
        ),
        f"UPDATE bill SET reversed_at = now(), reversal_number = '7', reversal_effect = 'NONE'"
        f" WHERE billing_code = '{billing_code(PAID)}'",
    ):
        assert not await is_done(complete_world, TREASURY, wrong), wrong
    async with undone(complete_world):
        await complete_world.execute(own)
        case = "SELECT fee_idr, is_held, status FROM application WHERE id = $1"
        row = await complete_world.fetchrow(case, application_id(PAID))
        assert tuple(row) == (0, False, "PAID")
        assert not await is_done(complete_world, OTHER, own.replace("'treasury'", "'treasury-2'"))
        # It is paid anew under another code, whoever pays, and by no receipt that was reversed.
        agent, code = OTHERS["agent"], "3" * 15
        renew = (
            "INSERT INTO former_bill (id, application_id, replaced_by, renewed_by)"
            f" VALUES (gen_random_uuid(), '{application_id(PAID)}', '{code}', 'agent-au')"
        )
        anew = (
            "UPDATE bill SET paid_at = clock_timestamp(), receipt_number = '{}'"
            " WHERE billing_code = {}"
        )
        for each in (f"'{code}'", f"'{billing_code(PAID)}'"):
            assert not await is_done(complete_world, TREASURY, anew.format("A" * 16, each))
        assert await is_done(complete_world, agent, renew)
        await complete_world.execute(renew)
        restored = f"UPDATE application SET fee_idr = {{}} WHERE id = '{application_id(PAID)}'"
        paid_anew = anew.format("A" * 16, f"'{code}'")
        assert await is_done(complete_world, TREASURY, paid_anew, restored.format(500_000))
        for wrong in (
            (restored.format(500_000),),
            (paid_anew, restored.format(1)),
            (anew.format(paid, f"'{code}'"),),
            (paid_anew, restored.format("500000, paid_at = now()")),
            (KEEP.format(receipt=paid, by="treasury"),),
        ):
            assert not await is_done(complete_world, TREASURY, *wrong), wrong
        for viewer in OTHERS.values():
            assert not await is_done(complete_world, viewer, paid_anew)
