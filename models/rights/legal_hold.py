"""Legal holds: a supervisor stops the erasure of the applicant of a case for now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


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
