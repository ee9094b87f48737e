"""Who read the person that an entry of the ban list is about, when and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import Purpose, Role


class BanRead(Base):
    """One read of a banned person; never changed, never removed."""

    __tablename__ = "ban_read"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    purpose: Mapped[str]
    #: The entry, or the case, that it was read for.
    case_reference: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    trace_id: Mapped[str]
    #: The gateway's seal on the entry, and the key by which it was made.
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "ban_id", "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
    )
