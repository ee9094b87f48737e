"""Who an applicant is and was, who guarantees, what was noted of a case, and which versions jobs of
the keeper read.
"""

from datetime import date, datetime

from gateway.mapping.declare import column, link, noun
from gateway.schema.country import Country
from models import CaseNote as NoteRow
from models import Country as CountryRow
from models import Guarantor as GuarantorRow
from models import Guardian as GuardianRow
from models import Identity as IdentityRow
from models import IdentityVersion as IdentityVersionRow
from models import LinkerRead as LinkerReadRow
from models.person.sealed import sealed_cell
from models.vocabulary import GuarantorKind, GuardianKind, GuardianRelation, IdentityReader, Sex


@noun(key=IdentityRow.applicant_id, is_logged=True)
class Identity:
    """Personal data of one applicant.

    Say why you read it: `query Case($case: String!) @purpose(code: CASEWORK, reference: $case)`.
    """

    full_name: str = column(
        sealed_cell(IdentityRow.full_name), "Name as in the passport, such as `Anna Sommer`."
    )
    passport_number: str = column(
        sealed_cell(IdentityRow.passport_number), "Passport number, such as `C01X7T2K9`."
    )
    birth_date: date = column(sealed_cell(IdentityRow.birth_date), "Date of birth.")
    email: str = column(
        sealed_cell(IdentityRow.email), "E-mail address, such as `anna@example.org`."
    )
    phone: str = column(
        sealed_cell(IdentityRow.phone), "Phone number, with country code, such as `+49 30 1234567`."
    )
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


@noun(key=IdentityVersionRow.applicant_id, is_logged=True)
class IdentityVersion:
    """One version of an identity. A proposed one has only the values that are to change.

    It is read like `Identity`: with a purpose, and logged.
    """

    number: int = column(IdentityVersionRow.number, "1, 2, 3 … of one person.")
    full_name: str | None = column(
        sealed_cell(IdentityVersionRow.full_name), "Name as in the passport, such as `Anna Sommer`."
    )
    passport_number: str | None = column(
        sealed_cell(IdentityVersionRow.passport_number), "Passport number, such as `C01X7T2K9`."
    )
    birth_date: date | None = column(sealed_cell(IdentityVersionRow.birth_date), "Date of birth.")
    email: str | None = column(
        sealed_cell(IdentityVersionRow.email), "E-mail address, such as `anna@example.org`."
    )
    phone: str | None = column(
        sealed_cell(IdentityVersionRow.phone),
        "Phone number, with country code, such as `+49 30 1234567`.",
    )
    sex: Sex | None = column(sealed_cell(IdentityVersionRow.sex), "Sex as in the passport.")
    place_of_birth: str | None = column(
        sealed_cell(IdentityVersionRow.place_of_birth), "Place of birth as in the passport."
    )
    passport_issuing_state: Country | None = link(
        IdentityVersionRow.passport_issuing_state,
        CountryRow.code,
        "The state that issued the passport.",
    )
    passport_expires_on: date | None = column(
        sealed_cell(IdentityVersionRow.passport_expires_on),
        "The last day on which the passport is valid.",
    )
    nationality: Country | None = link(
        IdentityVersionRow.nationality_code, CountryRow.code, "Nationality of the passport."
    )
    written_at: datetime = column(IdentityVersionRow.written_at, "When it was lodged or proposed.")
    valid_from: datetime | None = column(
        IdentityVersionRow.valid_from,
        "Since when it is, or was, the identity; null if it never was.",
    )
    valid_until: datetime | None = column(
        IdentityVersionRow.valid_until, "Until when it was the identity; null for the current one."
    )


@noun(key=GuarantorRow.applicant_id, is_logged=True)
class Guarantor:
    """A person or company in Indonesia that answers for the applicant in one case.

    It is read like `Identity`: with a purpose, and logged. Once the applicant is erased, nothing
    but the kind is left of it.
    """

    kind: GuarantorKind = column(GuarantorRow.kind, "Whether it is a person or a company.")
    name: str | None = column(
        sealed_cell(GuarantorRow.name), "Its name, such as `PT Contoh Investasi Nusantara`."
    )
    registration_number: str | None = column(
        sealed_cell(GuarantorRow.registration_number),
        "A person's NIK, 16 digits, or a company's NIB, 13 digits.",
    )
    street: str | None = column(
        sealed_cell(GuarantorRow.street), "Of its address: the street with its number."
    )
    city: str | None = column(
        sealed_cell(GuarantorRow.city), "Of its address: the city or the regency."
    )
    province: str | None = column(
        sealed_cell(GuarantorRow.province), "Of its address: the province, where it was given."
    )
    postal_code: str | None = column(
        sealed_cell(GuarantorRow.postal_code),
        "Of its address: five digits, where they were given.",
    )
    valid_from: datetime | None = column(
        GuarantorRow.valid_from,
        "Since when it answers, or did; null while a correction that names it is not in effect.",
    )
    valid_until: datetime | None = column(
        GuarantorRow.valid_until, "Until when it did; null for the current one."
    )


@noun(key=GuardianRow.applicant_id, is_logged=True)
class Guardian:
    """How a minor is accompanied in one case, and that the guardian consents.

    It is read like `Identity`: with a purpose, and logged.
    """

    kind: GuardianKind | None = column(
        GuardianRow.kind, "How; null where a correction says that the applicant is no minor."
    )
    name: str | None = column(sealed_cell(GuardianRow.name), "Name of whoever is named.")
    relation: GuardianRelation | None = column(
        sealed_cell(GuardianRow.relation), "What whoever is named is to the minor."
    )
    phone: str | None = column(
        sealed_cell(GuardianRow.phone), "Phone number of whoever is named, with country code."
    )
    consented_at: datetime | None = column(
        GuardianRow.consented_at,
        "When whoever handed it in said that the guardian consents to the trip.",
    )
    valid_from: datetime | None = column(
        GuardianRow.valid_from,
        "Since when it holds, or did; null while a correction that names it is not in effect.",
    )
    valid_until: datetime | None = column(
        GuardianRow.valid_until, "Until when it did; null for the current one."
    )


@noun(key=NoteRow.applicant_id, is_logged=True)
class CaseNote:
    """What somebody who worked on a case wrote down for whoever works on it next.

    It is read like `Identity`: with a purpose, and logged, whether anything was noted or not. It
    stands as it was written; once the applicant is erased, nothing is left of the text.
    """

    author: str = column(NoteRow.author, "Subject of who wrote it.")
    written_at: datetime = column(NoteRow.written_at, "When.")
    text: str | None = column(sealed_cell(NoteRow.as_text), "What it says, in plain text.")


@noun(key=LinkerReadRow.id)
class LinkerRead:
    """One read by a job of the keeper, which reads everybody alike; never removed."""

    reader: IdentityReader = column(LinkerReadRow.reader, "Which job read it.")
    version: int = column(LinkerReadRow.version, "The version of the identity that was read.")
    read_at: datetime = column(LinkerReadRow.read_at, "When.")
    fields: list[str] = column(LinkerReadRow.fields, "The fields of `Identity` that were read.")
