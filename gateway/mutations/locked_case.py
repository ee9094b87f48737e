"""An application locked for a change, with its state as read after the lock was acquired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from gateway.access.fields import is_readable
from gateway.access.rows import rule_of_changing, rule_of_reading
from gateway.access.transactions.prepared import Bound
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case_statements import (
    documents_of,
    select_answers,
    select_clearance,
    select_corrections,
    select_desk,
    select_state,
    select_to_lock,
)
from gateway.rules import Rule, every_row
from models.life import CaseState, Proposal
from models.row_keys import new_key
from models.vocabulary import (
    CLOSED,
    Clock,
    CorrectionState,
    Entry,
    Extendability,
    RequestedItemKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A locked application and its state."""

    id: UUID
    applicant: UUID
    #: None for roles that do not read it.
    reference: str | None
    state: CaseState
    visa_type: str
    decision: UUID | None
    #: The latest question of each kind.
    questions: Mapping[ScreeningKind, UUID]
    clock: Clock
    #: The number of its latest event.
    sequence: int
    #: Whether it may be changed by the mutation; one on another desk is only judged.
    is_locked: bool
    #: Now, by the database's clock, and the date in WIB.
    at: datetime
    on: date


async def lock_case(
    transaction: WriteTransaction, mutation: str, application: UUID | None
) -> Case | None:
    """Lock an application and read its state.

    None for an id that is missing, out of reach or malformed: the three look the same. One that
    the viewer reads and may not change is not locked, and read to say why.
    """
    id_ = application or new_key()  # a malformed id acts like a missing one
    role = transaction.viewer.role
    rule = rule_of_changing(mutation, role)
    # The rule is checked again when the row is read, which may have changed while we waited for the
    # lock.
    reads = _reads_of(transaction, id_, rule)
    locked, *found = await transaction.fetch(
        transaction.bind(select_to_lock, rule, id=id_), *reads.values()
    )
    if locked:
        return _case_of(dict(zip(reads, found, strict=True)), is_locked=True)
    return await read_case(transaction, id_, rule_of_reading("Application", role))


async def read_case(
    transaction: WriteTransaction, id_: UUID, rule: Rule | None = every_row
) -> Case | None:
    """The state of an application in reach that meets a rule; it is not locked."""
    reads = _reads_of(transaction, id_, rule)
    found = await transaction.fetch(*reads.values())
    return _case_of(dict(zip(reads, found, strict=True)), is_locked=False)


def _reads_of(transaction: WriteTransaction, id_: UUID, rule: Rule | None) -> dict[str, Bound]:
    """The statements that read a case, as far as the role may read it."""
    role = transaction.viewer.role
    reads = {"state": transaction.bind(select_state, role, rule, id=id_)}
    if is_readable("Screening", "result", role):
        reads["answers"] = transaction.bind(select_answers, role, id=id_)
    elif is_readable("Application", "isReferred", role):
        reads["clearance"] = transaction.bind(select_clearance, id=id_)
    if is_readable("Assignment", "officer", role):
        reads["desk"] = transaction.bind(select_desk, id=id_)
    if is_readable("Correction", "state", role):
        reads["corrections"] = transaction.bind(select_corrections, role, id=id_)
    return reads


def _case_of(found: Mapping[str, Sequence[Any]], *, is_locked: bool) -> Case | None:
    if not found["state"]:
        return None
    [row] = found["state"]
    screenings: Sequence[Any] = found.get("answers", ())
    if "clearance" in found:
        screenings = _visible_answers(found["clearance"][0])
    latest = {ScreeningKind(one.kind): one for one in screenings}
    is_calling = row.entry == Entry.CALLING_VISA
    return Case(
        id=row.id,
        applicant=row.applicant_id,
        reference=row.reference,
        state=_state(row, latest, screenings, found.get("desk", ()), found.get("corrections", ())),
        visa_type=row.visa_type_code,
        decision=row.current_decision_id,
        questions={kind: one.id for kind, one in latest.items()},
        clock=Clock.CALLING_VISA if is_calling else Clock.STANDARD,
        sequence=row.sequence or 0,
        is_locked=is_locked,
        at=row.at,
        on=row.on,
    )


