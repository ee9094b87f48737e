"""What belongs to the file of a case: who works on it, its bill and documents, what its applicant
was asked for and answered, corrections and decisions; and payments that fit no bill.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from sqlalchemy import Text, case, literal

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import PublicReason
from gateway.mapping.money import Money, money
from gateway.schema.grant_rule import GrantRule
from gateway.schema.visa import Visa
from models import Application as ApplicationRow
from models import Assignment as AssignmentRow
from models import Bill as BillRow
from models import CaseDocument as CaseDocumentRow
from models import Correction as CorrectionRow
from models import Decision as DecisionRow
from models import FormerBill as FormerBillRow
from models import GrantRule as GrantRuleRow
from models import ItemAnswer as ItemAnswerRow
from models import RequestedItem as RequestedItemRow
from models import UnmatchedPayment as PaymentRow
from models import Visa as VisaRow
from models.person.sealed import sealed_cell
from models.vocabulary import (
    ANSWERED_WITH,
    AnswerKind,
    CorrectionState,
    DocumentKind,
    Ground,
    Outcome,
    RequestedItemKind,
    ReversalEffect,
    Role,
    UnmatchedPaymentState,
    VisaCondition,
)

if TYPE_CHECKING:
    from gateway.schema.application import Application

BilledCase = Annotated["Application", strawberry.lazy("gateway.schema.application")]


@noun(key=AssignmentRow.id)
class Assignment:
    """An officer working on a case."""

    officer: str = column(AssignmentRow.officer, "Subject of the officer.")
    assigned_at: datetime = column(AssignmentRow.assigned_at, "From when.")
    ended_at: datetime | None = column(AssignmentRow.ended_at, "Until when.")
    assigned_by: str | None = column(
        AssignmentRow.assigned_by,
        "Subject who put it on the desk: the officer who took it, or a supervisor; null for"
        " assignments from before this was recorded.",
    )
    ended_by: str | None = column(AssignmentRow.ended_by, "Subject who took it off the desk.")
    reason: str | None = column(
        AssignmentRow.reason, "Why it was given back or reassigned; none where it was closed."
    )


@noun(key=BillRow.billing_code)
class Bill(Node):
    """The fee of one application, fixed when it was billed: state revenue (PNBP). Of a family that
    is billed together each file has its share, under the code of all."""

    code: str = column(
        BillRow.paid_under,
        "What it is paid under: 15 digits, such as `873912428729952`.",
        filters=True,
    )
    fee: Money = money(BillRow.amount_idr, "What is to be paid; of a file of a family, its share.")
    family_fee: Money | None = money(
        BillRow.family_fee_idr,
        "What is to be paid under this code for all files of a family; null where it is one bill.",
    )
    issued_at: datetime = column(
        BillRow.issued_at, "When it was issued.", filters=True, orders=True
    )
    due_at: datetime = column(
        BillRow.due_at,
        "Until when it can be paid under this code; then a new one can be had (`renewBill`), while"
        " its application waits (`Application.payBy`).",
        filters=True,
        orders=True,
    )
    paid_at: datetime | None = column(
        BillRow.paid_at,
        "When the treasury reported that it was paid.",
        filters=True,
        orders=True,
    )
    receipt_number: str | None = column(
        BillRow.receipt_number,
        "The treasury's number of the payment, such as `A1B2C3D4E5F6A7B8`.",
        filters=True,
    )
    reversed_at: datetime | None = column(
        BillRow.reversed_at,
        "When the treasury reported that it no longer has the payment.",
        filters=True,
        orders=True,
    )
    reversal_number: str | None = column(
        BillRow.reversal_number, "The treasury's number of the reversal."
    )
    reversal_effect: ReversalEffect | None = column(
        BillRow.reversal_effect, "What followed in the case of the bill."
    )
    application: BilledCase | None = link(
        BillRow.application_id,
        ApplicationRow.id,
        "The application that it is for.",
    )


@noun(key=FormerBillRow.id)
class FormerBill(Node):
    """A code that a bill had before: what is paid under it is kept, and assigned to the bill."""

    code: str = column(FormerBillRow.billing_code, "The former code: 15 digits.", filters=True)
    issued_at: datetime = column(FormerBillRow.issued_at, "When it was issued.")
    due_at: datetime = column(FormerBillRow.due_at, "Until when it could be paid.")
    receipt_number: str | None = column(
        FormerBillRow.receipt_number,
        "The treasury's number of a payment that was reversed since.",
        filters=True,
    )
    reversed_at: datetime | None = column(
        FormerBillRow.reversed_at, "When that was reported; null where the code had lapsed."
    )
    reversal_number: str | None = column(
        FormerBillRow.reversal_number, "The treasury's number of the reversal."
    )
    paid_at: datetime | None = column(FormerBillRow.paid_at, "When that payment was reported.")
    renewed_at: datetime = column(
        FormerBillRow.renewed_at, "When the bill got another code.", filters=True, orders=True
    )
    bill: Bill | None = link(
        FormerBillRow.application_id,
        BillRow.application_id,
        "The bill, under its code of now; of a family, the share of the file that asked.",
    )
    family_bill: Bill | None = link(
        FormerBillRow.family_id, BillRow.family_id, "Of a family: its bill, under its code of now."
    )


@noun(key=PaymentRow.id)
class UnmatchedPayment(Node):
    """A payment that the treasury received and that fits no bill: never removed.

    To assign it, one person recommends a bill of the same amount (`recommendAssignment`), and
    another one reports its receipt for it (`recordPayment`). A refund is recommended by two people;
    the payment order is the finance ministry's, and its number is recorded.
    """

    receipt_number: str = column(
        PaymentRow.receipt_number, "The treasury's number of the payment.", filters=True
    )
    billing_code: str = column(
        PaymentRow.billing_code,
        "What was paid under, which may be the code of no bill.",
        filters=True,
    )
    former_bill: FormerBill | None = link(
        PaymentRow.billing_code,
        FormerBillRow.billing_code,
        "Where a bill had this code before: which one.",
    )
    paid: Money = money(PaymentRow.amount_idr, "What was paid.")
    state: UnmatchedPaymentState = column(PaymentRow.state, "Where it stands.", filters=True)
    kept_by: str = column(PaymentRow.kept_by, "Subject who reported it.")
    kept_at: datetime = column(PaymentRow.kept_at, "When that was.", filters=True, orders=True)
    recommended_by: str | None = column(
        PaymentRow.recommended_by, "Subject who recommends a refund, or its bill."
    )
    reason: str | None = column(PaymentRow.reason, "Why.")
    recommended_at: datetime | None = column(PaymentRow.recommended_at, "When that was.")
    recommended_bill: str | None = column(
        PaymentRow.recommended_bill,
        "Code of the bill that it should pay; null where a refund is recommended.",
    )
    seconded_by: str | None = column(PaymentRow.seconded_by, "Subject who recommends it too.")
    second_reason: str | None = column(PaymentRow.second_reason, "Why.")
    seconded_at: datetime | None = column(PaymentRow.seconded_at, "When that was.")
    assigned_to: str | None = column(
        PaymentRow.assigned_to, "Code of the bill that it paid in the end."
    )
    order_number: str | None = column(
        PaymentRow.order_number, "Number of the payment order by which it went back."
    )
    ordered_on: date | None = column(PaymentRow.ordered_on, "The day of that order, in WIB.")
    ordered_by: str | None = column(PaymentRow.ordered_by, "Subject who recorded the order.")
    order_recorded_at: datetime | None = column(PaymentRow.order_recorded_at, "When that was.")
    assigned_at: datetime | None = column(PaymentRow.assigned_at, "When that was.")
    reversed_at: datetime | None = column(
        PaymentRow.reversed_at, "When the treasury reported that it no longer has it."
    )
    reversal_number: str | None = column(
        PaymentRow.reversal_number, "The treasury's number of the reversal."
    )


@noun(key=ItemAnswerRow.applicant_id, is_logged=True)
class ItemAnswer:
    """What the applicant answered: of these fields those of its kind, the others are null.

    It is read like `Identity`: with a purpose, and logged. It stands as it was handed in; where it
    is wrong, the officer asks again.
    """

    text: str | None = column(sealed_cell(ItemAnswerRow.as_text), "A text, of one line.")
    day: date | None = column(sealed_cell(ItemAnswerRow.as_day), "A date.")
    country: str | None = column(
        sealed_cell(ItemAnswerRow.as_country), "A country, by its code, such as `DE`."
    )
    street: str | None = column(
        sealed_cell(ItemAnswerRow.street),
        "Of an address in Indonesia: the street with its number, or the house and its name.",
    )
    city: str | None = column(
        sealed_cell(ItemAnswerRow.city), "Of an address: the city or the regency."
    )
    province: str | None = column(
        sealed_cell(ItemAnswerRow.province), "Of an address: the province, where it was given."
    )
    postal_code: str | None = column(
        sealed_cell(ItemAnswerRow.postal_code), "Of an address: five digits, where they were given."
    )


_ANSWERED_WITH = case(
    *(
        (RequestedItemRow.kind == kind, literal(type_.value, Text()))
        for kind, type_ in ANSWERED_WITH.items()
    )
).label("answered_with")


@noun(key=RequestedItemRow.id)
class RequestedItem:
    """One thing that the applicant was asked for: a document, or something about person or trip."""

    kind: RequestedItemKind = column(RequestedItemRow.kind, "What is missing.")
    note: str | None = column(RequestedItemRow.note, "What about it.")
    requested_at: datetime = column(RequestedItemRow.requested_at, "When it was asked for.")
    answered_at: datetime | None = column(
        RequestedItemRow.answered_at, "When it was handed in; null while it is missing."
    )
    answered_with: AnswerKind | None = column(
        _ANSWERED_WITH,
        "Which kind of value `answerInformation` takes for it; null for a document, whose bytes are"
        " sent by `requestUpload`.",
    )
    answered_by: str | None = column(
        RequestedItemRow.answered_by, "Subject who recorded that it was handed in."
    )
    answer: ItemAnswer | None = link(
        RequestedItemRow.id,
        ItemAnswerRow.item_id,
        "What was answered; null for documents, while it is missing, and once the person is erased."
        " Reading it takes a purpose, and is logged.",
    )


@noun(key=CaseDocumentRow.kind)
class CaseDocument:
    """A document that belongs to the file, and whether it is there: never what is in it."""

    kind: DocumentKind = column(CaseDocumentRow.kind, "Which document.")
    recorded_at: datetime | None = column(
        CaseDocumentRow.recorded_at, "When it was recorded as present; null while it is missing."
    )
    recorded_by: str | None = column(CaseDocumentRow.recorded_by, "Subject who recorded it.")


@noun(key=CorrectionRow.id)
class Correction(Node):
    """A proposed version of the identity; its values are in `Applicant.identityVersions`."""

    version: int = column(CorrectionRow.version, "The number of that version.")
    state: CorrectionState = column(CorrectionRow.state, "What came of it.")
    proposed_at: datetime = column(CorrectionRow.proposed_at, "When it was proposed.")
    proposed_by: str = column(CorrectionRow.proposed_by, "Subject who proposed it.")
    proposed_role: Role = column(CorrectionRow.proposed_role, "Role in which it was proposed.")
    approved_at: datetime | None = column(
        CorrectionRow.approved_at, "After a grant: when the first of two approved it."
    )
    approved_by: str | None = column(CorrectionRow.approved_by, "Subject who approved it first.")
    closed_at: datetime | None = column(
        CorrectionRow.closed_at, "When it took effect, was rejected, or lapsed with its case."
    )
    closed_by: str | None = column(
        CorrectionRow.closed_by,
        "Subject who let it take effect, or rejected it; none where it lapsed.",
    )
    reason: str | None = column(CorrectionRow.reason, "Why it was rejected.")


@noun(key=DecisionRow.id)
class Decision(Node):
    """A visa granted or refused by one officer; a correction is a decision of its own."""

    outcome: Outcome = column(DecisionRow.outcome, "Granted or refused.")
    decided_at: datetime = column(DecisionRow.decided_at, "When.")
    grounds: list[Ground] = column(
        DecisionRow.grounds,
        "Why it was refused: the main ground, by which it is counted, and others; none of a grant.",
    )
    is_incomplete: bool = column(
        DecisionRow.is_incomplete,
        "Whether it was refused because the file was not complete.",
    )
    public_reasons: list[PublicReason] = column(
        DecisionRow.public_reasons,
        "Why it was refused, as far as applicants may know: the grounds that may be told, in order."
        " What is not told leaves no trace beside them.",
    )
    conditions: list[VisaCondition] = column(
        DecisionRow.conditions, "On what the visa is granted: also on the visa in hand."
    )
    visa: Visa | None = link(
        DecisionRow.id,
        VisaRow.decision_id,
        "The visa that it yields; null for a refusal.",
    )
    officer: str = column(
        DecisionRow.officer, "Subject of who decided, or in whose name a rule granted."
    )
    grant_rule: GrantRule | None = link(
        DecisionRow.grant_rule_code,
        GrantRuleRow.code,
        "By which rule; null where somebody decided.",
    )
    internal_note: str | None = column(DecisionRow.internal_note, "Note within the directorate.")
    supersedes: Annotated["Decision", strawberry.lazy("gateway.schema.case_file")] | None = link(
        DecisionRow.supersedes_id, DecisionRow.id, "The decision that this one corrects."
    )
