"""Money at the state treasury that fits no bill, or is gone again: kept, assigned, refunded or
reversed, by two people where it is given away.
"""

from asyncio import create_task, gather, sleep
from datetime import date, timedelta
from typing import Any

import pytest

from models.reference.data.values import MOST_RUPIAH
from models.volumes import fold, verify
from tests.gateway.changing import key, pay, perform, receipt, rupiah
from tests.journeys.test_officer import WAITING as WAITED_FOR
from tests.journeys.test_pools import LOCK
from tests.journeys.test_treasury import FORM, THE_BILL
from tests.world import today

pytestmark = pytest.mark.anyio

KEEP = """
    mutation ($kept: KeepPaymentInput!) { keepPayment(input: $kept) {
        unmatchedPayment { id state billingCode paid { amount } keptBy assignedTo }
        errors { code path }
    } }
"""
RECOMMEND = """
    mutation ($it: RecommendRefundInput!) { recommendRefund(input: $it) {
        unmatchedPayment { state recommendedBy reason secondedBy secondReason }
        errors { code path }
    } }
"""
ASSIGN = """
    mutation ($it: RecommendAssignmentInput!) { recommendAssignment(input: $it) {
        unmatchedPayment { state recommendedBy recommendedBill }
        errors { code path }
    } }
"""
ORDER = """
    mutation ($it: RecordPaymentOrderInput!) { recordPaymentOrder(input: $it) {
        unmatchedPayment { state orderNumber orderedOn orderedBy }
        errors { code path }
    } }
"""
EVENTS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        isHeld events(first: 50) { nodes { kind reason } }
    } } }
