"""The identity of an applicant: personal data; every read of it is logged."""

from datetime import date

from gateway.mapping.declare import column, link, noun
from gateway.schema.country import Country
from models import Country as CountryRow
from models import Identity as IdentityRow
from models.person.sealed import sealed_cell
from models.vocabulary import Sex


@noun(key=IdentityRow.applicant_id, is_logged=True)
class Identity:
    """Personal data of one applicant.

    Say why you read it: `query Case($case: String!) @purpose(code: CASEWORK, reference: $case)`.
    """

    full_name: str = column(sealed_cell(IdentityRow.full_name), "Name as in the passport.")
    passport_number: str = column(sealed_cell(IdentityRow.passport_number), "Passport number.")
    birth_date: date = column(sealed_cell(IdentityRow.birth_date), "Date of birth.")
    email: str = column(sealed_cell(IdentityRow.email), "E-mail address.")
    phone: str = column(sealed_cell(IdentityRow.phone), "Phone number, with country code.")
    sex: Sex | None = column(
        sealed_cell(IdentityRow.sex), "Sex as in the passport; null where it was left out."
    )
    place_of_birth: str | None = column(
        sealed_cell(IdentityRow.place_of_birth),
        "Place of birth as in the passport; null where it was left out.",
    )
    passport_issuing_state: Country | None = link(
        IdentityRow.passport_issuing_state,
        CountryRow.code,
        "The state that issued the passport; null in files from before it was asked.",
    )
    passport_expires_on: date | None = column(
        sealed_cell(IdentityRow.passport_expires_on),
        "The last day on which the passport is valid; null where it was left out.",
    )
