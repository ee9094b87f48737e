"""Changes of reference data: one administrator proposes, another approves, any of them can cancel.
An event is approved by an auditor, and a rule that grants or a pool by a supervisor.

Only the database writes what is approved: a proposal holds whole rows, which the guard of the
ledger compares with the present ones, when it is proposed and when it is approved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.partners import takeovers
from gateway.mutations.reference.requests import (
    ApproveReferenceChange,
    CancelReferenceChange,
    Proposal,
    ProposeCentre,
    ProposeNamedEvent,
    ProposePartner,
    ProposePool,
    ProposeVisaType,
    ReferenceRequest,
)
from gateway.mutations.reference.rows import Row
from gateway.mutations.requests import api_name
from gateway.mutations.row_lookups import lock_row
from models import ReferenceChange
from models.access_tokens import LONGEST_SUBJECT
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.reference.data import values
from models.reference.data.values import Form
from models.reference.grant_rule import LEAST_SAMPLED, LEAST_WAIT_HOURS, MOST_WAIT_HOURS
from models.row_keys import new_key
from models.vocabulary import ReferenceChangeState, ReferenceKind


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one value: the text that says what is expected, and the limits that it names."""

    rule: str
    is_met: Callable[[Any], bool]
    limits: Mapping[str, int] = field(default_factory=dict)


def _in_range(rule: str, least: int, most: int) -> Check:
    """A value that was left out is in no range, and so not out of it."""
    return Check(
        rule,
        lambda value: value is None or least <= value <= most,
        {"least": least, "most": most},
    )


def _matches(rule: str, form: Form, **limits: int) -> Check:
    return Check(rule, lambda value: form.pattern.fullmatch(value) is not None, limits)


_NAME = _matches("name", values.NAME, most=values.LONGEST_NAME)
_SUBJECT = Check(
    "subject",
    lambda value: value.isprintable() and 0 < len(value) <= LONGEST_SUBJECT,
    {"most": LONGEST_SUBJECT},
)
_CHECKS: Mapping[str, Check] = {
    "name": _NAME,
    "name_en": _NAME,
    "name_id": _NAME,
    "city": _NAME,
    "stay_days": _in_range("stay_days", 1, values.MOST_DAYS),
    "use_within_days": _in_range("use_within_days", 1, values.MOST_DAYS),
    "months": _in_range("months", 0, values.MOST_MONTHS),
    "times": _in_range("times", 0, values.MOST_EXTENSIONS),
    "passport_months": _in_range("months", 0, values.MOST_MONTHS),
    "fee": _in_range("fee", 0, values.MOST_RUPIAH),
    "hours": _in_range("hours", 1, values.MOST_HOURS),
    "working_days": _in_range("working_days", 1, values.MOST_WORKING_DAYS),
    "promised_percent": _in_range("promised_percent", 1, 100),
    "iso3": _matches("alpha_3", values.ALPHA_3),
    "days": _in_range("days", 1, values.MOST_DAYS),
    "decree": _matches("decree", values.DECREE, most=values.LONGEST_DECREE),
    "sample_percent": _in_range("promised_percent", LEAST_SAMPLED, 100),
    "hours_after_payment": _in_range("hours", LEAST_WAIT_HOURS, MOST_WAIT_HOURS),
    "subject": _SUBJECT,
    "official": _SUBJECT,
    "reason": Check(
        "reason",
        lambda value: 0 < len(value) <= values.LONGEST_REASON,
        {"most": values.LONGEST_REASON},
    ),
}
_CODES: Mapping[type[ReferenceRequest], Check] = {
    ProposePartner: _matches("partner_code", values.PARTNER_CODE),
    ProposeCentre: _matches("centre_code", values.CENTRE_CODE),
    ProposePool: _matches("pool_code", values.POOL_CODE),
    ProposeVisaType: _matches("visa_type_code", values.VISA_TYPE_CODE),
}


