"""What mutations take: one input each, with a key under which it is done once."""

from datetime import date
from typing import Any

import strawberry

from gateway.mapping.enums import (
    Ground,
    HitResolution,
    Outcome,
    ScreeningKind,
    ScreeningResult,
    Stage,
    Status,
)
from gateway.mapping.scalars import BigInt

#: Coercing and converting each takes a tenth of a millisecond before a statement is sent.
MOST_AT_ONCE = 300
LONGEST_NOTE = 2_000


def required(description: str) -> Any:
    return strawberry.field(description=description)


def optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


_KEY = "A new random value for each request, such as a UUID; the same one to ask again."
_CENTRE = (
    "Code of the centre that takes it in. An agent with one centre may leave it out; an applicant"
    " who applies alone has none."
)
_WHO = "Who applies. An applicant who applied before may leave it out."


@strawberry.input(description="Who applies. It is kept in the vault, and nowhere else.")
class IdentityInput:
    full_name: str = required("Name as in the passport: up to 200 characters.")
    passport_number: str = required("Passport number: 5 to 12 capital letters and digits.")
    birth_date: date = required("Date of birth.")
    email: str = required("E-mail address.")
    phone: str = required("Phone number, with `+` and country code.")


@strawberry.input(description="An application to hand in.")
class SubmitApplicationInput:
    idempotency_key: str = required(_KEY)
    visa_type: str = required("Index of the visa type, such as `B1`.")
    nationality: str = required("ISO 3166 alpha-2 code of the passport's country.")
    centre: str | None = optional(_CENTRE)
    identity: IdentityInput | None = optional(_WHO)


@strawberry.input(description="One application of a batch.")
class SubmitApplicationsItem:
    visa_type: str = required("Index of the visa type, such as `B1`.")
    nationality: str = required("ISO 3166 alpha-2 code of the passport's country.")
    centre: str | None = optional(_CENTRE)
    identity: IdentityInput | None = optional(_WHO)


@strawberry.input(description="Applications to hand in together; each stands or fails by itself.")
class SubmitApplicationsInput:
    idempotency_key: str = required(_KEY)
    applications: list[SubmitApplicationsItem] = required(f"From 1 to {MOST_AT_ONCE}.")


@strawberry.input(description="A step of one application.")
class StepInput:
    """What every step of an application takes; the inputs of the mutations add to it."""

    idempotency_key: str = required(_KEY)
    application_id: strawberry.ID = required("Global id of the application.")
    expected_status: Status | None = optional(
        "The status you know it in; if it has another by now, nothing is done."
    )
    expected_stage: Stage | None = optional(
        "The stage you know it at; if it is at another by now, nothing is done."
    )


@strawberry.input(description="A payment that came in, with the treasury's receipt.")
class RecordPaymentInput:
    idempotency_key: str = required(_KEY)
    billing_code: str = required("What was paid under: 15 digits.")
    amount_idr: BigInt = required("What was paid, in rupiah: the amount of the bill.")
    receipt_number: str = required(
        "The treasury's number of the payment: 16 capital letters and digits, for one bill."
    )


@strawberry.input(description="A complete file that is handed over to the directorate.")
class MarkReceivedInput(StepInput):
    pass


@strawberry.input(description="A case that the officer takes.")
class StartVerificationInput(StepInput):
    pass


@strawberry.input(description="A case in which the applicant is asked for more.")
class RequestInformationInput(StepInput):
    pass


@strawberry.input(description="A case in which the applicant has answered.")
class AnswerInformationInput(StepInput):
    pass


@strawberry.input(description="A case about which supervision is asked.")
class ReferToScreeningInput(StepInput):
    pass


@strawberry.input(description="An answer to a screening question.")
class RecordScreeningInput(StepInput):
    kind: ScreeningKind = required("The question that is answered.")
    result: ScreeningResult = required("The answer: `CLEAR`, `HIT` or `UNAVAILABLE`.")


@strawberry.input(description="An answer that somebody else proposed, and that is agreed to.")
class ConfirmScreeningInput(StepInput):
    kind: ScreeningKind = required("The question.")


@strawberry.input(description="What a hit turned out to be.")
class ResolveHitInput(StepInput):
    kind: ScreeningKind = required("The question that was answered with a hit.")
    resolution: HitResolution = required("Whether it is this person.")
    reason: str = required(f"Why: from 1 to {LONGEST_NOTE} characters.")


@strawberry.input(description="An application to hold.")
class HoldApplicationInput(StepInput):
    pass


@strawberry.input(description="An application to release.")
class ReleaseApplicationInput(StepInput):
    pass


@strawberry.input(description="A decision.")
class RecordDecisionInput(StepInput):
    outcome: Outcome = required("Granted or refused.")
    ground: Ground | None = optional("Why it is refused; none where it is granted.")
    internal_note: str | None = optional(
        f"Note within the directorate: up to {LONGEST_NOTE} characters."
    )


@strawberry.input(description="A decision that corrects the one that stands.")
class SupersedeDecisionInput(RecordDecisionInput):
    pass


@strawberry.input(description="An application to withdraw.")
class WithdrawApplicationInput(StepInput):
    pass


@strawberry.input(description="A granted visa to revoke.")
class RevokeVisaInput(StepInput):
    pass
