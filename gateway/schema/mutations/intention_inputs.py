"""What is announced before a refusal, and the answer to it, as mutations take them."""

import strawberry

from gateway.mutations.outcome import Reason
from gateway.mutations.requests import StepRequest
from gateway.schema.mutations.input_readers import faults_of_text, read_step
from gateway.schema.mutations.inputs import (
    LONGEST_ITEM_NOTE,
    LONGEST_NOTE,
    StepInput,
    optional,
    required,
)
from gateway.schema.mutations.intent import Intent
from models.life import Refusal
from models.vocabulary import UNANNOUNCED_GROUNDS, DocumentKind, Ground


@strawberry.input(description="A case that is to be refused, and why.")
class AnnounceRefusalInput(StepInput):
    grounds: list[Ground] = required(
        "On which grounds, each once and the main one first; none of `ENTRY_BAN`, `SECURITY` and"
        " `FORGED_DOCUMENT`, on which a visa is refused at once. The applicant and the agent read"
        " them."
    )
    note: str | None = optional(
        "What there is to them, without saying who it is, in plain text: up to"
        f" {LONGEST_ITEM_NOTE} characters. The applicant and the agent read it."
    )


@strawberry.input(description="What an applicant says to an intention to refuse.")
class AnswerIntentionInput(StepInput):
    text: str = required(
        f"What there is to say, in plain text: from 1 to {LONGEST_NOTE} characters. It stands once"
        " it is handed in."
    )
    documents: list[DocumentKind] = strawberry.field(
        default_factory=list,
        description="The documents that were handed in with it, each kind once: their bytes are"
        " sent by `requestUpload`.",
    )


def read_announcement(intent: Intent, input_: AnnounceRefusalInput) -> StepRequest:
    faults = [
        _invalid("grounds", str(number), rule="ground_not_announced")
        for number, ground in enumerate(input_.grounds)
        if ground in UNANNOUNCED_GROUNDS
    ]
    if not input_.grounds:
        faults.append(Reason(Refusal.GROUND_REQUIRED, ("grounds",)))
    if len(set(input_.grounds)) < len(input_.grounds):
        faults.append(_invalid("grounds", rule="each_once"))
    note = (input_.note or "").strip()
    if len(note) > LONGEST_ITEM_NOTE:
        faults.append(_invalid("note", rule="note", most=LONGEST_ITEM_NOTE))
    return read_step(
        intent, input_, tuple(faults), grounds=tuple(input_.grounds), note=note or None
    )


def read_statement(intent: Intent, input_: AnswerIntentionInput) -> StepRequest:
    faults = faults_of_text(input_.text, "text")
    is_sized = len(set(input_.documents)) == len(input_.documents)
    faults = (*faults, *(() if is_sized else (_invalid("documents", rule="each_once"),)))
    statement = input_.text.strip()
    return read_step(intent, input_, faults, statement=statement, documents=tuple(input_.documents))


def _invalid(*path: str, rule: str, **limits: int) -> Reason:
    return Reason(Refusal.INVALID, path, rule=rule, limits=limits)
