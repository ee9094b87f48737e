"""Reads inputs: what a mutation is asked to do, and what is wrong with how it is asked."""

import re
from typing import Any
from uuid import UUID

from gateway.mapping.ids import key_in
from gateway.mutations.fetching import FetchRequest
from gateway.mutations.keys import LONGEST_KEY, SHORTEST_KEY, is_key
from gateway.mutations.outcome import Reason
from gateway.mutations.requests import (
    Item,
    ReliefRequest,
    Request,
    StepRequest,
)
from gateway.mutations.uploading import MOST_BYTES, UploadRequest
from gateway.schema.mutations import inputs
from gateway.schema.mutations.answers import AnswerInformationInput, read_answers
from gateway.schema.mutations.extension_inputs import RecordAppearanceInput
from gateway.schema.mutations.inputs import (
    LONGEST_ITEM_NOTE,
    LONGEST_NOTE,
    MOST_ITEMS,
)
from gateway.schema.mutations.intent import Intent
from gateway.schema.upload import RegisterDocumentInput, RequestUploadInput
from models.contents.tables import LOCATOR
from models.life import Refusal, Verb
from models.vocabulary import (
    ANSWERED_WITH,
    Outcome,
    Queue,
    ScreeningKind,
    ScreeningResult,
    VisaCondition,
)

_ANSWERS = (ScreeningResult.CLEAR, ScreeningResult.HIT, ScreeningResult.UNAVAILABLE)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_LOCATOR = re.compile(LOCATOR)
_RECEIPT = re.compile(r"[0-9A-Z]{16}")


def read_step(
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


def read_appearance(intent: Intent, input_: RecordAppearanceInput) -> StepRequest:
    return read_step(intent, input_, entered_on=input_.entered_on)


def read_fetch(intent: Intent, input_: inputs.FetchVisaInput) -> FetchRequest:
    key = input_.idempotency_key
    faults = faults_of_key(key)
    return FetchRequest(
        mutation=intent.name, key=key, faults=faults, visa_number=input_.visa_number
    )


def read_upload(
    intent: Intent,
    input_: RequestUploadInput | RegisterDocumentInput,
    faults: tuple[Reason, ...] = (),
    locator: str | None = None,
) -> UploadRequest:
    key = input_.idempotency_key
    faults = (*faults_of_key(key), *faults)
    if not 0 < input_.size <= MOST_BYTES:
        faults = (*faults, _invalid("size", rule="size", most=MOST_BYTES))
    if not _SHA256.fullmatch(input_.sha256):
        faults = (*faults, _invalid("sha256", rule="sha256"))
    return UploadRequest(
        mutation=intent.name,
        key=key,
        faults=faults,
        application=_application(input_.application_id),
        kind=input_.kind,
        media_type=input_.format,
        size=input_.size,
        sha256=input_.sha256,
        locator=locator,
    )


def read_registration(intent: Intent, input_: RegisterDocumentInput) -> UploadRequest:
    locator = input_.locator.lower()
    faults = () if _LOCATOR.fullmatch(locator) else (_invalid("locator", rule="locator"),)
    return read_upload(intent, input_, faults, locator)


def read_payment(intent: Intent, input_: inputs.RecordPaymentInput) -> StepRequest:
    faults = faults_of_receipt(input_.receipt_number)
    return StepRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
        verb=Verb.RECORD_PAYMENT,
        billing_code=input_.billing_code,
        paid=input_.paid.amount,
        receipt_number=input_.receipt_number,
    )


def read_screening(intent: Intent, input_: inputs.RecordScreeningInput) -> StepRequest:
    """A clearance that says yes or no is a proposal, until a second person agrees."""
    is_answer = input_.result in _ANSWERS
    faults = () if is_answer else (_invalid("result", rule="answer"),)
    is_for_two = (
        input_.kind is ScreeningKind.CLEARANCE and input_.result is not ScreeningResult.UNAVAILABLE
    )
    verb = Verb.PROPOSE_ANSWER if is_for_two else Verb.RECORD_SCREENING
    return read_step(intent, input_, faults, verb=verb, question=input_.kind, answer=input_.result)


def read_confirmation(intent: Intent, input_: inputs.ConfirmScreeningInput) -> StepRequest:
    return read_step(intent, input_, question=input_.kind)


def read_resolution(intent: Intent, input_: inputs.ResolveHitInput) -> StepRequest:
    return read_step_with_reason(
        intent,
        input_,
        question=input_.kind,
        answer=ScreeningResult(input_.resolution),
    )


def read_taking(intent: Intent, input_: inputs.TakeCaseInput) -> StepRequest:
    is_taken_from = input_.queue in (Queue.FREE, Queue.OVERDUE)
    faults = () if is_taken_from else (_invalid("queue", rule="queue"),)
    return StepRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
        verb=Verb.TAKE,
        queue=input_.queue,
    )


def read_setting_aside(intent: Intent, input_: inputs.SetAsideRevocationInput) -> StepRequest:
    return read_step_with_reason(intent, input_, outcome=Outcome.GRANTED)


def read_assignment(
    intent: Intent, input_: inputs.ReleaseCaseInput | inputs.ReassignCaseInput
) -> Request:
    return read_step_with_reason(intent, input_, receiver=getattr(input_, "officer", None))


