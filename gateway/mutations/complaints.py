"""Mutations about complaints: to lodge one, to sort it, to entrust it to somebody, to answer it."""

from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from uuid import UUID

from gateway.access.transactions.writing import WriteTransaction
from gateway.access.vault import vault_errors
from gateway.mutations.outcome import Effects, Reasons
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import is_there, lock_row, read_row
from models import Applicant, Application, Centre, Complaint, ComplaintText
from models.case.reference_numbers import new_reference
from models.key_service import Relation, RelationKind
from models.key_service.relations import complaint_reader
from models.life import Refusal
from models.person.vault import Person
from models.row_keys import new_key
from models.vocabulary import ComplaintKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgeComplaint(Request):
    """What it is about is None where it was malformed."""

    text: str
    is_about_a_case: bool
    application: UUID | None
    is_about_a_centre: bool
    centre: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortComplaint(Request):
    """The id is None where it was malformed, here and below."""

    complaint: UUID | None
    kind: ComplaintKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustComplaint(Request):
    complaint: UUID | None
    supervisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerComplaint(Request):
    complaint: UUID | None
    answer: str


async def lodge(transaction: WriteTransaction, request: LodgeComplaint, reasons: Reasons) -> str:
    """Lodge a complaint of the viewer. The database computes by when it is answered."""
    account = transaction.viewer.subject
    own = await read_row(transaction, Applicant, {"account": account}, "id")
    if not own:
        reasons.add(Refusal.NOTHING_ON_FILE)
    if request.is_about_a_case:
        key = {"id": request.application}
        if request.application is None or not await is_there(transaction, Application, key):
            reasons.add(Refusal.NOT_FOUND, "applicationId")
    if request.is_about_a_centre:
        centre = {"code": request.centre}
        if request.centre is None or not await is_there(transaction, Centre, centre):
            reasons.add(Refusal.NOT_FOUND, "centreId")
    reasons.refuse_if_any()
    id_ = new_key()
    readers = complaint_reader(Role.AUDITOR), complaint_reader(Role.APPLICANT, account)
    sealed = await _seal(transaction, id_, "complaint", request.text, *readers)
    transaction.insert(
        Complaint,
        {
            "id": id_,
            "reference": new_reference(SystemRandom()),
            "applicant_id": own.id,
            "account": account,
            "application_id": request.application,
            "centre_code": request.centre,
        },
    )
    transaction.insert(ComplaintText, {"complaint_id": id_, "sealed": sealed})
    return str(id_)


async def _seal(
    transaction: WriteTransaction, complaint: UUID, column: str, text: str, *readers: str
) -> dict[str, str]:
    """What is said, sealed by the key of the complaint; if it is made now, for these readers."""
    relations = [Relation(RelationKind.COMPLAINT, reader, complaint) for reader in readers]
    said = Person(complaint, 1, {column: text}, ComplaintText.__tablename__, relations)
    with vault_errors():
        [sealed] = await transaction.vault().seal([said])
    return sealed


async def sort(transaction: WriteTransaction, request: SortComplaint, reasons: Reasons) -> str:
    """Say of which kind a complaint is. The key service learns from the auditor's own token who
    reads it: it believes no database."""
    row = await _lock_open(transaction, request, reasons)
    if _is_other_than(row, ComplaintKind.UNSORTED):
        reasons.add(Refusal.ALREADY_SORTED, "complaintId")
    reasons.refuse_if_any()
    if request.kind is ComplaintKind.SERVICE:
        readers = [complaint_reader(Role.SUPERVISOR)]
        if row.partner_code is not None:
            readers.append(complaint_reader(Role.PARTNER_MANAGER, row.partner_code))
        transaction.relate(
            *(Relation(RelationKind.COMPLAINT, reader, row.id) for reader in readers)
        )
    columns = {"kind": request.kind.value, "sorted_by": transaction.viewer.subject}
    return _write_step(transaction, row, columns)


async def entrust(
    transaction: WriteTransaction, request: EntrustComplaint, reasons: Reasons
) -> str:
    """Name the one supervisor who reads a complaint of integrity."""
    row = await _lock_open(transaction, request, reasons)
    subject = transaction.viewer.subject
    if _is_other_than(row, ComplaintKind.INTEGRITY):
        reasons.add(Refusal.NOT_OF_INTEGRITY, "complaintId")
    elif getattr(row, "entrusted_to", None) is not None:
        reasons.add(Refusal.ALREADY_ENTRUSTED, "complaintId")
    if request.supervisor == subject:
        reasons.add(Refusal.INVALID, "supervisor", rule="no_auditor")
    reasons.refuse_if_any()
    reader = complaint_reader(Role.SUPERVISOR, request.supervisor)
    transaction.relate(Relation(RelationKind.COMPLAINT, reader, row.id))
    columns = {"entrusted_to": request.supervisor, "entrusted_by": subject}
    return _write_step(transaction, row, columns)


async def answer(transaction: WriteTransaction, request: AnswerComplaint, reasons: Reasons) -> str:
    """Answer a complaint, as one of those who read it."""
    viewer = transaction.viewer
    row = await _lock_open(transaction, request, reasons)
    if viewer.role is Role.AUDITOR and _is_other_than(row, ComplaintKind.INTEGRITY):
        reasons.add(Refusal.NOT_SORTED, "complaintId")
    reasons.refuse_if_any()
    sealed = await _seal(transaction, row.id, "answer", request.answer)
    columns = {"answered_by": viewer.subject, "answered_role": viewer.role.value}
    done = _write_step(transaction, row, columns)
    transaction.update(ComplaintText, {"complaint_id": row.id}, {"sealed": sealed})
    return done


def _is_other_than(row: Any, kind: ComplaintKind) -> bool:
    """Whether a complaint, if there is one, is of another kind."""
    return row is not None and row.kind != kind


def _write_step(transaction: WriteTransaction, row: Any, columns: dict[str, Any]) -> str:
    transaction.update(Complaint, {"id": row.id}, columns)
    return str(row.id)


async def _lock_open(
    transaction: WriteTransaction,
    request: SortComplaint | EntrustComplaint | AnswerComplaint,
    reasons: Reasons,
) -> Any:
    """Lock a complaint that waits for its answer; None, with a reason, if there is none."""
    columns = ["id", "kind", "partner_code", "answered_role"]
    if transaction.viewer.role is Role.AUDITOR:
        columns.append("entrusted_to")
    found = request.complaint and await lock_row(
        transaction, request.mutation, Complaint, {"id": request.complaint}, *columns
    )
    if not found:
        reasons.add(Refusal.NOT_FOUND, "complaintId")
    elif found.answered_role is not None:
        reasons.add(Refusal.ALREADY_ANSWERED, "complaintId")
    else:
        return found
    return None


EFFECTS: Effects = {
    LodgeComplaint: lodge,
    SortComplaint: sort,
    EntrustComplaint: entrust,
    AnswerComplaint: answer,
}
