"""What mutations take: one input each, with a key under which it is done once."""

from typing import Any

import strawberry

from gateway.mapping.enums import (
    DocumentKind,
    Ground,
    HitResolution,
    Outcome,
    Queue,
    ReferralReason,
    RequestedItemKind,
    ScreeningKind,
    ScreeningResult,
    Stage,
    Status,
    VisaCondition,
)
from gateway.mapping.money import MoneyInput

#: Coercing and converting each takes a tenth of a millisecond before a statement is sent.
MOST_AT_ONCE = 300
LONGEST_NOTE = 2_000
MOST_ITEMS = 20
LONGEST_ITEM_NOTE = 500


def required(description: str) -> Any:
    return strawberry.field(description=description)


def optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


KEY = "A new random value for each request, such as a UUID; the same one to ask again."
_REASON = f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters."


@strawberry.input(description="A step of one application.")
class StepInput:
    """What every step of an application takes; the inputs of the mutations add to it."""

    idempotency_key: str = required(KEY)
    application_id: strawberry.ID = required("Global id of the application.")
    expected_status: Status | None = optional(
        "The status you know it in; if it has another by now, nothing is done."
    )
    expected_stage: Stage | None = optional(
        "The stage you know it at; if it is at another by now, nothing is done."
    )


@strawberry.input(description="A payment that came in, with the treasury's receipt.")
class RecordPaymentInput:
    idempotency_key: str = required(KEY)
    billing_code: str = required("What was paid under: 15 digits.")
    paid: MoneyInput = required("What was paid: the fee of the bill.")
    receipt_number: str = required(
        "The treasury's number of the payment: 16 capital letters and digits, for one bill."
    )


@strawberry.input(description="A file whose documents the partner records.")
class RecordDocumentsInput(StepInput):
    documents: list[DocumentKind] = required(
        "Every document that is there by now, each kind once; the others count as missing."
    )


@strawberry.input(description="A complete file that is handed over to the directorate.")
class MarkReceivedInput(StepInput):
    pass


@strawberry.input(description="The queue whose most urgent case is taken.")
class TakeCaseInput:
    idempotency_key: str = required(KEY)
    queue: Queue = required("`FREE`, or `OVERDUE` for those of its cases that are late.")


@strawberry.input(description="A case that is given back.")
class ReleaseCaseInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="A case that is given to an officer, or back to its queue.")
class ReassignCaseInput(StepInput):
    officer: str | None = optional(
        "Subject of the officer who gets it, or your own; without one it goes back to the free"
        " queue."
    )
    reason: str = required(_REASON)


@strawberry.input(description="An officer who works on no case any more.")
class RelieveOfficerInput:
    idempotency_key: str = required(KEY)
    officer: str = required("Subject of the officer.")
    reason: str = required(_REASON)


@strawberry.input(description="One thing that the applicant is asked for.")
class RequestInformationItem:
    kind: RequestedItemKind = required("What is missing.")
    note: str | None = optional(
        "What about it, without saying who it is, in plain text: up to"
        f" {LONGEST_ITEM_NOTE} characters. The applicant and the agent read it."
    )


@strawberry.input(description="A case in which the applicant is asked for more.")
class RequestInformationInput(StepInput):
    items: list[RequestInformationItem] = required(f"From 1 to {MOST_ITEMS}, each kind once.")


@strawberry.input(description="A case about which supervision is asked.")
class ReferToScreeningInput(StepInput):
    reason: ReferralReason = strawberry.field(
        default=ReferralReason.ROUTINE, description="Why; the screening authority reads it."
    )
    note: str | None = optional(
        f"What about it, without saying who it is: up to {LONGEST_NOTE} characters."
    )


@strawberry.input(description="An answer to a screening question.")
class RecordScreeningInput(StepInput):
    kind: ScreeningKind = required("The question that is answered.")
    result: ScreeningResult = required("The answer: `CLEAR`, `HIT` or `UNAVAILABLE`.")


@strawberry.input(description="An answer that somebody else proposed, to agree to.")
class ConfirmScreeningInput(StepInput):
    kind: ScreeningKind = required("The question.")


@strawberry.input(description="What a hit turned out to be.")
class ResolveHitInput(StepInput):
    kind: ScreeningKind = required("The question that was answered with a hit.")
    resolution: HitResolution = required("Whether it is this person.")
    reason: str = required(_REASON)


@strawberry.input(description="An application to hold.")
class HoldApplicationInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="An application to release.")
class ReleaseApplicationInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="An application to take before all others.")
class MarkUrgentInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="An application to grant although a linked file counts.")
class ProposeGrantInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="An application that somebody else proposed to grant.")
class ApproveGrantInput(StepInput):
    pass


@strawberry.input(description="An application that was proposed to grant, and is not to be.")
class RejectGrantInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="An application that is urgent no more.")
class EndUrgencyInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="A decision.")
class RecordDecisionInput(StepInput):
    outcome: Outcome = required("Granted or refused.")
    grounds: list[Ground] | None = optional(
        "Why it is refused, each ground once, the main one first; none where it is granted. The"
        " applicant is told those that may be told, in this order."
    )
    conditions: list[VisaCondition] | None = optional("On what a visa is granted, each once.")
    internal_note: str | None = optional(
        f"Note within the directorate, without saying who it is: up to {LONGEST_NOTE} characters."
    )


@strawberry.input(description="A decision that replaces the one in force.")
class SupersedeDecisionInput(RecordDecisionInput):
    reason: str = required(_REASON)


@strawberry.input(description="A correction to approve.")
class ApproveCorrectionInput(StepInput):
    pass


@strawberry.input(description="A correction that somebody else approved, to put into effect.")
class ConfirmCorrectionInput(StepInput):
    pass


@strawberry.input(description="A correction that is not made.")
class RejectCorrectionInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="What you noticed while working on a case.")
class WriteNoteInput(StepInput):
    text: str = required(
        f"What whoever works on it next has to know, in plain text: from 1 to {LONGEST_NOTE}"
        " characters. It stands, for officers and supervisors alone, until its person is erased."
    )


@strawberry.input(description="A link by name to another file, in the case at hand.")
class ConfirmLinkInput(StepInput):
    link_id: strawberry.ID = required("Global id of the link: one of `Applicant.linked`.")
    reason: str = required(_REASON)


@strawberry.input(description="A link by name to a file of somebody else.")
class RejectLinkInput(ConfirmLinkInput):
    pass


@strawberry.input(description="An application to withdraw.")
class WithdrawApplicationInput(StepInput):
    pass


@strawberry.input(description="A visa to give back.")
class ReturnVisaInput(StepInput):
    pass


@strawberry.input(description="A granted visa to revoke.")
class RevokeVisaInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="A revocation, made in error, to set aside.")
class SetAsideRevocationInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="A visa of which your system fetches the document.")
class FetchVisaInput:
    visa_number: str = required("The number of the visa.")
    idempotency_key: str = required(KEY)