"""
KEPT = """query ($receipt: String!) {
    unmatchedPayments(first: 9, where: {receiptNumber: {eq: $receipt}}) {
        nodes { state assignedTo secondedBy }
    }
}"""


async def kept(treasury: Any, code: str, amount: int, number: str) -> Any:
    """What came of keeping a payment."""
    values = {"billingCode": code, "paid": rupiah(amount), "receiptNumber": number}
    given = {"idempotencyKey": f"keep-{number}-{amount}", **values}
    return (await treasury(KEEP, kept=given)).data["keepPayment"]


async def recommended(treasury: Any, payment: str, reason: str) -> Any:
    given = {"idempotencyKey": key(), "paymentId": payment, "reason": reason}
    return (await treasury(RECOMMEND, it=given)).data["recommendRefund"]


async def assigned(treasury: Any, payment: str, code: str) -> Any:
    given = {"paymentId": payment, "billingCode": code, "reason": "One digit is another."}
    it = {"idempotencyKey": key(), **given}
    return (await treasury(ASSIGN, it=it)).data["recommendAssignment"]


async def ordered(treasury: Any, payment: str, number: str, on: date) -> Any:
    """What came of recording a payment order."""
    given = {"paymentId": payment, "orderNumber": number, "orderedOn": on.isoformat()}
    it = {"idempotencyKey": key(), **given}
    return (await treasury(ORDER, it=it)).data["recordPaymentOrder"]


async def test_money_that_fits_no_bill_is_kept_until_it_finds_its_own(who) -> None:
    treasury, number = who["treasury"], receipt()
    case = await perform(who["agent-au"], "submitApplication", **FORM)

    # Somebody mistyped the code: no bill has it, and the money is there.
    assert (await pay(who, case, billingCode="812345678901234", receiptNumber=number)).codes == [
        "NOT_FOUND"
    ]
    answer = await kept(treasury, "812345678901234", 500_000, number)
    assert answer["errors"] == []
    payment = answer["unmatchedPayment"].pop("id")
    assert answer["unmatchedPayment"] == {
        "state": "KEPT", "billingCode": "812345678901234",
        "paid": {"amount": 500_000}, "keptBy": "treasury", "assignedTo": None,
    }  # fmt: skip
    # Once, whoever reports it again.
    again = await kept(who["treasury-2"], "812345678901234", 500_001, number)
    assert again["errors"] == [{"code": "RECEIPT_USED", "path": ["input", "receiptNumber"]}]
    for amount, errors in ((MOST_RUPIAH, []), (MOST_RUPIAH + 1, ["INVALID"])):
        large = await kept(treasury, "1" * 20, amount, receipt())
        assert [each["code"] for each in large["errors"]] == errors

    # The applicant shows the receipt. One person recommends the right bill, of the same amount;
    # who changed their mind begins anew. Another person reports it, which settles it.
    bill = (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]
    for name in ("treasury", "treasury-2"):
        alone = await pay(who, case, receiptNumber=number, by=name)
        assert alone.codes == ["SECOND_PERSON_REQUIRED"]
    for wrong, code in (("812345678901234", "NOT_FOUND"), ("1A", "INVALID")):
        refused = await assigned(treasury, payment, wrong)
        assert refused["errors"] == [{"code": code, "path": ["input", "billingCode"]}]
    await recommended(treasury, payment, "Nobody knows the code.")
    await assigned(treasury, payment, bill["code"])
    # Recommended by the same person for a refund again, it begins anew, too.
    answer = await recommended(treasury, payment, "The code is another's.")
    assert answer["unmatchedPayment"] == {
        "state": "RECOMMENDED", "recommendedBy": "treasury", "secondedBy": None,
        "reason": "The code is another's.", "secondReason": None,
    }  # fmt: skip
    answer = await assigned(treasury, payment, bill["code"])
    assert answer["unmatchedPayment"] == {
        "state": "RECOMMENDED", "recommendedBy": "treasury", "recommendedBill": bill["code"],
    }  # fmt: skip
    assert (await pay(who, case, receiptNumber=number)).codes == ["SECOND_PERSON_REQUIRED"]
    # Another person agrees by reporting it alone; and money of another amount is another's.
    same = await assigned(who["treasury-2"], payment, bill["code"])
    assert [each["code"] for each in same["errors"]] == ["SECOND_PERSON_REQUIRED"]
    fewer = receipt()
    less = (await kept(treasury, "1", 499_999, fewer))["unmatchedPayment"]["id"]
    differs = await assigned(treasury, less, bill["code"])
    assert differs["errors"] == [{"code": "AMOUNT_DIFFERS", "path": ["input", "billingCode"]}]
    assert (await pay(who, case, receiptNumber=fewer)).codes == ["AMOUNT_DIFFERS"]
    other = await perform(who["agent-au"], "submitApplication", **FORM)
    for_another = await pay(who, other, receiptNumber=number, by="treasury-2")
    assert for_another.codes == ["SECOND_PERSON_REQUIRED"]
    assert (await pay(who, case, receiptNumber=number, by="treasury-2")).is_done
    [found] = (await who["treasury-2"](KEPT, receipt=number)).data["unmatchedPayments"]["nodes"]
    assert found == {"state": "ASSIGNED", "assignedTo": bill["code"], "secondedBy": None}
    [left] = (await treasury(KEPT, receipt=fewer)).data["unmatchedPayments"]["nodes"]
    assert (left["state"], left["assignedTo"]) == ("KEPT", None)
    order = await ordered(treasury, payment, "1", today())
    assert order["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "paymentId"]}]
    refund = await recommended(who["treasury"], payment, "Late.")
    assert refund["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "paymentId"]}]


async def test_a_receipt_that_is_reported_twice_at_once_is_kept_once(who, connection) -> None:
    number = receipt()
    # Whoever says something of it meanwhile, be it that it paid a bill, is waited for.
    async with connection.transaction():
        await connection.execute(LOCK, number)
        keeping = create_task(kept(who["treasury"], "1", 1, number))
        while not keeping.done() and not await connection.fetchval(WAITED_FOR):  # noqa: ASYNC110
            await sleep(0.01)
        assert not keeping.done()
    assert (await keeping)["errors"] == []
    number = receipt()
    answers = await gather(
        *(kept(who[name], "1", 1, number) for name in ("treasury", "treasury-2"))
    )
    assert sorted([each["code"] for each in one["errors"]] for one in answers) == [
        [], ["RECEIPT_USED"],
    ]  # fmt: skip


async def test_a_double_payment_goes_back_by_two_people_and_pays_nothing_else(who) -> None:
    paid, other = [await perform(who["agent-au"], "submitApplication", **FORM) for _ in range(2)]
    number, used = receipt(), receipt()
    assert (await pay(who, paid, receiptNumber=used)).is_done
    # What paid a bill is not kept besides.
    of_a_bill = await kept(who["treasury"], "1", 500_000, used)
    assert of_a_bill["errors"] == [{"code": "RECEIPT_USED", "path": ["input", "receiptNumber"]}]
    assert (await pay(who, paid, receiptNumber=number)).codes == ["BILL_CLOSED"]
    code = (await who["agent-au"](THE_BILL, case=paid)).data["node"]["bill"]["code"]
    payment = (await kept(who["treasury"], code, 500_000, number))["unmatchedPayment"]["id"]

    nothing = await recommended(who["treasury"], payment, " ")
    assert nothing["errors"] == [{"code": "INVALID", "path": ["input", "reason"]}]
    early = await ordered(who["treasury"], payment, "1", today())
    assert [each["code"] for each in early["errors"]] == ["SECOND_PERSON_REQUIRED"]
    closed = await assigned(who["treasury"], payment, code)
    assert [each["code"] for each in closed["errors"]] == ["BILL_CLOSED"]
    first = await recommended(who["treasury"], payment, " Paid twice. ")
    assert first["unmatchedPayment"]["state"] == "RECOMMENDED"
    oneself = await recommended(who["treasury"], payment, "Really.")
    assert oneself["errors"] == [{"code": "SECOND_PERSON_REQUIRED", "path": ["input", "paymentId"]}]
    second = await recommended(who["treasury-2"], payment, "Both receipts are here.")
    assert second["unmatchedPayment"] == {
        "state": "REFUND", "recommendedBy": "treasury", "reason": "Paid twice.",
        "secondedBy": "treasury-2", "secondReason": "Both receipts are here.",
    }  # fmt: skip

    # What goes back pays no bill: the money would be there twice.
    assert (await pay(who, other, receiptNumber=number)).codes == ["RECEIPT_USED"]
    third = await recommended(who["treasury"], payment, "Again.")
    assert [each["code"] for each in third["errors"]] == ["ALREADY_SETTLED"]

    # The finance ministry orders the payment. Its number and day are recorded, once.
    number, tomorrow = "230191301012345", today() + timedelta(days=1)
    for wrong, on, path in (("no. 5", today(), "orderNumber"), (number, tomorrow, "orderedOn")):
        refused = await ordered(who["treasury"], payment, wrong, on)
        assert refused["errors"] == [{"code": "INVALID", "path": ["input", path]}]
    done = await ordered(who["treasury"], payment, number, today())
    assert done["unmatchedPayment"] == {
        "state": "REFUNDED", "orderNumber": number, "orderedOn": today().isoformat(),
        "orderedBy": "treasury",
    }  # fmt: skip
    again = await ordered(who["treasury-2"], payment, number, today())
    assert [each["code"] for each in again["errors"]] == ["ALREADY_SETTLED"]


REVERSE = """
    mutation ($it: RecordReversalInput!) { recordReversal(input: $it) {
        bill { code reversedAt reversalNumber reversalEffect }
        errors { code path }
    } }
