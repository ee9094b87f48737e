"""Reads what is handed in: applications with the people in them, and corrections of these."""

from typing import Any

from gateway.mutations.outcome import Reason
from gateway.mutations.requests import (
    GivenGuarantor,
    GivenGuardian,
    Person,
    ProposedCorrection,
    StepRequest,
    Submission,
    SubmissionRequest,
)
from gateway.schema.mutations.input_readers import faults_of_key, read_step
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from gateway.schema.mutations.intent import Intent
from gateway.schema.mutations.submission_inputs import (
    GuarantorInput,
    GuardianInput,
    ProposeCorrectionInput,
    SubmitApplicationInput,
    SubmitApplicationsInput,
)
from models.life import Refusal
from models.life.grant_conditions import LARGEST_FAMILY


def read_correction_of_person(intent: Intent, input_: ProposeCorrectionInput) -> StepRequest:
    given = vars(input_.identity) if input_.identity else {}
    values = {name: value for name, value in given.items() if value is not None}
    answerable = _guarantor(input_.guarantor), _guardian(input_.guardian)
    is_anything = bool(values) or input_.nationality is not None or any(answerable)
    faults = (
        () if is_anything else (Reason(Refusal.INVALID, ("identity",), rule="nothing_corrected"),)
    )
    if "passport_number" in values and "passport_expires_on" not in values:
        path = ("identity", "passportExpiresOn")
        faults = (*faults, Reason(Refusal.INVALID, path, rule="expiry_with_number"))
    proposed = ProposedCorrection(values, input_.nationality, *answerable)
    return read_step(intent, input_, faults, correction=proposed)


def read_submission(intent: Intent, input_: SubmitApplicationInput) -> SubmissionRequest:
    return SubmissionRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=faults_of_key(input_.idempotency_key),
        submissions=(_submission(input_),),
        group_reference=input_.group_reference,
    )


def read_submissions(intent: Intent, input_: SubmitApplicationsInput) -> SubmissionRequest:
    is_sized = 1 <= len(input_.applications) <= MOST_AT_ONCE
    faults = (
        ()
        if is_sized
        else (
            Reason(Refusal.INVALID, ("applications",), rule="batch", limits={"most": MOST_AT_ONCE}),
        )
    )
    if input_.is_group and input_.group_reference is not None:
        faults = (*faults, Reason(Refusal.INVALID, ("isGroup",), rule="one_group"))
    is_family = input_.is_group and len(input_.applications) <= LARGEST_FAMILY
    if input_.is_billed_together and not is_family:
        faults = (
            *faults,
            Reason(
                Refusal.INVALID,
                ("isBilledTogether",),
                rule="family",
                limits={"most": LARGEST_FAMILY},
            ),
        )
    return SubmissionRequest(
        mutation=intent.name,
        key=input_.idempotency_key,
        faults=(*faults_of_key(input_.idempotency_key), *faults),
        submissions=tuple(_submission(item, is_of_batch=True) for item in input_.applications),
        is_group=input_.is_group,
        is_billed_together=input_.is_billed_together,
        group_reference=input_.group_reference,
    )


def _submission(input_: Any, *, is_of_batch: bool = False) -> Submission:
    person = input_.identity
    return Submission(
        visa_type=input_.visa_type,
        nationality=input_.nationality,
        entry_on=input_.entry_on,
        use_within_days=input_.use_within_days,
        centre=input_.centre,
        country=input_.country,
        trip_purpose=input_.trip_purpose,
        person=person and Person(**vars(person)),
        guarantor=_guarantor(input_.guarantor),
        guardian=_guardian(input_.guardian),
        key=getattr(input_, "idempotency_key", None) if is_of_batch else None,
    )


def _guarantor(input_: GuarantorInput | None) -> GivenGuarantor | None:
    return GivenGuarantor(**input_.values()) if input_ else None


def _guardian(input_: GuardianInput | None) -> GivenGuardian | None:
    return GivenGuardian(**vars(input_)) if input_ else None
