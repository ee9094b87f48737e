"""Mutations about payments that fit no bill: each is kept, and two people recommend its refund."""

from dataclasses import dataclass
from uuid import UUID

from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import is_there, lock_row
from models import Bill, UnmatchedPayment
from models.life import Refusal
from models.row_keys import new_key


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


async def keep(transaction: WriteTransaction, request: KeepPayment, reasons: Reasons) -> str:
    """Keep a payment whose receipt paid no bill, and is kept once.

    Of two that report a receipt at once, as here or for a bill, one waits here.
    """
    await transaction.fetch_one(select_lock, text=request.receipt_number)
    receipt = {"receipt_number": request.receipt_number}
    if await is_there(transaction, Bill, receipt) or await is_there(
        transaction, UnmatchedPayment, receipt
    ):
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
    columns = ("recommended_by", "seconded_by", "assigned_to")
    found = request.payment and await lock_row(
        transaction, request.mutation, UnmatchedPayment, {"id": request.payment}, *columns
    )
    first, oneself = getattr(found, "recommended_by", None), transaction.viewer.subject
    if not found:
        reasons.add(Refusal.NOT_FOUND, "paymentId")
    elif found.seconded_by is not None or found.assigned_to is not None:
        reasons.add(Refusal.ALREADY_SETTLED, "paymentId")
    elif first == oneself:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "paymentId")
    reasons.refuse_if_any()
    by, why = ("seconded_by", "second_reason") if first else ("recommended_by", "reason")
    written = {by: oneself, why: request.reason}
    transaction.update(UnmatchedPayment, {"id": request.payment}, written)
    return str(request.payment)


EFFECTS: Effects = {KeepPayment: keep, RecommendRefund: recommend_refund}
