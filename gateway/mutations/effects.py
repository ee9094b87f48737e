"""What each step writes besides the status: payment, assignment, screening, decision."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case import Case
from gateway.mutations.outcome import Reason, RefusedError
from gateway.mutations.requests import StepRequest
from models import Assignment, Bill, Decision, Screening, ServiceTarget
from models.keys import new_key
from models.life import Refusal, Verb
from models.vocabulary import ScreeningKind, ScreeningResult

#: Writes rows, and returns further columns of the application to update.
Effect = Callable[[WriteTransaction, StepRequest, Case], Awaitable[dict[str, Any]]]


async def _record_payment(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Pay the bill, and fix the service target in force today."""
    billed = select(Bill.amount_idr).where(Bill.application_id == case.id)
    targets = select(ServiceTarget.hours).where(
        ServiceTarget.visa_type_code == case.visa_type,
        ServiceTarget.clock == case.clock,
        ServiceTarget.valid_from <= case.on,
    )
    [bill] = await transaction.rows(billed)
    target = await transaction.rows(targets.order_by(ServiceTarget.valid_from.desc()).limit(1))
    if not target:
        raise RefusedError(Reason(Refusal.VISA_TYPE_NOT_OFFERED, (request.target,)))
    if bill.amount_idr != request.amount_idr:
        raise RefusedError(Reason(Refusal.AMOUNT_DIFFERS, ("amountIdr",)))
    if await _is_used(transaction, request.receipt_number or ""):
        raise RefusedError(Reason(Refusal.RECEIPT_USED, ("receiptNumber",)))
    pay = update(Bill).where(Bill.application_id == case.id)
    await transaction.run(pay.values(paid_at=case.at, receipt_number=request.receipt_number))
    due_at = case.at + timedelta(hours=target[0].hours)
    return {"paid_at": case.at, "fee_idr": bill.amount_idr, "target_due_at": due_at}


async def _is_used(transaction: WriteTransaction, receipt_number: str) -> bool:
    """Whether a receipt paid another bill. Of two that report it at once, one waits here."""
    digest = func.hashtextextended(receipt_number, 0)
    await transaction.run(select(func.pg_advisory_xact_lock(digest)))
    return bool(
        await transaction.rows(
            select(Bill.billing_code).where(Bill.receipt_number == receipt_number)
        )
    )


async def _assign(transaction: WriteTransaction, _: StepRequest, case: Case) -> dict[str, Any]:
    assignment = {
        "application_id": case.id,
        "officer": transaction.viewer.subject,
        "assigned_at": case.at,
    }
    await transaction.run(insert(Assignment), assignment)
    return {}


async def _request_screening(
    transaction: WriteTransaction, _: StepRequest, case: Case
) -> dict[str, Any]:
    kinds = case.state.open_questions(transaction.viewer.role)
    questions = [
        {
            "id": new_key(),
            "application_id": case.id,
            "kind": kind.value,
            "result": ScreeningResult.PENDING.value,
            "requested_at": case.at,
        }
        for kind in kinds
    ]
    if questions:
        await transaction.run(insert(Screening), questions)
    return {"is_referred": True} if ScreeningKind.CLEARANCE in kinds else {}


async def _record_screening(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    pending = update(Screening).where(
        Screening.application_id == case.id,
        Screening.kind == request.question,
        Screening.result == ScreeningResult.PENDING,
    )
    await transaction.run(pending.values(result=request.answer, answered_at=case.at))
    return {"is_referred": True} if request.answer is ScreeningResult.HIT else {}


async def _record_decision(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    decision = {
        "id": new_key(),
        "application_id": case.id,
        "outcome": request.outcome,
        "ground": request.ground,
        "decided_at": case.at,
        "officer": transaction.viewer.subject,
        "internal_note": request.internal_note,
        "supersedes_id": case.decision,
    }
    await transaction.run(insert(Decision), decision)
    return {"current_decision_id": decision["id"]}


EFFECTS: Mapping[Verb, Effect] = {
    Verb.RECORD_PAYMENT: _record_payment,
    Verb.START_VERIFICATION: _assign,
    Verb.REFER_TO_SCREENING: _request_screening,
    Verb.RECORD_SCREENING: _record_screening,
    Verb.GRANT: _record_decision,
    Verb.REFUSE: _record_decision,
    Verb.CORRECT_TO_GRANTED: _record_decision,
    Verb.CORRECT_TO_REFUSED: _record_decision,
}
