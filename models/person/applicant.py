"""Applicants, under a pseudonym: their names and passports are in ``identity`` alone. Beside them
lie the last characters of their passports, since fewer people may read these, and who proposed and
approved corrections, but not what these change.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import CorrectionState, Role


class Applicant(Base):
    """One person who applies, by a random id and a nationality."""

    __tablename__ = "applicant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: The subject of the applicant's own sign-in, where there is one.
    account: Mapped[str | None] = mapped_column(unique=True)
    nationality_code: Mapped[str] = mapped_column(ForeignKey("country.code"))
    #: Where it is written; a trigger moves it to ``PassportEnding`` at once, so it is always null.
    passport_last_four: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: When the identity was removed; nobody can read it any more.
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("id", "nationality_code"),
        Index(None, "created_at", "id"),
        CheckConstraint("passport_last_four ~ '^[A-Z0-9]{4}$'", name="passport_last_four_is_four"),
    )


class PassportEnding(Base):
    """The last four characters of an applicant's passport number; erased with the person.

    Whatever is written to ``applicant.passport_last_four`` moves here at once.
    """

    __tablename__ = "passport_ending"

    #: Checked at the end: the row of a new applicant is written while theirs is.
    applicant_id: Mapped[UUID] = mapped_column(
        ForeignKey("applicant.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    #: Enough for a counter to tell two applicants apart, not enough to find a person.
    last_four: Mapped[str]

    __table_args__ = (CheckConstraint("last_four ~ '^[A-Z0-9]{4}$'", name="last_four_is_four"),)


class Correction(Base):
    """A proposed version of an identity, and what became of it.

    A trigger puts it into force: nothing else changes an existing identity.
    """

    __tablename__ = "correction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: The case in which it was proposed.
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    applicant_id: Mapped[UUID]
    version: Mapped[int]
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    proposed_role: Mapped[str]
    #: After a grant: the first of two who approve it.
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    #: When it took effect, or was rejected, and by whom; null for what lapsed with its case.
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    #: Why it was rejected.
    reason: Mapped[str | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["applicant_id", "version"],
            ["identity_version.applicant_id", "identity_version.number"],
        ),
        Index(None, "application_id", "proposed_at", "id"),
        # One at a time: what it would change is known.
        Index(
            "uq_correction_open",
            "applicant_id",
            unique=True,
            postgresql_where=text("state IN ('PROPOSED', 'APPROVED')"),
        ),
        Index("uq_correction_version", "applicant_id", "version", unique=True),
        one_of("state", CorrectionState),
        one_of("proposed_role", Role),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_whom"),
        CheckConstraint("closed_by <> approved_by OR state = 'REJECTED'", name="approved_by_two"),
        CheckConstraint("(state = 'REJECTED') = (reason IS NOT NULL)", name="rejected_with_reason"),
        CheckConstraint(
            "(state IN ('PROPOSED', 'APPROVED')) = (closed_at IS NULL)", name="open_until_closed"
        ),
        CheckConstraint("closed_at >= proposed_at", name="closed_after_proposal"),
    )
