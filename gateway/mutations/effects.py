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
from models.vocabulary import Role, ScreeningKind, ScreeningResult, Status

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
    await _put_on_desk(transaction, case, transaction.viewer.subject, Role.OFFICER)
    return {}


async def _put_on_desk(transaction: WriteTransaction, case: Case, subject: str, role: Role) -> None:
    assignment = {
        "application_id": case.id,
        "officer": subject,
        "role": role.value,
        "assigned_at": case.at,
    }
    await transaction.run(insert(Assignment), assignment)


async def end_assignment(transaction: WriteTransaction, case: Case) -> None:
    """The case leaves the desk it is on: who had it can no longer read the identity."""
    current = update(Assignment).where(
        Assignment.application_id == case.id, Assignment.ended_at.is_(None)
    )
    await transaction.run(current.values(ended_at=case.at))


async def _request_screening(
    transaction: WriteTransaction, _: StepRequest, case: Case
) -> dict[str, Any]:
    kinds = case.state.questions_to_ask
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
    answered = {"result": request.answer, "answered_at": case.at}
    await transaction.run(
        _question(case, request).values(**answered, answered_by=transaction.viewer.subject)
    )
    return _columns_of_hit(request.answer)


async def _propose_answer(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    proposal = {"proposed": request.answer, "proposed_by": transaction.viewer.subject}
    await transaction.run(_question(case, request).values(**proposal))
    return {}


async def _resolve_hit(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """What the hit is, for a second person to agree: a question of its own beside the hit."""
    proposal = {
        "proposed": request.answer,
        "proposed_by": transaction.viewer.subject,
        "reason": request.reason,
    }
    if request.question in case.state.proposals:
        await transaction.run(_question(case, request).values(**proposal))
        return {}
    question = {
        "id": new_key(),
        "application_id": case.id,
        "kind": request.question,
        "result": ScreeningResult.PENDING.value,
        "requested_at": case.at,
    }
    await transaction.run(insert(Screening), question | proposal)
    return {}


async def _confirm_screening(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """The answer takes effect. A hit that is one leaves the officer's desk."""
    proposal = next(one for kind, one in case.state.proposals.items() if kind == request.question)
    await transaction.run(
        _question(case, request).values(
            result=proposal.result,
            answered_at=case.at,
            answered_by=proposal.by,
            confirmed_by=transaction.viewer.subject,
        )
    )
    if proposal.result is ScreeningResult.MATCH and case.state.status is Status.SCREENING:
        await end_assignment(transaction, case)
        await _put_on_desk(transaction, case, proposal.by, Role.SUPERVISOR)
    if proposal.is_resolution:
        others = case.state.hits - {request.question}
        return {"has_open_hit": bool(others)}
    return _columns_of_hit(proposal.result)


def _question(case: Case, request: StepRequest) -> Any:
    """The question that waits."""
    id_ = next(id_ for kind, id_ in case.questions.items() if kind == request.question)
    return update(Screening).where(Screening.id == id_)


def _columns_of_hit(answer: ScreeningResult | None) -> dict[str, Any]:
    """What a hit changes of the case: supervisors find it by these."""
    is_hit = answer is ScreeningResult.HIT
    return {"is_referred": True, "has_open_hit": True} if is_hit else {}


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
    Verb.PROPOSE_ANSWER: _propose_answer,
    Verb.RESOLVE_HIT: _resolve_hit,
    Verb.CONFIRM_SCREENING: _confirm_screening,
    Verb.GRANT: _record_decision,
    Verb.REFUSE: _record_decision,
    Verb.CORRECT_TO_GRANTED: _record_decision,
    Verb.CORRECT_TO_REFUSED: _record_decision,
}
