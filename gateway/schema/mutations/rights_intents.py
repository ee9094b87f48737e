"""The table of mutations about the rights of people on file: inputs and possible refusals."""

from typing import Any

import strawberry

from gateway.mutations.outcome import Reason
from gateway.mutations.rights.requests import (
    AnswerDataRequest,
    HoldErasure,
    LodgeDataRequest,
    NameDataSubject,
    RegisterDataRequest,
    ReleaseErasure,
)
from gateway.schema.mutations.input_readers import faults_of_key, faults_of_reason, key_in
from gateway.schema.mutations.inputs import LONGEST_NOTE, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.life import Refusal
from models.vocabulary import DataRequestKind, DataRequestState

_REQUEST = "Global id of the request."
_WHY = f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters."


@strawberry.input(description="What one asks of the data on file of oneself.")
class LodgeDataRequestInput(ReferenceInput):
    kind: DataRequestKind = required("What is asked.")


@strawberry.input(description="A letter by which somebody asks something of their data.")
class RegisterDataRequestInput(LodgeDataRequestInput):
    pass


@strawberry.input(description="Whom a letter is from.")
class NameDataSubjectInput(ReferenceInput):
    data_request_id: strawberry.ID = required(_REQUEST)
    applicant_id: strawberry.ID = required("Global id of the applicant, as `people` answered it.")


@strawberry.input(description="The answer to a request.")
class AnswerDataRequestInput(ReferenceInput):
    data_request_id: strawberry.ID = required(_REQUEST)
    outcome: DataRequestState = required("Whether it is granted: `GRANTED` or `REFUSED`.")
    reason: str = required(
        "What is answered, without saying who it is: whoever asked reads it. From 1 to"
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


RIGHTS_INTENTS = (
    Intent("lodgeDataRequest", LodgeDataRequestInput,
           "Ask for what is on file of oneself, for its correction, or to be erased. It is"
           " answered within 3 × 24 hours.", _lodge, (),
           (Refusal.NOTHING_ON_FILE, Refusal.ALREADY_REQUESTED)),
    Intent("registerDataRequest", RegisterDataRequestInput,
           "Register what somebody asks by letter. Its reference is then the purpose for which the"
           " person is looked for.", _register, ()),
    Intent("nameDataSubject", NameDataSubjectInput,
           "Say whom a letter is from, once: one of those that `people` found for it.",
           _name_subject, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ANSWERED, Refusal.ALREADY_SAID,
            Refusal.ALREADY_REQUESTED)),
    Intent("answerDataRequest", AnswerDataRequestInput,
           "Answer a request, once. An erasure that is granted is done as soon as no case is open,"
           " no visa serves and no legal hold stands against it.", _answer, (),
           (Refusal.NOT_FOUND, Refusal.ALREADY_ANSWERED, Refusal.SUBJECT_UNKNOWN)),
    Intent("holdErasure", HoldErasureInput,
           "Keep whoever applies in a case from being erased, by law, until it is released.",
           _hold, (), (Refusal.NOT_FOUND, Refusal.ALREADY_HELD, Refusal.ALREADY_ERASED)),
    Intent("releaseErasure", ReleaseErasureInput,
           "Release such a hold: an erasure that was ordered meanwhile goes on.",
           _release, (), (Refusal.NOT_FOUND, Refusal.NOT_HELD)),
)  # fmt: skip
