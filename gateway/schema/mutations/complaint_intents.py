"""The table of mutations about complaints: inputs and possible refusals."""

from typing import Any

import strawberry

from gateway.mapping.ids import decode
from gateway.mutations.complaints import (
    AnswerComplaint,
    EntrustComplaint,
    LodgeComplaint,
    SortComplaint,
)
from gateway.mutations.outcome import Reason
from gateway.schema.mutations.input_readers import faults_of_key, faults_of_text, key_in
from gateway.schema.mutations.inputs import LONGEST_NOTE, required
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.reference_inputs import ReferenceInput
from models.life import Refusal
from models.rights.complaint import ANSWER_DAYS
from models.vocabulary import ComplaintKind

_COMPLAINT = "Global id of the complaint."
_LENGTH = f"From 1 to {LONGEST_NOTE} characters."


@strawberry.input(
    description="A complaint: about a case of yours, about a centre, or, with neither, about the"
    " directorate."
)
class LodgeComplaintInput(ReferenceInput):
    text: str = required(f"What you complain of. {_LENGTH}")
    application_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the application that it is about."
    )
    centre_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the centre that it is about."
    )


@strawberry.input(description="Who is to read a complaint.")
class SortComplaintInput(ReferenceInput):
    complaint_id: strawberry.ID = required(_COMPLAINT)
    kind: ComplaintKind = required("`SERVICE` or `INTEGRITY`.")


@strawberry.input(description="A supervisor who is to look into a complaint of integrity.")
class EntrustComplaintInput(ReferenceInput):
    complaint_id: strawberry.ID = required(_COMPLAINT)
    supervisor: str = required(
        "Subject of the supervisor: somebody else than whom it is about, whose name nothing here"
        " checks."
    )


@strawberry.input(description="The answer to a complaint.")
class AnswerComplaintInput(ReferenceInput):
    complaint_id: strawberry.ID = required(_COMPLAINT)
    answer: str = required(f"What the complainant reads. {_LENGTH}")


def _common_values(intent: Intent, input_: Any, *faults: Reason) -> dict[str, Any]:
    return {
        "mutation": intent.name,
        "key": input_.idempotency_key,
        "faults": (*faults_of_key(input_.idempotency_key), *faults),
    }


def _lodge(intent: Intent, input_: LodgeComplaintInput) -> LodgeComplaint:
    faults = faults_of_text(input_.text, "text")
    if input_.application_id is not None and input_.centre_id is not None:
        faults = (*faults, Reason(Refusal.INVALID, ("centreId",), rule="about_one_thing"))
    centre = decode(input_.centre_id or "")
    is_centre = centre is not None and centre.type_name == "Centre"
    return LodgeComplaint(
        **_common_values(intent, input_, *faults),
        text=input_.text.strip(),
        is_about_a_case=input_.application_id is not None,
        application=key_in(input_.application_id or "", "Application"),
        is_about_a_centre=input_.centre_id is not None,
        centre=centre.key if centre and is_centre else None,
    )


def _sort(intent: Intent, input_: SortComplaintInput) -> SortComplaint:
    is_unsorted = input_.kind is ComplaintKind.UNSORTED
    faults = (Reason(Refusal.INVALID, ("kind",), rule="unsorted"),) if is_unsorted else ()
    return SortComplaint(
        **_common_values(intent, input_, *faults),
        complaint=key_in(input_.complaint_id, "Complaint"),
        kind=input_.kind,
    )


def _entrust(intent: Intent, input_: EntrustComplaintInput) -> EntrustComplaint:
    return EntrustComplaint(
        **_common_values(intent, input_, *faults_of_text(input_.supervisor, "supervisor")),
        complaint=key_in(input_.complaint_id, "Complaint"),
        supervisor=input_.supervisor.strip(),
    )


def _answer(intent: Intent, input_: AnswerComplaintInput) -> AnswerComplaint:
    return AnswerComplaint(
        **_common_values(intent, input_, *faults_of_text(input_.answer, "answer")),
        complaint=key_in(input_.complaint_id, "Complaint"),
        answer=input_.answer.strip(),
    )


COMPLAINT_INTENTS = (
    Intent("lodgeComplaint", LodgeComplaintInput,
           f"Complain. It is answered within {ANSWER_DAYS} working days. Nobody whom it is about"
           " reads it, unless it is about how you were served.", _lodge, (),
           (Refusal.NOTHING_ON_FILE, Refusal.NOT_FOUND)),
    Intent("sortComplaint", SortComplaintInput,
           "Say who is to read a complaint, once: of service, supervisors and the partner's"
           " managers; of integrity, auditors, and the supervisor to whom one of them entrusts it.",
           _sort, (), (Refusal.NOT_FOUND, Refusal.ALREADY_SORTED, Refusal.ALREADY_ANSWERED)),
    Intent("entrustComplaint", EntrustComplaintInput,
           "Entrust a complaint of integrity to one supervisor, once.", _entrust, (),
           (Refusal.NOT_FOUND, Refusal.NOT_OF_INTEGRITY, Refusal.ALREADY_ENTRUSTED,
            Refusal.ALREADY_ANSWERED)),
    Intent("answerComplaint", AnswerComplaintInput,
           "Answer a complaint that you read, once.", _answer, (),
           (Refusal.NOT_FOUND, Refusal.NOT_SORTED, Refusal.ALREADY_ANSWERED)),
)  # fmt: skip
