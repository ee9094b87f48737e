"""Who an applicant is. No other table holds a name, a passport number or an address."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Identity(Base):
    """The personal data of one applicant; every read of it is logged."""

    __tablename__ = "identity"

    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), primary_key=True)
    full_name: Mapped[str]
    passport_number: Mapped[str]
    birth_date: Mapped[date]
    email: Mapped[str]
    phone: Mapped[str]

    __table_args__ = (
        CheckConstraint("passport_number ~ '^[A-Z0-9]{5,12}$'", name="passport_number_is_icao"),
    )
