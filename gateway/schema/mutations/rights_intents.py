"""The table of mutations about the rights of people on file: inputs and possible refusals."""

from datetime import datetime
from typing import Any

import strawberry

from gateway.mutations.breaches import (
    CloseBreach,
    NotifyInstitution,
    NotifyPeople,
    RecordBreach,
)
from gateway.mutations.outcome import Reason
from gateway.mutations.rights import (
    AnswerDataRequest,
    ApproveLookupOpening,
    HoldErasure,
    LodgeDataRequest,
    NameDataSubject,
    ProposeLookupOpening,
    RegisterDataRequest,
    ReleaseErasure,
)
from gateway.schema.mutations.input_readers import (
    faults_of_key,
    faults_of_reason,
    faults_of_text,
    key_in,
)
from gateway.schema.mutations.inputs import LONGEST_NOTE, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from gateway.strawberry_bridge import to_camel_case
from models.life import Refusal
from models.rights.breach import NOTICE_HOURS
from models.vocabulary import DataRequestKind, DataRequestState, NoticeReach

_REQUEST = "Global id of the request."
_BREACH = "Global id of the breach."
_WHY = f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters."
_TOLD = (
    "What they were told, naming nobody: what happened and how, and what is done about it. Whoever"
    " was read sees it in their own data"
)


@strawberry.input(description="A request about your own data on file.")
class LodgeDataRequestInput(ReferenceInput):
    kind: DataRequestKind = required("The kind of the request.")


@strawberry.input(description="A letter in which somebody makes a request about their data.")
class RegisterDataRequestInput(LodgeDataRequestInput):
    pass


@strawberry.input(description="The author of a letter.")
class NameDataSubjectInput(ReferenceInput):
    data_request_id: strawberry.ID = required(_REQUEST)
    applicant_id: strawberry.ID = required("Global id of the applicant, as `people` answered it.")


@strawberry.input(description="A request of somebody who is to be told who looked for them.")
class ProposeLookupOpeningInput(ReferenceInput):
    data_request_id: strawberry.ID = required(_REQUEST)


@strawberry.input(description="The same, proposed by another auditor.")
class ApproveLookupOpeningInput(ProposeLookupOpeningInput):
    pass


@strawberry.input(description="The answer to a request.")
class AnswerDataRequestInput(ReferenceInput):
    data_request_id: strawberry.ID = required(_REQUEST)
    outcome: DataRequestState = required("Whether it is granted: `GRANTED` or `REFUSED`.")
    reason: str = required(
        "The answer, without saying who it is: the person who asked reads it. From 1 to"
        f" {LONGEST_NOTE} characters."
    )


@strawberry.input(description="A case whose applicant is not to be erased for now.")
class HoldErasureInput(ReferenceInput):
    application_id: strawberry.ID = required("Global id of the application.")
    reason: str = required(_WHY)


@strawberry.input(description="A hold that is over.")
class ReleaseErasureInput(ReferenceInput):
    legal_hold_id: strawberry.ID = required("Global id of the hold.")
    reason: str = required(_WHY)


@strawberry.input(description="A breach of data protection.")
class RecordBreachInput(ReferenceInput):
    description: str = required(
        "Which data, when and how, and what is done about it, without saying whose: from 1 to"
        f" {LONGEST_NOTE} characters."
    )
    noticed_at: datetime = required(
        f"When somebody first knew of it: from then on there are {NOTICE_HOURS} hours."
    )
    window_from: datetime = required("Since when it lasted.")
    window_before: datetime = required("Until when it lasted.")
    viewer: str | None = strawberry.field(
        default=None, description="Subject of the account by which it happened, where it was one."
    )


@strawberry.input(description="That the institution was told of a breach.")
class NotifyInstitutionInput(ReferenceInput):
    breach_id: strawberry.ID = required(_BREACH)
    notice: str = required(f"How, and under which number: from 1 to {LONGEST_NOTE} characters.")


