"""What decrees change: countries, visa types and their terms, entry rules, deadlines, days off.

Each dated row is in force from its ``valid_from`` until the next row of the same key begins, so
rows cannot overlap and leave no gap.
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import Clock, DocumentKind, Entry, Region, TripPurpose, VisaCategory, Wait


class Country(Base):
    """A country or territory of ISO 3166, as a nationality or as a place where partners work."""

    __tablename__ = "country"

    code: Mapped[str] = mapped_column(primary_key=True)
    iso3: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str] = mapped_column(index=True)
    name_id: Mapped[str] = mapped_column(index=True)
    #: Never changes: published figures stand by it.
    region: Mapped[str]

    __table_args__ = (
        one_of("region", Region),
        CheckConstraint("code ~ '^[A-Z]{2}$'", name="code_is_iso_alpha_2"),
        CheckConstraint("iso3 ~ '^[A-Z]{3}$'", name="iso3_is_iso_alpha_3"),
    )


class EntryRule(Base):
    """What nationals of a country need to enter, from a date on."""

    __tablename__ = "entry_rule"

    country_code: Mapped[str] = mapped_column(ForeignKey("country.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    entry: Mapped[str]

    __table_args__ = (one_of("entry", Entry),)


class VisaType(Base):
    """A kind of visa, by its index in the ministry's list."""

    __tablename__ = "visa_type"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_id: Mapped[str]
    category: Mapped[str]
    stay_days: Mapped[int]
    is_multiple_entry: Mapped[bool]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]

    __table_args__ = (
        one_of("category", VisaCategory),
        CheckConstraint("stay_days > 0", name="stay_is_positive"),
        CheckConstraint("valid_until > valid_from", name="ends_after_it_begins"),
    )


class Eligibility(Base):
    """Whether a visa type is open to nationals of a kind of entry, for a purpose, from a date on.

    What no rule names is not open.
    """

    __tablename__ = "eligibility"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    entry: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    is_open: Mapped[bool]

    __table_args__ = (one_of("entry", Entry), one_of("purpose", TripPurpose))


class RequiredDocument(Base):
    """Whether a document belongs to a complete file of a visa type, from a date on.

    What no rule names is not required.
    """

    __tablename__ = "required_document"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    is_required: Mapped[bool]

    __table_args__ = (one_of("kind", DocumentKind),)


class PassportRule(Base):
    """How long a passport must be valid to enter with a visa of a type, from a date on.

    It is counted in calendar months from the intended day of entry on.
    """

    __tablename__ = "passport_rule"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    months: Mapped[int]

    __table_args__ = (CheckConstraint("months >= 0", name="months_are_not_negative"),)


class ExtensionRule(Base):
    """How often, by how many days and at which fee the stay on a visa of a type is extended, from a
    date on; what has no rule is not extended, and neither is what may be extended no time.
    """

    __tablename__ = "extension_rule"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]
    days: Mapped[int]
    amount_idr: Mapped[int]

    __table_args__ = (
        CheckConstraint("times >= 0", name="times_are_not_negative"),
        CheckConstraint("days > 0", name="days_are_positive"),
        CheckConstraint("amount_idr >= 0", name="amount_is_not_negative"),
    )


class HandlingRule(Base):
    """How files of a visa type are handled, from a date on: whether a refusal is announced, for its
    applicant to answer once, and whether the holder's person is corrected after the grant.

    What has no rule is refused without that, and not corrected: one applies anew.
    """

    __tablename__ = "handling_rule"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    is_announced: Mapped[bool]
    is_corrected: Mapped[bool]


class Fee(Base):
    """What a visa of a type costs that serves to enter for so many days, in rupiah, and whether it
    is offered, from a date on: state revenue (PNBP). What has no fee is not offered.
    """

    __tablename__ = "fee"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    #: Days from the grant on within which it serves to enter.
    use_within_days: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    amount_idr: Mapped[int]
    is_offered: Mapped[bool]

    __table_args__ = (
        CheckConstraint("use_within_days > 0", name="use_is_positive"),
        CheckConstraint("amount_idr >= 0", name="amount_is_not_negative"),
    )


class ServiceTarget(Base):
    """Within what time of payment an application is to be decided, from a date on.

    That is in hours, which pass on every day, or by the end of a working day.
    """

    __tablename__ = "service_target"

    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[int | None]
    #: Counted from the day after the payment on.
    working_days: Mapped[int | None]
    #: How many of a hundred applications are promised to be decided in time.
    promised_percent: Mapped[int | None]

    __table_args__ = (
        one_of("clock", Clock),
        CheckConstraint("hours > 0", name="hours_are_positive"),
        CheckConstraint("working_days > 0", name="working_days_are_positive"),
        CheckConstraint("num_nulls(hours, working_days) = 1", name="in_hours_or_working_days"),
        CheckConstraint("promised_percent BETWEEN 1 AND 100", name="promise_is_a_percentage"),
    )


class Deadline(Base):
    """After how many days of waiting for the applicant an application lapses, from a date on; and
    within how many every crossing of that day or later is reported."""

    __tablename__ = "deadline"

    wait: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int]

    __table_args__ = (
        one_of("wait", Wait),
        CheckConstraint("days > 0", name="days_are_positive"),
    )


class DayOff(Base):
    """A day on which the directorate does not work, as decreed, or does although it is a weekend.

    Saturdays and Sundays that are not named are days off, and all other days working days.
    """

    __tablename__ = "day_off"

    day: Mapped[date] = mapped_column(primary_key=True)
    name_en: Mapped[str]
    name_id: Mapped[str]
    #: False on a day that is worked after all.
    is_off: Mapped[bool] = mapped_column(server_default=text("true"))
