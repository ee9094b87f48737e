"""The table of mutations of new billing codes, and of payments that fit no bill or are gone."""

import re
from datetime import date

import strawberry

from gateway.mapping.money import MoneyInput
from gateway.mutations.outcome import Reason
from gateway.mutations.payments import (
    KeepPayment,
    RecommendAssignment,
    RecommendRefund,
    RecordPaymentOrder,
    RecordReversal,
    RenewBill,
)
from gateway.schema.mutations.input_readers import (
    faults_of_key,
    faults_of_reason,
    faults_of_receipt,
    key_in,
)
from gateway.schema.mutations.inputs import LONGEST_NOTE, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.case.unmatched_payment import ORDER_NUMBER
from models.life import Refusal
from models.reference.data.values import MOST_RUPIAH

_CODE = re.compile(r"[0-9]{1,20}")
_ORDER = re.compile(ORDER_NUMBER)


@strawberry.input(
    description="An application whose billing code has lapsed, or whose payment was reversed."
)
class RenewBillInput(ReferenceInput):
    application_id: strawberry.ID = required("Global id of the application.")


@strawberry.input(description="A payment that fits no bill.")
class KeepPaymentInput(ReferenceInput):
    billing_code: str = required("What was paid under: from 1 to 20 digits, maybe of no bill.")
    paid: MoneyInput = required(f"What was paid: from 1 to {MOST_RUPIAH} rupiah.")
    receipt_number: str = required(
        "The treasury's number of the payment: 16 capital letters and digits."
    )


