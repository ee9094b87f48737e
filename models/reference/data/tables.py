"""The tables of reference data, in the files and in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models.reference.data import values
from models.reference.data.values import Reader
from models.vocabulary import Clock, DocumentKind, Entry, Region, TripPurpose, VisaCategory, Wait

#: A row by column; ``Key`` is the values of its key columns.
Row = Mapping[str, Any]
Key = tuple[Any, ...]


class Basis(StrEnum):
    """How well a line of a file is known."""

    PUBLISHED = "published"
    MEASURED = "measured"
    ASSUMED = "assumed"


@dataclass(frozen=True, kw_only=True)
class ReferenceTable:
    """A table, and the file ``{file}.csv`` that fills it."""

    name: str
    file: str
    columns: Mapping[str, Reader]
    #: Columns that a file may leave out: they are None then.
    optional: frozenset[str] = frozenset()
    #: The columns of the subject and, if it has a history, the column of the first day.
    subject: tuple[str, ...]
    begins: str | None = None
    #: A further unique column besides the key.
    unique: str | None = None
    #: Foreign keys: columns, and the table and columns that they reference.
    refers: Mapping[tuple[str, ...], tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    #: For messages: what a row is called, and how an existing one is changed.
    noun: str
    change: str

    @property
    def key(self) -> tuple[str, ...]:
        return (*self.subject, *((self.begins,) if self.begins else ()))

    def key_of(self, row: Row) -> Key:
        return tuple(row[column] for column in self.key)

    def subject_of(self, row: Row) -> Key:
        return tuple(row[column] for column in self.subject)

    def name_of(self, row: Row) -> str:
        """The row in a sentence, such as "the fee of B1 from 2026-01-01"."""
        of = " ".join(str(row[column]) for column in self.subject)
        return f"the {self.noun} {of}" + (f" from {row[self.begins]}" if self.begins else "")


_COUNTRY = ("country", ("code",))
_VISA_TYPE = ("visa_type", ("code",))

#: In an order that satisfies the foreign keys.
TABLES = (
    ReferenceTable(
        name="country",
        file="countries",
        columns={
            "code": values.ALPHA_2.parse,
            "iso3": values.ALPHA_3.parse,
            "name_en": values.NAME.parse,
            "name_id": values.NAME.parse,
            "region": values.one_of(Region),
        },
        subject=("code",),
        unique="iso3",
        noun="country",
        change="an administrator proposes it by a decree (proposeCountry)",
    ),
    ReferenceTable(
        name="entry_rule",
        file="entry_rules",
        columns={
            "country_code": values.ALPHA_2.parse,
            "valid_from": values.day,
            "entry": values.one_of(Entry),
        },
        subject=("country_code",),
        begins="valid_from",
        refers={("country_code",): _COUNTRY},
        noun="entry rule of",
        change="an administrator proposes it by a decree (proposeEntryRule)",
    ),
    ReferenceTable(
        name="visa_type",
        file="visa_types",
        columns={
            "code": values.VISA_TYPE_CODE.parse,
            "name_en": values.NAME.parse,
            "name_id": values.NAME.parse,
            "category": values.one_of(VisaCategory),
            "stay_days": values.whole(values.MOST_DAYS, 1, "Days of stay are"),
            "is_multiple_entry": values.yes_or_no,
            "valid_from": values.day,
        },
        subject=("code",),
        noun="visa type",
        change="an administrator proposes it by a decree (proposeVisaType, proposeVisaTypeEnd)",
    ),
    ReferenceTable(
        name="eligibility",
        file="eligibility",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "entry": values.one_of(Entry),
            "purpose": values.one_of(TripPurpose),
            "valid_from": values.day,
            "is_open": values.yes_or_no,
        },
        subject=("visa_type_code", "entry", "purpose"),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="eligibility for",
        change="an administrator proposes it by a decree (proposeEligibility)",
    ),
    ReferenceTable(
        name="required_document",
        file="required_documents",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "kind": values.one_of(DocumentKind),
            "valid_from": values.day,
            "is_required": values.yes_or_no,
        },
        subject=("visa_type_code", "kind"),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="required document of",
        change="an administrator proposes it by a decree (proposeRequiredDocument)",
    ),
    ReferenceTable(
        name="passport_rule",
        file="passport_rules",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "valid_from": values.day,
            "months": values.whole(values.MOST_MONTHS, 0, "Months are"),
        },
        subject=("visa_type_code",),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="passport rule of",
        change="an administrator proposes it by a decree (proposePassportRule)",
    ),
    ReferenceTable(
        name="extension_rule",
        file="extension_rules",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "valid_from": values.day,
            "times": values.whole(values.MOST_EXTENSIONS, 0, "Extensions are"),
            "days": values.whole(values.MOST_DAYS, 1, "Days are"),
            "amount_idr": values.whole(values.MOST_RUPIAH, 0, "A fee is"),
        },
        subject=("visa_type_code",),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="extension rule of",
        change="an administrator proposes it by a decree (proposeExtensionRule)",
    ),
    ReferenceTable(
        name="handling_rule",
        file="handling_rules",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "valid_from": values.day,
            "is_announced": values.yes_or_no,
            "is_corrected": values.yes_or_no,
        },
        subject=("visa_type_code",),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="handling rule of",
        change="an administrator proposes it by a decree (proposeHandlingRule)",
    ),
    ReferenceTable(
        name="fee",
        file="fees",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "use_within_days": values.whole(values.MOST_DAYS, 1, "Days of validity are"),
            "valid_from": values.day,
            "amount_idr": values.whole(values.MOST_RUPIAH, 0, "A fee is"),
            "is_offered": values.yes_or_no,
        },
        subject=("visa_type_code", "use_within_days"),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="fee of",
        change="an administrator proposes it by a decree (proposeFee)",
    ),
    ReferenceTable(
        name="service_target",
        file="service_targets",
        columns={
            "visa_type_code": values.VISA_TYPE_CODE.parse,
            "clock": values.one_of(Clock),
            "valid_from": values.day,
            "hours": values.optional(values.whole(values.MOST_HOURS, 1, "Hours are")),
            "working_days": values.optional(
                values.whole(values.MOST_WORKING_DAYS, 1, "Working days are")
            ),
            "promised_percent": values.optional(values.whole(100, 1, "A percentage is")),
        },
        optional=frozenset({"hours", "working_days", "promised_percent"}),
        subject=("visa_type_code", "clock"),
        begins="valid_from",
        refers={("visa_type_code",): _VISA_TYPE},
        noun="service target of",
        change="an administrator proposes it by a decree (proposeServiceTarget)",
    ),
    ReferenceTable(
        name="deadline",
        file="deadlines",
        columns={
            "wait": values.one_of(Wait),
            "valid_from": values.day,
            "days": values.whole(values.MOST_DAYS, 1, "Days are"),
        },
        subject=("wait",),
        begins="valid_from",
        noun="deadline for",
        change="an administrator proposes it by a decree (proposeDeadline)",
    ),
    ReferenceTable(
        name="day_off",
        file="days_off",
        columns={
            "day": values.day,
            "name_en": values.NAME.parse,
            "name_id": values.NAME.parse,
            "is_off": values.yes_or_no,
        },
        subject=("day",),
        noun="day off",
        change="an administrator proposes it by a decree (proposeDayOff)",
    ),
    ReferenceTable(
        name="partner",
        file="partners",
        columns={"code": values.PARTNER_CODE.parse, "name": values.NAME.parse},
        subject=("code",),
        noun="partner",
        change="an administrator proposes it by a decree (proposePartner)",
    ),
    ReferenceTable(
        name="partner_country",
        file="partner_countries",
        columns={
            "partner_code": values.PARTNER_CODE.parse,
            "country_code": values.ALPHA_2.parse,
            "opened_on": values.day,
        },
        subject=("partner_code", "country_code"),
        refers={("partner_code",): ("partner", ("code",)), ("country_code",): _COUNTRY},
        noun="partner country",
        change="an administrator proposes it by a decree (proposePartnerCountry,"
        " proposePartnerCountryClosing)",
    ),
    ReferenceTable(
        name="centre",
        file="centres",
        columns={
            "code": values.CENTRE_CODE.parse,
            "partner_code": values.PARTNER_CODE.parse,
            "country_code": values.ALPHA_2.parse,
            "city": values.NAME.parse,
            "opened_on": values.day,
        },
        subject=("code",),
        refers={
            ("partner_code", "country_code"): (
                "partner_country",
                ("partner_code", "country_code"),
            )
        },
        noun="centre",
        change="an administrator proposes it by a decree (proposeCentre, proposeCentreClosing)",
    ),
)
TABLE_OF_FILE = {table.file: table for table in TABLES}
