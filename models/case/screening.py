"""What supervision answered about an application."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import ScreeningKind, ScreeningResult


class Screening(Base):
    """One question to supervision and its answer."""

    __tablename__ = "screening"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str]
    result: Mapped[str]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "application_id", "requested_at"),
        one_of("kind", ScreeningKind),
        one_of("result", ScreeningResult),
        CheckConstraint("(result = 'PENDING') = (answered_at IS NULL)", name="pending_unanswered"),
        CheckConstraint("answered_at >= requested_at", name="answered_after_request"),
    )
