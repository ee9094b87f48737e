"""The visa partners, the countries they work in and their visa centres."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Partner(Base):
    """A company that takes applications in; it never decides."""

    __tablename__ = "partner"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class PartnerCountry(Base):
    """A country in which a partner takes applications, from a date on."""

    __tablename__ = "partner_country"

    partner_code: Mapped[str] = mapped_column(ForeignKey("partner.code"), primary_key=True)
    country_code: Mapped[str] = mapped_column(
        ForeignKey("country.code"), primary_key=True, index=True
    )
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("closed_on > opened_on", name="closes_after_it_opens"),)


class Centre(Base):
    """A visa centre of a partner."""

    __tablename__ = "centre"

    code: Mapped[str] = mapped_column(primary_key=True)
    partner_code: Mapped[str]
    country_code: Mapped[str]
    city: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_code", "country_code"],
            ["partner_country.partner_code", "partner_country.country_code"],
        ),
        UniqueConstraint("code", "partner_code", "country_code"),
        Index(None, "partner_code", "country_code", "code"),
        Index(None, "country_code", "code"),
        CheckConstraint("closed_on > opened_on", name="closes_after_it_opens"),
    )
