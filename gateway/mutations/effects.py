"""What each step writes besides the status: payment, desk, screening, decision."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    or_,
    select,
    union_all,
    update,
)

from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.mutations import desk, screening
from gateway.mutations.answering import (
    announce_refusal,
    answer_by,
    answer_intention,
    answer_items,
    write_note,
)
from gateway.mutations.correcting import (
    approve_correction,
    propose_correction,
    put_into_force,
    reject_correction,
)
from gateway.mutations.extending import note_extension, record_appearance
from gateway.mutations.links import confirm_link, reject_link
from gateway.mutations.locked_case import Case
from gateway.mutations.outcome import Reason, RefusedError
from gateway.mutations.requests import StepRequest
from models import (
    Application,
    Bill,
    CaseDocument,
    DayOff,
    Decision,
    FormerBill,
    RequestedItem,
    ServiceTarget,
    UnmatchedPayment,
    Visa,
    VisaType,
    WithheldDecision,
)
from models.case.reference_numbers import new_visa_number
from models.key_service import Relation, RelationKind
from models.life import Refusal, Verb
from models.reference.dated_rules import end_of_target
from models.row_keys import new_key
from models.visa_document.content import VisaTerms
from models.vocabulary import Outcome, VisaCondition, Wait

#: Writes rows, and returns further columns of the application to update.
Effect = Callable[[WriteTransaction, StepRequest, Case], Awaitable[dict[str, Any]]]


async def _record_payment(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Pay the bill, and fix the service target in force today."""
    clock = {"visa_type": case.visa_type, "clock": case.clock, "on": case.on}
    target = await transaction.fetch_one(_select_target, **clock)
    if not target:
        raise RefusedError(Reason(Refusal.VISA_TYPE_NOT_OFFERED, (request.target,)))
    paid = await _record_payment_anew(transaction, request, case)
    due_at = await _find_due_at(transaction, case, target[0])
    return {"paid_at": case.at, **paid, "target_due_at": due_at}


