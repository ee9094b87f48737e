"""What the changes of reference data take; days are calendar days in WIB, from today on."""

from datetime import date

import strawberry

from gateway.mapping.scalars import CountryCode, Hours, Rupiah
from gateway.schema.mutations.inputs import optional, required
from models.reference.data.values import (
    LONGEST_NAME,
    MOST_DAYS,
    MOST_HOURS,
    MOST_RUPIAH,
)
from models.vocabulary import Clock, Entry, VisaCategory

_TEXT = f"up to {LONGEST_NAME} characters"
_PARTNER = "Code of the partner."
_COUNTRY = "ISO 3166 alpha-2 code of the country."
_VISA_TYPE = "Index of the visa type, such as `B1`."
_FEE = f"Amount in rupiah: from 0 to {MOST_RUPIAH}."
_HOURS = f"Hours from payment to decision: from 1 to {MOST_HOURS}."
_FIRST = "First day: today or later."
_IN_FORCE = "First day in force: today or later. What was said of this day is replaced."
_LAST = "First day no longer: today or later; without one an end that has not come is taken back."


@strawberry.input(description="What every change of reference data takes.")
class ReferenceInput:
    idempotency_key: str = required(
        "A new random value for each request, such as a UUID; the same one to ask again."
    )


@strawberry.input(description="A company that is to take applications in.")
class AddPartnerInput(ReferenceInput):
    code: str = required("Its code: 2 to 20 capital letters and digits, a letter first.")
    name: str = required(f"Its name: {_TEXT}.")


@strawberry.input(description="A country in which a partner is to take applications.")
class OpenPartnerCountryInput(ReferenceInput):
    partner: str = required(_PARTNER)
    country: CountryCode = required(_COUNTRY)
    opened_on: date = required(_FIRST)


@strawberry.input(description="A country in which a partner is to take applications no longer.")
class ClosePartnerCountryInput(ReferenceInput):
    partner: str = required(_PARTNER)
    country: CountryCode = required(_COUNTRY)
    closed_on: date | None = optional(_LAST)


@strawberry.input(description="A visa centre to open.")
class OpenCentreInput(ReferenceInput):
    code: str = required("Its code: that of its country, `-`, 2 to 8 capital letters and digits.")
    partner: str = required(_PARTNER)
    country: CountryCode = required(_COUNTRY)
    city: str = required(f"City: {_TEXT}.")
    opened_on: date = required(_FIRST)


@strawberry.input(description="A visa centre to close.")
class CloseCentreInput(ReferenceInput):
    centre: str = required("Code of the centre, such as `AU-SYD`.")
    closed_on: date | None = optional(_LAST)


@strawberry.input(description="A visa type to introduce, with its first fee and target.")
class IntroduceVisaTypeInput(ReferenceInput):
    code: str = required("Its index: a letter, a number, and maybe a letter, such as `E28A`.")
    name_en: str = required(f"English name: {_TEXT}.")
    name_id: str = required(f"Indonesian name: {_TEXT}.")
    category: VisaCategory = required("What it is for.")
    stay_days: int = required(f"Days of stay, of each entry: from 1 to {MOST_DAYS}.")
    is_multiple_entry: bool = required("Whether it serves for more than one entry.")
    amount_idr: Rupiah = required(_FEE)
    hours: Hours = required(f"{_HOURS} Calling-visa nationalities wait for a target of their own.")
    valid_from: date = required(
        "First day on which it can be asked for: today or later. What was said of a type of this"
        " index and day is replaced."
    )


@strawberry.input(description="A visa type to end.")
class EndVisaTypeInput(ReferenceInput):
    visa_type: str = required(_VISA_TYPE)
    valid_until: date | None = optional(_LAST)


@strawberry.input(description="What a visa of a type costs from a day on.")
class SetFeeInput(ReferenceInput):
    visa_type: str = required(_VISA_TYPE)
    amount_idr: Rupiah = required(_FEE)
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="Within how many hours of payment to decide, from a day on.")
class SetServiceTargetInput(ReferenceInput):
    visa_type: str = required(_VISA_TYPE)
    clock: Clock = required("Whose applications it holds for.")
    hours: Hours = required(_HOURS)
    promised_percent: int | None = optional(
        "How many of a hundred applications are promised to be decided in time: from 1 to 100."
        " Without it nothing is promised."
    )
    valid_from: date = required(_IN_FORCE)


@strawberry.input(description="What nationals of a country need to enter, from a day on.")
class SetEntryRuleInput(ReferenceInput):
    country: CountryCode = required(_COUNTRY)
    entry: Entry = required("What they need.")
    valid_from: date = required(_IN_FORCE)
