"""What is handed in: applications with the people in them, and corrections of these."""

from datetime import date
from typing import Any

import strawberry

from gateway.mapping.enums import GuarantorKind, GuardianRelation, Sex, TripPurpose
from gateway.mapping.scalars import CountryCode
from gateway.schema.mutations.answers import AddressInput
from gateway.schema.mutations.inputs import KEY, MOST_AT_ONCE, StepInput, optional, required
from models.life.grant_conditions import LARGEST_FAMILY

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
_PURPOSE = (
    "What the applicant travels for; it must be one that the visa type serves for this nationality."
    " Left out, it was not stated, and is counted so."
)
_ENTRY = (
    "The day on which the applicant means to enter, in WIB: from today on, and within the days of"
    " `useWithinDays`."
)
_VALIDITY = (
    "For how many days from the grant on the visa is to serve to enter, as one of"
    " `VisaTypeTerms.fees` says. It may be left out where the visa type has one alone."
)
_WHO = "Who applies. An applicant who applied before may leave it out."
_GUARANTOR = (
    "Who answers for the applicant, where `VisaTypeTerms.needsGuarantor` says that the visa type"
    " needs one, and nowhere else."
)
_GUARDIAN = "Of whoever is under 18 on the day of entry, and of nobody else."


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


@strawberry.input(
    description="Who answers for the applicant in Indonesia. It is kept in the vault, and nowhere"
    " else."
)
class GuarantorInput:
    kind: GuarantorKind = required("Whether it is a person or a company.")
    name: str = required("Its name: up to 200 characters.")
    registration_number: str = required("A person's NIK, 16 digits, or a company's NIB, 13 digits.")
    address: AddressInput = required("Where it is registered, in Indonesia.")

    def values(self) -> dict[str, Any]:
        """Every value, those of the address beside the others."""
        others = {name: value for name, value in vars(self).items() if name != "address"}
        return {**others, **vars(self.address)}


@strawberry.input(
    description="Who accompanies a minor: an adult whose application is of the same group, or"
    " somebody who is named. It is kept in the vault, and nowhere else."
)
class GuardianInput:
    has_consented: bool = required(
        "Whether the guardian consents to the trip. Without it nothing is handed in."
    )
    travels_in_group: bool = strawberry.field(
        default=False,
        description="Whether an adult of the same group accompanies the minor. Nobody is named"
        " then, and the visa is granted once an adult's application there is open or granted.",
    )
    name: str | None = optional("Name of who accompanies the minor: up to 200 characters.")
    relation: GuardianRelation | None = optional("What that is to the minor.")
    phone: str | None = optional("Phone number of whom, with `+` and country code.")


@strawberry.input(description="An application to hand in.")
class SubmitApplicationInput:
    idempotency_key: str = required(KEY)
    visa_type: str = required("Index of the visa type, such as `B1`.")
    nationality: CountryCode = required("ISO 3166 alpha-2 code of the passport's country.")
    entry_on: date = required(_ENTRY)
    use_within_days: int | None = optional(_VALIDITY)
    trip_purpose: TripPurpose | None = optional(_PURPOSE)
    centre: str | None = optional(_CENTRE)
    country: CountryCode | None = optional(_PORTAL)
    group_reference: str | None = optional(_GROUP)
    identity: IdentityInput | None = optional(_WHO)
    guarantor: GuarantorInput | None = optional(_GUARANTOR)
    guardian: GuardianInput | None = optional(_GUARDIAN)


@strawberry.input(description="One application of a batch.")
class SubmitApplicationsItem:
    visa_type: str = required("Index of the visa type, such as `B1`.")
    nationality: CountryCode = required("ISO 3166 alpha-2 code of the passport's country.")
    entry_on: date = required(_ENTRY)
    use_within_days: int | None = optional(_VALIDITY)
    trip_purpose: TripPurpose | None = optional(_PURPOSE)
    centre: str | None = optional(_CENTRE)
    country: CountryCode | None = optional(_PORTAL)
    identity: IdentityInput | None = optional(_WHO)
    guarantor: GuarantorInput | None = optional(_GUARANTOR)
    guardian: GuardianInput | None = optional(_GUARDIAN)
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
    guarantor: GuarantorInput | None = optional(
        "Who answers instead, all of it, where this case has a guarantor."
    )
    guardian: GuardianInput | None = optional(
        "Who accompanies a minor instead, all of it; needed with a birth date by which somebody is"
        " a minor on the day of entry of an open file."
    )