def _visible_answers(clearance: Any) -> list[Any]:
    """The answers as far as the role may know them: cleared or not, and what may be asked."""

    answers: list[Any] = []
    for kind in ScreeningKind:
        may_ask = kind in clearance.to_ask
        unclear = ScreeningResult.UNAVAILABLE if may_ask else ScreeningResult.PENDING
        answer = SimpleNamespace(
            id=None,
            kind=kind,
            result=ScreeningResult.CLEAR if clearance.cleared else unclear,
            proposed=None,
            # What the system cleared is asked of people all the same.
            list_version="" if clearance.cleared and may_ask else None,
        )
        answers.append(answer)
    return answers


def _state(
    row: Any,
    latest: Mapping[ScreeningKind, Any],
    screenings: Sequence[Any],
    desk: Sequence[Any],
    corrections: Sequence[Any],
) -> CaseState:
    status, is_calling = Status(row.status), row.entry == Entry.CALLING_VISA
    found_by = {
        ScreeningKind(one.kind): one.answered_by
        for one in screenings
        if one.result == ScreeningResult.HIT
    }
    on_desk = {Role(one.role): one.officer for one in desk}
    questions = (ScreeningKind.ENTRY_BAN, *((ScreeningKind.CLEARANCE,) if is_calling else ()))
    return CaseState(
        status=status,
        is_paid=row.paid_at is not None,
        is_held=row.is_held,
        is_urgent=row.is_urgent,
        owes_fee=row.owes_fee,
        is_partnered=row.partner_code is not None,
        is_received=row.received_at is not None,
        is_closed=status in CLOSED,
        is_linked=row.is_linked,
        grant_stop=row.grant_stop,
        since=row.since,
        paused=row.paused or timedelta(),
        decided_by=row.officer,
        revoked_by=row.revoked_by,
        has_live_visa=row.has_live_visa,
        has_unused_visa=row.has_unused_visa,
        extendability=Extendability(row.extendability or Extendability.NO_RULE),
        is_extension=row.is_extension,
        has_appeared=row.has_appeared,
        lacks_company=row.lacks_company,
        is_extended_visa_stopped=row.is_extended_visa_stopped,
        awaits_first_decision=row.awaits_first_decision,
        was_decided_first_by_oneself=row.was_decided_first_by_oneself,
        decided=(row.outcome, (*row.grounds, *row.conditions)) if row.outcome else None,
        questions=questions,
        answers={kind: ScreeningResult(one.result) for kind, one in latest.items()},
        answered_by_system=frozenset(
            [kind for kind, one in latest.items() if one.list_version is not None]
        ),
        proposals=_proposals(latest, found_by),
        hits=frozenset(
            kind for kind in found_by if latest[kind].result != ScreeningResult.NO_MATCH
        ),
        needs_intention=row.needs_intention,
        was_announced=row.was_announced,
        has_open_intention=row.has_open_intention,
        may_be_corrected=row.may_be_corrected,
        outstanding=frozenset(
            map(RequestedItemKind, row.outstanding.split(",") if row.outstanding else ())
        ),
        required_documents=documents_of(row.required_documents),
        missing_documents=documents_of(row.missing_documents),
        officer=on_desk.get(Role.OFFICER),
        supervisor=on_desk.get(Role.SUPERVISOR),
        correction=CorrectionState(corrections[0].state) if corrections else None,
        correction_approved_by=corrections[0].approved_by if corrections else None,
    )


def _proposals(
    latest: Mapping[ScreeningKind, Any], found_by: Mapping[ScreeningKind, str]
) -> Mapping[ScreeningKind, Proposal]:
    """Answers that wait for a second person."""
    return {
        kind: Proposal(ScreeningResult(one.proposed), one.proposed_by, found_by.get(kind))
        for kind, one in latest.items()
        if one.result == ScreeningResult.PENDING and one.proposed
    }
