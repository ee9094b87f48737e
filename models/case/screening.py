"""What was asked about an application, and what the screening authority answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import ReferralReason, ScreeningKind, ScreeningResult


class Screening(Base):
    """One question and its answer; what a hit turned out to be is a question of its own."""

    __tablename__ = "screening"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Its position for those who follow questions live, with its transaction: see
    #: ``models.case.change``. A trigger sets both anew once an answer waits for a second person.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    written_in: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str]
    result: Mapped[str]
    requested_at: Mapped[datetime]
    #: Why it was asked; null for questions of before, and for what a hit turned out to be.
    referral_reason: Mapped[str | None]
    referral_note: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    #: What waits for a second person: an answer, or what a hit turned out to be, with the reason.
    proposed: Mapped[str | None]
    proposed_by: Mapped[str | None]
    reason: Mapped[str | None]
    #: Subjects: who answered, and who agreed to it. Null for answers of before.
    answered_by: Mapped[str | None]
    confirmed_by: Mapped[str | None]
    #: When it ceased to count: it was about the person before a correction, or was asked again.
    voided_at: Mapped[datetime | None]
    #: The list and the rule by which the system answered (`models.ban_list`); null where a person
    #: did.
    list_version: Mapped[str | None]
    rule_version: Mapped[str | None]
    #: The entry of the ban list that is the hit; none where somebody answered.
    ban_id: Mapped[UUID | None] = mapped_column(ForeignKey("ban_entry.id"))
    #: Subjects who do not see that it waits: those who proposed an entry do not learn of a hit by
    #: it.
    kept_from: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    __table_args__ = (
        Index(None, "application_id", "requested_at", "id"),
        Index("ix_screening_ban", "ban_id", postgresql_where=text("ban_id IS NOT NULL")),
        Index(
            "ix_screening_open", "requested_at", "id", postgresql_where=text("answered_at IS NULL")
        ),
        Index(
            "ix_screening_followed",
            "written_in",
            "number",
            postgresql_where=text("answered_at IS NULL"),
        ),
        one_of("kind", ScreeningKind),
        one_of("result", ScreeningResult),
        one_of("proposed", ScreeningResult),
        one_of("referral_reason", ReferralReason),
        CheckConstraint("length(referral_note) <= 2000", name="referral_note_is_bounded"),
        CheckConstraint("(result = 'PENDING') = (answered_at IS NULL)", name="pending_unanswered"),
        CheckConstraint("answered_at >= requested_at", name="answered_after_request"),
        CheckConstraint("(proposed IS NULL) = (proposed_by IS NULL)", name="proposed_by_somebody"),
        CheckConstraint("answered_by IS NULL OR answered_at IS NOT NULL", name="answered_by_whom"),
        CheckConstraint("confirmed_by <> answered_by", name="confirmed_by_another"),
        # The system clears, and says nothing else.
        CheckConstraint(
            "num_nulls(list_version, rule_version) = 2"
            " OR num_nulls(list_version, rule_version) = 0 AND kind = 'ENTRY_BAN'"
            " AND result = 'CLEAR' AND num_nonnulls(answered_by, proposed, ban_id) = 0",
            name="system_clears",
        ),
        CheckConstraint(
            "result NOT IN ('NO_MATCH', 'MATCH') OR num_nulls(reason, confirmed_by) = 0",
            name="resolved_with_reason_by_two",
        ),
        CheckConstraint(
            "answered_by IS NULL OR kind <> 'CLEARANCE' OR result = 'UNAVAILABLE'"
            " OR confirmed_by IS NOT NULL",
            name="clearance_by_two",
        ),
    )
