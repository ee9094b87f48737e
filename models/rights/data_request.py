"""What people ask of their data, by when it is answered, what is held against an erasure, and how
far an ordered erasure has come.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Uuid,
    column,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import DataRequestKind, DataRequestState, ErasureCause, Role
from models.volumes.lines import AnySelect

#: How long an answer may take (UU 27/2022): 3 × 24 hours, whatever days they fall on.
ANSWER_HOURS = 72

#: How many look-ups of one person are told.
MOST_LOOKUPS = 100


class DataRequest(Base):
    """One request, lodged by an applicant or registered by the data protection officer.

    Never removed: it shows that it was answered, and when. It says nothing of who somebody is.
    """

    __tablename__ = "data_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Random; a purpose names it to look up the author of a letter.
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    #: Whose data it is about; null until the person who wrote a letter is found.
    applicant_id: Mapped[UUID | None] = mapped_column(ForeignKey("applicant.id"))
    #: The sign-in by which it was lodged, and which reads the answer; null for a letter.
    account: Mapped[str | None]
    lodged_by: Mapped[str]
    lodged_role: Mapped[str]
    lodged_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: By when it is to be answered.
    due_at: Mapped[datetime] = mapped_column(
        server_default=text(f"(clock_timestamp() + '{ANSWER_HOURS}:00:00'::interval)")
    )
    outcome: Mapped[str | None]
    #: The answer, for the person who asked.
    reason: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    #: Two auditors who agree that the log of look-ups is compared with the person.
    lookups_proposed_by: Mapped[str | None]
    lookups_approved_by: Mapped[str | None]
    #: When that was done, and which look-ups were for the person: null where nobody could read who
    #: they are.
    lookups_compared_at: Mapped[datetime | None]
    lookups: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(Computed("coalesce(outcome, 'OPEN')", persisted=True))

    __table_args__ = (
        one_of("kind", DataRequestKind),
        one_of("state", DataRequestState),
        one_of("lodged_role", Role),
        CheckConstraint("outcome <> 'OPEN'", name="outcome_is_an_answer"),
        CheckConstraint(
            "num_nulls(outcome, reason, answered_by, answered_at) IN (0, 4)",
            name="answered_with_reason",
        ),
        CheckConstraint(
            "applicant_id IS NOT NULL OR outcome IS DISTINCT FROM 'GRANTED'",
            name="granted_to_somebody",
        ),
        CheckConstraint("answered_at >= lodged_at", name="answered_after_lodging"),
        CheckConstraint(
            "lookups_proposed_by IS NULL OR applicant_id IS NOT NULL",
            name="lookups_of_somebody",
        ),
        CheckConstraint("lookups_approved_by <> lookups_proposed_by", name="lookups_by_two"),
        CheckConstraint(
            "lookups_proposed_by IS NOT NULL OR lookups_approved_by IS NULL",
            name="lookups_proposed_first",
        ),
        CheckConstraint(
            "lookups_approved_by IS NOT NULL OR num_nonnulls(lookups_compared_at, lookups) = 0",
            name="lookups_compared_once_approved",
        ),
        Index(
            "ix_data_request_opened", "applicant_id", postgresql_where=text("lookups IS NOT NULL")
        ),
        Index(
            "ix_data_request_lookups",
            "id",
            postgresql_where=text(
                "lookups_approved_by IS NOT NULL AND lookups_compared_at IS NULL"
            ),
        ),
        Index(None, "due_at", "id"),
        Index(None, "state", "due_at", "id"),
        Index(None, "kind", "due_at", "id"),
        Index(None, "account", "due_at", "id"),
        # One at a time of each kind: asked again, it is the same.
        Index(
            "uq_data_request_open",
            "applicant_id",
            "kind",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )


def opened_lookups(requests: Sequence[UUID]) -> AnySelect:
    """A row for each of some requests whose look-ups are opened: their ids, the newest first."""
    rows = func.viewer.opened_lookups(
        Role.AUDITOR.value, literal([*requests], ARRAY(Uuid))
    ).table_valued("id", column("lookups", ARRAY(Uuid)))
    return select(rows)


#: How long copies of keys may live: those of a store's backups, and with them the person's data.
COPIES_DAYS = 30


class Erasure(Base):
    """One person who is to be erased; the keeper does it as soon as nothing prevents it.

    First the identity is removed from the database, then the data key from its store, and last the
    digests by which the person is found. Digests of forgers, of banned people and of those whose
    visa was revoked stay until a period of their own has ended.
    """

    __tablename__ = "erasure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), unique=True)
    data_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("data_request.id"))
    cause: Mapped[str]
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When the identity was removed; nobody can read it any more.
    erased_at: Mapped[datetime | None]
    #: When the key was deleted, without which no copy of the database can be read.
    keys_deleted_at: Mapped[datetime | None]
    #: When the last copy of the key has gone.
    copies_end_at: Mapped[datetime | None]
    index_removed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("cause", ErasureCause),
        CheckConstraint("(cause = 'REQUEST') = (data_request_id IS NOT NULL)", name="as_asked"),
        CheckConstraint("erased_at >= ordered_at", name="erased_after_order"),
        CheckConstraint(
            "num_nulls(keys_deleted_at, copies_end_at) IN (0, 2)", name="copies_end_with_keys"
        ),
        CheckConstraint(
            "erased_at IS NOT NULL OR num_nonnulls(keys_deleted_at, index_removed_at) = 0",
            name="hidden_first",
        ),
        Index(None, "data_request_id", unique=True),
        Index(None, "ordered_at", "id"),
        Index(
            "ix_erasure_unfinished",
            "id",
            postgresql_where=text("keys_deleted_at IS NULL OR index_removed_at IS NULL"),
        ),
    )


class LegalHold(Base):
    """Stops the erasure of the applicant of a case, until a supervisor releases it."""

    __tablename__ = "legal_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    reason: Mapped[str]
    held_by: Mapped[str]
    held_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "num_nulls(released_by, released_at, release_reason) IN (0, 3)",
            name="released_with_reason",
        ),
        Index(None, "held_at", "id"),
        Index(None, "application_id", "held_at", "id"),
        Index(
            "uq_legal_hold_lasting",
            "application_id",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
    )
