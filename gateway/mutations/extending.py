"""Extensions of a stay: how one is applied for, how an office's report of who appeared is written,
and what a grant notes.
"""

from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, func, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.leaving import require_in_reach
from gateway.mutations.locked_case import Case
from gateway.mutations.offer import read_offer
from gateway.mutations.outcome import Reason, RefusedError
from gateway.mutations.requests import StepRequest
from gateway.mutations.submitting import INITIAL_STATUS, event_rows
from models import Application, ApplicationEvent, Bill
from models.case.reference_numbers import DIRECT, new_billing_code, new_reference
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.row_keys import new_key
from models.visa_document.content import extension_name

_CASE = bindparam("id", None, Uuid)


async def apply_for_extension(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> UUID:
    """Hand in an application for more days on the visa of a case, which is locked: two never see
    the same room for one. It is paid for before the stay ends.
    """
    [terms] = await transaction.fetch_one(_select_terms, id=case.id)
    offer = await read_offer(transaction, (), ())
    if not offer.code_lasts:  # without a deadline nothing can be billed
        raise RefusedError(Reason(Refusal.VISA_TYPE_NOT_OFFERED, (request.target,)))
    id_, reference = new_key(), new_reference(SystemRandom())
    pay_by = min(offer.at + offer.payable_for, terms.ends_at)
    application = {
        "id": id_,
        "reference": reference,
        "applicant_id": terms.applicant_id,
        "nationality_code": terms.nationality_code,
        "visa_type_code": terms.visa_type_code,
        "trip_purpose": terms.trip_purpose,
        "extends_visa_number": terms.visa_number,
        "channel": DIRECT.channel,
        "status": INITIAL_STATUS,
        "submitted_at": offer.at,
        "pay_by": pay_by,
    }
    bill = {
        "billing_code": new_billing_code(SystemRandom()),
        "application_id": id_,
        "amount_idr": terms.fee_idr,
        "issued_at": offer.at,
        "due_at": min(offer.at + offer.code_lasts, pay_by),
    }
    transaction.relate(Relation(RelationKind.CASE, reference, terms.applicant_id))
    transaction.insert(Application, application)
    transaction.insert(Bill, bill)
    transaction.insert(ApplicationEvent, *event_rows(transaction, id_, offer.at))
    await require_in_reach(transaction, request.mutation, [id_], are_new=True)
    return id_


def _select_terms() -> Any:
    terms = func.viewer.extension_of(_CASE).table_valued(
        *("visa_number", "applicant_id", "nationality_code", "visa_type_code", "trip_purpose"),
        *("fee_idr", "ends_at"),
    )
    return select(*terms.c)


async def record_appearance(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Record the entry, if nobody has reported one."""
    [entry] = await transaction.fetch_one(_select_entry, id=case.id)
    entered_on, path = request.entered_on, ("enteredOn",)
    if entry.is_known and entered_on is not None:
        raise RefusedError(Reason(Refusal.INVALID, path, rule="entry_is_known"))
    if not entry.is_known and entered_on is None:
        raise RefusedError(Reason(Refusal.INVALID, path, rule="entry_is_unknown"))
    if entered_on is None:
        return {}
    if not entry.earliest <= entered_on <= entry.latest:
        limits = {"least": entry.earliest.isoformat(), "most": entry.latest.isoformat()}
        raise RefusedError(Reason(Refusal.INVALID, path, rule="entry_is_outside", limits=limits))
    written = {"id": case.id, "entered": entered_on, "record": new_key()}
    await transaction.fetch_one(_record_entry, **written)
    return {}


def _select_entry() -> Any:
    entry = func.viewer.entry_to_record(_CASE).table_valued("is_known", "earliest", "latest")
    return select(*entry.c)


def _record_entry() -> Any:
    given = bindparam("entered", None, Date), bindparam("record", None, Uuid)
    return select(func.viewer.record_entry(_CASE, *given))


async def note_extension(transaction: WriteTransaction, case: Case) -> None:
    """A grant yields no visa: a trigger adds its days to the one that there is, whose next document
    is signed for these alone."""
    [row] = await transaction.fetch_one(_select_extension, id=case.id)
    assert case.reference
    name = extension_name(row.extends_visa_number, case.reference, row.days)
    transaction.relate(Relation(RelationKind.EXTENSION, name, case.applicant))


def _select_extension() -> Any:
    days = func.days_of_extension(Application.visa_type_code, Application.submitted_at)
    return select(Application.extends_visa_number, days.label("days")).where(
        Application.id == _CASE
    )