@strawberry.input(description="That the people were told of a breach.")
class NotifyPeopleInput(ReferenceInput):
    breach_id: strawberry.ID = required(_BREACH)
    notice: str = required(
        f"How, without saying who they are: from 1 to {LONGEST_NOTE} characters."
    )
    people: int = required("How many: 0 where it reached nobody.")
    reached: NoticeReach = required("Who they are.")
    in_english: str = required(f"{_TOLD}, in English: from 1 to {LONGEST_NOTE} characters.")
    in_indonesian: str = required(f"The same in Indonesian: from 1 to {LONGEST_NOTE} characters.")


@strawberry.input(description="A breach of which everybody was told.")
class CloseBreachInput(ReferenceInput):
    breach_id: strawberry.ID = required(_BREACH)
    reason: str = required(
        f"What came of it, without saying who it is: from 1 to {LONGEST_NOTE} characters."
    )


def _common_values(intent: Intent, input_: Any, *faults: Reason) -> dict[str, Any]:
    return {
        "mutation": intent.name,
        "key": input_.idempotency_key,
        "faults": (*faults_of_key(input_.idempotency_key), *faults),
    }


def _lodge(intent: Intent, input_: LodgeDataRequestInput) -> LodgeDataRequest:
    return LodgeDataRequest(**_common_values(intent, input_), kind=input_.kind)


def _register(intent: Intent, input_: RegisterDataRequestInput) -> RegisterDataRequest:
    return RegisterDataRequest(**_common_values(intent, input_), kind=input_.kind)


def _name_subject(intent: Intent, input_: NameDataSubjectInput) -> NameDataSubject:
    return NameDataSubject(
        **_common_values(intent, input_),
        data_request=key_in(input_.data_request_id, "DataRequest"),
        applicant=key_in(input_.applicant_id, "Applicant"),
    )


def _propose_opening(intent: Intent, input_: ProposeLookupOpeningInput) -> ProposeLookupOpening:
    return ProposeLookupOpening(
        **_common_values(intent, input_),
        data_request=key_in(input_.data_request_id, "DataRequest"),
    )


def _approve_opening(intent: Intent, input_: ApproveLookupOpeningInput) -> ApproveLookupOpening:
    return ApproveLookupOpening(
        **_common_values(intent, input_),
        data_request=key_in(input_.data_request_id, "DataRequest"),
    )


def _answer(intent: Intent, input_: AnswerDataRequestInput) -> AnswerDataRequest:
    is_open = input_.outcome is DataRequestState.OPEN
    faults = (Reason(Refusal.INVALID, ("outcome",), rule="no_answer"),) if is_open else ()
    return AnswerDataRequest(
        **_common_values(intent, input_, *faults, *faults_of_reason(input_.reason)),
        data_request=key_in(input_.data_request_id, "DataRequest"),
        outcome=input_.outcome,
        reason=input_.reason.strip(),
    )


def _hold(intent: Intent, input_: HoldErasureInput) -> HoldErasure:
    return HoldErasure(
        **_common_values(intent, input_, *faults_of_reason(input_.reason)),
        application=key_in(input_.application_id, "Application"),
        reason=input_.reason.strip(),
    )


def _release(intent: Intent, input_: ReleaseErasureInput) -> ReleaseErasure:
    return ReleaseErasure(
        **_common_values(intent, input_, *faults_of_reason(input_.reason)),
        legal_hold=key_in(input_.legal_hold_id, "LegalHold"),
        reason=input_.reason.strip(),
    )


def _record_breach(intent: Intent, input_: RecordBreachInput) -> RecordBreach:
    return RecordBreach(
        **_common_values(intent, input_, *faults_of_text(input_.description, "description")),
        description=input_.description.strip(),
        noticed_at=input_.noticed_at,
        window_from=input_.window_from,
        window_before=input_.window_before,
        viewer=(input_.viewer or "").strip() or None,
    )


def _notify_institution(intent: Intent, input_: NotifyInstitutionInput) -> NotifyInstitution:
    return NotifyInstitution(
        **_common_values(intent, input_, *faults_of_text(input_.notice, "notice")),
        breach=key_in(input_.breach_id, "Breach"),
        notice=input_.notice.strip(),
    )


