"""Who pays late gets a new billing code while the case waits, and what was paid under a former one
is not lost.
"""

from typing import Any

import pytest

from models.volumes import fold, verify
from tests.gateway.changing import (
    change,
    cleared_case,
    pay,
    perform,
    receipt,
    row_id,
    rupiah,
)
from tests.journeys.test_money_returned import assigned, kept, reversed_
from tests.journeys.test_treasury import FORM, THE_BILL, days_between
from tests.world import today

pytestmark = pytest.mark.anyio

KEPT = """query ($receipt: String!) {
    unmatchedPayments(first: 9, where: {receiptNumber: {eq: $receipt}}) {
        nodes { state assignedTo formerBill { code bill { code fee { amount } } } }
    }
}"""
FORMER = """query ($code: String!) {
    formerBills(first: 9, where: {code: {eq: $code}}) {
        nodes { code issuedAt dueAt bill { code } }
    }
}"""


BY_RECEIPT = """query ($receipt: String!) {
    formerBills(first: 9, where: {receiptNumber: {eq: $receipt}}) { nodes { code } }
}"""


async def lapse(connection: Any, case: str, days: int) -> None:
    """So many days go by for an unpaid case."""
    ago = f"interval '{days} days'"
    for change_ in (
        f"bill SET issued_at = issued_at - {ago}, due_at = due_at - {ago} WHERE application_id",
        f"application SET pay_by = pay_by - {ago} WHERE id",
    ):
        await connection.execute(f"UPDATE {change_} = $1", row_id(case))


async def renewed_case(who: Any, connection: Any) -> str:
    """A case whose first code lapsed, and that got another one."""
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    await lapse(connection, case, 8)
    return await perform(who["agent-au"], "renewBill", case)


async def bill_of_case(viewer: Any, case: str) -> Any:
    return (await viewer(THE_BILL, case=case)).data["node"]["bill"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("agent-au", FORM),
        ("service", {**FORM, "country": "AU"}),
        ("applicant", {"visaType": "C1", "nationality": "AU"}),
    ],
)
async def test_a_lapsed_code_is_renewed_by_whoever_handed_the_file_in(
    who, connection, name, form
) -> None:
    viewer, treasury = who[name], who["treasury"]
    case = await perform(viewer, "submitApplication", **form)
    first = await bill_of_case(viewer, case)
    # The code can still be paid.
    early = await change(viewer, "renewBill", case)
    assert early.payload["bill"] is None
    [error] = early.payload["errors"]
    assert (error["code"], error["path"]) == ("BILL_PAYABLE", ["input", "applicationId"])

    # A week later it has lapsed; the case waits for another one.
    await lapse(connection, case, 7)
    renewed = await change(viewer, "renewBill", case)
    assert renewed.is_done
    bill = await bill_of_case(viewer, case)
    assert (bill["code"], bill["fee"]) == (renewed.payload["bill"]["code"], first["fee"])
    assert bill["code"] != first["code"]
    # Not longer than the case waits: 14 days in all, of which 7 are over.
    assert days_between(bill["issuedAt"], bill["dueAt"]) == 6
    waits = "SELECT pay_by = due_at FROM application JOIN bill ON application_id = id WHERE id = $1"
    assert await connection.fetchval(waits, row_id(case))
    assert (await change(viewer, "renewBill", case)).codes == ["BILL_PAYABLE"]

    # The treasury finds the bill by either code, and is paid under the new one.
    [former] = (await treasury(FORMER, code=first["code"])).data["formerBills"]["nodes"]
    assert former["bill"]["code"] == bill["code"]
    assert days_between(former["issuedAt"], former["dueAt"]) == 7
    assert (await pay(who, case)).is_done
    assert (await change(viewer, "renewBill", case)).codes == ["BILL_CLOSED"]


