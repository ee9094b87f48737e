"""Inputs of what is announced before a refusal, and of the answer to it."""

import strawberry

from gateway.schema.mutations.inputs import (
    LONGEST_ITEM_NOTE,
    LONGEST_NOTE,
    StepInput,
    optional,
    required,
)
from models.vocabulary import DocumentKind, Ground


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