def check(request: ReferenceRequest, today: date, reasons: Reasons) -> None:
    """Add a reason for each invalid field."""
    is_past = isinstance(request, ProposeNamedEvent)
    for name in (each.name for each in fields(request)):
        value = getattr(request, name)
        if isinstance(value, date) and value < today and not is_past:
            reasons.add(Refusal.DATE_PASSED, api_name(name))
        check_value = _CODES.get(type(request)) if name == "code" else _CHECKS.get(name)
        if check_value and not check_value.is_met(value):
            rule, limits = check_value.rule, check_value.limits
            reasons.add(Refusal.INVALID, api_name(name), rule=rule, limits=limits)
    if isinstance(request, ProposeCentre) and request.code[:2] != request.country:
        reasons.add(Refusal.INVALID, "code", rule="centre_of_country")


_PATH = "changeId"


async def propose(
    transaction: WriteTransaction, request: Proposal, kind: ReferenceKind, rows: list[Row]
) -> str:
    """Write a proposal. Raises RefusedError if another one of the same row waits or is to come."""
    changed = [row.to_json() for row in rows]
    proposal = {
        "id": new_key(),
        "kind": kind.value,
        "decree": request.decree,
        "reason": request.reason,
        "changed": changed,
        "proposed_by": transaction.viewer.subject,
    }
    if not await transaction.insert_now(ReferenceChange, proposal):
        raise RefusedError(Reason(Refusal.ALREADY_PROPOSED, ()))
    # The key service opens people of one partner to another where two administrators say so.
    for pair in await takeovers(transaction, changed):
        subject = transaction.viewer.subject
        transaction.relate(Relation(RelationKind.TAKEOVER, " ".join(pair), subject))
    return str(proposal["id"])


async def approve(
    transaction: WriteTransaction, request: ApproveReferenceChange, today: date, reasons: Reasons
) -> str:
    """Agree to a change, which the database writes for its day."""
    row = await _lock(transaction, request, request.change_id, reasons)
    if row.state in (ReferenceChangeState.APPROVED, ReferenceChangeState.INITIAL):
        raise RefusedError(Reason(Refusal.ALREADY_APPROVED, (_PATH,)))
    if row.proposed_by == transaction.viewer.subject:
        raise RefusedError(Reason(Refusal.SECOND_PERSON_REQUIRED, (_PATH,)))
    if row.effective_on is not None and row.effective_on < today:
        raise RefusedError(Reason(Refusal.DATE_PASSED, (_PATH,)))
    approved = await _write(transaction, row.id, approved_by=transaction.viewer.subject)
    for leaves, takes in await takeovers(transaction, row.changed):
        transaction.relate(Relation(RelationKind.SUCCESSOR, takes, leaves))
    return approved


async def cancel(
    transaction: WriteTransaction, request: CancelReferenceChange, today: date, reasons: Reasons
) -> str:
    """Stop a change before its day: what was in force stays so. One person is enough for that."""
    row = await _lock(transaction, request, request.change_id, reasons)
    is_approved = row.state in (ReferenceChangeState.APPROVED, ReferenceChangeState.INITIAL)
    if is_approved and (row.effective_on is None or row.effective_on <= today):
        raise RefusedError(Reason(Refusal.ALREADY_IN_FORCE, (_PATH,)))
    by = {"cancelled_by": transaction.viewer.subject, "cancel_reason": request.reason}
    return await _write(transaction, row.id, **by)


async def _lock(
    transaction: WriteTransaction, request: ReferenceRequest, id_: UUID | None, reasons: Reasons
) -> Any:
    """Lock a change that was not cancelled. Raises RefusedError if there is none."""
    row = id_ and await lock_row(transaction, request.mutation, ReferenceChange, {"id": id_})
    if not row:
        reasons.add(Refusal.NOT_FOUND, _PATH)
    elif row.state == ReferenceChangeState.CANCELLED:
        reasons.add(Refusal.ALREADY_CANCELLED, _PATH)
    reasons.refuse_if_any()
    return row


async def _write(transaction: WriteTransaction, id_: UUID, **values: str) -> str:
    """Raises RefusedError if the row it changes has changed meanwhile: nothing is written then."""
    if not await transaction.update_now(ReferenceChange, {"id": id_}, values):
        raise RefusedError(Reason(Refusal.CHANGED_MEANWHILE, (_PATH,)))
    return str(id_)
