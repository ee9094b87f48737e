"""Entries and exits as border control reports them, and what they say of the holders of visas."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of, partitioned_by
from models.vocabulary import CrossingDirection, Presence


class Crossing(Base):
    """One report of border control; what it says is never changed, and kept as long as the log of
    reads.

    It does not say who crossed: a trigger finds the visa, and writes a movement of its holder.
    """

    __tablename__ = "crossing"

    id: Mapped[UUID]
    reported_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    reported_by: Mapped[str]
    #: How border control names it: what has one was reported before (`CrossingReference`).
    report_key: Mapped[str]
    direction: Mapped[str]
    crossed_at: Mapped[datetime]
    #: By its code.
    port: Mapped[str]
    #: Who it was, as `VisaCheck.passenger`: while keys are rotated, by each of them.
    passengers: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    #: As reported, where it fits no visa of such a passport; null where it fits one.
    visa_number: Mapped[str | None]
    matched_at: Mapped[datetime | None]

    __table_args__ = (
        PrimaryKeyConstraint("reported_at", "id"),
        Index(None, "reported_by", "report_key"),
        Index(None, "crossed_at", "id", postgresql_where=text("matched_at IS NULL")),
        Index("ix_crossing_kept", "visa_number", postgresql_where=text("matched_at IS NULL")),
        one_of("direction", CrossingDirection),
        CheckConstraint("report_key ~ '^[0-9A-Za-z._:-]{1,64}$'", name="report_key_is_formed"),
        CheckConstraint("visa_number ~ '^[0-9A-Z-]{1,20}$'", name="visa_number_is_formed"),
        CheckConstraint("num_nulls(matched_at, visa_number) = 1", name="kept_if_unmatched"),
        CheckConstraint("port ~ '^[0-9A-Z]{3,5}$'", name="port_is_a_code"),
        CheckConstraint("cardinality(passengers) BETWEEN 1 AND 9", name="somebody_crossed"),
        partitioned_by("reported_at"),
    )


class CrossingReference(Base):
    """How border control names a report, once over all quarters; a trigger writes it, and it goes
    with the report."""

    __tablename__ = "crossing_reference"

    reported_by: Mapped[str] = mapped_column(primary_key=True)
    report_key: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(unique=True)


#: The port of an entry that border control never reported, and an immigration office recorded.
IMMIGRATION_OFFICE = "KANIM"


class Movement(Base):
    """One entry or exit of somebody on file by a visa: erased with the person, or for its age."""

    __tablename__ = "movement"

    #: That of its report, if border control made one.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    visa_number: Mapped[str] = mapped_column(ForeignKey("visa.visa_number"))
    direction: Mapped[str]
    crossed_at: Mapped[datetime]
    port: Mapped[str]
    #: Of an entry, the last day of the stay that it begins: its day plus the days of the visa, and
    #: without those by which it was extended.
    stay_until: Mapped[date | None]

    __table_args__ = (
        Index(None, "applicant_id", "id"),
        Index(None, "visa_number", "crossed_at"),
        one_of("direction", CrossingDirection),
        CheckConstraint("direction = 'ENTRY' OR stay_until IS NULL", name="an_entry_begins_a_stay"),
    )


class Stay(Base):
    """Where the holder of a visa is, by the last movement; a trigger keeps it.

    A visa without one was never used, as far as border control reported.
    """

    __tablename__ = "stay"

    #: That of the first report by the visa.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    visa_number: Mapped[str] = mapped_column(ForeignKey("visa.visa_number"), unique=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    presence: Mapped[str]
    #: Whether the visa serves for no other entry.
    is_used: Mapped[bool]
    #: Days in WIB. None once the movements are removed; the first also where no entry was reported.
    entered_on: Mapped[date | None]
    departed_on: Mapped[date | None]
    #: That of the last entry, and the days by which the stay was extended.
    stay_until: Mapped[date | None]
    #: The end of that day, for whoever is in the country.
    overstays_at: Mapped[datetime | None]
    #: When border control confirmed that its holder overstays: until then it is presumed. None
    #: again once there is another entry or exit.
    confirmed_at: Mapped[datetime | None]
    #: The last of the movements that were removed, with the person or for their age: a report of
    #: that time that comes later still adds none.
    removed_until: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "application_id"),
        Index(None, "overstays_at", "id"),
        Index(None, "departed_on", postgresql_where=text("departed_on IS NOT NULL")),
        one_of("presence", Presence),
        CheckConstraint(
            "overstays_at IS NOT NULL OR confirmed_at IS NULL", name="an_overstay_is_confirmed"
        ),
        CheckConstraint(
            f"presence = '{Presence.IN_COUNTRY}' OR overstays_at IS NULL", name="departed_in_time"
        ),
    )


class OverstayConfirmation(Base):
    """Border control says of somebody who is past the last day of the stay that this is so."""

    __tablename__ = "overstay_confirmation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: The database says when, and writes it into the stay.
    confirmed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    confirmed_by: Mapped[str]
    #: The guard finds it; stays are never deleted.
    stay_id: Mapped[UUID]

    __table_args__ = (Index(None, "stay_id"), Index(None, "confirmed_at", "id"))
