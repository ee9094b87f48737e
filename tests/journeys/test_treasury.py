"""A day at the state treasury: fees are reported paid by bill and receipt, and by nobody else."""

from asyncio import gather
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.reference.data.values import MOST_RUPIAH
from tests.gateway.administering import apply_decree
from tests.gateway.changing import IDENTITY, key, pay, perform, receipt, rupiah
from tests.world import today

pytestmark = pytest.mark.anyio

FORM = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
THE_BILL = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        stage bill { code fee { amount currency } issuedAt dueAt paidAt receiptNumber }
    } } }
"""
BY_CODE = """
    query ($code: String!) {
        bill(by: {code: $code}) { code fee { amount } dueAt paidAt receiptNumber }
    }
"""
REPORT = """
    mutation ($report: RecordPaymentInput!) { recordPayment(input: $report) {
        bill { code paidAt receiptNumber }
        errors { code message path }
    } }
"""


async def test_a_fee_is_reported_paid_with_its_bill_and_the_receipt(who) -> None:
    agent, treasury = who["agent-au"], who["treasury"]

    # An agent hands a file in. The applicant leaves with a bill: what to pay, and by when.
    case = await perform(agent, "submitApplication", **FORM)
    seen = (await agent(THE_BILL, case=case)).data["node"]
    bill = seen["bill"]
    assert (seen["stage"], bill["fee"], bill["paidAt"]) == (
        "WAITING_FOR_APPLICANT", rupiah(500_000), None,
    )  # fmt: skip
    assert len(bill["code"]) == 15
    assert days_between(bill["issuedAt"], bill["dueAt"]) == 7

    # At the treasury money came in under that code. It finds the bill, and nothing else of the
    # case: not who pays, nor what for.
    found = (await treasury(BY_CODE, code=bill["code"])).data["bill"]
    assert (found["fee"]["amount"], found["paidAt"]) == (500_000, None)
    for beyond in ("application { reference }", "visaType { code }"):
        asked = await treasury(BY_CODE.replace("fee { amount }", beyond), code=bill["code"])
        assert asked.status == 400
    listed = await treasury("{ applications(first: 1) { nodes { reference } } }")
    assert set(listed.codes) == {"FORBIDDEN_FIELD"}

    # Half of the amount does not pay it.
    number = receipt()
    report = {
        "idempotencyKey": "treasury-report-1", "billingCode": bill["code"],
        "paid": rupiah(250_000), "receiptNumber": number,
    }  # fmt: skip
    answer = (await treasury(REPORT, report=report)).data["recordPayment"]
    assert [(e["code"], e["path"]) for e in answer["errors"]] == [
        ("AMOUNT_DIFFERS", ["input", "paid"])
    ]

    # The whole amount, with the receipt, does: the clock of the application starts.
    report["paid"] = rupiah(500_000)
    answer = (await treasury(REPORT, report=report)).data["recordPayment"]
    assert answer["errors"] == []
    assert answer["bill"]["receiptNumber"] == number
    seen = (await agent(THE_BILL, case=case)).data["node"]
    assert (seen["stage"], seen["bill"]["receiptNumber"]) == ("IN_PROCESS", number)

    # A report that was sent twice, as after a lost answer, is answered as the first one was.
    assert (await treasury(REPORT, report=report)).data["recordPayment"] == answer
    # With another key it is refused: a bill is paid once.
    again = {**report, "idempotencyKey": "treasury-report-2", "receiptNumber": receipt()}
    refused = (await treasury(REPORT, report=again)).data["recordPayment"]["errors"]
    assert [error["code"] for error in refused] == ["BILL_CLOSED"]


async def test_a_receipt_pays_one_bill(who) -> None:
    first, second = [await perform(who["agent-au"], "submitApplication", **FORM) for _ in range(2)]
    number = receipt()
    assert (await pay(who, first, receiptNumber=number)).is_done
    assert (await pay(who, second, receiptNumber=number)).codes == ["RECEIPT_USED"]
    assert (await pay(who, second)).is_done


async def test_a_bill_keeps_its_amount_when_the_fee_changes(who) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    decree = {"visaType": "B1", "fee": rupiah(650_000), "validFrom": today().isoformat()}
    await apply_decree(who, "proposeFee", **decree)
    try:
        bill = (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]
        assert bill["fee"]["amount"] == 500_000
        assert (await pay(who, case, paid=rupiah(650_000))).codes == ["AMOUNT_DIFFERS"]
        assert (await pay(who, case, paid=rupiah(500_000))).is_done
    finally:
        await apply_decree(who, "proposeFee", **{**decree, "fee": rupiah(500_000)})


async def test_a_withdrawn_application_takes_no_payment(who) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    await perform(who["agent-au"], "withdrawApplication", case)
    assert (await pay(who, case)).codes == ["BILL_CLOSED"]


LISTED = """
    query ($from: DateTime, $unpaid: Boolean, $receipt: String, $after: Cursor) {
        bills(first: 2, after: $after, orderBy: { field: ISSUED_AT, direction: ASCENDING }, where: {
            issuedAt: { from: $from }, paidAt: { isNull: $unpaid }, receiptNumber: { eq: $receipt }
        }) { nodes { code receiptNumber } totalCount { value } pageInfo { endCursor } }
    }