async def test_a_code_lasts_a_week_while_the_case_waits_longer(who, connection) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    await connection.execute(
        "INSERT INTO deadline (wait, valid_from, days) VALUES ('PAYMENT', $1, 30)", today()
    )
    try:
        long = await perform(who["agent-au"], "submitApplication", **FORM)
        await lapse(connection, long, 8)
        await perform(who["agent-au"], "renewBill", long)
        bill = await bill_of_case(who["agent-au"], long)
        assert days_between(bill["issuedAt"], bill["dueAt"]) == 7
    finally:
        await connection.execute("DELETE FROM deadline WHERE days = 30")
    # And no longer than the case, from the first code on.
    await connection.execute(
        "INSERT INTO deadline (wait, valid_from, days) VALUES ('BILLING_CODE', $1, 60)", today()
    )
    try:
        short = await perform(who["agent-au"], "submitApplication", **FORM)
    finally:
        await connection.execute("DELETE FROM deadline WHERE days = 60")
    bill = await bill_of_case(who["agent-au"], short)
    assert days_between(bill["issuedAt"], bill["dueAt"]) == 14
    # Without a rule for codes nothing can be billed, so nothing is taken in.
    beginning = "UPDATE deadline SET valid_from = valid_from {} 99999 WHERE wait = 'BILLING_CODE'"
    await connection.execute(beginning.format("+"))
    try:
        refused = await change(who["agent-au"], "submitApplication", **FORM)
    finally:
        await connection.execute(beginning.format("-"))
    assert refused.codes == ["VISA_TYPE_NOT_OFFERED"]
    # What has waited long enough is about to end: no code brings it back.
    await lapse(connection, case, 14)
    assert (await change(who["agent-au"], "renewBill", case)).codes == ["BILL_CLOSED"]
    await perform(who["agent-au"], "withdrawApplication", long)
    await lapse(connection, long, 8)
    assert (await change(who["agent-au"], "renewBill", long)).codes == ["BILL_CLOSED"]


async def test_what_was_paid_under_a_former_code_is_kept_and_pays_its_bill(who, connection) -> None:
    treasury, number = who["treasury"], receipt()
    case = await renewed_case(who, connection)
    noted = "SELECT billing_code FROM former_bill WHERE application_id = $1"
    former = await connection.fetchval(noted, row_id(case))

    # It was paid at the last moment, and is reported after the new code was issued.
    late = await pay(who, case, billingCode=former, receiptNumber=number)
    [error] = late.payload["errors"]
    assert (error["code"], error["path"]) == ("BILL_CLOSED", ["input", "billingCode"])
    payment = (await kept(treasury, former, 500_000, number))["unmatchedPayment"]["id"]
    [found] = (await treasury(KEPT, receipt=number)).data["unmatchedPayments"]["nodes"]
    code = (await bill_of_case(who["agent-au"], case))["code"]
    assert found["formerBill"] == {
        "code": former, "bill": {"code": code, "fee": {"amount": 500_000}},
    }  # fmt: skip
    await assigned(treasury, payment, code)
    assert (await pay(who, case, receiptNumber=number, by="treasury-2")).is_done
    [found] = (await treasury(KEPT, receipt=number)).data["unmatchedPayments"]["nodes"]
    assert (found["state"], found["assignedTo"]) == ("ASSIGNED", code)
    await fold(connection)
    assert await verify(connection) == []


