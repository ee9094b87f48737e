"""Who an applicant is. No other table holds a name, a passport number or an address."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.person.vault import SEALED
from models.vocabulary import Sex

#: The columns of an identity that say who somebody is.
PERSONAL = (*SEALED, "passport_issuing_state")


class Identity(Base):
    """The personal data of one applicant; every read of it is logged."""

    __tablename__ = "identity"

    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), primary_key=True)
    #: The sealed values by column (`models.person.vault`), and the versions that first had them,
    #: where that is not the first.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    versions: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Plain columns: null but in a synthetic world that was made without a key service.
    full_name: Mapped[str | None]
    passport_number: Mapped[str | None]
    birth_date: Mapped[date | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    sex: Mapped[str | None]
    place_of_birth: Mapped[str | None]
    #: Null for what was lodged before it was asked for.
    passport_issuing_state: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    passport_expires_on: Mapped[date | None]

    __table_args__ = (
        one_of("sex", Sex),
        CheckConstraint("passport_number ~ '^[A-Z0-9]{5,12}$'", name="passport_number_is_icao"),
    )