async def _record_payment_anew(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Pay the bill: the fee is revenue again, in the period in which it was paid first."""
    [bill] = await transaction.fetch_one(_select_bill, id=case.id)
    # What was reversed is paid under another code, which one may have got meanwhile.
    if bill.paid_at is not None or bill.paid_under != request.billing_code:
        raise RefusedError(Reason(Refusal.BILL_CLOSED, (request.target,)))
    if (bill.family_fee_idr or bill.amount_idr) != request.paid:
        raise RefusedError(Reason(Refusal.AMOUNT_DIFFERS, ("paid",)))
    await _check_receipt(transaction, request)
    paid = {"paid_at": case.at, "receipt_number": request.receipt_number}
    transaction.update(Bill, {"application_id": case.id}, paid)
    return {"fee_idr": bill.amount_idr}


async def _find_due_at(transaction: WriteTransaction, case: Case, target: Any) -> datetime:
    named: dict[date, bool] = {}
    if target.working_days:
        [days] = await transaction.fetch(transaction.bind(_select_days_off, on=case.on))
        named = {row.day: row.is_off for row in days}
    return end_of_target(case.at, target.hours, target.working_days, named)


async def _check_receipt(transaction: WriteTransaction, request: StepRequest) -> None:
    """Refuse a receipt that paid another bill, or whose payment goes back; and one that is kept,
    unless another person recommended this bill for it. Of two that report it at once, one waits
    here.
    """
    receipt = request.receipt_number or ""
    _, used, kept = await transaction.fetch(
        transaction.bind(select_lock, text=receipt),
        transaction.bind(_select_use_of_receipt, receipt=receipt, code=request.billing_code),
        transaction.bind(_select_kept, receipt=receipt),
    )
    if used:
        raise RefusedError(Reason(Refusal.RECEIPT_USED, ("receiptNumber",)))
    for payment in kept:
        if payment.amount_idr != request.paid:
            raise RefusedError(Reason(Refusal.AMOUNT_DIFFERS, ("paid",)))
        is_this = payment.recommended_bill == request.billing_code
        if not is_this or payment.recommended_by == transaction.viewer.subject:
            raise RefusedError(Reason(Refusal.SECOND_PERSON_REQUIRED, ("receiptNumber",)))


def _select_kept() -> Any:
    kept = select(
        UnmatchedPayment.amount_idr,
        UnmatchedPayment.recommended_by,
        UnmatchedPayment.recommended_bill,
    )
    return kept.where(UnmatchedPayment.receipt_number == bindparam("receipt"))


def _select_bill() -> Any:
    columns = Bill.amount_idr, Bill.family_fee_idr, Bill.paid_under, Bill.paid_at
    return select(*columns).where(Bill.application_id == bindparam("id"))


def _select_target() -> Any:
    targets = select(ServiceTarget.hours, ServiceTarget.working_days).where(
        ServiceTarget.visa_type_code == bindparam("visa_type"),
        ServiceTarget.clock == bindparam("clock"),
        ServiceTarget.valid_from <= bindparam("on"),
    )
    return targets.order_by(ServiceTarget.valid_from.desc()).limit(1)


def _select_days_off() -> Any:
    return select(DayOff.day, DayOff.is_off).where(DayOff.day > bindparam("on"))


def _select_use_of_receipt() -> Any:
    """The bill that it pays or paid, or the payment that is to be refunded, or is gone."""
    refunded = select(UnmatchedPayment.receipt_number).where(
        UnmatchedPayment.receipt_number == bindparam("receipt"),
        or_(UnmatchedPayment.seconded_by.is_not(None), UnmatchedPayment.reversed_at.is_not(None)),
    )
    paid = select(Bill.receipt_number).where(
        Bill.receipt_number == bindparam("receipt"),
        Bill.paid_under != bindparam("code"),  # of a family one file is paid after the other
    )
    reversed_ = select(FormerBill.receipt_number).where(
        FormerBill.receipt_number == bindparam("receipt")
    )
    return union_all(paid, refunded, reversed_)


async def _record_documents(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Record which documents are there. One that was there already keeps its first record."""
    of_case = {"id": case.id, "kinds": [kind.value for kind in request.documents]}
    who = transaction.viewer.subject
    transaction.write(_note_documents, **of_case, recorded_at=case.at, recorded_by=who)
    transaction.write(_forget_other_documents, **of_case)
    return {}


_CASE = bindparam("id", None, Uuid)
_KINDS = bindparam("kinds", None, ARRAY(Text))


def _note_documents() -> Any:
    came = update(CaseDocument).where(
        CaseDocument.application_id == _CASE,
        CaseDocument.kind == any_(_KINDS),
        CaseDocument.recorded_at.is_(None),
    )
    return came.values(recorded_at=bindparam("recorded_at"), recorded_by=bindparam("recorded_by"))


def _forget_other_documents() -> Any:
    went = update(CaseDocument).where(
        CaseDocument.application_id == _CASE,
        CaseDocument.kind != all_(_KINDS),
        CaseDocument.recorded_at.is_not(None),
    )
    return went.values(recorded_at=None, recorded_by=None)


async def _request_items(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    items = [
        {
            "id": new_key(),
            "application_id": case.id,
            "kind": item.kind.value,
            "note": item.note,
            "requested_at": case.at,
        }
        for item in request.items
    ]
    transaction.insert(RequestedItem, *items)
    return await answer_by(transaction, Wait.ANSWER, case)


async def _record_decision(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    key, conditions = new_key(), request.conditions
    if request.verb is Verb.SET_ASIDE and case.state.decided:  # granted as it was
        conditions = tuple(map(VisaCondition, case.state.decided[1]))
    decision = {
        "id": key,
        "application_id": case.id,
        "outcome": request.outcome,
        "grounds": list(request.grounds),
        "conditions": list(conditions),
        "decided_at": case.at,
        "officer": transaction.viewer.subject,
        "internal_note": request.internal_note,
        "supersedes_id": case.decision,
    }
    transaction.insert(Decision, decision)
    if request.verb is not Verb.SET_ASIDE:  # a visa that was revoked stays so
        _end_visa(transaction, case, superseded_at=case.at)
    if request.outcome is Outcome.GRANTED:
        if case.state.is_extension:
            await note_extension(transaction, case)
        else:
            await _issue_visa(transaction, case, key, conditions)
    return {"current_decision_id": key}


async def _withhold_decision(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Note the first of two decisions; another officer takes the case, as one that was given
    back."""
    decision = {
        "id": new_key(),
        "application_id": case.id,
        "outcome": request.outcome,
        "grounds": list(request.grounds),
        "conditions": list(request.conditions),
        "decided_at": case.at,
        "officer": transaction.viewer.subject,
        "internal_note": request.internal_note,
    }
    transaction.insert(WithheldDecision, decision)
    desk.end_assignment(transaction, case)
    return {}


async def _issue_visa(
    transaction: WriteTransaction, case: Case, decision: UUID, conditions: Sequence[VisaCondition]
) -> None:
    [granted] = await transaction.fetch_one(_select_terms, id=case.id)
    number = new_visa_number(SystemRandom())
    use_by = case.on + timedelta(days=granted.use_within_days)
    visa = {
        "visa_number": number,
        "application_id": case.id,
        "decision_id": decision,
        "issued_at": case.at,
        "use_by": use_by,
        "stay_days": granted.stay_days,
    }
    transaction.insert(Visa, visa)
    # Its document is signed for these terms alone.
    assert case.reference
    terms = VisaTerms.granted(
        case.reference, number, case.visa_type, case.at, use_by, granted.stay_days, conditions
    )
    transaction.relate(Relation(RelationKind.VISA, str(terms), case.applicant))


def _select_terms() -> Any:
    """What decrees say of its type, and the validity that was asked for."""
    terms = select(VisaType.stay_days, Application.use_within_days)
    of_type = VisaType.code == Application.visa_type_code
    return terms.join(Application, of_type).where(Application.id == bindparam("id"))


async def _revoke_visa(transaction: WriteTransaction, _: StepRequest, case: Case) -> dict[str, Any]:
    _end_visa(transaction, case, revoked_at=case.at)
    return {}


async def _return_visa(transaction: WriteTransaction, _: StepRequest, case: Case) -> dict[str, Any]:
    ends = ("revoked_at", "superseded_at", "returned_at")
    standing = {"application_id": case.id, **dict.fromkeys(ends)}
    transaction.update(Visa, standing, {"returned_at": case.at})
    return {}


def _end_visa(transaction: WriteTransaction, case: Case, **when: datetime) -> None:
    """The visa of the decision in force, if that is a grant."""
    if case.decision is not None:
        transaction.update(Visa, {"decision_id": case.decision}, when)


EFFECTS: Mapping[Verb, Effect] = {
    Verb.RECORD_PAYMENT: _record_payment,
    Verb.RECORD_PAYMENT_ANEW: _record_payment_anew,
    Verb.RECORD_DOCUMENTS: _record_documents,
    Verb.TAKE: desk.take,
    Verb.GIVE_BACK: desk.give_back,
    Verb.REASSIGN: desk.reassign,
    Verb.REQUEST_INFORMATION: _request_items,
    Verb.ANSWER_INFORMATION: answer_items,
    Verb.ANSWER_ITEMS: answer_items,
    Verb.ANNOUNCE_REFUSAL: announce_refusal,
    Verb.ANSWER_INTENTION: answer_intention,
    Verb.REFER_TO_SCREENING: screening.request_screening,
    Verb.RECORD_SCREENING: screening.record_screening,
    Verb.PROPOSE_ANSWER: screening.propose_answer,
    Verb.RESOLVE_HIT: screening.resolve_hit,
    Verb.CONFIRM_SCREENING: screening.confirm_screening,
    Verb.PROPOSE_CORRECTION: propose_correction,
    Verb.APPROVE_CORRECTION: approve_correction,
    Verb.CONFIRM_CORRECTION: put_into_force,
    Verb.REJECT_CORRECTION: reject_correction,
    Verb.GRANT: _record_decision,
    Verb.REFUSE: _record_decision,
    Verb.GRANT_FIRST: _withhold_decision,
    Verb.REFUSE_FIRST: _withhold_decision,
    Verb.CORRECT_TO_GRANTED: _record_decision,
    Verb.CORRECT_TO_REFUSED: _record_decision,
    Verb.WRITE_NOTE: write_note,
    Verb.CONFIRM_LINK: confirm_link,
    Verb.REJECT_LINK: reject_link,
    Verb.REVOKE: _revoke_visa,
    Verb.RETURN_VISA: _return_visa,
    Verb.RECORD_APPEARANCE: record_appearance,
    Verb.SET_ASIDE: _record_decision,
}
