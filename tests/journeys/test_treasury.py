"""A day at the state treasury: fees are reported paid by bill and receipt, and by nobody else."""

from datetime import datetime
from typing import Any

import pytest

from tests.gateway.administering import apply_decree
from tests.gateway.changing import IDENTITY, pay, perform, receipt, rupiah
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
    decree = {"visaType": "B1", "useWithinDays": 90, "fee": rupiah(650_000)}
    decree["validFrom"] = today().isoformat()
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


def days_between(first: str, second: str) -> int:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).days
