"""Breaches of data protection: what happened, and who told the institution and the people when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import NoticeReach

#: Within how many hours of its discovery the institution and the people are told (UU 27/2022,
#: article 46): 3 × 24, whatever days they fall on.
NOTICE_HOURS = 72
#: How many breaches of everybody's data one person is told of.
MOST_BREACHES = 50


class Breach(Base):
    """One breach; never removed. Whoever closes it had no part in it before."""

    __tablename__ = "breach"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Which data, when and how, and what is done about it.
    description: Mapped[str]
    #: When somebody first knew of it: the clock runs from then.
    noticed_at: Mapped[datetime]
    #: The database writes it, so that nobody gets more time.
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    window_from: Mapped[datetime]
    window_before: Mapped[datetime]
    #: The account that it happened by; null where it is not known, or was none.
    viewer: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: How the institution was told, and under which number.
    institution_notice: Mapped[str | None]
    institution_notified_by: Mapped[str | None]
    institution_notified_at: Mapped[datetime | None]
    #: How the people were told, and how many.
    people_notice: Mapped[str | None]
    #: What they were told: what happened and how, and what is done about it.
    notice_in_english: Mapped[str | None]
    notice_in_indonesian: Mapped[str | None]
    people_reached: Mapped[str | None]
    people_notified: Mapped[int | None]
    people_notified_by: Mapped[str | None]
    people_notified_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    is_open: Mapped[bool] = mapped_column(Computed("closed_at IS NULL", persisted=True))

    __table_args__ = (
        one_of("people_reached", NoticeReach),
        CheckConstraint("window_from < window_before", name="window_is_one"),
        CheckConstraint("window_from <= noticed_at", name="noticed_once_begun"),
        CheckConstraint("people_notified >= 0", name="people_are_counted"),
        CheckConstraint(
            "num_nulls(institution_notice, institution_notified_by, institution_notified_at)"
            " IN (0, 3)",
            name="institution_notified_once",
        ),
        CheckConstraint(
            "num_nulls(people_notice, notice_in_english, notice_in_indonesian, people_reached,"
            " people_notified, people_notified_by, people_notified_at) IN (0, 7)",
            name="people_notified_once",
        ),
        CheckConstraint(
            "num_nulls(close_reason, closed_by, closed_at) IN (0, 3)", name="closed_with_reason"
        ),
        CheckConstraint(
            "closed_at IS NULL OR num_nulls(institution_notified_at, people_notified_at) = 0",
            name="closed_once_notified",
        ),
        CheckConstraint(
            "closed_by NOT IN (recorded_by, institution_notified_by, people_notified_by)",
            name="closed_by_another",
        ),
        Index(None, "due_at", "id"),
        Index(None, "is_open", "due_at", "id"),
    )


class BreachNotice(Base):
    """That one person was told of a breach: the database writes it as the people are told, for
    whom the log of reads has in its window, by its account if it has one. Never changed."""

    __tablename__ = "breach_notice"

    breach_id: Mapped[UUID] = mapped_column(ForeignKey("breach.id"), primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), primary_key=True)
    #: Which fields of the person were read, by their names in the API.
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    told_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    __table_args__ = (Index(None, "applicant_id", "told_at", "breach_id"),)
