"""Who an applicant is, and was: no other table holds a name, a passport number or an address."""

from datetime import date, datetime
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


class IdentityVersion(Base):
    """One version of an identity. The one in force is a copy of ``identity``.

    While it is proposed it has only what is to change; once it is in force, everything. Version 1
    is what was lodged: it is written down when the first correction takes its place.
    """

    __tablename__ = "identity_version"

    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), primary_key=True)
    #: 1, 2, 3 … of one applicant.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: As in ``identity``; where none is given, it is the version of the row.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    versions: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    full_name: Mapped[str | None]
    passport_number: Mapped[str | None]
    birth_date: Mapped[date | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    sex: Mapped[str | None]
    place_of_birth: Mapped[str | None]
    passport_issuing_state: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    passport_expires_on: Mapped[date | None]
    #: Of a passport number that is to change; the applicant's follows it.
    passport_last_four: Mapped[str | None]
    nationality_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    written_at: Mapped[datetime]
    #: From when until when it was in force; null if it never was.
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]

    __table_args__ = (
        one_of("sex", Sex),
        CheckConstraint("number > 0", name="number_is_positive"),
        CheckConstraint("passport_number ~ '^[A-Z0-9]{5,12}$'", name="passport_number_is_icao"),
        CheckConstraint("passport_last_four ~ '^[A-Z0-9]{4}$'", name="passport_last_four_is_four"),
        CheckConstraint("valid_until >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("valid_until IS NULL OR valid_from IS NOT NULL", name="ends_if_it_began"),
    )
