"""Who pays late gets a new billing code while the case waits, and what was paid under a former one
is not lost.
"""

from typing import Any

import pytest

from models.volumes import fold, verify
from tests.gateway.changing import change, pay, perform, receipt, row_id
from tests.journeys.test_money_returned import assigned, kept
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


@pytest.mark.parametrize("name", ["treasury", "officer", "supervisor", "manager-au"])
async def test_nobody_else_renews_a_bill(who, name) -> None:
    given = {"idempotencyKey": "not-the-applicant", "applicationId": "nobody's"}
    renew = "mutation ($it: RenewBillInput!) { renewBill(input: $it) { bill { code } } }"
    assert (await who[name](renew, it=given)).status == 400
