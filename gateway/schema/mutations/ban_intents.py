"""The table of mutations of the entry-ban list: inputs, descriptions and possible refusals."""

from datetime import date
from typing import Any

import strawberry

from gateway.mutations.bans import AnswerBan, ProposeBan
from gateway.schema.mutations.input_readers import faults_of_key, faults_of_reason, key_in
from gateway.schema.mutations.inputs import KEY, LONGEST_NOTE, optional, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.people import NameAndBirthDateInput, PassportInput
from models.life import Refusal
from models.vocabulary import BanGround

_REASON = f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters."
_BAN = "Global id of the entry."


@strawberry.input(description="Somebody who may not enter: a passport, a name, or both.")
class ProposeBanInput:
    idempotency_key: str = required(KEY)
    passport: PassportInput | None = optional("The passport; it is found in every file.")
    name_and_birth_date: NameAndBirthDateInput | None = optional(
        "A name, found however it is written, and the birth date."
    )
    ground: BanGround = required("On what ground.")
    reason: str = required(_REASON)
    banned_from: date = required("First day in force, in WIB: today or later.")
    banned_until: date | None = optional("Last day; without one it has no end.")


@strawberry.input(description="An entry that somebody else proposed.")
class ApproveBanInput:
    idempotency_key: str = required(KEY)
    ban_id: strawberry.ID = required(_BAN)


@strawberry.input(description="An entry that somebody else proposed, to reject.")
class RejectBanInput(ApproveBanInput):
    reason: str = required(_REASON)


@strawberry.input(description="An entry to withdraw.")
class ProposeBanWithdrawalInput(ApproveBanInput):
    reason: str = required(_REASON)


@strawberry.input(description="An entry whose withdrawal somebody else proposed.")
class ApproveBanWithdrawalInput(ApproveBanInput):
    pass


def _proposal(intent: Intent, input_: ProposeBanInput) -> ProposeBan:
    passport, name = input_.passport, input_.name_and_birth_date
    return ProposeBan(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults_of_reason(input_.reason)),
        ground=input_.ground,
        reason=input_.reason.strip(),
        banned_from=input_.banned_from,
        banned_until=input_.banned_until,
        passport=passport and (passport.issuing_state, passport.number),
        name=name and (name.full_name, name.birth_date),
    )


def _answer(intent: Intent, input_: Any) -> AnswerBan:
    reason = getattr(input_, "reason", None)
    faults = () if reason is None else faults_of_reason(reason)
    return AnswerBan(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
        ban=key_in(input_.ban_id, "BanEntry"),
        reason=reason and reason.strip(),
    )


_ANSWERING = (Refusal.NOT_FOUND, Refusal.NOTHING_PROPOSED, Refusal.SECOND_PERSON_REQUIRED)
BAN_INTENTS = (
    Intent("proposeBan", ProposeBanInput,
           "Propose an entry of the ban list: it is in force from its day on once a second person"
           " of the screening authority approves it.", _proposal, (), (Refusal.DATE_PASSED,)),
    Intent("approveBan", ApproveBanInput,
           "Agree to an entry that somebody else proposed: from its day on everybody on file is"
           " compared with it.", _answer, (), _ANSWERING),
    Intent("rejectBan", RejectBanInput,
           "Reject an entry that somebody else proposed.", _answer, (), _ANSWERING),
    Intent("proposeBanWithdrawal", ProposeBanWithdrawalInput,
           "Propose to withdraw an entry before its last day.", _answer, (),
           (Refusal.NOT_FOUND, Refusal.BAN_NOT_IN_FORCE, Refusal.ALREADY_PROPOSED)),
    Intent("approveBanWithdrawal", ApproveBanWithdrawalInput,
           "Agree to withdraw an entry: it holds nobody any more.", _answer, (), _ANSWERING),
)  # fmt: skip
