"""Applicants and their identity: validation, lookup by account, and creation."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_unless

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import RefusedError
from gateway.mutations.requests import Person, Submission, api_name
from models import Applicant, Identity
from models.keys import new_key
from models.life import Refusal

_EARLIEST = date(1900, 1, 1)
_PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "full_name": (re.compile(r"[^\x00-\x1f\x7f]{1,200}"), "A name has from 1 to 200 characters."),
    "passport_number": (
        re.compile(r"[A-Z0-9]{5,12}"),
        "A passport number has from 5 to 12 capital letters and digits.",
    ),
    "email": (re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}"), "This is no e-mail address."),
    "phone": (
        re.compile(r"\+[0-9][0-9 ()-]{4,24}"),
        "A phone number begins with `+` and the country code.",
    ),
}


def check_person(person: Person, today: date, *path: str) -> None:
    """Raises RefusedError with the path of the first invalid field, never with its value."""
    for name, (pattern, why) in _PATTERNS.items():
        if not pattern.fullmatch(getattr(person, name)):
            raise RefusedError(Refusal.INVALID, *path, api_name(name), why=why)
    if not _EARLIEST <= person.birth_date <= today:
        why = "A date of birth lies between 1900 and today."
        raise RefusedError(Refusal.INVALID, *path, "birthDate", why=why)


async def own_applicant(
    transaction: WriteTransaction, submission: Submission, path: tuple[str, ...]
) -> UUID:
    """The applicant with the viewer's own account, created with the first application.

    Applying again never changes the identity: it would change under open cases.
    Raises RefusedError if an identity is needed, or differs from the stored one.
    """
    account = transaction.viewer.subject
    rows = await _find_applicant(transaction, account)
    if not rows:
        if submission.person is None:
            raise RefusedError(Refusal.IDENTITY_REQUIRED, *path, "identity")
        new = _applicant_row(new_key(), submission, account)
        insertion = insert_unless(Applicant).values(**new).on_conflict_do_nothing()
        if await transaction.rows(insertion.returning(Applicant.id)):
            await transaction.run(insert(Identity), _identity_row(new["id"], submission.person))
        rows = await _find_applicant(transaction, account)
    return _check_same_person(rows[0], submission, path)


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


def _check_same_person(row: Any, submission: Submission, path: tuple[str, ...]) -> UUID:
    """The id of the stored applicant. Raises RefusedError if the submission differs."""
    if row.nationality_code != submission.nationality:
        raise RefusedError(Refusal.IDENTITY_DIFFERS, *path, "nationality")
    if (person := submission.person) and any(
        getattr(row, name) != getattr(person, name) for name in (*_PATTERNS, "birth_date")
    ):
        raise RefusedError(Refusal.IDENTITY_DIFFERS, *path, "identity")
    return row.id


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
