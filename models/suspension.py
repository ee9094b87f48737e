"""Suspensions: viewers and partners who were shut out at once, and the second person who
confirmed or lifted it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: How long a suspension lasts unless a second person confirms it.
UNCONFIRMED_HOURS = 24


class Suspension(Base):
    """A partner, or one viewer, who reaches nothing until it ends; never removed.

    ``viewer_context.sql`` and the gateway look only at whom it names and when it ends.
    """

    __tablename__ = "suspension"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_code: Mapped[str | None] = mapped_column(ForeignKey("partner.code"))
    #: The subject of a viewer's token.
    subject: Mapped[str | None]
    reason: Mapped[str]
    suspended_by: Mapped[str]
    suspended_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: None once it is confirmed: then it lasts until it is lifted.
    ends_at: Mapped[datetime | None] = mapped_column(
        server_default=text(f"now() + interval '{UNCONFIRMED_HOURS} hours'")
    )
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    #: Lifting takes two, too: one proposes it and says why, another lifts.
    lift_proposed_by: Mapped[str | None]
    lift_proposed_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(partner_code, subject) = 1", name="partner_or_viewer"),
        CheckConstraint("subject <> ''", name="of_somebody"),
        CheckConstraint("confirmed_by <> suspended_by", name="confirmed_by_another"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"
        ),
        CheckConstraint(
            "num_nulls(lift_proposed_by, lift_proposed_at, lift_reason) IN (0, 3)",
            name="lift_proposed_with_reason",
        ),
        CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted_by_somebody"),
        CheckConstraint(
            "lifted_by IS NULL OR coalesce(lifted_by <> lift_proposed_by, false)",
            name="lifted_by_another",
        ),
        CheckConstraint(
            "(ends_at IS NULL) <= (confirmed_by IS NOT NULL)", name="endless_if_confirmed"
        ),
        CheckConstraint("lifted_at IS NULL OR ends_at <= lifted_at", name="ends_when_lifted"),
        Index(None, "suspended_at", "id"),
    )
