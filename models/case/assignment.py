"""On whose desk a case is, and was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import Role


class Assignment(Base):
    """A case on a desk: an officer's, or a supervisor's, as after a hit that was one."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    #: The subject, in one of the roles that decide.
    officer: Mapped[str]
    role: Mapped[str] = mapped_column(server_default=Role.OFFICER.value)
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: Subjects who put it on the desk, and who took it off; null for assignments of before.
    assigned_by: Mapped[str | None]
    ended_by: Mapped[str | None]
    #: Why it was given back, or given to somebody else; none where the case was closed.
    reason: Mapped[str | None]

    __table_args__ = (
        Index(
            "uq_assignment_current",
            "application_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "application_id", "assigned_at", "id"),
        Index(None, "officer", "application_id"),
        one_of("role", Role),
        CheckConstraint("ended_at >= assigned_at", name="ends_after_it_begins"),
    )
