"""Applicants, their identity and who guarantees: validation, lookup by account, and creation."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.access.vault import vault_errors
from gateway.mutations.answerable import answerable_for, rows_of
from gateway.mutations.forms import PATTERNS, is_birth_date
from gateway.mutations.outcome import Reasons
from gateway.mutations.requests import Person as SaidPerson
from gateway.mutations.requests import Submission, api_name
from models import Applicant, Base, Identity
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.person.identity import PERSONAL
from models.person.sealed import open_rows, sealed_cell
from models.person.vault import SEALED, Person
from models.row_keys import new_key


class Applying(NamedTuple):
    """Who applies, and the rows of who answers for them in this case, by table."""

    id: UUID
    answerable: dict[type[Base], dict[str, Any]]


def check_values(
    values: Mapping[str, Any], today: date, countries: Container[str], reasons: Reasons
) -> None:
    """Add a reason for each invalid field, never its value. What is left out is not looked at."""
    given = {name: value for name, value in values.items() if value is not None}
    for name, pattern in PATTERNS.items():
        if name in given and not pattern.fullmatch(given[name]):
            reasons.add(Refusal.INVALID, "identity", api_name(name), rule=name)
    if not is_birth_date(given.get("birth_date", today), today):
        reasons.add(Refusal.INVALID, "identity", "birthDate", rule="birth_date")
    state = given.get("passport_issuing_state")
    if state is not None and state not in countries:
        reasons.add(Refusal.INVALID, "identity", "passportIssuingState", rule="issuing_state")


def check_passport(expires_on: date, needed_until: date, reasons: Reasons) -> None:
    """Add a reason unless a given passport is valid long enough."""
    if expires_on < needed_until:
        path = ("identity", "passportExpiresOn")
        reasons.add(
            Refusal.PASSPORT_EXPIRES, *path, rule="passport_given", needed_until=needed_until
        )


def values_of(person: SaidPerson) -> dict[str, Any]:
    """A person by the columns of an identity."""
    return {name: getattr(person, name) for name in PERSONAL}


async def check_own_applicant(
    transaction: WriteTransaction,
    submission: Submission,
    needed_until: date | None,
    reasons: Reasons,
) -> date | None:
    """The birth date on record. Add reasons if an identity is needed, or differs from the one on
    record, or if the passport on record expires before the day until which it is needed."""
    rows = await _find_applicant(transaction, transaction.viewer.subject)
    if rows:
        _check_same_person(rows[0], submission, reasons)
        expires_on = rows[0].passport_expires_on
        if (
            submission.person is None
            and needed_until is not None
            and (expires_on is None or expires_on < needed_until)
        ):
            reasons.add(
                Refusal.PASSPORT_EXPIRES,
                "identity",
                rule="passport_on_record",
                needed_until=needed_until,
            )
        return rows[0].birth_date
    if submission.person is None:
        reasons.add(Refusal.IDENTITY_REQUIRED, "identity")
    return None


async def own_applicant(
    transaction: WriteTransaction, submission: Submission, reference: str
) -> Applying:
    """The applicant with the viewer's own account, created with the first application, whose case
    has a reference.

    Applying again never changes the identity: it would change under open cases.
    Raises RefusedError if another request has meanwhile created a different one.
    """
    account = transaction.viewer.subject
    rows = await _find_applicant(transaction, account)
    new = None
    if not rows and submission.person is not None:
        new = await _own_applicant_row(transaction, submission, account, reference)
        rows = await _find_applicant(transaction, account)
    reasons = Reasons()
    _check_same_person(rows[0], submission, reasons)
    reasons.refuse_if_any()
    if new is not None and rows[0].id == new.id:
        return new
    transaction.relate(Relation(RelationKind.CASE, reference, rows[0].id))
    answerable = answerable_for(rows[0].id, submission)
    to_seal = [one.to_seal for one in answerable]
    with vault_errors():
        sealed = await transaction.vault().seal(to_seal) if to_seal else []
    return Applying(rows[0].id, rows_of(answerable, sealed))


async def _own_applicant_row(
    transaction: WriteTransaction, submission: Submission, account: str, reference: str
) -> Applying | None:
    """Create the applicant; None if another request has meanwhile."""
    new = _applicant_row(new_key(), submission, account)
    if not await transaction.insert_now(Applicant, new, unless_there=True):
        return None
    related = (RelationKind.ACCOUNT, account), (RelationKind.CASE, reference)
    relations = [Relation(kind, name, new["id"]) for kind, name in related]
    rows, [applying] = await _identity_rows(transaction, [(new["id"], submission)], [relations])
    transaction.insert(Identity, *rows)
    return applying


async def create_applicants(
    transaction: WriteTransaction, submissions: list[Submission], references: Sequence[str]
) -> list[Applying]:
    """A new applicant for each application: an agent never learns who applied before."""
    ids = [new_key() for _ in submissions]
    partner = transaction.viewer.partner or ""
    relations = [
        [Relation(RelationKind.PARTNER, partner, id_), Relation(RelationKind.CASE, reference, id_)]
        for id_, reference in zip(ids, references, strict=True)
    ]
    pairs = list(zip(ids, submissions, strict=True))
    applicants = [_applicant_row(id_, submission, None) for id_, submission in pairs]
    transaction.insert(Applicant, *applicants)
    rows, applying = await _identity_rows(transaction, pairs, relations)
    transaction.insert(Identity, *rows)
    return applying


def _check_same_person(row: Any, submission: Submission, reasons: Reasons) -> None:
    """Add reasons where a submission differs from the person on record."""
    if row.nationality_code != submission.nationality and not reasons.has("nationality"):
        reasons.add(Refusal.IDENTITY_DIFFERS, "nationality")
    person = submission.person
    if person is None or reasons.has("identity"):
        return
    given = values_of(person).items()
    if any(value is not None and value != getattr(row, name) for name, value in given):
        reasons.add(Refusal.IDENTITY_DIFFERS, "identity")


async def _find_applicant(transaction: WriteTransaction, account: str) -> Any:
    rows = await transaction.fetch_one(_select_applicant, account=account)
    if not rows:
        return []
    labels = ["id", "nationality_code", *PERSONAL]
    types = [None, None, *(value.type for value in _personal_values())]
    with vault_errors():
        opened = await open_rows(transaction.vault(), types, rows)
    return [SimpleNamespace(**dict(zip(labels, row, strict=True))) for row in opened]


def _select_applicant() -> Any:
    return (
        select(Applicant.id, Applicant.nationality_code, *_personal_values())
        .join(Identity, Identity.applicant_id == Applicant.id)
        .where(Applicant.account == bindparam("account"))
    )


def _personal_values() -> list[Any]:
    columns = [getattr(Identity, name) for name in PERSONAL]
    return [
        (sealed_cell(column) if column.key in SEALED else column).label(column.key)
        for column in columns
    ]


def _applicant_row(id_: UUID, submission: Submission, account: str | None) -> dict[str, Any]:
    number = submission.person.passport_number if submission.person else ""
    return {
        "id": id_,
        "account": account,
        "nationality_code": submission.nationality,
        "passport_last_four": number[-4:],
    }


async def _identity_rows(
    transaction: WriteTransaction,
    people: Sequence[tuple[UUID, Submission]],
    relations: Sequence[Sequence[Relation]],
) -> tuple[list[dict[str, Any]], list[Applying]]:
    """Identities as they are written, and who guarantees: sealed by one call, their keys and
    relations stored before.

    The nationality is that of the passport's country, so it stands for the issuing state where a
    front end does not say that yet.
    """
    named = [
        (id_, given, given.person, related)
        for (id_, given), related in zip(people, relations, strict=True)
        if given.person
    ]
    answerable = [one for id_, given in people for one in answerable_for(id_, given)]
    to_seal = [
        Person(id_, 1, values_of(person), relations=related) for id_, _, person, related in named
    ]
    with vault_errors():
        values = await transaction.vault().seal([*to_seal, *(one.to_seal for one in answerable)])
    rows = [
        {
            "applicant_id": id_,
            "passport_issuing_state": person.passport_issuing_state or given.nationality,
            "sealed": of_person,
        }
        for (id_, given, person, _), of_person in zip(named, values, strict=False)
    ]
    applying = {id_: Applying(id_, {}) for id_, _ in people}
    for one, sealed in zip(answerable, values[len(rows) :], strict=True):
        applying[one.to_seal.subject].answerable[one.noun] = one.row(sealed)
    return rows, [applying[id_] for id_, _ in people]
