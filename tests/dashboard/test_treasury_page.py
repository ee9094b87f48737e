"""The page Treasury: a bill is found by its code and reported paid, alone or with others."""

import pytest
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.pages.treasury.page import list_bills, list_unmatched, read_payments, show_bill
from dashboard.texts import texts
from tests.dashboard.filling_in import fill, outcome_of, send
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.handing_in import billed
from tests.running_demo import Demo

PATH = "/treasury"
OUTCOME, ANSWER = "treasury-outcome", "treasury-answer"
STATUS = """
    query ($case: String!) { application(by: { reference: $case }) {
        stage bill { receiptNumber }
    } }
"""


def opens(visitor: Visitor) -> Page:
    page = visitor.opens("treasury", path="/")
    page.wait_for_url("**/treasury**")  # their home
    page.wait_for_selector("#findBill")
    return page


def test_a_bill_is_found_by_its_code_and_reported_paid(visitor: Visitor, demo: Demo) -> None:
    filed = billed(demo)
    case, code = filed["reference"], filed["bill"]["code"]
    page = opens(visitor)
    fill(page, "findBill", code=code)
    found = send(page, "findBill", ANSWER)
    assert f"{code} · Rp 500,000" in found
    assert case not in found  # the treasury reads nothing of the case
    assert_accessible(page, widths=(390, 1440))

    form = page.locator(f"#{ANSWER} form[data-change=recordPayment]")
    form.locator("[name=receiptNumber]").fill("NTPN000000000001")
    form.locator("button").click()
    page.wait_for_selector(f"{outcome_of(OUTCOME)} >> text=Reported paid.")
    paid = demo.ask("agent-au", STATUS, case=case)["application"]
    assert paid == {"stage": "IN_PROCESS", "bill": {"receiptNumber": "NTPN000000000001"}}
    fill(page, "findBill", code=code)
    assert "receipt NTPN000000000001" in send(page, "findBill", ANSWER)
    # The bank took it back.
    page.locator(f"#{ANSWER} summary").click()
    form = page.locator(f"#{ANSWER} form[data-change=recordReversal]")
    for name, value in {"reversalNumber": "R-1", "reason": "By the bank."}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button").click()
    page.wait_for_selector(f"{outcome_of(OUTCOME)} >> text=The reversal is recorded")
    fill(page, "findBill", code=code)
    found = send(page, "findBill", ANSWER)
    assert "number R-1." in found
    assert "Its case was open: nothing is granted before it is paid anew." in found
    fill(page, "listBills-", receiptNumber="NTPN000000000001")
    listed = send(page, "listBills-", ANSWER)
    assert code in listed
    assert case not in listed


def test_several_payments_are_reported_at_once_and_each_mistake_is_told(
    visitor: Visitor, demo: Demo
) -> None:
    filed = billed(demo), billed(demo)
    one, two = (case["bill"]["code"] for case in filed)
    page = opens(visitor)
    lines = f"{one} 500.000 NTPN000000000002\n\n{two};1;NTPN000000000003\n"
    fill(page, "recordPayments", payments=lines)
    told = send(page, "recordPayments", OUTCOME)
    assert "1 of 2 done." in told
    assert two in told  # the amount is another one
    assert page.input_value("#recordPayments-payments") == lines  # to be mended
    stages = [
        demo.ask("agent-au", STATUS, case=case["reference"])["application"]["stage"]
        for case in filed
    ]
    assert stages == ["IN_PROCESS", "WAITING_FOR_APPLICANT"]
    fill(page, "recordPayments", payments=f"{two} NTPN000000000003")
    assert "Line 1 is not understood" in send(page, "recordPayments", OUTCOME)


def test_lines_are_read_as_a_statement_of_a_bank_has_them() -> None:
    read = read_payments({"payments": "820 1,500.000 A1\n\n 821;2000000;A2 "}, texts("en"))
    assert read == {
        "820": {
            "billingCode": "820",
            "paid": {"amount": 1_500_000, "currency": "IDR"},
            "receiptNumber": "A1",
        },
        "821": {
            "billingCode": "821",
            "paid": {"amount": 2_000_000, "currency": "IDR"},
            "receiptNumber": "A2",
        },
    }
    for wrong in ("820 much A1", "820 5", "820 5 A1 more", "820 5² A1"):
        with pytest.raises(ValueError, match="2"):
            read_payments({"payments": f"820 5 A1\n{wrong}"}, texts("en"))


