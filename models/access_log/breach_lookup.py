"""Who asked which people a breach affected."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import BreachList, Role


class BreachLookup(Base):
    """One question about the people that a breach affected; never changed, never removed."""

    __tablename__ = "breach_lookup"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    list: Mapped[str]
    #: The account that was asked about; None where it was all of them.
    viewer: Mapped[str | None]
    window_from: Mapped[datetime]
    window_before: Mapped[datetime]
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("list", BreachList),
        CheckConstraint("window_from < window_before", name="window_is_one"),
    )
