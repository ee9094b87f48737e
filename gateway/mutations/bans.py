"""Changes of the entry-ban list: one of the screening authority proposes, another one agrees."""

from dataclasses import dataclass
from datetime import date
from random import SystemRandom
from typing import Any
from uuid import UUID

from gateway.access.transactions.writing import WriteTransaction
from gateway.access.vault import vault_errors
from gateway.mutations.forms import is_formed
from gateway.mutations.outcome import Outcome, Reasons, Result
from gateway.mutations.requests import Request
from gateway.mutations.row_lookups import is_there, lock_row
from models import BanEntry, BannedPerson, Country
from models.case.reference_numbers import new_reference
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.person.matching import comparable_name
from models.person.vault import Person
from models.reference.dated_rules import select_now
from models.row_keys import new_key
from models.vocabulary import BanGround, BanState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeBan(Request):
    """A new entry."""

    ground: BanGround
    reason: str
    banned_from: date
    banned_until: date | None
    #: Of a passport: its issuing state and number.
    passport: tuple[str, str] | None
    #: A name and a birth date.
    name: tuple[str, date] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBan(Request):
    """What becomes of an entry."""

    #: None if the id was malformed.
    ban: UUID | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class BanAnswer:
    """The columns that an answer writes, the state that it needs, and whose part in the entry rules
    its author out."""

    state: BanState
    by: str
    reason: str | None = None
    after: str | None = None


#: By mutation.
ANSWERS = {
    "approveBan": BanAnswer(BanState.PROPOSED, "approved_by", after="proposed_by"),
    "rejectBan": BanAnswer(BanState.PROPOSED, "rejected_by", "reject_reason", "proposed_by"),
    "proposeBanWithdrawal": BanAnswer(
        BanState.APPROVED, "withdrawal_proposed_by", "withdrawal_reason"
    ),
    "approveBanWithdrawal": BanAnswer(
        BanState.WITHDRAWAL_PROPOSED, "withdrawn_by", after="withdrawal_proposed_by"
    ),
}


async def change_bans(transaction: WriteTransaction, request: ProposeBan | AnswerBan) -> Outcome:
    """Make the change. Raises RefusedError if it is not valid."""
    match request:
        case ProposeBan():
            return Outcome([Result(await _propose(transaction, request))])
        case AnswerBan():
            return Outcome([Result(await _answer(transaction, request))])


async def _propose(transaction: WriteTransaction, request: ProposeBan) -> str:
    reasons = Reasons(request.faults)
    [now] = await transaction.fetch_one(select_now)
    first, last = request.banned_from, request.banned_until
    if first < now.on:
        reasons.add(Refusal.DATE_PASSED, "bannedFrom")
    if last is not None and last < first:
        reasons.add(Refusal.INVALID, "bannedUntil", rule="ends_first")
    if request.passport is None and request.name is None:
        reasons.add(Refusal.INVALID, "passport", rule="nobody_banned")
    await _check_passport(transaction, request, reasons)
    if request.name is not None:
        full_name, birth_date = request.name
        if not is_formed("full_name", full_name) or not comparable_name(full_name):
            reasons.add(Refusal.INVALID, "nameAndBirthDate", "fullName", rule="full_name")
        if birth_date > now.on:
            reasons.add(Refusal.INVALID, "nameAndBirthDate", "birthDate", rule="birth_date")
    reasons.refuse_if_any()
    id_, subject = new_key(), transaction.viewer.subject
    entry = {
        "id": id_,
        "reference": new_reference(SystemRandom()),
        "ground": request.ground.value,
        "reason": request.reason,
        "banned_from": first,
        "banned_until": last,
        "proposed_by": subject,
    }
    person = await _person_row(transaction, id_, request)
    transaction.insert(BanEntry, entry)
    transaction.insert(BannedPerson, person)
    return str(id_)


async def _person_row(
    transaction: WriteTransaction, ban: UUID, request: ProposeBan
) -> dict[str, Any]:
    """The row of the person that an entry is about: sealed, with the key stored first."""
    state, number = request.passport or (None, None)
    full_name, birth_date = request.name or (None, None)
    values = {"passport_number": number, "full_name": full_name, "birth_date": birth_date}
    banned = Relation(RelationKind.BAN, "", ban)
    with vault_errors():
        [sealed] = await transaction.vault().seal(
            [Person(ban, 1, values, BannedPerson.__tablename__, [banned])]
        )
    return {"ban_id": ban, "issuing_state": state, "sealed": sealed}


async def _check_passport(
    transaction: WriteTransaction, request: ProposeBan, reasons: Reasons
) -> None:
    if request.passport is None:
        return
    state, number = request.passport
    if not await is_there(transaction, Country, {"code": state}):
        reasons.add(Refusal.INVALID, "passport", "issuingState", rule="issuing_state")
    if not is_formed("passport_number", number):
        reasons.add(Refusal.INVALID, "passport", "number", rule="passport_number")


async def _answer(transaction: WriteTransaction, request: AnswerBan) -> str:
    """Write the answer in the viewer's own name. The database sets the time."""
    reasons, answer = Reasons(request.faults), ANSWERS[request.mutation]
    row = await _lock(transaction, request)
    if row is None:
        reasons.add(Refusal.NOT_FOUND, "banId")
    else:
        _check_answer(row, answer, transaction.viewer.subject, reasons)
    reasons.refuse_if_any()
    values = {answer.by: transaction.viewer.subject}
    if answer.reason:
        values[answer.reason] = request.reason or ""
    transaction.update(BanEntry, {"id": request.ban}, values)
    return str(request.ban)


def _check_answer(row: Any, answer: BanAnswer, subject: str, reasons: Reasons) -> None:
    is_first = answer.state is BanState.APPROVED
    if row.state != answer.state:
        if is_first and row.state == BanState.WITHDRAWAL_PROPOSED:
            reasons.add(Refusal.ALREADY_PROPOSED, "banId")
        else:
            reasons.add(Refusal.BAN_NOT_IN_FORCE if is_first else Refusal.NOTHING_PROPOSED, "banId")
    elif answer.after and getattr(row, answer.after) == subject:
        reasons.add(Refusal.SECOND_PERSON_REQUIRED, "banId")


async def _lock(transaction: WriteTransaction, request: AnswerBan) -> Any:
    if request.ban is None:
        return None
    return await lock_row(transaction, request.mutation, BanEntry, {"id": request.ban})