async def test_what_was_reversed_is_paid_anew_and_only_then_granted(who, connection) -> None:
    agent, supervisor, treasury = who["agent-au"], who["supervisor"], who["treasury"]
    numbers = [receipt() for _ in range(3)]
    case = await cleared_case(who)
    paid = "SELECT receipt_number FROM bill WHERE application_id = $1"
    first = await connection.fetchval(paid, row_id(case))
    clock = "SELECT paid_at, target_due_at, status, fee_idr FROM application WHERE id = $1"
    before = await connection.fetchrow(clock, row_id(case))
    # What is paid is renewed by nobody.
    assert (await change(agent, "renewBill", case)).codes == ["BILL_CLOSED"]
    assert (await pay(who, case)).codes == ["BILL_CLOSED"]

    # The bank takes it back. A hold for another reason comes and goes, and frees nothing of it.
    assert (await reversed_(treasury, first, "R-1"))["errors"] == []
    assert (await pay(who, case)).codes == ["BILL_CLOSED"]  # under the code of before
    granting = {"outcome": "GRANTED"}
    assert (await change(who["officer"], "recordDecision", case, **granting)).codes == [
        "NOT_CLEARED"
    ]
    await perform(supervisor, "holdApplication", case)
    await perform(supervisor, "releaseApplication", case)
    assert (await change(who["officer"], "recordDecision", case, **granting)).codes == [
        "NOT_CLEARED"
    ]

    # A new code is there at once, and lasts a week. What was reversed pays nothing again.
    renewed = await change(agent, "renewBill", case)
    assert renewed.is_done
    bill = await bill_of_case(agent, case)
    assert (bill["code"], bill["paidAt"]) == (renewed.payload["bill"]["code"], None)
    assert days_between(bill["issuedAt"], bill["dueAt"]) == 7
    assert (await change(agent, "renewBill", case)).codes == ["BILL_PAYABLE"]
    assert (await pay(who, case, receiptNumber=first)).codes == ["RECEIPT_USED"]
    again = await kept(treasury, bill["code"], 500_000, first)
    assert again["errors"] == [{"code": "RECEIPT_USED", "path": ["input", "receiptNumber"]}]
    # The report of the reversal stays what it was.
    told = await reversed_(treasury, first, "R-1")
    assert (told["errors"], told["bill"]["code"]) == ([], bill["code"])
    assert [each["code"] for each in (await reversed_(treasury, first, "R-2"))["errors"]] == [
        "ALREADY_SETTLED"
    ]
    found = "receiptNumber reversalNumber reversedAt paidAt bill { code }"
    asked = (await treasury(BY_RECEIPT.replace("code", found), receipt=first)).data["formerBills"]
    [former] = asked["nodes"]
    assert (former["receiptNumber"], former["reversalNumber"]) == (first, "R-1")
    assert former["paidAt"] < former["reversedAt"]

    # That code lapses, too; the case stays where it is, and does not end by it.
    await lapse(connection, case, 30)
    await perform(agent, "renewBill", case)
    assert (await pay(who, case, paid=rupiah(1))).codes == ["AMOUNT_DIFFERS"]
    # A hold of a supervisor's stays one, whoever pays.
    await perform(supervisor, "holdApplication", case)
    assert (await pay(who, case, receiptNumber=numbers[0])).is_done
    assert await connection.fetchrow(clock, row_id(case)) == before
    assert (await pay(who, case)).codes == ["BILL_CLOSED"]
    assert (await change(who["officer"], "recordDecision", case, **granting)).codes == [
        "NOT_CLEARED"
    ]
    await perform(supervisor, "releaseApplication", case)
    await perform(who["officer"], "recordDecision", case, **granting)

    # What is gone once it is granted is owed all the same, and the visa stays.
    gone = await reversed_(treasury, numbers[0], "R-3")
    assert gone["bill"]["reversalEffect"] == "NONE"
    await fold(connection)
    assert await verify(connection) == []
    await perform(agent, "renewBill", case)
    assert (await pay(who, case, receiptNumber=numbers[1])).is_done
    stands = await connection.fetchrow(clock, row_id(case))
    assert (stands["status"], stands["fee_idr"]) == ("GRANTED", 500_000)
    await fold(connection)
    assert await verify(connection) == []


async def test_a_withdrawn_case_that_was_never_paid_owes_nothing(who, connection) -> None:
    case = await perform(who["agent-au"], "submitApplication", **FORM)
    await perform(who["agent-au"], "withdrawApplication", case)
    await lapse(connection, case, 8)
    assert (await change(who["agent-au"], "renewBill", case)).codes == ["BILL_CLOSED"]
    assert (await pay(who, case)).codes == ["BILL_CLOSED"]


@pytest.mark.parametrize("name", ["treasury", "officer", "supervisor", "manager-au"])
async def test_nobody_else_renews_a_bill(who, name) -> None:
    given = {"idempotencyKey": "not-the-applicant", "applicationId": "nobody's"}
    renew = "mutation ($it: RenewBillInput!) { renewBill(input: $it) { bill { code } } }"
    assert (await who[name](renew, it=given)).status == 400
