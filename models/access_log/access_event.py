"""The access log: who read which fields of whose identity, when and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import Purpose, Role


class AccessEvent(Base):
    """One read of one applicant's identity; never changed, never removed."""

    __tablename__ = "access_event"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    #: The reader's partner, and the country where the reader serves exactly one.
    actor_partner_code: Mapped[str | None]
    actor_country_code: Mapped[str | None]
    purpose: Mapped[str]
    case_reference: Mapped[str]
    #: The fields of Identity that were read, by their names in the API.
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "occurred_at", "id"),
        Index(None, "actor", "occurred_at", "id"),
        Index(None, "actor_role", "occurred_at", "id"),
        Index(None, "purpose", "occurred_at", "id"),
        Index(None, "applicant_id", "occurred_at", "id"),
        Index(None, "case_reference", "occurred_at", "id"),
        Index(None, "actor", "purpose", "occurred_at", "id"),
        Index(None, "actor_partner_code", "actor_country_code", "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
    )
