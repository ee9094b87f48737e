"""Inquiries: supervision that looks at people without a case of theirs, for a while."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import InquiryVerdict

#: How an inquiry is referred to; no reference of an application looks like it.
REFERENCE_BEGINS = "INQ-"
#: The most that a supervisor opens alone: so many minutes, which is also the shortest time between
#: two inquiries, and so many people.
MOST_MINUTES = 60
MOST_PEOPLE = 50
#: The most that a second supervisor may agree to.
MOST_MINUTES_OF_TWO = 1_440
MOST_PEOPLE_OF_TWO = 500
#: How long after its beginning it must be reviewed at the latest.
REVIEW_HOURS = 72
#: How long one waits for a second supervisor before it lapses: within a day each of them has been
#: at work, and an inquiry that nobody approved by then must not start later. It may be applied for
#: again.
WAITING_HOURS = 24
#: Advisory locks of this class serialise what one supervisor opens.
LOCK_CLASS = 7_234


class Inquiry(Base):
    """A window in which one supervisor reads some people; never removed, reviewed once.

    The database says when it begins and ends: at once where a supervisor may open it alone, else
    when a second one agrees. Where nobody does, it lapses.
    """

    __tablename__ = "inquiry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    minutes: Mapped[int]
    most_people: Mapped[int]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    #: None until it begins.
    ends_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    #: When it had waited for too long. The keeper writes it.
    lapsed_at: Mapped[datetime | None]
    #: How many people were opened in it; a look-up counts as one.
    seen: Mapped[int] = mapped_column(server_default=text("0"))
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    verdict: Mapped[str | None]
    review_reason: Mapped[str | None]
    is_reviewed: Mapped[bool] = mapped_column(Computed("reviewed_at IS NOT NULL", persisted=True))
    is_open: Mapped[bool] = mapped_column(
        Computed("reviewed_at IS NULL AND lapsed_at IS NULL", persisted=True)
    )

    __table_args__ = (
        Index(None, "opened_at", "id"),
        Index(None, "is_reviewed", "opened_at", "id"),
        Index(None, "is_open", "opened_at", "id"),
        Index(None, "opened_by", "opened_at", "id"),
        one_of("verdict", InquiryVerdict),
        CheckConstraint(f"starts_with(reference, '{REFERENCE_BEGINS}')", name="reference_is_own"),
        CheckConstraint(
            f"minutes BETWEEN 1 AND {MOST_MINUTES_OF_TWO}"
            f" AND most_people BETWEEN 1 AND {MOST_PEOPLE_OF_TWO}",
            name="limited",
        ),
        CheckConstraint("seen BETWEEN 0 AND most_people", name="within_its_limit"),
        CheckConstraint(
            "ends_at IS NULL OR approved_by IS NOT NULL"
            f" OR minutes <= {MOST_MINUTES} AND most_people <= {MOST_PEOPLE}",
            name="large_takes_two",
        ),
        CheckConstraint(
            "lapsed_at IS NULL OR num_nonnulls(approved_by, ends_at) = 0",
            name="lapsed_before_it_began",
        ),
        CheckConstraint("approved_by <> opened_by", name="approved_by_another"),
        CheckConstraint("num_nulls(approved_by, approved_at) IN (0, 2)", name="approved_once"),
        CheckConstraint("num_nulls(ends_at, review_due_at) IN (0, 2)", name="due_once_begun"),
        CheckConstraint(
            "reviewed_by <> opened_by AND reviewed_by IS DISTINCT FROM approved_by"
            " OR reviewed_by IS NULL",
            name="reviewed_by_another",
        ),
        CheckConstraint(
            "num_nulls(reviewed_by, reviewed_at, verdict, review_reason) IN (0, 4)",
            name="reviewed_with_reason",
        ),
    )


class InquiryPerson(Base):
    """One person who was opened in an inquiry. A function writes it, before anybody is read."""

    __tablename__ = "inquiry_person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Of the inquiry; what the access log names, too.
    reference: Mapped[str] = mapped_column(ForeignKey("inquiry.reference"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When the person is told of it: after the review of the inquiry.
    told_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("reference", "applicant_id"),
        Index(None, "reference", "opened_at", "id"),
        Index(None, "applicant_id", "reference"),
    )