"""
REVENUE = """
    query ($from: Date!, $to: Date!) {
        volumes(from: $from, to: $to, groupBy: [DAY]) { rows { revenue { value { amount } } } }
    }
"""
REVERSED = """
    { bills(first: 100, where: { reversedAt: { isNull: false } }) { nodes { code } } }
"""


async def reversed_(treasury: Any, receipt_: str, number: str) -> Any:
    """What came of reporting a reversal."""
    given = {"receiptNumber": receipt_, "reversalNumber": number, "reason": "By the bank."}
    it = {"idempotencyKey": key(), **given}
    return (await treasury(REVERSE, it=it)).data["recordReversal"]


async def test_what_the_bank_takes_back_is_no_revenue_and_grants_nothing(who, connection) -> None:
    treasury, receipts = who["treasury"], [receipt(), receipt()]
    day = {"from": today().isoformat(), "to": today().isoformat()}

    async def revenue() -> int:
        await fold(connection)
        rows = (await who["leadership"](REVENUE, **day)).data["volumes"]["rows"]
        return sum(row["revenue"]["value"]["amount"] for row in rows)

    before = await revenue()
    open_, closed = [await perform(who["agent-au"], "submitApplication", **FORM) for _ in range(2)]
    for case, number in zip((open_, closed), receipts, strict=True):
        assert (await pay(who, case, receiptNumber=number)).is_done
    await perform(who["agent-au"], "withdrawApplication", closed)
    assert await revenue() == before + 1_000_000

    unknown = await reversed_(treasury, receipt(), "R-1")
    assert unknown["errors"] == [{"code": "NOT_FOUND", "path": ["input", "receiptNumber"]}]
    first, second = [await reversed_(treasury, one, "R-1") for one in receipts]
    assert (first["bill"]["reversalEffect"], second["bill"]["reversalEffect"]) == ("HELD", "NONE")
    assert await revenue() == before
    assert await verify(connection) == []  # what the rows themselves say

    # Reported again, by whomever, it is what it was; by another number it is refused.
    assert await reversed_(who["treasury-2"], receipts[0], "R-1") == first
    other = await reversed_(who["treasury-2"], receipts[0], "R-2")
    assert [each["code"] for each in other["errors"]] == ["ALREADY_SETTLED"]
    listed = {each["code"] for each in (await treasury(REVERSED)).data["bills"]["nodes"]}
    assert {first["bill"]["code"], second["bill"]["code"]} <= listed

    # The supervisor lists both: neither is held for it. The partner reads that the payment is gone.
    both = REVERSED.replace("code", "application { id }")
    for name in ("supervisor", "auditor"):
        nodes = (await who[name](both)).data["bills"]["nodes"]
        assert {open_, closed} <= {each["application"]["id"] for each in nodes}
    assert (await who["treasury"](both)).status == 400
    seen = (await who["supervisor"](EVENTS, case=open_)).data["node"]
    assert not seen["isHeld"]
    assert "HELD" not in {each["kind"] for each in seen["events"]["nodes"]}
    asked = THE_BILL.replace("receiptNumber", "receiptNumber reversedAt")
    assert (await who["agent-au"](asked, case=open_)).data["node"]["bill"]["reversedAt"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"code": ""}, "billingCode"), ({"code": "12A"}, "billingCode"),
        ({"code": "1" * 21}, "billingCode"), ({"amount": 0}, "paid"),
        ({"number": "short"}, "receiptNumber"),
    ],
)  # fmt: skip
async def test_what_is_kept_is_formed(who, values, path) -> None:
    given = {"code": "1", "amount": 1, "number": receipt(), **values}
    answer = await kept(who["treasury"], **given)
    assert answer["errors"] == [{"code": "INVALID", "path": ["input", path]}]