def read_step_with_reason(intent: Intent, input_: Any, **values: Any) -> StepRequest:
    """The request for a step of which somebody says why."""
    faults = (*faults_of_reason(input_.reason), *values.pop("faults", ()))
    return read_step(intent, input_, faults, reason=input_.reason.strip(), **values)


def read_link(intent: Intent, input_: inputs.ConfirmLinkInput) -> StepRequest:
    return read_step_with_reason(intent, input_, link=key_in(input_.link_id, "PersonLink"))


def read_relief(intent: Intent, input_: inputs.RelieveOfficerInput) -> ReliefRequest:
    return ReliefRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults_of_reason(input_.reason)),
        officer=input_.officer,
        reason=input_.reason.strip(),
    )


def read_referral(intent: Intent, input_: inputs.ReferToScreeningInput) -> StepRequest:
    note = (input_.note or "").strip()
    is_short = len(note) <= LONGEST_NOTE
    faults = () if is_short else (_invalid("note", rule="note", most=LONGEST_NOTE),)
    return read_step(
        intent, input_, faults, referral_reason=input_.reason, referral_note=note or None
    )


def read_request_of_items(intent: Intent, input_: inputs.RequestInformationInput) -> StepRequest:
    kinds = {item.kind for item in input_.items}
    is_sized = 1 <= len(input_.items) <= MOST_ITEMS and len(kinds) == len(input_.items)
    faults = () if is_sized else (_invalid("items", rule="items", most=MOST_ITEMS),)
    items = tuple(
        Item(kind=item.kind, note=(item.note or "").strip() or None) for item in input_.items
    )
    overlong = (
        _invalid("items", str(number), "note", rule="note", most=LONGEST_ITEM_NOTE)
        for number, item in enumerate(items)
        if len(item.note or "") > LONGEST_ITEM_NOTE
    )
    return read_step(intent, input_, (*faults, *overlong), items=items)


def read_documents(intent: Intent, input_: inputs.RecordDocumentsInput) -> StepRequest:
    is_sized = len(set(input_.documents)) == len(input_.documents)
    faults = () if is_sized else (_invalid("documents", rule="documents"),)
    return read_step(intent, input_, faults, documents=tuple(input_.documents))


def read_answer_to_items(intent: Intent, input_: AnswerInformationInput) -> StepRequest:
    answers, faults = read_answers(input_.answers)
    needed = (
        _invalid("items", str(number), rule="needs_answer")
        for number, kind in enumerate(input_.items)
        if kind in ANSWERED_WITH
    )
    items = (*(Item(kind=kind) for kind in input_.items), *answers)
    return read_step(intent, input_, (*faults, *needed), items=items)


def read_decision(intent: Intent, input_: inputs.RecordDecisionInput) -> StepRequest:
    faults, values = _decision_values(intent, input_)
    return read_step(intent, input_, faults, **values)


def read_correction(intent: Intent, input_: inputs.SupersedeDecisionInput) -> StepRequest:
    faults, values = _decision_values(intent, input_)
    return read_step_with_reason(intent, input_, faults=faults, **values)


def _decision_values(
    intent: Intent, input_: inputs.RecordDecisionInput
) -> tuple[tuple[Reason, ...], dict[str, Any]]:
    """What is wrong with a decision, and what it says."""
    is_short = len(input_.internal_note or "") <= LONGEST_NOTE
    faults = () if is_short else (_invalid("internalNote", rule="note", most=LONGEST_NOTE),)
    grounds, conditions = input_.grounds or (), input_.conditions or ()
    for name, given in (("grounds", grounds), ("conditions", conditions)):
        if len(set(given)) < len(given):
            faults = (*faults, _invalid(name, rule="each_once"))
    return faults, {
        "verb": intent.verbs[list(Outcome).index(input_.outcome)],
        "outcome": input_.outcome,
        "grounds": tuple(grounds),
        "conditions": tuple(each for each in VisaCondition if each in conditions),
        "internal_note": input_.internal_note,
    }


def faults_of_reason(text: str) -> tuple[Reason, ...]:
    is_given = 1 <= len(text.strip()) <= LONGEST_NOTE
    return () if is_given else (_invalid("reason", rule="reason", most=LONGEST_NOTE),)


def faults_of_text(text: str, path: str) -> tuple[Reason, ...]:
    is_given = 1 <= len(text.strip()) <= LONGEST_NOTE
    return () if is_given else (_invalid(path, rule="text", most=LONGEST_NOTE),)


def read_note(intent: Intent, input_: inputs.WriteNoteInput) -> StepRequest:
    text = input_.text.strip()
    return read_step(intent, input_, faults_of_text(text, "text"), statement=text)


def faults_of_receipt(text: str) -> tuple[Reason, ...]:
    is_formed = _RECEIPT.fullmatch(text)
    return () if is_formed else (_invalid("receiptNumber", rule="receipt_number"),)


def faults_of_key(text: str) -> tuple[Reason, ...]:
    """What is wrong with an idempotency key, if anything is."""
    if is_key(text):
        return ()
    return (_invalid("idempotencyKey", rule="key", least=SHORTEST_KEY, most=LONGEST_KEY),)


def _invalid(*path: str, rule: str, **limits: int) -> Reason:
    return Reason(Refusal.INVALID, path, rule, limits)


def _application(id_: str) -> UUID | None:
    return key_in(id_, "Application")
