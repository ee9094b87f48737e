"""Corrections of the person on file: what is checked, what is proposed, what follows.

A correction is a version of the identity. A trigger of the database puts it into force, archives
the earlier version and voids the answers of screening about it: nothing else changes an existing
identity.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, bindparam, func, select, update
from sqlalchemy.orm import aliased

from gateway.access.transactions.writing import WriteTransaction, select_lock
from gateway.access.vault import vault_errors
from gateway.mutations.answerable import (
    Answerable,
    check_corrected,
    check_guarantor,
    corrected_files,
    guarantor_of,
    guardian_of,
)
from gateway.mutations.case_statements import handled
from gateway.mutations.locked_case import Case, read_case
from gateway.mutations.offer import read_eligible, select_countries
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.people import check_passport, check_values
from gateway.mutations.requests import ProposedCorrection, StepRequest
from gateway.mutations.screening import ask
from models import Application, CaseDocument, Correction, Guardian, HandlingRule, IdentityVersion
from models.life import Refusal
from models.life.steps import UNPAID, WORKED_ON
from models.person.vault import Person
from models.reference.dated_rules import entry_in_force, needed_until, select_months
from models.row_keys import new_key
from models.vocabulary import (
    OPEN_CORRECTIONS,
    CorrectionState,
    DocumentKind,
    Entry,
    ScreeningKind,
    Status,
)

#: How far a case has come: the one that has come furthest says who approves a correction.
_COME = {
    **dict.fromkeys(UNPAID, 1),
    **dict.fromkeys(WORKED_ON, 3),
    Status.GRANTED: 4,
}
#: Granted, and not corrected: whoever applies anew is corrected there, once that is paid.
_NOT_CORRECTED = 2


async def check_correction(
    transaction: WriteTransaction, proposed: ProposedCorrection, case: Case, reasons: Reasons
) -> None:
    """Add a reason for each mistake of what is proposed, never a value."""
    named = {proposed.nationality, proposed.values.get("passport_issuing_state")} - {None}
    known = await transaction.fetch_one(select_countries, codes=list(named))
    countries = frozenset(row.code for row in known)
    check_values(proposed.values, case.on, countries, reasons)
    if (expires_on := proposed.values.get("passport_expires_on")) is not None:
        check_passport(expires_on, await _needed_until(transaction, case), reasons)
    if proposed.guarantor is not None:
        if await transaction.fetch_one(_select_letter, id=case.id):
            check_guarantor(proposed.guarantor, reasons)
        else:
            reasons.add(Refusal.INVALID, "guarantor", rule="no_guarantor")
    if proposed.says_who_is_a_minor and not reasons.has("identity", "birthDate"):
        files = await transaction.fetch_one(_select_files, id=case.id)
        check_corrected(proposed, case.id, files, case.on, reasons)
    if proposed.nationality is None:
        return
    if proposed.nationality not in countries:
        reasons.add(Refusal.NATIONALITY_UNKNOWN, "nationality")
    elif await _is_a_new_application(transaction, case, proposed.nationality):
        reasons.add(Refusal.NEW_APPLICATION, "nationality")


def _select_letter() -> Any:
    """Whether a case needs a guarantor: its checklist then has the guarantor's letter."""
    return select(CaseDocument.kind).where(
        CaseDocument.application_id == _ID, CaseDocument.kind == DocumentKind.GUARANTEE_LETTER
    )


async def _needed_until(transaction: WriteTransaction, case: Case) -> date:
    """The day until which the passport must be valid for every file of the person that is open or
    granted, each by the rule of the day on which it was handed in.

    Files in which nobody asked for the day of entry count as if it were today.
    """
    files = await transaction.fetch_one(_select_files, id=case.id)
    return max(needed_until(file.entry_on or case.on, file.months or 0) for file in files)


#: The application of the case.
_ID = bindparam("id", None, Application.id.type)
_PERSON = bindparam("person", None, Application.applicant_id.type)


def _select_person() -> Any:
    return select(Application.applicant_id).where(Application.id == _ID)