"""


async def test_the_treasury_lists_bills_and_nothing_of_their_cases(who) -> None:
    agent, treasury, number = who["agent-au"], who["treasury"], receipt()
    cases = [await perform(agent, "submitApplication", **FORM) for _ in range(3)]
    bills = [(await agent(THE_BILL, case=case)).data["node"]["bill"] for case in cases]
    since, codes = bills[0]["issuedAt"], [bill["code"] for bill in bills]
    assert (await pay(who, cases[1], receiptNumber=number)).is_done

    async def listed(**asked: Any) -> Any:
        return (await treasury(LISTED, **{"from": since, **asked})).data["bills"]

    first = await listed()
    assert ([each["code"] for each in first["nodes"]], first["totalCount"]) == (
        codes[:2], {"value": 3},
    )  # fmt: skip
    rest = await listed(after=first["pageInfo"]["endCursor"])
    assert [each["code"] for each in rest["nodes"]] == codes[2:]
    assert [each["code"] for each in (await listed(unpaid=True))["nodes"]] == [codes[0], codes[2]]
    found = await listed(receipt=number, unpaid=False)
    assert found["nodes"] == [{"code": codes[1], "receiptNumber": number}]
    for beyond in ("application { id }", "visaType { code }"):
        assert (await treasury(LISTED.replace("code receiptNumber", beyond))).status == 400


async def test_a_code_that_was_never_issued_is_not_found(who) -> None:
    treasury = who["treasury"]
    assert (await treasury(BY_CODE, code="812345678901234")).data == {"bill": None}
    report = {
        "idempotencyKey": "treasury-report-3", "billingCode": "812345678901234",
        "paid": rupiah(500_000), "receiptNumber": receipt(),
    }  # fmt: skip
    refused = (await treasury(REPORT, report=report)).data["recordPayment"]["errors"]
    assert [(error["code"], error["path"]) for error in refused] == [
        ("NOT_FOUND", ["input", "billingCode"])
    ]


@pytest.mark.parametrize("name", ["service", "agent-au", "applicant", "manager-au", "officer"])
async def test_nobody_else_books_a_payment(who, name) -> None:
    """Least of all the partner's own system, which did so before the treasury had a role."""
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    bill = (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]
    report = {
        "idempotencyKey": "not-the-treasury", "billingCode": bill["code"],
        "paid": rupiah(500_000), "receiptNumber": receipt(),
    }  # fmt: skip
    answer = await who[name](REPORT, report=report)
    assert (answer.status, answer.codes[0]) == (400, "FORBIDDEN_FIELD")
    assert (await who["agent-au"](THE_BILL, case=case)).data["node"]["bill"]["paidAt"] is None


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
    answer = await assigned(treasury, payment, bill["code"])
    assert answer["unmatchedPayment"] == {
        "state": "RECOMMENDED", "recommendedBy": "treasury", "recommendedBill": bill["code"],
    }  # fmt: skip
    assert (await pay(who, case, receiptNumber=number)).codes == ["SECOND_PERSON_REQUIRED"]
    other = await perform(who["agent-au"], "submitApplication", **FORM)
    for_another = await pay(who, other, receiptNumber=number, by="treasury-2")
    assert for_another.codes == ["SECOND_PERSON_REQUIRED"]
    assert (await pay(who, case, receiptNumber=number, by="treasury-2")).is_done
    [found] = (await who["treasury-2"](KEPT, receipt=number)).data["unmatchedPayments"]["nodes"]
    assert found == {"state": "ASSIGNED", "assignedTo": bill["code"], "secondedBy": None}
    refund = await recommended(who["treasury"], payment, "Late.")
    assert refund["errors"] == [{"code": "ALREADY_SETTLED", "path": ["input", "paymentId"]}]


async def test_a_receipt_that_is_reported_twice_at_once_is_kept_once(who) -> None:
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


def days_between(first: str, second: str) -> int:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).days
