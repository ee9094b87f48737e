"""Mutations about money beside first payments: new codes of lapsed bills, payments that fit none,
each kept until two people settle it, and those that the treasury has no longer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select, union_all

from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations.outcome import Effects, Reasons, RefusedError, Result
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import is_there, lock_row, read_row
from models import Application, Bill, FormerBill, PaymentReversal, UnmatchedPayment
from models.case.reference_numbers import new_billing_code
from models.life import Refusal
from models.life.steps import UNPAID
from models.reference.dated_rules import select_now, today
from models.row_keys import new_key


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewBill(Request):
    #: None if the id was malformed.
    application: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPayment(Request):
    receipt_number: str
    billing_code: str
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendRefund(Request):
    #: None if the id was malformed.
    payment: UUID | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendAssignment(RecommendRefund):
    billing_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReversal(Request):
    receipt_number: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPaymentOrder(Request):
    #: None if the id was malformed.
    payment: UUID | None
    number: str
    on: date


async def renew_bill(transaction: WriteTransaction, request: RenewBill, reasons: Reasons) -> str:
    """Give a bill a new code, once its own has lapsed: a trigger writes what the bill was."""
    case = await lock_row(
        transaction,
        request.mutation,
        Application,
        {"id": request.application},
        *("status", "pay_by", "paid_at"),
    )
    bill = case and await _read_bill_alone(transaction, request.application)
    [now] = await transaction.fetch_one(select_now)
    if case is None:
        reasons.add(Refusal.NOT_FOUND, "applicationId")
    elif not bill or (not bill.reversed_at and not _waits_for_payment(case, bill, now.at)):
        reasons.add(Refusal.BILL_CLOSED, "applicationId")
    elif not bill.reversed_at and bill.due_at > now.at:
        reasons.add(Refusal.BILL_PAYABLE, "applicationId")
    reasons.refuse_if_any()
    code = new_billing_code(SystemRandom())
    new = {
        "id": new_key(),
        "application_id": request.application,
        "replaced_by": code,
        "renewed_by": transaction.viewer.subject,
    }
    transaction.insert(FormerBill, new)
    return bill.billing_code if bill.family_code else code


async def _read_bill_alone(transaction: WriteTransaction, application: UUID | None) -> Any:
    """The bill of a case, and no other file of its family renews it meanwhile."""
    key = {"application_id": application}
    columns = ("billing_code", "family_code", "due_at", "paid_at", "reversed_at")
    bill = await read_row(transaction, Bill, key, *columns)
    if bill and bill.family_code:
        await transaction.fetch_one(select_lock, text=bill.family_code)
        bill = await read_row(transaction, Bill, key, *columns)
    return bill


def _waits_for_payment(case: Any, bill: Any, at: datetime) -> bool:
    """Whether a bill is unpaid, and its case waits for that, or owes the fee again."""
    if bill.paid_at or case.paid_at:
        return not bill.paid_at
    return case.status in UNPAID and case.pay_by is not None and bool(case.pay_by > at)


async def keep(transaction: WriteTransaction, request: KeepPayment, reasons: Reasons) -> str:
    """Keep a payment whose receipt paid no bill, and is kept once.

    Of two that report a receipt at once, as here or for a bill, one waits here.
    """
    await transaction.fetch_one(select_lock, text=request.receipt_number)
    receipt = {"receipt_number": request.receipt_number}
    for noun in (Bill, FormerBill, UnmatchedPayment):
        if await is_there(transaction, noun, receipt):
            reasons.add(Refusal.RECEIPT_USED, "receiptNumber")
    reasons.refuse_if_any()
    new = {
        "id": new_key(),
        **receipt,
        "billing_code": request.billing_code,
        "amount_idr": request.paid,
        "kept_by": transaction.viewer.subject,
    }
    transaction.insert(UnmatchedPayment, new)
    return str(new["id"])


async def recommend_refund(
    transaction: WriteTransaction, request: RecommendRefund, reasons: Reasons
) -> str:
    """Recommend a refund, or agree with another person who does. The database writes when."""
    found = await _lock_open_payment(transaction, request, reasons)
    oneself = transaction.viewer.subject
    # Whoever recommends a refund where its bill was recommended is the first of two.
    first = found.recommended_by if found and found.recommended_bill is None else None
    if first == oneself:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "paymentId")
    reasons.refuse_if_any()
    by, why = ("seconded_by", "second_reason") if first else ("recommended_by", "reason")
    written = {by: oneself, why: request.reason, **({} if first else {"recommended_bill": None})}
    transaction.update(UnmatchedPayment, {"id": request.payment}, written)
    return str(request.payment)


async def recommend_assignment(
    transaction: WriteTransaction, request: RecommendAssignment, reasons: Reasons
) -> str:
    """Recommend the bill that a payment belongs to: another person reports it paid."""
    found = await _lock_open_payment(transaction, request, reasons)
    bills = await transaction.fetch_one(_select_bill, code=request.billing_code)
    if found and found.recommended_bill == request.billing_code:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "paymentId")
    if not bills:
        reasons.add(Refusal.NOT_FOUND, "billingCode")
    elif bills[0].paid_at is not None:
        reasons.add(Refusal.BILL_CLOSED, "billingCode")
    elif found and bills[0].amount_idr != found.amount_idr:
        reasons.add(Refusal.AMOUNT_DIFFERS, "billingCode")
    reasons.refuse_if_any()
    written = {
        "recommended_by": transaction.viewer.subject,
        "reason": request.reason,
        "recommended_bill": request.billing_code,
    }
    transaction.update(UnmatchedPayment, {"id": request.payment}, written)
    return str(request.payment)


async def record_payment_order(
    transaction: WriteTransaction, request: RecordPaymentOrder, reasons: Reasons
) -> str:
    """Record by which payment order of the finance ministry a payment went back."""
    found = await _lock_payment(transaction, request, reasons)
    if found and _has_ended(found):
        reasons.add(Refusal.ALREADY_SETTLED, "paymentId")
    elif found and found.seconded_by is None:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "paymentId")
    if request.on > (await transaction.fetch_one(_select_today))[0].on:
        reasons.add(Refusal.INVALID, "orderedOn", rule="ordered_on")
    reasons.refuse_if_any()
    written = {
        "order_number": request.number,
        "ordered_on": request.on,
        "ordered_by": transaction.viewer.subject,
    }
    transaction.update(UnmatchedPayment, {"id": request.payment}, written)
    return str(request.payment)


async def record_reversal(
    transaction: WriteTransaction, request: RecordReversal, reasons: Reasons
) -> Result:
    """Record that the treasury no longer has a payment, once: the database says what follows."""
    await transaction.fetch_one(select_lock, text=request.receipt_number)
    receipt = {"receipt_number": request.receipt_number}
    bills = await transaction.fetch_one(_select_paid_by, receipt=request.receipt_number)
    bill = bills[0] if bills else None
    kept = None if bill else await read_row(transaction, UnmatchedPayment, receipt)
    payment = bill or kept
    if payment is None:
        reasons.add(Refusal.NOT_FOUND, "receiptNumber")
        raise RefusedError(*reasons.all())
    is_refunded = kept is not None and kept.ordered_by is not None
    if is_refunded or payment.reversal_number not in (None, request.number):
        reasons.add(Refusal.ALREADY_SETTLED, "receiptNumber")
    reasons.refuse_if_any()
    if payment.reversal_number is None:
        new = {
            "id": new_key(),
            "receipt_number": request.receipt_number,
            "reversal_number": request.number,
            "reason": request.reason,
            "reported_by": transaction.viewer.subject,
        }
        transaction.insert(PaymentReversal, new)
    return Result(bill and bill.billing_code)


def _select_paid_by() -> Any:
    """The bill that a receipt paid, under its code of now: one that was renewed stays reversed."""
    receipt, is_whole = bindparam("receipt"), Bill.family_code.is_(None)
    paid = select(Bill.billing_code, Bill.reversal_number)
    of_family = FormerBill.family_id == Bill.family_id
    of_file = FormerBill.family_id.is_(None) & (FormerBill.application_id == Bill.application_id)
    former = select(Bill.billing_code, FormerBill.reversal_number).join(
        FormerBill, or_(of_family, of_file)
    )
    return union_all(
        paid.where(Bill.receipt_number == receipt, is_whole),
        former.where(FormerBill.receipt_number == receipt),
    )


_COLUMNS = (
    *("amount_idr", "recommended_by", "recommended_bill"),
    *("seconded_by", "assigned_to", "ordered_by", "reversed_at"),
)


async def _lock_payment(
    transaction: WriteTransaction, request: RecommendRefund | RecordPaymentOrder, reasons: Reasons
) -> Any:
    # Whoever says something else of its receipt meanwhile waits: see `record_reversal`.
    named = request.payment and await read_row(
        transaction, UnmatchedPayment, {"id": request.payment}, "receipt_number"
    )
    if named:
        await transaction.fetch_one(select_lock, text=named.receipt_number)
    found = named and await lock_row(
        transaction, request.mutation, UnmatchedPayment, {"id": request.payment}, *_COLUMNS
    )
    if not found:
        reasons.add(Refusal.NOT_FOUND, "paymentId")
    return found or None


async def _lock_open_payment(
    transaction: WriteTransaction, request: RecommendRefund, reasons: Reasons
) -> Any:
    """A payment of which nobody can say yet what became of it."""
    found = await _lock_payment(transaction, request, reasons)
    if found and (found.seconded_by is not None or _has_ended(found)):
        reasons.add(Refusal.ALREADY_SETTLED, "paymentId")
    return found


def _has_ended(payment: Any) -> bool:
    """Whether it paid a bill, went back, or was taken back by the bank."""
    return any((payment.assigned_to, payment.ordered_by, payment.reversed_at))


def _select_bill() -> Any:
    bills = select(Bill.amount_idr, Bill.paid_at)
    # Nobody pays a share of a family's bill by itself.
    return bills.where(Bill.billing_code == bindparam("code"), Bill.family_code.is_(None))


def _select_today() -> Any:
    return select(today().label("on"))


EFFECTS: Effects = {
    RenewBill: renew_bill,
    KeepPayment: keep,
    RecommendRefund: recommend_refund,
    RecommendAssignment: recommend_assignment,
    RecordPaymentOrder: record_payment_order,
    RecordReversal: record_reversal,
}
