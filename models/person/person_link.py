"""Which files are of one person, or of people who travel together, and what officers say of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import LinkReason, LinkState


class PersonLink(Base):
    """That one applicant is linked to another, for one reason.

    It is there twice, once from each side. The LINKER alone makes it; an officer confirms or
    rejects what was found by name.
    """

    __tablename__ = "person_link"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    linked_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    reason: Mapped[str]
    #: Null in a group, which is several people.
    state: Mapped[str | None]
    found_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: When an officer confirmed or rejected it, who, in which case, and why.
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    resolved_in: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    resolution: Mapped[str | None]

    __table_args__ = (
        Index("uq_person_link", "applicant_id", "linked_id", "reason", unique=True),
        Index(None, "applicant_id", "found_at", "id"),
        Index(None, "linked_id", "applicant_id"),
        one_of("reason", LinkReason),
        one_of("state", LinkState),
        CheckConstraint("applicant_id <> linked_id", name="links_two"),
        CheckConstraint("(reason = 'GROUP') = (state IS NULL)", name="state_unless_group"),
        CheckConstraint("(reason = 'PASSPORT') = (state = 'CERTAIN')", name="certain_by_passport"),
        CheckConstraint(
            "num_nulls(resolved_at, resolved_by, resolved_in, resolution) IN (0, 4)",
            name="resolved_by_whom",
        ),
        CheckConstraint(
            "coalesce(state IN ('CONFIRMED', 'REJECTED'), false) = (resolved_at IS NOT NULL)",
            name="resolved_if_said",
        ),
        CheckConstraint("length(resolution) BETWEEN 1 AND 2000", name="resolution_is_bounded"),
    )
