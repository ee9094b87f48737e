"""The person that an entry of the ban list is about: personal data; every read is logged."""

from datetime import date, datetime

from gateway.mapping.declare import column, link, noun
from gateway.schema.country import Country
from models import BannedPerson as Row
from models import BanRead as ReadRow
from models import Country as CountryRow
from models.person.sealed import sealed_cell
from models.vocabulary import Purpose, Role


@noun(key=Row.ban_id, is_logged=True)
class BannedPerson:
    """The person that an entry is about: a passport, a name and birth date, or both; null once
    erased.

    Say why you read it, with the reference of the entry, or of a case that it matches:
    `query Ban($for: String!) @purpose(code: CASEWORK, reference: $for)`.
    """

    passport_issuing_state: Country | None = link(
        Row.issuing_state, CountryRow.code, "The state that issued the passport."
    )
    passport_number: str | None = column(sealed_cell(Row.passport_number), "Passport number.")
    full_name: str | None = column(sealed_cell(Row.full_name), "The name.")
    birth_date: date | None = column(sealed_cell(Row.birth_date), "Date of birth.")


@noun(key=ReadRow.id)
class BanRead:
    """One read of the person that an entry is about; never changed, never removed."""

    occurred_at: datetime = column(ReadRow.occurred_at, "When.")
    actor: str = column(ReadRow.actor, "Subject who read.")
    actor_role: Role = column(ReadRow.actor_role, "Role in which it was read.")
    purpose: Purpose = column(ReadRow.purpose, "Why.")
    case_reference: str = column(ReadRow.case_reference, "The entry or the case it was read for.")
    fields: list[str] = column(ReadRow.fields, "The fields that were read.")
