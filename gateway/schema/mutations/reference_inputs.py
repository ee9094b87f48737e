"""What the changes of reference data take; days are calendar days in WIB, from today on."""

from datetime import date

import strawberry

from gateway.mapping.money import MoneyInput
from gateway.mapping.scalars import CountryCode, Hours
from gateway.schema.mutations.inputs import KEY, optional, required
from models.access_tokens import LONGEST_SUBJECT
from models.reference.data.values import (
    LONGEST_DECREE,
    LONGEST_NAME,
    LONGEST_REASON,
    MOST_DAYS,
    MOST_EXTENSIONS,
    MOST_HOURS,
    MOST_MONTHS,
    MOST_RUPIAH,
    MOST_WORKING_DAYS,
)
from models.reference.grant_rule import LEAST_SAMPLED, LEAST_WAIT_HOURS, MOST_WAIT_HOURS
from models.reference.named_event import DAYS_TO_RECORD, MOST_EVENT_DAYS
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE
from models.vocabulary import (
    Channel,
    Clock,
    DocumentKind,
    Entry,
    NamedEventKind,
    Region,
    TripPurpose,
    VisaCategory,
    Wait,
)

_TEXT = f"up to {LONGEST_NAME} characters"
_PARTNER = "Code of the partner."
_COUNTRY = "ISO 3166 alpha-2 code of the country."
_VISA_TYPE = "Index of the visa type, such as `B1`."
_FEE = f"What it costs: from 0 to {MOST_RUPIAH} rupiah."
_VALIDITY = f"Its validity: days from the grant on within which to enter, from 1 to {MOST_DAYS}."
_MONTHS = (
    "For how many calendar months a passport must be valid from the intended day of entry on: from"
    f" 0 to {MOST_MONTHS}."
)
_HOURS = f"Hours from payment to decision: from 1 to {MOST_HOURS}; or working days instead."
_WORKING_DAYS = f"Working days after the payment: from 1 to {MOST_WORKING_DAYS}; or hours instead."
_FIRST = "First day: today or later."
_IN_FORCE = "First day in force: today or later."
_CHANGE = "Global id of the change."
_PROMISED = (
    "How many of a hundred applications are promised to be decided in time: from 1 to 100."
    " Without it nothing is promised."
)
_SUSPENSION = "Global id of the suspension."
_REASON = f"Why, without saying who it is: from 1 to {LONGEST_REASON} characters."
_LAST = "First day no longer: today or later; without one an end that has not come is taken back."
_SUCCESSOR = (
    "Code of another centre of the partner, which gets the files that are still open"
    f" {DAYS_WITH_A_CLOSED_PLACE} days after; without one the directorate does."
)


@strawberry.input(description="What every change of reference data takes.")
class ReferenceInput:
    idempotency_key: str = required(KEY)


@strawberry.input(description="A change of reference data that a second administrator approves.")
class ProposalInput(ReferenceInput):
    decree: str = required(f"Number of the decree: from 1 to {LONGEST_DECREE} characters.")
    reason: str = required(_REASON)


@strawberry.input(description="A change of reference data that somebody else proposed.")
class ApproveReferenceChangeInput(ReferenceInput):
    change_id: strawberry.ID = required(_CHANGE)


@strawberry.input(description="A change of reference data to stop before its day.")
class CancelReferenceChangeInput(ReferenceInput):
    change_id: strawberry.ID = required(_CHANGE)
    reason: str = required(_REASON)


@strawberry.input(description="A country to add, or to name otherwise.")
class ProposeCountryInput(ProposalInput):
    code: CountryCode = required("ISO 3166 alpha-2 code; one that is there gets these names.")
    iso3: str = required("ISO 3166 alpha-3 code.")
    name_en: str = required(f"English name: {_TEXT}.")
    name_id: str = required(f"Indonesian name: {_TEXT}.")
    region: Region = required("Its region; one that is there keeps its own.")


@strawberry.input(description="A company that is to take applications in.")
class ProposePartnerInput(ProposalInput):
    code: str = required("Its code: 2 to 20 capital letters and digits, a letter first.")
    name: str = required(f"Its name: {_TEXT}.")


@strawberry.input(description="A country in which a partner is to take applications.")
class ProposePartnerCountryInput(ProposalInput):
    partner: str = required(_PARTNER)
    country: CountryCode = required(_COUNTRY)
    opened_on: date = required(_FIRST)


