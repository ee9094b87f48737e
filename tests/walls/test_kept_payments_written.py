"""What an injected statement of the writing role may do to payments that fit no bill: nothing that
two people of the treasury did not."""

import pytest

from tests.walls.test_payments_written import (
    KEEP,
    OTHER,
    OTHERS,
    PAID,
    REPORT,
    REVERSAL,
    TREASURY,
    UNPAID,
    is_done,
)
from tests.walls.undoing import undone
from tests.world import billing_code

pytestmark = pytest.mark.anyio

RECEIPT = "KEPT000000000077"
FIRST = "recommended_by = '{}', reason = 'Paid twice.'"
SECOND = "seconded_by = '{}', second_reason = 'So it is.'"


def of_kept(change: str) -> str:
    return f"UPDATE unmatched_payment SET {change} WHERE receipt_number = '{RECEIPT}'"


async def test_a_payment_is_kept_in_the_own_name_unless_its_receipt_paid_a_bill(
    complete_world,
) -> None:
    keep = KEEP.format(receipt=RECEIPT, by="treasury")
    assert await is_done(complete_world, TREASURY, keep)
    assert not await is_done(complete_world, TREASURY, KEEP.format(receipt=RECEIPT, by="else"))
    for viewer in OTHERS.values():
        assert not await is_done(
            complete_world, viewer, KEEP.format(receipt=RECEIPT, by=viewer.subject)
        )
    used = await complete_world.fetchval("SELECT max(receipt_number) FROM bill")
    assert not await is_done(complete_world, TREASURY, KEEP.format(receipt=used, by="treasury"))


async def test_a_refund_takes_two_people_and_pays_no_bill_then(complete_world) -> None:
    first, second = of_kept(FIRST.format("treasury")), of_kept(SECOND.format("treasury-2"))
    async with undone(complete_world):
        await complete_world.execute(KEEP.format(receipt=RECEIPT, by="treasury"))
        assert await is_done(complete_world, TREASURY, first)
        for wrong in (
            of_kept(FIRST.format("treasury-2")),  # in somebody else's name
            of_kept(SECOND.format("treasury")),  # the second one first
            of_kept(f"amount_idr = 1, {FIRST.format('treasury')}"),
            of_kept("assigned_to = '1', assigned_at = now()"),
        ):
            assert not await is_done(complete_world, TREASURY, wrong), wrong
        await complete_world.execute(of_kept(f"{FIRST.format('treasury')}, recommended_at = now()"))
        assert not await is_done(complete_world, TREASURY, of_kept(SECOND.format("treasury")))
        assert not await is_done(complete_world, OTHER, of_kept(SECOND.format("treasury")))
        assert await is_done(complete_world, OTHER, second)
        report = REPORT.replace("NTPN000000009999", RECEIPT)
        async with undone(complete_world):  # reported for a bill before, it is settled
            await complete_world.execute(report)
            assert not await is_done(complete_world, OTHER, second)
        await complete_world.execute(of_kept(f"{SECOND.format('treasury-2')}, seconded_at = now()"))
        assert not await is_done(complete_world, TREASURY, report)
        assert not await is_done(complete_world, OTHER, of_kept("seconded_by = NULL"))
        order = "order_number = '1', ordered_on = '{}', ordered_by = 'treasury'"
        assert await is_done(complete_world, TREASURY, of_kept(order.format("2026-01-02")))
        assert not await is_done(complete_world, OTHER, of_kept(order.format("2026-01-02")))
        assert not await is_done(complete_world, TREASURY, of_kept(order.format("2999-01-02")))


async def test_a_kept_payment_pays_the_bill_that_another_person_recommended(complete_world) -> None:
    report = REPORT.replace("NTPN000000009999", RECEIPT)
    bill = f"{FIRST.format('treasury')}, recommended_bill = '{billing_code(UNPAID)}'"
    order = "order_number = '1', ordered_on = '2026-01-02', ordered_by = 'treasury'"
    async with undone(complete_world):
        await complete_world.execute(KEEP.format(receipt=RECEIPT, by="treasury"))
        for viewer in (TREASURY, OTHER):
            assert not await is_done(complete_world, viewer, report)
        assert not await is_done(complete_world, TREASURY, of_kept(order))
        assert await is_done(complete_world, TREASURY, of_kept(bill))
        async with undone(complete_world):  # of another amount
            await complete_world.execute(of_kept("amount_idr = 1"))
            assert not await is_done(complete_world, TREASURY, of_kept(bill))
        await complete_world.execute(of_kept(f"{bill}, recommended_at = now()"))
        assert not await is_done(complete_world, TREASURY, report)
        assert not await is_done(complete_world, OTHER, of_kept(SECOND.format("treasury-2")))
        assert await is_done(complete_world, OTHER, report)
        other = f"recommended_bill = '{billing_code(PAID)}'"
        await complete_world.execute(of_kept(other))
        assert not await is_done(complete_world, OTHER, report)


async def test_what_the_bank_took_back_is_left_as_it_is(complete_world) -> None:
    bill = f"{FIRST.format('treasury')}, recommended_bill = '{billing_code(UNPAID)}'"
    gone = REVERSAL.format(receipt=RECEIPT, by="treasury")
    report = REPORT.replace("NTPN000000009999", RECEIPT)
    order = "order_number = '1', ordered_on = '2026-01-02', ordered_by = 'treasury'"
    assert not await is_done(complete_world, TREASURY, gone)
    async with undone(complete_world):
        await complete_world.execute(KEEP.format(receipt=RECEIPT, by="treasury"))
        await complete_world.execute(of_kept(f"{bill}, recommended_at = now()"))
        assert not await is_done(
            complete_world, TREASURY, of_kept("reversed_at = now(), reversal_number = '7'")
        )
        for viewer in OTHERS.values():
            own = REVERSAL.format(receipt=RECEIPT, by=viewer.subject)
            assert not await is_done(complete_world, viewer, own)
        assert await is_done(complete_world, OTHER, report)
        for ended in (
            "assigned_to = '1', assigned_at = now()",
            "recommended_bill = NULL, seconded_by = 'treasury-2', second_reason = 'So.',"
            f" seconded_at = now(), {order}, order_recorded_at = now()",
        ):
            async with undone(complete_world):
                await complete_world.execute(of_kept(ended))
                assert not await is_done(complete_world, TREASURY, gone)
        assert await is_done(complete_world, TREASURY, gone)
        await complete_world.execute(gone)
        state = "SELECT state, reversal_number FROM unmatched_payment WHERE receipt_number = $1"
        assert tuple(await complete_world.fetchrow(state, RECEIPT)) == ("REVERSED", "7")
        assert not await is_done(complete_world, OTHER, report)
        for change in (FIRST.format("treasury"), SECOND.format("treasury-2"), order):
            for viewer in (TREASURY, OTHER):
                assert not await is_done(complete_world, viewer, of_kept(change)), change
        again = gone.replace("'7'", "'8'")
        assert not await is_done(complete_world, TREASURY, again)
