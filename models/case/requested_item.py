"""What applicants are asked for: a row for each thing, until it is answered and after."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import RequestedItemKind


class RequestedItem(Base):
    """One thing that an officer asked for; what was handed in stays in the systems that hold it."""

    __tablename__ = "requested_item"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str]
    #: A note about it, for the applicant and the agent who takes the file in.
    note: Mapped[str | None]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    #: The subject who said that it was handed in.
    answered_by: Mapped[str | None]

    __table_args__ = (
        Index(None, "application_id", "requested_at", "id"),
        one_of("kind", RequestedItemKind),
        CheckConstraint("length(note) BETWEEN 1 AND 500", name="note_is_bounded"),
        CheckConstraint("answered_at >= requested_at", name="answered_after_request"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"
        ),
    )
