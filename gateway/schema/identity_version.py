"""What an identity was before, or is proposed to be: personal data; every read of it is logged."""

from datetime import date, datetime

from gateway.mapping.declare import column, link, noun
from gateway.schema.country import Country
from models import Country as CountryRow
from models import IdentityVersion as Row
from models.person.sealed import sealed_cell
from models.vocabulary import Sex


@noun(key=Row.applicant_id, is_logged=True)
class IdentityVersion:
    """One version of an identity. A proposed one has only the values that are to change.

    It is read like `Identity`: with a purpose, and logged.
    """

    number: int = column(Row.number, "1, 2, 3 … of one person.")
    full_name: str | None = column(sealed_cell(Row.full_name), "Name as in the passport.")
    passport_number: str | None = column(sealed_cell(Row.passport_number), "Passport number.")
    birth_date: date | None = column(sealed_cell(Row.birth_date), "Date of birth.")
    email: str | None = column(sealed_cell(Row.email), "E-mail address.")
    phone: str | None = column(sealed_cell(Row.phone), "Phone number, with country code.")
    sex: Sex | None = column(sealed_cell(Row.sex), "Sex as in the passport.")
    place_of_birth: str | None = column(
        sealed_cell(Row.place_of_birth), "Place of birth as in the passport."
    )
    passport_issuing_state: Country | None = link(
        Row.passport_issuing_state, CountryRow.code, "The state that issued the passport."
    )
    passport_expires_on: date | None = column(
        sealed_cell(Row.passport_expires_on), "The last day on which the passport is valid."
    )
    nationality: Country | None = link(
        Row.nationality_code, CountryRow.code, "Nationality of the passport."
    )
    written_at: datetime = column(Row.written_at, "When it was lodged or proposed.")
    valid_from: datetime | None = column(
        Row.valid_from, "Since when it is, or was, the identity; null if it never was."
    )
    valid_until: datetime | None = column(
        Row.valid_until, "Until when it was the identity; null for the current one."
    )