@strawberry.input(description="A payment that should go back to whoever paid it.")
class RecommendRefundInput(ReferenceInput):
    payment_id: strawberry.ID = required("Global id of the payment.")
    reason: str = required(f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters.")


@strawberry.input(description="A bill that a kept payment belongs to.")
class RecommendAssignmentInput(RecommendRefundInput):
    billing_code: str = required("Code of the bill: 15 digits. It has the amount of the payment.")


@strawberry.input(description="A payment order of the finance ministry.")
class RecordPaymentOrderInput(ReferenceInput):
    payment_id: strawberry.ID = required("Global id of the payment.")
    order_number: str = required(
        "Number of the order: up to 40 capital letters, digits, slashes, dots and hyphens."
    )
    ordered_on: date = required("The day of the order, in WIB: today or earlier.")


@strawberry.input(description="A payment that the treasury has no longer.")
class RecordReversalInput(ReferenceInput):
    receipt_number: str = required(
        "The treasury's number of the payment, which paid a bill or was kept."
    )
    reversal_number: str = required(
        "The treasury's number of the reversal: up to 40 capital letters, digits, slashes, dots and"
        " hyphens."
    )
    reason: str = required(f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters.")


def _renew(intent: Intent, input_: RenewBillInput) -> RenewBill:
    return RenewBill(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        application=key_in(input_.application_id, "Application"),
    )


def _keep(intent: Intent, input_: KeepPaymentInput) -> KeepPayment:
    faults = [*faults_of_key(input_.idempotency_key), *faults_of_receipt(input_.receipt_number)]
    if not _CODE.fullmatch(input_.billing_code):
        faults.append(Reason(Refusal.INVALID, ("billingCode",), rule="billing_code"))
    if not 1 <= input_.paid.amount <= MOST_RUPIAH:
        limits = {"least": 1, "most": MOST_RUPIAH}
        faults.append(Reason(Refusal.INVALID, ("paid",), rule="fee", limits=limits))
    return KeepPayment(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=tuple(faults),
        receipt_number=input_.receipt_number,
        billing_code=input_.billing_code,
        paid=input_.paid.amount,
    )


def _recommend_refund(intent: Intent, input_: RecommendRefundInput) -> RecommendRefund:
    return RecommendRefund(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults_of_reason(input_.reason)),
        payment=key_in(input_.payment_id, "UnmatchedPayment"),
        reason=input_.reason.strip(),
    )


def _recommend_assignment(intent: Intent, input_: RecommendAssignmentInput) -> RecommendAssignment:
    faults = [*faults_of_key(input_.idempotency_key), *faults_of_reason(input_.reason)]
    if not _CODE.fullmatch(input_.billing_code):
        faults.append(Reason(Refusal.INVALID, ("billingCode",), rule="billing_code"))
    return RecommendAssignment(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=tuple(faults),
        payment=key_in(input_.payment_id, "UnmatchedPayment"),
        reason=input_.reason.strip(),
        billing_code=input_.billing_code,
    )


def _record_payment_order(intent: Intent, input_: RecordPaymentOrderInput) -> RecordPaymentOrder:
    faults = [*faults_of_key(input_.idempotency_key)]
    if not _ORDER.fullmatch(input_.order_number):
        faults.append(Reason(Refusal.INVALID, ("orderNumber",), rule="order_number"))
    return RecordPaymentOrder(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=tuple(faults),
        payment=key_in(input_.payment_id, "UnmatchedPayment"),
        number=input_.order_number,
        on=input_.ordered_on,
    )


def _record_reversal(intent: Intent, input_: RecordReversalInput) -> RecordReversal:
    faults = [
        *faults_of_key(input_.idempotency_key),
        *faults_of_receipt(input_.receipt_number),
        *faults_of_reason(input_.reason),
    ]
    if not _ORDER.fullmatch(input_.reversal_number):
        faults.append(Reason(Refusal.INVALID, ("reversalNumber",), rule="reversal_number"))
    return RecordReversal(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=tuple(faults),
        receipt_number=input_.receipt_number,
        number=input_.reversal_number,
        reason=input_.reason.strip(),
    )


PAYMENT_INTENTS = (
    Intent("renewBill", RenewBillInput,
           "Get a new billing code once the last one has lapsed, as long as the application waits"
           " for its payment; or at once where that was reversed. The fee stays; what is paid under"
           " the former code is kept, and can be assigned to the bill.", _renew, (),
           (Refusal.NOT_FOUND, Refusal.BILL_CLOSED, Refusal.BILL_PAYABLE)),
    Intent("keepPayment", KeepPaymentInput,
           "Keep a payment that fits no bill, so that it is not lost: of an unknown code, of a bill"
           " that is closed, or of another amount.", _keep, (), (Refusal.RECEIPT_USED,)),
    Intent("recommendRefund", RecommendRefundInput,
           "Recommend the refund of a kept payment. It stands once a second person recommends it"
           " too; the payment order is the finance ministry's.",
           _recommend_refund, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_SETTLED, Refusal.SECOND_PERSON_REQUIRED)),
    Intent("recommendAssignment", RecommendAssignmentInput,
           "Recommend the bill that a kept payment belongs to. A second person reports its receipt"
           " for that bill (`recordPayment`). Another recommendation takes the place of this one"
           " until then.",
           _recommend_assignment, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_SETTLED, Refusal.SECOND_PERSON_REQUIRED,
            Refusal.BILL_CLOSED, Refusal.AMOUNT_DIFFERS)),
    Intent("recordPaymentOrder", RecordPaymentOrderInput,
           "Record the finance ministry's order by which a kept payment went back, once two people"
           " have recommended that. Nothing is paid by this.",
           _record_payment_order, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_SETTLED, Refusal.SECOND_PERSON_REQUIRED)),
    Intent("recordReversal", RecordReversalInput,
           "The treasury reports that it has a payment no longer, as after a reversal by the bank."
           " The fee is taken from the revenue of the period in which it was paid first, and"
           " nothing is granted until it is paid anew (`renewBill`); what was decided stays"
           " (`Bill.reversalEffect`). A payment that was kept is settled by it (`REVERSED`): nobody"
           " assigns or refunds it any more. Reported again by the same number, it changes"
           " nothing.",
           _record_reversal, (), (Refusal.NOT_FOUND, Refusal.ALREADY_SETTLED)),
)  # fmt: skip
