"""Money that was kept since it fitted no bill, and that the bank took back before it paid one."""

from asyncio import gather
from typing import Any

import pytest

from tests.gateway.changing import pay, perform, receipt
from tests.journeys.test_money_returned import assigned, kept, ordered, recommended, reversed_
from tests.journeys.test_treasury import FORM, THE_BILL
from tests.world import today

pytestmark = pytest.mark.anyio

GONE = """query ($receipt: String!) {
    unmatchedPayments(first: 9, where: {receiptNumber: {eq: $receipt}, state: {in: [REVERSED]}}) {
        nodes { id reversedAt reversalNumber assignedTo orderedBy }
    }
}"""


async def kept_and_gone(treasury: Any, code: str, number: str) -> str:
    """A payment that was kept, and that the bank took back."""
    payment = (await kept(treasury, code, 500_000, number))["unmatchedPayment"]["id"]
    assert await reversed_(treasury, number, "R-9") == {"bill": None, "errors": []}
    return payment


async def test_what_is_gone_before_it_paid_anything_pays_nothing_and_goes_nowhere(who) -> None:
    treasury, number = who["treasury"], receipt()
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    code = (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]["code"]
    payment = await kept_and_gone(treasury, "812345678901234", number)
    for name in ("treasury", "auditor"):
        [found] = (await who[name](GONE, receipt=number)).data["unmatchedPayments"]["nodes"]
        assert (found["id"], found["reversalNumber"]) == (payment, "R-9")
        assert found["reversedAt"]

    # Reported again, by whomever, it is what it was; by another number it is refused.
    assert (await reversed_(who["treasury-2"], number, "R-9"))["errors"] == []
    other = await reversed_(treasury, number, "R-8")
    assert other["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "receiptNumber"]}]

    # Nobody assigns or refunds it, and it pays nothing.
    for refused in (
        await assigned(treasury, payment, code),
        await recommended(treasury, payment, "Not here."),
        await ordered(treasury, payment, "1", today()),
    ):
        assert refused["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "paymentId"]}]
    for name in ("treasury", "treasury-2"):
        assert (await pay(who, case, receiptNumber=number, by=name)).codes == ["RECEIPT_USED"]
    again = await kept(treasury, code, 500_001, number)
    assert [each["code"] for each in again["errors"]] == ["RECEIPT_USED"]


async def test_what_went_back_is_not_reversed_and_what_is_to_go_back_is(who) -> None:
    treasury, numbers = who["treasury"], (receipt(), receipt())
    payments = [
        (await kept(treasury, "1", 500_000, number))["unmatchedPayment"]["id"] for number in numbers
    ]
    for payment in payments:
        for name in ("treasury", "treasury-2"):
            await recommended(who[name], payment, "Paid twice.")
    assert (await ordered(treasury, payments[0], "1", today()))["errors"] == []
    back = await reversed_(treasury, numbers[0], "R-1")
    assert back["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "receiptNumber"]}]
    assert (await reversed_(treasury, numbers[1], "R-1"))["errors"] == []
    late = await ordered(treasury, payments[1], "1", today())
    assert [each["code"] for each in late["errors"]] == ["ALREADY_SETTLED"]


async def test_a_reversal_and_two_people_at_once_lose_nothing(who) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    code = (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]["code"]
    number = receipt()
    payment = (await kept(who["treasury"], "1", 500_000, number))["unmatchedPayment"]["id"]
    assert (await assigned(who["treasury"], payment, code))["errors"] == []
    gone, paid = await gather(
        reversed_(who["treasury"], number, "R-1"),
        pay(who, case, receiptNumber=number, by="treasury-2"),
    )
    # Whoever comes second finds what the first one did: a bill that is reversed, or a receipt
    # that pays nothing any more.
    assert gone["errors"] == []
    bill = await who["agent-au"](THE_BILL.replace("code", "code reversedAt"), case=case)
    found = bill.data["node"]["bill"]
    assert paid.codes in ([], ["RECEIPT_USED"])
    assert (gone["bill"] is not None) == paid.is_done == (found["reversedAt"] is not None)


async def test_what_two_people_assigned_to_a_bill_is_gone_once(who) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    code = (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]["code"]
    number = receipt()
    payment = (await kept(who["treasury"], "1", 500_000, number))["unmatchedPayment"]["id"]
    assert (await assigned(who["treasury"], payment, code))["errors"] == []
    assert (await pay(who, case, receiptNumber=number, by="treasury-2")).is_done
    for name in ("treasury", "treasury-2"):
        gone = await reversed_(who[name], number, "R-1")
        assert (gone["bill"]["code"], gone["errors"]) == (code, [])
    other = await reversed_(who["treasury"], number, "R-2")
    assert other["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "receiptNumber"]}]
