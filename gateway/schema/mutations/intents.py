"""The table of case mutations: input, description, steps and possible refusals."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.access.fields import is_readable
from gateway.mapping.ids import decode
from gateway.mutations.outcome import Reason
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
from models.vocabulary import Outcome, Role, ScreeningKind, ScreeningResult


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
    def is_step(self) -> bool:
        """Whether it is a step of an application that there is."""
        return bool(self.verbs) and Verb.SUBMIT not in self.verbs

    def refusals(self, role: Role | None = None) -> tuple[Refusal, ...]:
        """All refusals that this mutation can answer a role with; any role if there is none."""
        steps = [step for step in STEPS if step.verb in self.verbs and role in (None, *step.by)]
        needs = {need.refusal for step in steps for need in step.needs}
        extra = {one for one in self.extra_refusals if role in (None, _MET_BY.get(one, role))}
        refusals = {*_COMMON_REFUSALS, *needs, *extra}
        if self.is_step:
            refusals.add(Refusal.NOT_FOUND)
            if role is None or is_readable("Application", "status", role):
                refusals |= {Refusal.STATUS_CHANGED, Refusal.WRONG_STATUS}
            elif is_readable("Application", "stage", role):
                refusals |= {Refusal.STAGE_CHANGED, Refusal.WRONG_STAGE}
            if role is None:
                refusals |= {Refusal.STAGE_CHANGED, Refusal.WRONG_STAGE}
        return tuple(refusal for refusal in Refusal if refusal in refusals)

    def describe(self, role: Role | None = None) -> str:
        """The description of the mutation in the schema, with its codes."""
        return f"{self.description} Answers {', '.join(self.refusals(role))}."


_COMMON_REFUSALS = (Refusal.IDEMPOTENCY_CONFLICT, Refusal.INVALID)
_SUBMISSION_REFUSALS = (
    Refusal.VISA_TYPE_NOT_OFFERED,
    Refusal.NATIONALITY_UNKNOWN,
    Refusal.CENTRE_NOT_FOUND,
    Refusal.IDENTITY_REQUIRED,
    Refusal.IDENTITY_DIFFERS,
)
#: Those that one role alone can meet.
_MET_BY: Mapping[Refusal, Role] = {
    Refusal.CENTRE_NOT_FOUND: Role.PARTNER_AGENT,
    Refusal.IDENTITY_DIFFERS: Role.APPLICANT,
}
_DECISION_REFUSALS = (Refusal.GROUND_REQUIRED, Refusal.GROUND_NOT_ALLOWED)
_SHORTEST_KEY, _LONGEST_KEY = 8, 128
_ANSWERS = (ScreeningResult.CLEAR, ScreeningResult.HIT, ScreeningResult.UNAVAILABLE)
_RECEIPT = re.compile(r"[0-9A-Z]{16}")


def step(
    intent: Intent, input_: inputs.StepInput, faults: tuple[Reason, ...] = (), **values: Any
) -> StepRequest:
    """The request for a step; ``faults`` are those of its further fields."""
    return StepRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
        verb=values.pop("verb", intent.verbs[0]),
        application=_application(input_.application_id),
        expected_status=input_.expected_status,
        expected_stage=input_.expected_stage,
        **values,
    )


def payment(intent: Intent, input_: inputs.RecordPaymentInput) -> StepRequest:
    is_formed = _RECEIPT.fullmatch(input_.receipt_number)
    faults = () if is_formed else (_invalid("receiptNumber", rule="receipt_number"),)
    return StepRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
        verb=Verb.RECORD_PAYMENT,
        billing_code=input_.billing_code,
        amount_idr=input_.amount_idr,
        receipt_number=input_.receipt_number,
    )


def screening(intent: Intent, input_: inputs.RecordScreeningInput) -> StepRequest:
    """A clearance that says yes or no is a proposal, until a second person agrees."""
    is_answer = input_.result in _ANSWERS
    faults = () if is_answer else (_invalid("result", rule="answer"),)
    is_for_two = (
        input_.kind is ScreeningKind.CLEARANCE and input_.result is not ScreeningResult.UNAVAILABLE
    )
    verb = Verb.PROPOSE_ANSWER if is_for_two else Verb.RECORD_SCREENING
    return step(intent, input_, faults, verb=verb, question=input_.kind, answer=input_.result)


def confirmation(intent: Intent, input_: inputs.ConfirmScreeningInput) -> StepRequest:
    return step(intent, input_, question=input_.kind)


def resolution(intent: Intent, input_: inputs.ResolveHitInput) -> StepRequest:
    is_given = 1 <= len(input_.reason.strip()) <= LONGEST_NOTE
    faults = () if is_given else (_invalid("reason", rule="reason", most=LONGEST_NOTE),)
    return step(
        intent,
        input_,
        faults,
        question=input_.kind,
        answer=ScreeningResult(input_.resolution),
        reason=input_.reason.strip(),
    )


def decision(intent: Intent, input_: inputs.RecordDecisionInput) -> StepRequest:
    is_short = len(input_.internal_note or "") <= LONGEST_NOTE
    faults = () if is_short else (_invalid("internalNote", rule="note", most=LONGEST_NOTE),)
    return step(
        intent,
        input_,
        faults,
        verb=intent.verbs[list(Outcome).index(input_.outcome)],
        outcome=input_.outcome,
        ground=input_.ground,
        internal_note=input_.internal_note,
    )


def submission(intent: Intent, input_: inputs.SubmitApplicationInput) -> SubmissionRequest:
    return SubmissionRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        submissions=(_submission(input_),),
    )


def submissions(intent: Intent, input_: inputs.SubmitApplicationsInput) -> SubmissionRequest:
    is_sized = 1 <= len(input_.applications) <= MOST_AT_ONCE
    faults = () if is_sized else (_invalid("applications", rule="batch", most=MOST_AT_ONCE),)
    return SubmissionRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
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


def faults_of_key(text: str) -> tuple[Reason, ...]:
    """What is wrong with an idempotency key, if anything is."""
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if _SHORTEST_KEY <= len(text) <= _LONGEST_KEY and is_plain:
        return ()
    return (_invalid("idempotencyKey", rule="key", least=_SHORTEST_KEY, most=_LONGEST_KEY),)


def _invalid(*path: str, rule: str, **limits: int) -> Reason:
    return Reason(Refusal.INVALID, path, rule, limits)


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
    Intent("recordPayment", inputs.RecordPaymentInput,
           "The treasury reports that a bill was paid: the clock starts.", payment,
           (Verb.RECORD_PAYMENT,),
           (Refusal.AMOUNT_DIFFERS, Refusal.BILL_CLOSED, Refusal.RECEIPT_USED,
            Refusal.VISA_TYPE_NOT_OFFERED)),
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
    Intent("recordScreening", inputs.RecordScreeningInput,
           "Answer a screening question. A clearance waits for a second person.", screening,
           (Verb.RECORD_SCREENING, Verb.PROPOSE_ANSWER)),
    Intent("confirmScreening", inputs.ConfirmScreeningInput,
           "Agree to an answer that somebody else proposed: it takes effect.", confirmation,
           (Verb.CONFIRM_SCREENING,)),
    Intent("resolveHit", inputs.ResolveHitInput,
           "Say what a hit is. It takes effect once a second person of the screening authority"
           " agrees.", resolution, (Verb.RESOLVE_HIT,)),
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
