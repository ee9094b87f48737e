"""The table of mutations that take a step of each of several applications, as systems send them."""

from collections.abc import Callable
from typing import Any

import strawberry

from gateway.mutations.outcome import Reason
from gateway.mutations.requests import StepRequest, StepsRequest
from gateway.schema.mutations.answers import AnswerInformationInput
from gateway.schema.mutations.case_intents import INTENTS
from gateway.schema.mutations.input_readers import (
    read_answer_to_items,
    read_confirmation,
    read_screening,
    read_step,
)
from gateway.schema.mutations.inputs import (
    MOST_AT_ONCE,
    ConfirmScreeningInput,
    RecordScreeningInput,
    WithdrawApplicationInput,
    required,
)
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.submission_inputs import ProposeCorrectionInput
from gateway.schema.mutations.submission_readers import (
    read_correction_of_person,
)
from models.life import Refusal

_ITEMS = f"From 1 to {MOST_AT_ONCE}, each as if it were sent alone, with a key of its own."


@strawberry.input(description="Corrections to propose; each succeeds or fails by itself.")
class ProposeCorrectionsInput:
    corrections: list[ProposeCorrectionInput] = required(_ITEMS)


@strawberry.input(description="Applications to withdraw; each succeeds or fails by itself.")
class WithdrawApplicationsInput:
    withdrawals: list[WithdrawApplicationInput] = required(_ITEMS)


@strawberry.input(description="Answers to requests for information; each succeeds or fails alone.")
class AnswerInformationRequestsInput:
    requests: list[AnswerInformationInput] = required(_ITEMS)


@strawberry.input(description="Answers to screening questions; each succeeds or fails by itself.")
class RecordScreeningsInput:
    answers: list[RecordScreeningInput] = required(_ITEMS)


@strawberry.input(description="Answers to agree to; each succeeds or fails by itself.")
class ConfirmScreeningsInput:
    answers: list[ConfirmScreeningInput] = required(_ITEMS)


def _reader(items: str, read_item: Callable[..., StepRequest]) -> Callable[..., StepsRequest]:
    """Reads an input whose field ``items`` lists what another mutation takes."""

    def read(intent: Intent, input_: Any) -> StepsRequest:
        given = getattr(input_, items)
        is_sized = 1 <= len(given) <= MOST_AT_ONCE
        limits = {"most": MOST_AT_ONCE}
        faults = () if is_sized else (Reason(Refusal.INVALID, (items,), "batch", limits),)
        steps = tuple(read_item(intent, one) for one in given)
        return StepsRequest(mutation=intent.name, items=items, faults=faults, steps=steps)

    return read


def _describe(single: str) -> str:
    return (
        f"Do up to {MOST_AT_ONCE} times what `{single}` does, with a result for each. Where the"
        " answer was lost, send it again: what was done is answered as before, by its key."
    )


_OF = {intent.name: intent for intent in INTENTS}
BATCH_INTENTS = (
    Intent("proposeCorrections", ProposeCorrectionsInput, _describe(single="proposeCorrection"),
           _reader(items="corrections", read_item=read_correction_of_person),
           _OF["proposeCorrection"].verbs, _OF["proposeCorrection"].extra_refusals),
    Intent("withdrawApplications", WithdrawApplicationsInput,
           _describe(single="withdrawApplication"),
           _reader(items="withdrawals", read_item=read_step), _OF["withdrawApplication"].verbs),
    Intent("answerInformationRequests", AnswerInformationRequestsInput,
           _describe(single="answerInformation"),
           _reader(items="requests", read_item=read_answer_to_items),
           _OF["answerInformation"].verbs),
    Intent("recordScreenings", RecordScreeningsInput, _describe(single="recordScreening"),
           _reader(items="answers", read_item=read_screening), _OF["recordScreening"].verbs),
    Intent("confirmScreenings", ConfirmScreeningsInput, _describe(single="confirmScreening"),
           _reader(items="answers", read_item=read_confirmation), _OF["confirmScreening"].verbs),
)  # fmt: skip
