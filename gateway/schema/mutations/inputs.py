"""What mutations take: one input each, with a key under which it is done once."""

from datetime import date
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
    Sex,
    Stage,
    Status,
    TripPurpose,
)
from gateway.mapping.money import MoneyInput
from gateway.mapping.scalars import CountryCode
from models.life.grant_conditions import LARGEST_FAMILY

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
_ITEM_KEY = (
    "How your system names this application, without saying who it is: formed like the key of the"
    " batch. Sent again, in this batch or another, it is handed in once, and answered as before."
)
_CENTRE = (
    "Code of the centre that takes it in. An agent with one centre may leave it out. Without one,"
    " the portal of `country` takes it in; an applicant who applies alone has neither."
)
_PORTAL = "Partner country whose portal takes it in, without a centre; a viewer's only one if null."
_GROUP = "Reference of a group in your reach that it joins, such as `G-7K3M-9QPX-2F4D`."
_REASON = f"Why, without saying who it is: from 1 to {LONGEST_NOTE} characters."
_PURPOSE = (
    "What the applicant travels for; it must be one that the visa type serves for this nationality."
    " Left out, it was not stated, and is counted so."
)
_ENTRY = (
    "The day on which the applicant means to enter, in WIB: from today on, and within"
    " `VisaType.useWithinDays` days of it."
)
_WHO = "Who applies. An applicant who applied before may leave it out."


@strawberry.input(description="Who applies. It is kept in the vault, and nowhere else.")
class IdentityInput:
    full_name: str = required("Name as in the passport: up to 200 characters.")
    passport_number: str = required("Passport number: 5 to 12 capital letters and digits.")
    birth_date: date = required("Date of birth.")
    email: str = required("E-mail address.")
    phone: str = required("Phone number, with `+` and country code.")
    passport_expires_on: date = required(
        "The last day on which the passport is valid: as many calendar months after `entryOn`, or"
        " more, as `VisaType.passportRules` says."
    )
    sex: Sex | None = optional("Sex as in the passport.")
    place_of_birth: str | None = optional("Place of birth in the passport: up to 200 characters.")
    passport_issuing_state: CountryCode | None = optional(
        "ISO 3166 alpha-2 code of the state that issued the passport; the nationality if left out."
    )


@strawberry.input(description="An application to hand in.")
class SubmitApplicationInput:
    idempotency_key: str = required(KEY)
    visa_type: str = required("Index of the visa type, such as `B1`.")
    nationality: CountryCode = required("ISO 3166 alpha-2 code of the passport's country.")
    entry_on: date = required(_ENTRY)
    trip_purpose: TripPurpose | None = optional(_PURPOSE)
    centre: str | None = optional(_CENTRE)
    country: CountryCode | None = optional(_PORTAL)
    group_reference: str | None = optional(_GROUP)
    identity: IdentityInput | None = optional(_WHO)


@strawberry.input(description="One application of a batch.")
class SubmitApplicationsItem:
    visa_type: str = required("Index of the visa type, such as `B1`.")
    nationality: CountryCode = required("ISO 3166 alpha-2 code of the passport's country.")
    entry_on: date = required(_ENTRY)
    trip_purpose: TripPurpose | None = optional(_PURPOSE)
    centre: str | None = optional(_CENTRE)
    country: CountryCode | None = optional(_PORTAL)
    identity: IdentityInput | None = optional(_WHO)
    idempotency_key: str | None = optional(_ITEM_KEY)


@strawberry.input(description="Applications to hand in together; each succeeds or fails by itself.")
class SubmitApplicationsInput:
    idempotency_key: str = required(KEY)
    applications: list[SubmitApplicationsItem] = required(f"From 1 to {MOST_AT_ONCE}.")
    is_group: bool = strawberry.field(
        default=False,
        description="Whether they travel together, as a family or a tour: what can be handed in"
        " gets a new `groupReference` in common.",
    )
    group_reference: str | None = optional(
        "Reference of a group in your reach that they all join, instead of a new one."
    )
    is_billed_together: bool = strawberry.field(
        default=False,
        description="Whether what can be handed in gets one bill, as a family: up to"
        f" {LARGEST_FAMILY} of a new group (`isGroup`).",
    )


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


@strawberry.input(description="An application that is urgent no more.")
class EndUrgencyInput(StepInput):
    reason: str = required(_REASON)


@strawberry.input(description="A decision.")
class RecordDecisionInput(StepInput):
    outcome: Outcome = required("Granted or refused.")
    grounds: list[Ground] | None = optional(
        "Why it is refused: the main ground, by which it is counted, then others, each once; none"
        " where it is granted. The applicant is told those that may be told, in this order."
    )
    internal_note: str | None = optional(
        f"Note within the directorate, without saying who it is: up to {LONGEST_NOTE} characters."
    )


@strawberry.input(description="A decision that replaces the one in force.")
class SupersedeDecisionInput(RecordDecisionInput):
    reason: str = required(_REASON)


@strawberry.input(description="Changes to a person on file.")
class CorrectedIdentityInput:
    """Everything may be left out: it stays as it is."""

    full_name: str | None = optional("Name as in the passport: up to 200 characters.")
    passport_number: str | None = optional("Passport number: 5 to 12 capital letters and digits.")
    birth_date: date | None = optional("Date of birth.")
    email: str | None = optional("E-mail address.")
    phone: str | None = optional("Phone number, with `+` and country code.")
    sex: Sex | None = optional("Sex as in the passport.")
    place_of_birth: str | None = optional("Place of birth as in the passport.")
    passport_issuing_state: CountryCode | None = optional(
        "ISO 3166 alpha-2 code of the state that issued the passport."
    )
    passport_expires_on: date | None = optional(
        "The last day on which the passport is valid, needed with a passport number. It reaches as"
        " far as in an application handed in on the day of this one."
    )


@strawberry.input(description="A correction of the person on file, in one of the person's files.")
class ProposeCorrectionInput(StepInput):
    nationality: CountryCode | None = optional(
        "ISO 3166 alpha-2 code of the passport's country. One that needs another visa, or clearance"
        " where none was needed, is a new application."
    )
    identity: CorrectedIdentityInput | None = optional("The values to change.")


@strawberry.input(description="A correction to approve.")
class ApproveCorrectionInput(StepInput):
    pass


@strawberry.input(description="A correction that somebody else approved, to put into effect.")
class ConfirmCorrectionInput(StepInput):
    pass


@strawberry.input(description="A correction that is not made.")
class RejectCorrectionInput(StepInput):
    reason: str = required(_REASON)


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