@strawberry.input(description="A country in which a partner is to take applications no longer.")
class ProposePartnerCountryClosingInput(ProposalInput):
    partner: str = required(_PARTNER)
    country: CountryCode = required(_COUNTRY)
    closed_on: date | None = optional(_LAST)
    successor: str | None = optional(_SUCCESSOR)


@strawberry.input(description="A visa centre to open.")
class ProposeCentreInput(ProposalInput):
    code: str = required("Its code: that of its country, `-`, 2 to 8 capital letters and digits.")
    partner: str = required(_PARTNER)
    country: CountryCode = required(_COUNTRY)
    city: str = required(f"City: {_TEXT}.")
    opened_on: date = required(_FIRST)


@strawberry.input(description="A visa centre to close.")
class ProposeCentreClosingInput(ProposalInput):
    centre: str = required("Code of the centre, such as `AU-SYD`.")
    closed_on: date | None = optional(_LAST)
    successor: str | None = optional(_SUCCESSOR)


@strawberry.input(description="A partner whose reach ends at once, for all its people and systems.")
class SuspendPartnerInput(ReferenceInput):
    partner: str = required(_PARTNER)
    reason: str = required(_REASON)


@strawberry.input(description="A viewer whose reach ends at once, in every role.")
class SuspendViewerInput(ReferenceInput):
    subject: str = required(
        f"Subject of the viewer's tokens: from 1 to {LONGEST_SUBJECT} characters."
    )
    reason: str = required(_REASON)


@strawberry.input(description="A suspension that somebody else made, to agree to.")
class ConfirmSuspensionInput(ReferenceInput):
    suspension_id: strawberry.ID = required(_SUSPENSION)


@strawberry.input(description="A suspension that should end.")
class ProposeLiftingInput(ReferenceInput):
    suspension_id: strawberry.ID = required(_SUSPENSION)
    reason: str = required(_REASON)


@strawberry.input(description="A suspension to end, as somebody else proposed.")
class LiftSuspensionInput(ReferenceInput):
    suspension_id: strawberry.ID = required(_SUSPENSION)


@strawberry.input(description="A visa type to introduce, with its first terms.")
class ProposeVisaTypeInput(ProposalInput):
    code: str = required("Its index: a letter, a number, and maybe a letter, such as `E28A`.")
    name_en: str = required(f"English name: {_TEXT}.")
    name_id: str = required(f"Indonesian name: {_TEXT}.")
    category: VisaCategory = required(
        "What it is for: from its first day on it is open to every nationality for this purpose."
    )
    stay_days: int = required(f"Days of stay, of each entry: from 1 to {MOST_DAYS}.")
    use_within_days: int = strawberry.field(
        default=90,
        description=f"{_VALIDITY} Further ones come by a fee of their own (`proposeFee`).",
    )
    is_multiple_entry: bool = required("Whether it serves for more than one entry.")
    passport_months: int = strawberry.field(default=6, description=_MONTHS)
    fee: MoneyInput = required(_FEE)
    hours: Hours | None = optional(
        f"{_HOURS} Calling-visa nationalities wait for a target of their own."
    )
    working_days: int | None = optional(_WORKING_DAYS)
    promised_percent: int | None = optional(_PROMISED)
    valid_from: date = required("First day on which it can be asked for: today or later.")


@strawberry.input(description="A visa type to end.")
class ProposeVisaTypeEndInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    valid_until: date | None = optional(_LAST)


@strawberry.input(description="Who may take a visa type and what for, from a day on.")
class ProposeEligibilityInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    entry: Entry = required("For which nationalities: by what they need to enter.")
    purpose: TripPurpose = required("For which purpose of the trip.")
    is_open: bool = required("Whether they may take it.")
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="A document of a visa type, required or not, from a day on.")
class ProposeRequiredDocumentInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    kind: DocumentKind = required("Which document.")
    is_required: bool = required("Whether it belongs to a complete file.")
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="How long a passport must be valid for a visa type, from a day on.")
class ProposePassportRuleInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    months: int = required(_MONTHS)
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="How a stay on a visa of a type is extended, from a day on.")
class ProposeExtensionRuleInput(ProposalInput):
    visa_type: str = required(f"{_VISA_TYPE} It serves for one entry.")
    times: int = required(
        f"How often a stay is extended: from 0, which is not at all, to {MOST_EXTENSIONS}."
    )
    days: int = required(f"Days of each extension: from 1 to {MOST_DAYS}.")
    fee: MoneyInput = required(_FEE)
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="How files of a visa type are handled, from a day on.")
class ProposeHandlingRuleInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    is_announced: bool = required("Whether a refusal is announced to its applicant first.")
    is_corrected: bool = required("Whether the person is corrected after the grant.")
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="What a visa of a type and validity costs from a day on.")
class ProposeFeeInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    use_within_days: int = required(_VALIDITY)
    fee: MoneyInput = required(_FEE)
    is_offered: bool = strawberry.field(
        default=True,
        description="Whether visas of this validity can be asked for; what was handed in keeps it.",
    )
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="Within what time of payment to decide, from a day on.")
class ProposeServiceTargetInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    clock: Clock = required("Whose applications it holds for.")
    hours: Hours | None = optional(_HOURS)
    working_days: int | None = optional(_WORKING_DAYS)
    promised_percent: int | None = optional(_PROMISED)
    valid_from: date = required(_IN_FORCE)