def test_bills_go_on_behind_the_last_one_as_they_were_asked_for() -> None:
    bill = {
        "code": "820", "fee": {"amount": 5_000}, "issuedAt": "2026-03-01T00:00:00Z",
        "dueAt": "2026-03-02T00:00:00Z", "paidAt": "2026-03-03T00:00:00Z", "receiptNumber": "A1",
        "reversedAt": "2026-03-04T00:00:00Z",
    }  # fmt: skip
    further = {"hasNextPage": True, "endCursor": "the-last"}
    asked = {"isUnpaid": True, "after": "before-it"}
    shown = html_of(
        list_bills({"bills": {"nodes": [bill], "pageInfo": further}}, asked, texts("en"))
    )
    told = ["820", "5,000", "1 Mar", "2 Mar", "3 Mar", "A1", "4 Mar"]
    assert sorted(told, key=lambda each: shown.index(f">{each}")) == told
    for name, value in {"isUnpaid": "true", "after": "the-last"}.items():
        assert f'name="{name}" type="hidden" value="{value}"' in shown


def test_a_code_of_no_bill_is_told_and_the_page_is_for_the_treasury_alone(visitor: Visitor) -> None:
    page = opens(visitor)
    fill(page, "findBill", code="000000000000000")
    assert "No bill has this code." in send(page, "findBill", ANSWER)
    page = visitor.opens("administrator", path=PATH)
    assert not page.locator("form[data-change]").count()


def test_money_that_fits_no_bill_is_kept_and_two_people_recommend_its_refund(
    visitor: Visitor, colleague: Visitor
) -> None:
    page = opens(visitor)
    page.wait_for_selector("#treasury-unmatched >> text=Every payment has its bill, or went back.")
    page.locator("#treasury-unmatched-forms summary").click()
    fill(page, "keepPayment", billingCode="820", paid="750000", receiptNumber="KEPT000000000005")
    assert "The payment is kept." in send(page, "keepPayment", OUTCOME)
    kept = page.locator("#treasury-unmatched article")
    kept.locator("text=Rp 750,000 · under 820, receipt KEPT000000000005").wait_for()
    assert_accessible(page, widths=(390, 1440))

    def take(at: Page, change: str, told: str, **values: str) -> None:
        folded = at.locator(f"#treasury-unmatched details:has(form[data-change={change}])")
        folded.evaluate("each => { each.open = true }")  # it stays open from one form to the next
        form = folded.locator("form")
        for name, value in values.items():
            form.locator(f"[name={name}]").fill(value)
        form.locator("button").click()
        at.wait_for_selector(f"{outcome_of(OUTCOME)} >> text={told}")

    take(page, "recommendRefund", "Recommended.", reason="Nobody knows the code.")
    page.wait_for_selector("#treasury-unmatched >> text=You recommended it")
    forms = page.locator("#treasury-unmatched form")  # nobody agrees with themselves
    assert [each.get_attribute("data-change") for each in forms.all()] == ["recordReversal"]

    other = colleague.opens("treasury-2", path=PATH)
    other.wait_for_selector("text=A refund is recommended by treasury: Nobody knows the code.")
    take(other, "recommendRefund", "Recommended.", reason="So it is.")
    other.wait_for_selector("text=The refund is seconded by treasury-2.")
    order = {"orderNumber": "230191301012345", "orderedOn": "2026-01-05"}
    take(other, "recordPaymentOrder", "The payment order is recorded.", **order)
    other.wait_for_selector("#treasury-unmatched >> text=Every payment has its bill, or went back.")


def test_a_former_code_leads_to_the_bill_under_its_code_of_now() -> None:
    say, now = texts("en"), "This code was renewed: its bill has the code 111111111111111 now."
    former = {"bill": {"code": "1" * 15}}
    assert now in str(show_bill({"bill": None, "formerBills": {"nodes": [former]}}, {}, say))
    nothing = str(show_bill({"bill": None, "formerBills": {"nodes": []}}, {}, say))
    assert "No bill has this code." in nothing
    payment = {
        "id": "1", "paid": {"amount": 5}, "keptAt": "2026-11-30T00:00:00Z", "billingCode": "2",
        "receiptNumber": "R", "recommendedBy": None, "recommendedBill": None, "secondedBy": None,
    }  # fmt: skip
    for each, is_told in ((former, True), (None, False)):
        unmatched = {"nodes": [{**payment, "formerBill": each}]}
        answer = {"viewer": {"subject": "treasury"}, "unmatchedPayments": unmatched}
        assert (now in str(list_unmatched(answer, say))) is is_told


def test_a_bill_says_when_it_was_paid_and_when_that_was_taken_back() -> None:
    bill = {
        "code": "820", "fee": {"amount": 5_000}, "paidAt": "2026-03-03T00:00:00Z",
        "receiptNumber": "A1", "reversedAt": "2026-03-04T00:00:00Z", "reversalNumber": "R-1",
        "reversalEffect": "HELD",
    }  # fmt: skip
    _, paid, gone, _ = show_bill({"bill": bill}, {}, texts("en"))
    assert ("3 Mar" in str(paid), "4 Mar" in str(paid)) == (True, False)
    assert ("3 Mar" in str(gone), "4 Mar" in str(gone)) == (False, True)
