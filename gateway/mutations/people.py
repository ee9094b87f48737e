"""Applicants and their identity: validation, lookup by account, and creation."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_unless

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.requests import Person, Submission, api_name
from models import Applicant, Identity
from models.keys import new_key
from models.life import Refusal

_EARLIEST = date(1900, 1, 1)
#: The text that says what is expected has the name of the field.
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "full_name": re.compile(r"[^\x00-\x1f\x7f]{1,200}"),
    "passport_number": re.compile(r"[A-Z0-9]{5,12}"),
    "email": re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}"),
    "phone": re.compile(r"\+[0-9][0-9 ()-]{4,24}"),
}


def check_person(person: Person, today: date, reasons: Reasons) -> None:
    """Add a reason for each invalid field, never its value."""
    for name, pattern in _PATTERNS.items():
        if not pattern.fullmatch(getattr(person, name)):
            reasons.add(Refusal.INVALID, "identity", api_name(name), rule=name)
    if not _EARLIEST <= person.birth_date <= today:
        reasons.add(Refusal.INVALID, "identity", "birthDate", rule="birth_date")


async def check_own_applicant(
    transaction: WriteTransaction, submission: Submission, reasons: Reasons
) -> None:
    """Add reasons if an identity is needed, or differs from the one on record."""
    rows = await _find_applicant(transaction, transaction.viewer.subject)
    if rows:
        _check_same_person(rows[0], submission, reasons)
    elif submission.person is None:
        reasons.add(Refusal.IDENTITY_REQUIRED, "identity")


async def own_applicant(transaction: WriteTransaction, submission: Submission) -> UUID:
    """The applicant with the viewer's own account, created with the first application.

    Applying again never changes the identity: it would change under open cases.
    Raises RefusedError if another request has meanwhile created a different one.
    """
    account = transaction.viewer.subject
    rows = await _find_applicant(transaction, account)
    if not rows and submission.person is not None:
        new = _applicant_row(new_key(), submission, account)
        insertion = insert_unless(Applicant).values(**new).on_conflict_do_nothing()
        if await transaction.rows(insertion.returning(Applicant.id)):
            await transaction.run(insert(Identity), _identity_row(new["id"], submission.person))
        rows = await _find_applicant(transaction, account)
    reasons = Reasons()
    _check_same_person(rows[0], submission, reasons)
    reasons.refuse_if_any()
    return rows[0].id


async def create_applicants(
    transaction: WriteTransaction, submissions: list[Submission]
) -> list[UUID]:
    """A new applicant for each application: an agent never learns who applied before."""
    ids = [new_key() for _ in submissions]
    pairs = list(zip(ids, submissions, strict=True))
    applicants = [_applicant_row(id_, submission, None) for id_, submission in pairs]
    await transaction.run(insert(Applicant), applicants)
    identities = [
        _identity_row(id_, submission.person) for id_, submission in pairs if submission.person
    ]
    await transaction.run(insert(Identity), identities)
    return ids


def _check_same_person(row: Any, submission: Submission, reasons: Reasons) -> None:
    """Add reasons where a submission differs from the person on record."""
    if row.nationality_code != submission.nationality and not reasons.has("nationality"):
        reasons.add(Refusal.IDENTITY_DIFFERS, "nationality")
    person = submission.person
    if person is None or reasons.has("identity"):
        return
    if any(getattr(row, name) != getattr(person, name) for name in (*_PATTERNS, "birth_date")):
        reasons.add(Refusal.IDENTITY_DIFFERS, "identity")


async def _find_applicant(transaction: WriteTransaction, account: str) -> Any:
    return await transaction.rows(
        select(Applicant.id, Applicant.nationality_code, *Identity.__table__.columns)
        .join(Identity, Identity.applicant_id == Applicant.id)
        .where(Applicant.account == account)
    )


def _applicant_row(id_: UUID, submission: Submission, account: str | None) -> dict[str, Any]:
    number = submission.person.passport_number if submission.person else ""
    return {
        "id": id_,
        "account": account,
        "nationality_code": submission.nationality,
        "passport_last_four": number[-4:],
    }


def _identity_row(applicant: UUID, person: Person) -> dict[str, Any]:
    values = {name: getattr(person, name) for name in (*_PATTERNS, "birth_date")}
    return {"applicant_id": applicant, **values}
