"""The table of mutations of payments that fit no bill: inputs and possible refusals."""

import re

import strawberry

from gateway.mapping.money import MoneyInput
from gateway.mutations.outcome import Reason
from gateway.mutations.payments import KeepPayment, RecommendRefund
from gateway.schema.mutations.input_readers import (
    faults_of_key,
    faults_of_reason,
    faults_of_receipt,
    key_in,
)
from gateway.schema.mutations.inputs import LONGEST_NOTE, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.life import Refusal
from models.reference.data.values import MOST_RUPIAH

_CODE = re.compile(r"[0-9]{1,20}")


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


PAYMENT_INTENTS = (
    Intent("keepPayment", KeepPaymentInput,
           "Keep a payment that fits no bill, so that it is not lost: of an unknown code, of a bill"
           " that is closed, or of another amount.", _keep, (), (Refusal.RECEIPT_USED,)),
    Intent("recommendRefund", RecommendRefundInput,
           "Recommend the refund of a kept payment. It stands once a second person recommends it"
           " too; the payment order is the finance ministry's.",
           _recommend_refund, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_SETTLED, Refusal.SECOND_PERSON_REQUIRED)),
)  # fmt: skip
