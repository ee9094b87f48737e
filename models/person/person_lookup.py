"""Every look-up of a person, and who made it, whether somebody was found or not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import IndexKind, Purpose, Role


class PersonLookup(Base):
    """One look-up; never changed, never removed. It does not say what was looked for."""

    __tablename__ = "person_lookup"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    purpose: Mapped[str]
    #: The case, or the request of a data subject, that it was for.
    case_reference: Mapped[str]
    by: Mapped[str]
    found: Mapped[int]
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "occurred_at", "id"),
        Index(None, "actor", "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
        one_of("by", IndexKind),
        CheckConstraint("found >= 0", name="found_is_not_negative"),
    )
