"""Complaints: about what, of which kind, by when they are answered, what they say, and who read it.

What a complaint says, and its answer, lie in a table of their own: sealed by a key of the complaint
alone, so that whoever reads it opens nobody's identity.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import ComplaintKind, Purpose, Role

#: In how many working days a complaint is answered, the day on which it was lodged not counted.
ANSWER_DAYS = 5


class Complaint(Base):
    """One complaint of an applicant about a case of theirs, a centre, or the directorate.

    An auditor sorts it first; nobody else reaches it before. Never removed.
    """

    __tablename__ = "complaint"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Random; a purpose names it to read what it says.
    reference: Mapped[str] = mapped_column(unique=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    #: The sign-in by which it was lodged, and which reads the answer.
    account: Mapped[str]
    #: What it is about: neither, the directorate.
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    centre_code: Mapped[str | None] = mapped_column(ForeignKey("centre.code"))
    #: The partner and the country of that case or centre, as the database finds them.
    partner_code: Mapped[str | None] = mapped_column(ForeignKey("partner.code"))
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    lodged_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: By when it is to be answered; the database writes it.
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str] = mapped_column(server_default=text(f"'{ComplaintKind.UNSORTED}'"))
    sorted_by: Mapped[str | None]
    sorted_at: Mapped[datetime | None]
    #: The one supervisor who reads it where it is of integrity.
    entrusted_to: Mapped[str | None]
    entrusted_by: Mapped[str | None]
    entrusted_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    answered_role: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    is_open: Mapped[bool] = mapped_column(Computed("answered_at IS NULL", persisted=True))

    __table_args__ = (
        one_of("kind", ComplaintKind),
        one_of("answered_role", Role),
        CheckConstraint("num_nonnulls(application_id, centre_code) < 2", name="about_one_thing"),
        CheckConstraint(
            "num_nulls(sorted_by, sorted_at) = CASE kind WHEN 'UNSORTED' THEN 2 ELSE 0 END",
            name="sorted_by_somebody",
        ),
        CheckConstraint(
            "num_nulls(entrusted_to, entrusted_by, entrusted_at) IN (0, 3)",
            name="entrusted_by_somebody",
        ),
        CheckConstraint(
            "entrusted_to IS NULL OR kind = 'INTEGRITY'", name="entrusted_of_integrity"
        ),
        CheckConstraint("entrusted_to <> entrusted_by", name="entrusted_to_another"),
        CheckConstraint(
            "num_nulls(answered_by, answered_role, answered_at) IN (0, 3)",
            name="answered_by_somebody",
        ),
        CheckConstraint("answered_at IS NULL OR kind <> 'UNSORTED'", name="sorted_first"),
        Index(None, "due_at", "id"),
        Index(None, "is_open", "due_at", "id"),
        Index(None, "kind", "due_at", "id"),
        Index(None, "account", "due_at", "id"),
        Index(None, "partner_code", "country_code", "due_at", "id"),
        Index(None, "applicant_id"),
        Index(None, "application_id"),
    )


class ComplaintText(Base):
    """What a complaint says, and what it was answered: each written once, and emptied when the
    complainant is erased."""

    __tablename__ = "complaint_text"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    #: The sealed values by column (`models.person.vault`), each of version 1.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Plain columns: null but in a synthetic world that was made without a key service.
    complaint: Mapped[str | None]
    answer: Mapped[str | None]
    #: When what was said was removed, and when its key was deleted.
    erased_at: Mapped[datetime | None]
    keys_deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("keys_deleted_at IS NULL OR erased_at IS NOT NULL", name="hidden_first"),
        Index(
            "ix_complaint_text_unfinished",
            "complaint_id",
            postgresql_where=text("erased_at IS NOT NULL AND keys_deleted_at IS NULL"),
        ),
    )


class ComplaintRead(Base):
    """One read of what a complaint says; never changed."""

    __tablename__ = "complaint_read"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    purpose: Mapped[str]
    #: The reference of the complaint; of the complainant's own reads a word.
    case_reference: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    trace_id: Mapped[str]
    #: The gateway's seal on the entry, and the key by which it was made.
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "complaint_id", "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
    )
