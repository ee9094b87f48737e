"""The page Treasury: which bills are paid, by their codes, with the receipts of the treasury; and
payments that fit none."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Batch, Changes, Questions
from dashboard.components.notice import failure_part
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import page_request
from dashboard.components.panels import (
    Answer,
    ShowPanel,
    fixed_panel,
    panel,
    panel_part,
    panels_layout,
    scrolling_table,
)
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_instant

PAGE_NAME, QUESTION = "treasury", "treasury/question"
TREASURERS = frozenset({"TREASURY"})
#: What a line of several payments has: the code of the bill, the amount, the receipt.
_PARTS = 3
_COLUMNS = ("code", "amount", "issued", "due", "paid", "receipt", "reversed")
#: What may stand between the digits of an amount.
_BETWEEN = str.maketrans("", "", ".,")


def read_payments(values: Mapping[str, str], say: Texts) -> dict[str, dict[str, Any]]:
    """A payment for each line. Raises ValueError with the number of a line that is none."""
    payments: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(values.get("payments", "").splitlines(), start=1):
        if not line.strip():
            continue
        parts = line.replace(";", " ").split()
        if len(parts) != _PARTS or not parts[1].translate(_BETWEEN).isdecimal():
            raise ValueError(str(number))
        code, amount, receipt = parts
        payments[code] = {
            "billingCode": code,
            "paid": {"amount": int(amount.translate(_BETWEEN)), "currency": "IDR"},
            "receiptNumber": receipt,
        }
    return payments


def show_bill(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """What is to be paid, and until when; once paid, its receipt."""
    bill = answer["bill"]
    if bill is None:
        former = answer["formerBills"]["nodes"]
        return _code_of_now(former[0], say) if former else [html.P(say("treasury.no_bill"))]
    amount = say("administration.rupiah", amount=count_text(bill["fee"]["amount"], say))
    shown: list[Any] = [html.P([html.B(bill["code"]), f" · {amount}"])]
    if bill["paidAt"]:
        at = written_instant(bill["paidAt"], say)
        paid = say("treasury.paid", at=at, receipt=bill["receiptNumber"] or "")
        return [*shown, html.P(paid), *_reversal(bill, say)]
    due = written_instant(bill["dueAt"], say)
    about = {"billingCode": bill["code"], "paid": str(bill["fee"]["amount"])}
    return [
        *shown,
        html.P(say("treasury.due", at=due)),
        CHANGES.form("recordPayment", say, about=about),
    ]


def _code_of_now(former: Answer | None, say: Texts) -> list[Any]:
    """Which code a bill has by now."""
    bill = former and (former["bill"] or former["familyBill"])
    return [html.P(say("treasury.former_code", code=bill["code"]))] if bill else []


def _reversal(bill: Answer, say: Texts) -> list[Any]:
    """What became of a payment that the treasury has no longer, or a form to say so."""
    if not bill["reversedAt"]:
        about = {"receiptNumber": bill["receiptNumber"]}
        return [CHANGES.folded("recordReversal", say, about=about)]
    at = written_instant(bill["reversedAt"], say)
    told = say("treasury.reversed", at=at, number=bill["reversalNumber"] or "")
    return [html.P(told), html.P(say(f"treasury.effect_{bill['reversalEffect']}"))]


def list_bills(answer: Answer, asked: Mapping[str, Any], say: Texts) -> list[Any]:
    """A page of bills, and the way to the next."""
    bills = answer["bills"]
    if not bills["nodes"]:
        return [html.P(say("treasury.no_bills"))]
    columns = [say(f"treasury.column.{each}") for each in _COLUMNS]
    rows = [_row(each, say) for each in bills["nodes"]]
    shown: list[Any] = [scrolling_table(say("treasury.bills"), columns, rows)]
    if bills["pageInfo"]["hasNextPage"]:
        further = {**asked, "after": bills["pageInfo"]["endCursor"]}
        about = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in further.items()
        }
        shown += (html.P(say("treasury.more")), QUESTIONS.form("listBills", say, about=about))
    return shown


def _row(bill: Answer, say: Texts) -> html.Tr:
    instants = (bill[name] and written_instant(bill[name], say) for name in ("issuedAt", "dueAt"))
    paid = bill["paidAt"] and written_instant(bill["paidAt"], say)
    gone = bill["reversedAt"] and written_instant(bill["reversedAt"], say)
    amount = count_text(bill["fee"]["amount"], say)
    cells = (amount, *instants, paid, bill["receiptNumber"], gone)
    return html.Tr([html.Th(bill["code"], scope="row"), *(html.Td(each or "") for each in cells)])


CHANGES = Changes(
    PAGE_NAME,
    {
        "recordPayment": (
            Field("billingCode"),
            Field("paid", FieldKind.MONEY),
            Field("receiptNumber"),
        ),
        "recordPayments": (Field("payments", FieldKind.LINES),),
        "keepPayment": (
            Field("billingCode"),
            Field("paid", FieldKind.MONEY),
            Field("receiptNumber"),
        ),
        "recommendRefund": (Field("paymentId"), Field("reason", FieldKind.REASON)),
        "recordReversal": (
            Field("receiptNumber"),
            Field("reversalNumber"),
            Field("reason", FieldKind.REASON),
        ),
        "recommendAssignment": (
            Field("paymentId"),
            Field("billingCode"),
            Field("reason", FieldKind.REASON),
        ),
        "recordPaymentOrder": (
            Field("paymentId"),
            Field("orderNumber"),
            Field("orderedOn", FieldKind.DAY),
        ),
    },
    batches={"recordPayments": Batch("recordPayment", read_payments)},
)
QUESTIONS = Questions(
    PAGE_NAME,
    {
        "findBill": (Field("code", called="billingCode"),),
        "listBills": (
            Field("from", FieldKind.INSTANT, is_required=False),
            Field("before", FieldKind.INSTANT, is_required=False),
            Field("isUnpaid", FieldKind.YES_OR_NO, is_required=False),
            Field("isKept", FieldKind.YES_OR_NO, is_required=False),
            Field("receiptNumber", is_required=False),
            Field("after", is_required=False),
        ),
    },
    {"findBill": show_bill, "listBills": list_bills},
)


def layout(address: Address, viewer: User, say: Texts) -> html.Div:
    lines = html.P(say("treasury.lines"))
    panels = [
        fixed_panel("bill", say("treasury.bill"), QUESTIONS.form("findBill", say)),
        fixed_panel(
            "bills",
            say("treasury.bills"),
            QUESTIONS.form("listBills", say, about={"after": ""}),
        ),
        fixed_panel(
            "payments", say("treasury.payments"), lines, CHANGES.form("recordPayments", say)
        ),
        panel(
            PAGE,
            "unmatched",
            say("treasury.unmatched"),
            html.P(say("treasury.keep")),
            CHANGES.folded("keepPayment", say),
        ),
    ]
    stores = *CHANGES.stores(), *QUESTIONS.stores()
    return panels_layout(PAGE, say("treasury.title"), say("treasury.lead"), panels, *stores)


async def read_treasury(state: Any) -> Answer:
    """Everything that the page shows unasked. Raises GatewayError."""
    request = page_request(state)
    await request.viewer()
    return await request.share(QUESTION, lambda: request.ask(QUESTION, {}))


PAGE = Page(name=PAGE_NAME, path="/treasury", layout=layout, roles=TREASURERS, read=read_treasury)
follow_address(PAGE.name)
CHANGES.follow()
QUESTIONS.follow()


def list_unmatched(answer: Answer, say: Texts) -> list[Any]:
    """Each payment, and what can be done with it: nobody agrees with themselves."""
    oneself, payments = answer["viewer"]["subject"], answer["unmatchedPayments"]["nodes"]
    if not payments:
        return [html.P(say("treasury.none_unmatched"))]
    return [html.Article([*_facts(each, say), *_steps(each, oneself, say)]) for each in payments]


def _facts(payment: Answer, say: Texts) -> list[Any]:
    amount = say("administration.rupiah", amount=count_text(payment["paid"]["amount"], say))
    at = written_instant(payment["keptAt"], say)
    kept = say(
        "treasury.kept", code=payment["billingCode"], receipt=payment["receiptNumber"], at=at
    )
    facts = [html.P([html.B(amount), f" · {kept}"]), *_code_of_now(payment["formerBill"], say)]
    if payment["recommendedBy"]:
        by, why = payment["recommendedBy"], payment["reason"] or ""
        bill = payment["recommendedBill"]
        how = "treasury.recommended_bill" if bill else "treasury.recommended"
        facts.append(html.P(say(how, by=by, why=why, bill=bill or "")))
    if payment["secondedBy"]:
        facts.append(html.P(say("treasury.refund", by=payment["secondedBy"])))
    return facts


def _steps(payment: Answer, oneself: str, say: Texts) -> list[Any]:
    about = {"paymentId": payment["id"]}
    receipt = {"receiptNumber": payment["receiptNumber"]}
    gone = CHANGES.folded("recordReversal", say, about=receipt)
    if payment["secondedBy"]:
        return [CHANGES.folded("recordPaymentOrder", say, about=about), gone]
    if payment["recommendedBy"] == oneself:
        return [html.P(say("treasury.second_person")), gone]
    steps = [CHANGES.folded("recommendRefund", say, about=about), gone]
    if bill := payment["recommendedBill"]:
        paid = {
            "billingCode": bill,
            "paid": str(payment["paid"]["amount"]),
            "receiptNumber": payment["receiptNumber"],
        }
        return [CHANGES.folded("recordPayment", say, about=paid), *steps]
    return [*steps, CHANGES.folded("recommendAssignment", say, about=about)]


PANELS: Mapping[str, ShowPanel] = {"unmatched": list_unmatched}
PAGE.shows(failure_part(PAGE), *(panel_part(PAGE, *each) for each in PANELS.items()))