def _notify_people(intent: Intent, input_: NotifyPeopleInput) -> NotifyPeople:
    is_number = input_.people >= 0
    faults = [] if is_number else [Reason(Refusal.INVALID, ("people",), rule="people")]
    for name in ("notice", "in_english", "in_indonesian"):
        faults += faults_of_text(getattr(input_, name), to_camel_case(name))
    return NotifyPeople(
        **_common_values(intent, input_, *faults),
        breach=key_in(input_.breach_id, "Breach"),
        notice=input_.notice.strip(),
        people=input_.people,
        reached=input_.reached,
        in_english=input_.in_english.strip(),
        in_indonesian=input_.in_indonesian.strip(),
    )


def _close_breach(intent: Intent, input_: CloseBreachInput) -> CloseBreach:
    return CloseBreach(
        **_common_values(intent, input_, *faults_of_reason(input_.reason)),
        breach=key_in(input_.breach_id, "Breach"),
        reason=input_.reason.strip(),
    )


RIGHTS_INTENTS = (
    Intent("lodgeDataRequest", LodgeDataRequestInput,
           "Ask for your data on file, for its correction, or to be erased. It is answered within"
           " 3 × 24 hours.", _lodge, (),
           (Refusal.NOTHING_ON_FILE, Refusal.ALREADY_REQUESTED)),
    Intent("registerDataRequest", RegisterDataRequestInput,
           "Register a request that came by letter. Its reference is then the purpose for which"
           " you look for its author.", _register, ()),
    Intent("nameDataSubject", NameDataSubjectInput,
           "Name the author of a letter, once: one of the people that `people` found for it.",
           _name_subject, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ANSWERED, Refusal.ALREADY_SAID,
            Refusal.ALREADY_REQUESTED)),
    Intent("proposeLookupOpening", ProposeLookupOpeningInput,
           "Propose that the log of look-ups is compared with the person who asks.",
           _propose_opening, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ANSWERED, Refusal.SUBJECT_UNKNOWN,
            Refusal.ALREADY_PROPOSED)),
    Intent("approveLookupOpening", ApproveLookupOpeningInput,
           "Agree to it, as another auditor than who proposed it. Seconds later the request has"
           " the look-ups that were for this person, found or not, and the person sees them too:"
           " those for another matter once that is over.",
           _approve_opening, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ANSWERED, Refusal.NOTHING_PROPOSED,
            Refusal.ALREADY_APPROVED, Refusal.SECOND_PERSON_REQUIRED)),
    Intent("answerDataRequest", AnswerDataRequestInput,
           "Answer a request, once. An erasure that is granted is done as soon as no open case,"
           " valid visa or legal hold prevents it.", _answer, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ANSWERED, Refusal.SUBJECT_UNKNOWN)),
    Intent("holdErasure", HoldErasureInput,
           "Protect the applicant of a case from erasure, by law, until the hold is released.",
           _hold, (), (Refusal.NOT_FOUND, Refusal.ALREADY_HELD, Refusal.ALREADY_ERASED)),
    Intent("releaseErasure", ReleaseErasureInput,
           "Release such a hold: an erasure that was ordered meanwhile goes on.",
           _release, (), (Refusal.NOT_FOUND, Refusal.NOT_HELD)),
    Intent("recordBreach", RecordBreachInput,
           f"Record a breach. The institution and the people are told within {NOTICE_HOURS} hours"
           " of its discovery, or the keeper raises an alert.", _record_breach, ()),
    Intent("notifyInstitution", NotifyInstitutionInput,
           "Record that the institution was told of a breach, once.", _notify_institution, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_NOTIFIED, Refusal.ALREADY_CLOSED)),
    Intent("notifyPeople", NotifyPeopleInput,
           "Record that the people whom a breach reached were told, once.", _notify_people, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_NOTIFIED, Refusal.ALREADY_CLOSED)),
    Intent("closeBreach", CloseBreachInput,
           "Close a breach of which everybody was told, and in which you had no part.",
           _close_breach, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_CLOSED, Refusal.NOT_NOTIFIED,
            Refusal.SECOND_PERSON_REQUIRED)),
)  # fmt: skip
