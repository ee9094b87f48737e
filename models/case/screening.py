"""What was asked about an application and answered, and replays of what the system answered."""

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
    UniqueConstraint,
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


class ScreeningReplay(Base):
    """That whom the system cleared by an older list or rule is compared with those of today.

    A supervisor asks for it, and the SCREENER does it, in the order of the keys of applications.
    """

    __tablename__ = "screening_replay"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    asked_by: Mapped[str]
    #: The application up to which all are compared; none before the first.
    reached: Mapped[UUID | None]
    #: Those with which the last one was compared.
    list_version: Mapped[str | None]
    rule_version: Mapped[str | None]
    completed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "asked_at", "id"),
        # One at a time.
        Index(
            "uq_screening_replay_open",
            text("(completed_at IS NULL)"),
            unique=True,
            postgresql_where=text("completed_at IS NULL"),
        ),
        CheckConstraint("num_nulls(list_version, rule_version) IN (0, 2)", name="compared_by_both"),
        CheckConstraint(
            "completed_at IS NULL OR list_version IS NOT NULL", name="completed_by_a_list"
        ),
    )


class ScreeningReplayLine(Base):
    """What a replay found among those who had been cleared by one list and one rule."""

    __tablename__ = "screening_replay_line"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    replay_id: Mapped[UUID] = mapped_column(ForeignKey("screening_replay.id"))
    list_version: Mapped[str]
    rule_version: Mapped[str]
    #: Files that were looked at; of these, those whose person nobody could read, and those whose
    #: person may be on the list of today.
    files: Mapped[int]
    unread: Mapped[int]
    candidates: Mapped[int]

    __table_args__ = (
        UniqueConstraint("replay_id", "list_version", "rule_version"),
        Index(None, "replay_id", "list_version", "id"),
        CheckConstraint(
            "least(unread, candidates) >= 0 AND unread + candidates <= files", name="counts_files"
        ),
    )


class ScreeningReplayCandidate(Base):
    """A case whose person may be on the list of today: its earlier answer counts no more."""

    __tablename__ = "screening_replay_candidate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    replay_id: Mapped[UUID] = mapped_column(ForeignKey("screening_replay.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    found_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: Those by which it had been cleared.
    list_version: Mapped[str]
    rule_version: Mapped[str]

    __table_args__ = (
        UniqueConstraint("replay_id", "application_id"),
        Index(None, "replay_id", "found_at", "id"),
    )