@strawberry.input(
    description="A day off, or one that is worked after all, such as a weekend. What was paid keeps"
    " its target."
)
class ProposeDayOffInput(ProposalInput):
    day: date = required("The day: today or later.")
    name_en: str = required(f"What it is, in English: {_TEXT}.")
    name_id: str = required(f"What it is, in Indonesian: {_TEXT}.")
    is_off: bool = strawberry.field(
        default=True, description="Whether the directorate does not work on it."
    )


@strawberry.input(description="What nationals of a country need to enter, from a day on.")
class ProposeEntryRuleInput(ProposalInput):
    country: CountryCode = required(_COUNTRY)
    entry: Entry = required("What they need.")
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="After how many days of waiting a case ends, from a day on.")
class ProposeDeadlineInput(ProposalInput):
    wait: Wait = required("What it waits for.")
    days: int = required(f"Days: from 1 to {MOST_DAYS}.")
    valid_from: date = required(_IN_FORCE)


@strawberry.input(
    description="An event with which figures are read, and which excuses nobody. An auditor"
    " approves it; the same kind, first day and country again gives it another end."
)
class ProposeNamedEventInput(ProposalInput):
    kind: NamedEventKind = required("What happened.")
    began_on: date = required(f"Its first day: today, or at most {DAYS_TO_RECORD} days ago.")
    ended_on: date = required(
        "Its last day, when what had waited was done: at most the"
        f" {MOST_EVENT_DAYS}th, the first included."
    )
    country: CountryCode | None = optional("The country it is of; everybody's without one.")
    was_screening_out: bool = strawberry.field(
        default=False,
        description="Whether an outage was one of screening: told inside the directorate alone.",
    )


@strawberry.input(
    description="The next version of the rule by which applications for a visa type are granted"
    " where every condition is certain. A supervisor approves it; it takes the place of the version"
    " before, also of one that was stopped."
)
class ProposeGrantRuleInput(ProposalInput):
    visa_type: str = required(_VISA_TYPE)
    nationalities: list[CountryCode] = required("ISO 3166 alpha-2 codes of whom it is for.")
    sample_percent: int = strawberry.field(
        default=LEAST_SAMPLED,
        description="Of how many in a hundred an officer decides all the same: from"
        f" {LEAST_SAMPLED} to 100, drawn at random.",
    )
    hours_after_payment: int = strawberry.field(
        default=LEAST_WAIT_HOURS,
        description=f"Hours after the payment at the earliest: from {LEAST_WAIT_HOURS} to"
        f" {MOST_WAIT_HOURS}.",
    )
    official: str = required(
        "Subject of the official in whose name it decides, and who reviews none of it."
    )


@strawberry.input(
    description="Which cases a pool has: those that meet all that it names. A supervisor approves"
    " it. Of a code that is there already, it takes the place."
)
class ProposePoolInput(ProposalInput):
    code: str = required("Its code, as tokens name it: capital letters, digits and hyphens.")
    visa_types: list[str] | None = optional("Visa types, by their indexes; without any, all.")
    channels: list[Channel] | None = optional("Ways by which they were lodged; without any, all.")
    nationalities: list[CountryCode] | None = optional(
        "ISO 3166 alpha-2 codes of nationalities; without any, all."
    )
    is_open: bool = strawberry.field(
        default=True,
        description="Whether cases are taken from it. Where no pool is open, every officer takes"
        " every case.",
    )


@strawberry.input(description="A rule that is to grant nothing any more.")
class StopGrantRuleInput(ReferenceInput):
    code: str = required("Code of the version, such as `B1-1`.")
    reason: str = required(_REASON)
