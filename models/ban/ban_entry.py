"""The ledger of the entry-ban list: who proposed an entry, who approved it, and how it ends."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import BanGround, BanState

_STATE = (
    "CASE WHEN withdrawn_by IS NOT NULL THEN 'WITHDRAWN'"
    " WHEN withdrawal_proposed_by IS NOT NULL THEN 'WITHDRAWAL_PROPOSED'"
    " WHEN rejected_by IS NOT NULL THEN 'REJECTED'"
    " WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE 'PROPOSED' END"
)
#: Approved and not withdrawn: in force on its days.
STANDS = "approved_by IS NOT NULL AND withdrawn_by IS NULL"


class BanEntry(Base):
    """One entry, from its proposal on; never removed. The person it is about is in
    `BannedPerson`."""

    __tablename__ = "ban_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Random; a purpose names it to read the person it is about.
    reference: Mapped[str] = mapped_column(unique=True)
    ground: Mapped[str]
    reason: Mapped[str]
    banned_from: Mapped[date]
    #: The last day; none for one without end.
    banned_until: Mapped[date | None]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    rejected_by: Mapped[str | None]
    rejected_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]
    withdrawal_proposed_by: Mapped[str | None]
    withdrawal_proposed_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Computed(_STATE, persisted=True))
    #: Whether everybody on file has been compared with it since it came into force.
    is_screened: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        one_of("ground", BanGround),
        one_of("state", BanState),
        CheckConstraint("banned_until >= banned_from", name="ends_after_it_begins"),
        CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
        CheckConstraint("rejected_by <> proposed_by", name="rejected_by_another"),
        CheckConstraint("withdrawn_by <> withdrawal_proposed_by", name="withdrawn_by_another"),
        CheckConstraint("num_nulls(approved_by, approved_at) IN (0, 2)", name="approved_once"),
        CheckConstraint(
            "num_nulls(rejected_by, rejected_at, reject_reason) IN (0, 3)",
            name="rejected_with_reason",
        ),
        CheckConstraint("num_nonnulls(approved_by, rejected_by) < 2", name="one_answer"),
        CheckConstraint(
            "num_nulls(withdrawal_proposed_by, withdrawal_proposed_at, withdrawal_reason)"
            " IN (0, 3) AND (withdrawal_proposed_by IS NULL OR approved_by IS NOT NULL)",
            name="withdrawal_with_reason",
        ),
        CheckConstraint(
            "num_nulls(withdrawn_by, withdrawn_at) IN (0, 2)"
            " AND (withdrawn_by IS NULL OR withdrawal_proposed_by IS NOT NULL)",
            name="withdrawn_once",
        ),
        Index(None, "proposed_at", "id"),
        Index(None, "state", "proposed_at", "id"),
        # What is still to be compared with everybody, once its first day has come.
        Index(
            "ix_ban_entry_unscreened",
            "banned_from",
            postgresql_where=text(f"{STANDS} AND NOT is_screened"),
        ),
    )
