"""The visa partners, the countries they work in and their visa centres."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: How long the files that are open stay with a place that has closed.
DAYS_WITH_A_CLOSED_PLACE = 60
#: How many places that close are listed: more than close at a time.
MOST_CLOSING_PLACES = 100


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
    #: The centre that files go to which are still open when the partner has to give them up.
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("centre.code", use_alter=True))

    __table_args__ = (
        CheckConstraint("closed_on > opened_on", name="closes_after_it_opens"),
        CheckConstraint(
            "successor_code IS NULL OR closed_on IS NOT NULL", name="succeeded_once_closed"
        ),
    )


class Centre(Base):
    """A visa centre of a partner."""

    __tablename__ = "centre"

    code: Mapped[str] = mapped_column(primary_key=True)
    partner_code: Mapped[str]
    country_code: Mapped[str]
    city: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    #: As of a country.
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("centre.code"))

    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_code", "country_code"],
            ["partner_country.partner_code", "partner_country.country_code"],
        ),
        UniqueConstraint("code", "partner_code", "country_code"),
        Index(None, "partner_code", "country_code", "code"),
        Index(None, "country_code", "code"),
        CheckConstraint("closed_on > opened_on", name="closes_after_it_opens"),
        CheckConstraint(
            "successor_code IS NULL OR closed_on IS NOT NULL", name="succeeded_once_closed"
        ),
        CheckConstraint("successor_code <> code", name="succeeded_by_another"),
    )
