"""Which documents belong to the file of a case, and which of them are there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import DocumentKind


class CaseDocument(Base):
    """One document of the checklist of a case; the document itself stays where it is held.

    A trigger writes the checklist as an application comes in: what its visa type requires that day.
    Of what applicants hand in themselves, without a partner, nobody keeps one.
    """

    __tablename__ = "case_document"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: When it was said to be there; none while it is missing.
    recorded_at: Mapped[datetime | None]
    #: The subject who said so.
    recorded_by: Mapped[str | None]

    __table_args__ = (
        one_of("kind", DocumentKind),
        CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by IS NULL)", name="recorded_by_somebody"
        ),
    )