def _select_files() -> Any:
    on = func.wib_day(Application.submitted_at, type_=Date)
    months = select_months(Application.visa_type_code, on).scalar_subquery().label("months")
    case = aliased(Application)
    person = select(case.applicant_id).where(case.id == _ID).scalar_subquery()
    return select(
        *(Application.id, Application.entry_on, Application.guardian_kind),
        *(Application.group_reference, months),
    ).where(
        Application.applicant_id == person,
        Application.status.in_([status.value for status in _COME]),
    )


async def propose_correction(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Write the proposed version. Before payment it takes effect at once."""
    proposed = request.correction or ProposedCorrection({}, None)
    person = await _person(transaction, case)
    await _refuse_elsewhere(transaction, case, person, request.target)
    [(latest,)] = await transaction.fetch_one(_select_latest_version, person=person)
    answerable = await _answerable(transaction, proposed, case, person)
    to_seal = [Person(person, latest + 1, proposed.values), *(one.to_seal for _, one in answerable)]
    with vault_errors():
        values, *of_others = await transaction.vault(case.reference).seal(to_seal)
    number = proposed.values.get("passport_number")
    version = {
        "applicant_id": person,
        "number": latest + 1,
        "sealed": values,
        "passport_issuing_state": proposed.values.get("passport_issuing_state"),
        "passport_last_four": number[-4:] if number else None,
        "nationality_code": proposed.nationality,
        "written_at": case.at,
    }
    is_at_once = case.state.status in UNPAID
    subject = transaction.viewer.subject
    correction = {
        "id": new_key(),
        "application_id": case.id,
        "applicant_id": person,
        "version": latest + 1,
        "state": CorrectionState.IN_EFFECT if is_at_once else CorrectionState.PROPOSED,
        "proposed_at": case.at,
        "proposed_by": subject,
        "proposed_role": transaction.viewer.role.value,
        "closed_at": case.at if is_at_once else None,
        "closed_by": subject if is_at_once else None,
    }
    transaction.insert(IdentityVersion, version)
    for (file, one), sealed in zip(answerable, of_others, strict=True):
        row = {**one.row(sealed), "application_id": file, "version": latest + 1}
        if one.noun is Guardian:
            row["consented_at"] = case.at if row["kind"] else None
        transaction.insert(one.noun, row)
    transaction.insert(Correction, correction)
    return {}


async def _answerable(
    transaction: WriteTransaction, proposed: ProposedCorrection, case: Case, person: UUID
) -> list[tuple[UUID, Answerable]]:
    """Who answers for the person from now on, and in which file."""
    guarantor, files = proposed.guarantor, []
    if proposed.says_who_is_a_minor:
        files = await transaction.fetch_one(_select_files, id=case.id)
    corrected = corrected_files(proposed, case.id, files, case.on)
    return [
        *([(case.id, guarantor_of(person, guarantor))] if guarantor else ()),
        *((file, guardian_of(person, guardian)) for file, guardian in corrected),
    ]


def _select_latest_version() -> Any:
    of_person = IdentityVersion.applicant_id == _PERSON
    return select(func.coalesce(func.max(IdentityVersion.number), 1)).where(of_person)


async def approve_correction(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Put the correction into force; after a grant, leave that to a second person."""
    if case.state.status is not Status.GRANTED:
        return await put_into_force(transaction, request, case)
    await _refuse_a_new_application(transaction, request, case)
    _close(transaction, case, state=CorrectionState.APPROVED, is_first=True)
    return {}


async def put_into_force(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    """Put the correction into force, and ask supervision again wherever it was asked before.

    A visa whose type is not corrected, as its holder is in a later file, stays held until
    supervisors ask.
    """
    await _refuse_a_new_application(transaction, request, case)
    _close(transaction, case, state=CorrectionState.IN_EFFECT)
    person = await _person(transaction, case)
    for row in await transaction.fetch_one(_select_screened_files, person=person):
        if row.status == Status.GRANTED and case.state.status is not Status.GRANTED:
            continue
        if file := await read_case(transaction, row.id):
            ask(transaction, file)
    return {}


def _select_screened_files() -> Any:
    return select(Application.id, Application.status).where(
        Application.applicant_id == _PERSON,
        Application.status.in_([Status.SCREENING, Status.GRANTED]),
    )


async def reject_correction(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    _close(transaction, case, state=CorrectionState.REJECTED, reason=request.reason)
    return {}


def _close(
    transaction: WriteTransaction,
    case: Case,
    *,
    state: CorrectionState,
    is_first: bool = False,
    reason: str | None = None,
) -> None:
    subject = transaction.viewer.subject
    by: Mapping[str, Any] = (
        {"approved_at": case.at, "approved_by": subject}
        if is_first
        else {"closed_at": case.at, "closed_by": subject, "reason": reason}
    )
    transaction.write(_close_waiting, tuple(by), id=case.id, state=state.value, **by)


def _close_waiting(columns: Sequence[str]) -> Any:
    changes = {name: bindparam(name, None) for name in ("state", *columns)}
    return update(Correction).where(_waits()).values(changes)


def _waits() -> Any:
    return (Correction.application_id == _ID) & Correction.state.in_(OPEN_CORRECTIONS)


async def _person(transaction: WriteTransaction, case: Case) -> UUID:
    [(person,)] = await transaction.fetch_one(_select_person, id=case.id)
    return person


async def _refuse_elsewhere(
    transaction: WriteTransaction, case: Case, person: UUID, target: str
) -> None:
    """A person is corrected in the file that has come furthest, one correction at a time.

    A role that reaches one file of a person reaches them all, since an agent makes a new applicant
    with each file.
    """
    _, files, waiting = await transaction.fetch(
        transaction.bind(select_lock, text=str(person)),
        transaction.bind(_select_other_files, person=person, id=case.id),
        transaction.bind(_select_waiting, person=person),
    )
    ahead = {_come(row) for row in files if _come(row) > _COME[case.state.status]}
    if ahead:
        is_provided = ahead != {_NOT_CORRECTED}
        why = Refusal.CORRECTED_ELSEWHERE if is_provided else Refusal.CORRECTION_NOT_PROVIDED
        raise RefusedError(Reason(why, (target,)))
    if waiting:
        raise RefusedError(Reason(Refusal.CORRECTION_PENDING, (target,)))


def _come(file: Any) -> int:
    status = Status(file.status)
    if status is Status.GRANTED and not file.is_corrected:
        return _NOT_CORRECTED
    return _COME.get(status, 0)


def _select_other_files() -> Any:
    is_corrected = handled(HandlingRule.is_corrected).label("is_corrected")
    return select(Application.status, is_corrected).where(
        Application.applicant_id == _PERSON, Application.id != _ID
    )


def _select_waiting() -> Any:
    return select(Correction.id).where(
        Correction.applicant_id == _PERSON, Correction.state.in_(OPEN_CORRECTIONS)
    )


async def _refuse_a_new_application(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> None:
    """What nationals need may have changed since it was proposed."""
    proposed = await transaction.fetch_one(_select_proposed, id=case.id)
    nationality = proposed[0].nationality_code if proposed else None
    if nationality and await _is_a_new_application(transaction, case, nationality):
        raise RefusedError(Reason(Refusal.NEW_APPLICATION, (request.target,)))


def _select_proposed() -> Any:
    return (
        select(IdentityVersion.nationality_code)
        .join(
            Correction,
            (Correction.applicant_id == IdentityVersion.applicant_id)
            & (Correction.version == IdentityVersion.number),
        )
        .where(_waits())
    )


async def _is_a_new_application(
    transaction: WriteTransaction, case: Case, nationality: str
) -> bool:
    """Whether nationals of a country cannot take the visa on file, or need CLEARANCE where it was
    not needed, or the other way round."""
    eligible = await read_eligible(transaction, [nationality], case.on)
    if case.visa_type not in eligible.fitting_types(nationality):
        return True
    [becomes] = await transaction.fetch_one(_select_entry, nationality=nationality)
    is_calling = becomes.entry == Entry.CALLING_VISA
    return is_calling is not (ScreeningKind.CLEARANCE in case.state.questions)


def _select_entry() -> Any:
    return select(entry_in_force(bindparam("nationality")).label("entry"))
