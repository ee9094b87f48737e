"""Questions to the screening authority: asked, asked again, answered, and resolved by two."""

from collections.abc import Sequence
from typing import Any

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.desk import end_assignment, put_on_desk
from gateway.mutations.locked_case import Case
from gateway.mutations.requests import StepRequest
from models import Screening
from models.row_keys import new_key
from models.vocabulary import ReferralReason, Role, ScreeningKind, ScreeningResult, Status


def ask(
    transaction: WriteTransaction,
    case: Case,
    kinds: Sequence[ScreeningKind] | None = None,
    *,
    reason: ReferralReason | None = ReferralReason.ROUTINE,
    note: str | None = None,
) -> Sequence[ScreeningKind]:
    """Ask these questions about a case, or all that may be asked now; return those that were
    asked."""
    if kinds is None:
        kinds = case.state.questions_to_ask
    questions = [
        {
            "id": new_key(),
            "application_id": case.id,
            "kind": kind.value,
            "result": ScreeningResult.PENDING.value,
            "requested_at": case.at,
            "referral_reason": reason,
            "referral_note": note,
        }
        for kind in kinds
    ]
    transaction.insert(Screening, *questions)
    return kinds


async def request_screening(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    state = case.state
    is_again = state.status is Status.GRANTED
    kinds = ask(
        transaction,
        case,
        state.questions_to_ask_again if is_again else state.questions_to_ask,
        reason=request.referral_reason,
        note=request.referral_note,
    )
    return {"is_referred": True} if ScreeningKind.CLEARANCE in kinds else {}


async def record_screening(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    answered = {
        "result": request.answer,
        "answered_at": case.at,
        "answered_by": transaction.viewer.subject,
    }
    transaction.update(Screening, _question(case, request), answered)
    return _columns_of_hit(request.answer)


async def propose_answer(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    proposal = {"proposed": request.answer, "proposed_by": transaction.viewer.subject}
    transaction.update(Screening, _question(case, request), proposal)
    return {}


async def resolve_hit(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Propose what the hit is, for a second person to agree: a question of its own beside the
    hit."""
    proposal = {
        "proposed": request.answer,
        "proposed_by": transaction.viewer.subject,
        "reason": request.reason,
    }
    if request.question in case.state.proposals:
        transaction.update(Screening, _question(case, request), proposal)
        return {}
    question = {
        "id": new_key(),
        "application_id": case.id,
        "kind": request.question,
        "result": ScreeningResult.PENDING.value,
        "requested_at": case.at,
    }
    transaction.insert(Screening, question | proposal)
    return {}


async def confirm_screening(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Put the proposed answer into force. A confirmed hit takes the case off the officer's desk."""
    proposal = next(one for kind, one in case.state.proposals.items() if kind == request.question)
    answered = {
        "result": proposal.result,
        "answered_at": case.at,
        "answered_by": proposal.by,
        "confirmed_by": transaction.viewer.subject,
    }
    transaction.update(Screening, _question(case, request), answered)
    if proposal.result is ScreeningResult.MATCH and not case.state.is_closed:
        end_assignment(transaction, case)
        put_on_desk(transaction, case, proposal.by, Role.SUPERVISOR)
    if proposal.is_resolution:
        return {"has_open_hit": bool(case.state.open_hits - {request.question})}
    return _columns_of_hit(proposal.result)


def _question(case: Case, request: StepRequest) -> dict[str, Any]:
    """The question that waits."""
    id_ = next(id_ for kind, id_ in case.questions.items() if kind == request.question)
    return {"id": id_}


def _columns_of_hit(answer: ScreeningResult | None) -> dict[str, Any]:
    """The columns that a hit changes, by which supervisors find the case."""
    is_hit = answer is ScreeningResult.HIT
    return {"is_referred": True, "has_open_hit": True} if is_hit else {}
