"""The table of case mutations: input, description, steps and possible refusals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.mapping.ids import decode
from gateway.mutations.outcome import RefusedError
from gateway.mutations.requests import (
    Person,
    Request,
    StepRequest,
    Submission,
    SubmissionRequest,
)
from gateway.schema.mutations import inputs
from gateway.schema.mutations.inputs import LONGEST_NOTE, MOST_AT_ONCE
from models.life import STEPS, Refusal, Verb
from models.vocabulary import Outcome, ScreeningResult


@dataclass(frozen=True, slots=True)
class Intent:
    """The declaration of one mutation."""

    name: str
    input: type[Any]
    description: str
    request: Callable[["Intent", Any], Request]
    #: The steps that it may take; empty if it changes no application.
    verbs: tuple[Verb, ...]
    extra_refusals: tuple[Refusal, ...] = ()

    @property
    def type_name(self) -> str:
        return self.name[0].upper() + self.name[1:]

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """All refusals that this mutation can answer with."""
        needs = [need for step in STEPS if step.verb in self.verbs for need in step.needs]
        refusals = {*_COMMON_REFUSALS, *(need.refusal for need in needs), *self.extra_refusals}
        if self.verbs and Verb.SUBMIT not in self.verbs:
            refusals |= {Refusal.NOT_FOUND, Refusal.STATUS_CHANGED, Refusal.WRONG_STATUS}
        return tuple(refusal for refusal in Refusal if refusal in refusals)


_COMMON_REFUSALS = (Refusal.IDEMPOTENCY_CONFLICT, Refusal.INVALID)
_SUBMISSION_REFUSALS = (
    Refusal.VISA_TYPE_NOT_OFFERED,
    Refusal.NATIONALITY_UNKNOWN,
    Refusal.CENTRE_NOT_FOUND,
    Refusal.IDENTITY_REQUIRED,
    Refusal.IDENTITY_DIFFERS,
)
_DECISION_REFUSALS = (Refusal.GROUND_REQUIRED, Refusal.GROUND_NOT_ALLOWED)
_SHORTEST_KEY, _LONGEST_KEY = 8, 128


def step(intent: Intent, input_: inputs.StepInput, **values: Any) -> StepRequest:
    """The request for a step. Raises RefusedError if the idempotency key is not valid."""
    return StepRequest(
        mutation=intent.name,
        key=key_of(input_.idempotency_key),
        verb=values.pop("verb", intent.verbs[0]),
        application=_application(input_.application_id),
        expected_status=input_.expected_status,
        **values,
    )


def payment(intent: Intent, input_: inputs.RecordPaymentInput) -> StepRequest:
    return step(intent, input_, amount_idr=input_.amount_idr)


def screening(intent: Intent, input_: inputs.RecordScreeningInput) -> StepRequest:
    if input_.result is ScreeningResult.PENDING:
        why = "`PENDING` is no answer."
        raise RefusedError(Refusal.INVALID, "result", why=why)
    return step(intent, input_, question=input_.kind, answer=input_.result)


def decision(intent: Intent, input_: inputs.RecordDecisionInput) -> StepRequest:
    if len(input_.internal_note or "") > LONGEST_NOTE:
        why = f"A note has at most {LONGEST_NOTE} characters."
        raise RefusedError(Refusal.INVALID, "internalNote", why=why)
    return step(
        intent,
        input_,
        verb=intent.verbs[list(Outcome).index(input_.outcome)],
        outcome=input_.outcome,
        ground=input_.ground,
        internal_note=input_.internal_note,
    )


def submission(intent: Intent, input_: inputs.SubmitApplicationInput) -> SubmissionRequest:
    return SubmissionRequest(
        mutation=intent.name, key=key_of(input_.idempotency_key), submissions=(_submission(input_),)
    )


def submissions(intent: Intent, input_: inputs.SubmitApplicationsInput) -> SubmissionRequest:
    if not 1 <= len(input_.applications) <= MOST_AT_ONCE:
        why = f"A batch has from 1 to {MOST_AT_ONCE} applications."
        raise RefusedError(Refusal.INVALID, "applications", why=why)
    return SubmissionRequest(
        mutation=intent.name,
        key=key_of(input_.idempotency_key),
        submissions=tuple(_submission(item) for item in input_.applications),
    )


def _submission(input_: Any) -> Submission:
    person = input_.identity
    return Submission(
        visa_type=input_.visa_type,
        nationality=input_.nationality,
        centre=input_.centre,
        person=person and Person(**vars(person)),
    )


def key_of(text: str) -> str:
    """Validate an idempotency key. Raises RefusedError if it is not valid."""
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if not (_SHORTEST_KEY <= len(text) <= _LONGEST_KEY and is_plain):
        why = f"A key has from {_SHORTEST_KEY} to {_LONGEST_KEY} plain characters, such as a UUID."
        raise RefusedError(Refusal.INVALID, "idempotencyKey", why=why)
    return text


def _application(id_: str) -> UUID | None:
    """The UUID in the global id of an application; None for any other text."""
    global_id = decode(id_)
    if global_id is None or global_id.type_name != "Application":
        return None
    try:
        key = UUID(global_id.key)
    except ValueError:
        return None
    return key if str(key) == global_id.key else None


INTENTS = (
    Intent("submitApplication", inputs.SubmitApplicationInput,
           "Hand an application in: it is billed at once.", submission, (Verb.SUBMIT,),
           _SUBMISSION_REFUSALS),
    Intent("submitApplications", inputs.SubmitApplicationsInput,
           f"Hand up to {MOST_AT_ONCE} applications in, with a result for each.", submissions,
           (Verb.SUBMIT,), _SUBMISSION_REFUSALS),
    Intent("recordPayment", inputs.RecordPaymentInput, "The fee was paid: the clock starts.",
           payment, (Verb.RECORD_PAYMENT,),
           (Refusal.AMOUNT_DIFFERS, Refusal.VISA_TYPE_NOT_OFFERED)),
    Intent("markReceived", inputs.MarkReceivedInput,
           "The partner hands the complete file over: its part of the clock ends.", step,
           (Verb.MARK_RECEIVED,)),
    Intent("startVerification", inputs.StartVerificationInput,
           "Take a paid case: it is assigned to you.", step, (Verb.START_VERIFICATION,)),
    Intent("requestInformation", inputs.RequestInformationInput,
           "Ask the applicant for more: the adjusted clock stands.", step,
           (Verb.REQUEST_INFORMATION,)),
    Intent("answerInformation", inputs.AnswerInformationInput,
           "The applicant has answered: work goes on.", step, (Verb.ANSWER_INFORMATION,)),
    Intent("referToScreening", inputs.ReferToScreeningInput,
           "Ask supervision, or ask anew what was not answered.", step,
           (Verb.REFER_TO_SCREENING,)),
    Intent("recordScreening", inputs.RecordScreeningInput, "Supervision answers a question.",
           screening, (Verb.RECORD_SCREENING,)),
    Intent("holdApplication", inputs.HoldApplicationInput,
           "Hold an application: it cannot be granted.", step, (Verb.HOLD,)),
    Intent("releaseApplication", inputs.ReleaseApplicationInput, "End a hold.", step,
           (Verb.RELEASE,)),
    Intent("recordDecision", inputs.RecordDecisionInput,
           "Grant or refuse. Nothing is granted that supervision has not cleared.", decision,
           (Verb.GRANT, Verb.REFUSE), _DECISION_REFUSALS),
    Intent("supersedeDecision", inputs.SupersedeDecisionInput,
           "Correct a decision that somebody else made, by one of your own.", decision,
           (Verb.CORRECT_TO_GRANTED, Verb.CORRECT_TO_REFUSED), _DECISION_REFUSALS),
    Intent("withdrawApplication", inputs.WithdrawApplicationInput,
           "Withdraw an application that is open.", step, (Verb.WITHDRAW,)),
    Intent("revokeVisa", inputs.RevokeVisaInput, "Take a granted visa back.", step,
           (Verb.REVOKE,)),
)  # fmt: skip
