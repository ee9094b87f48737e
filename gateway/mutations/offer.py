"""What can be applied for today, and where: visa types, fees, countries and centres."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from gateway.access.rows import reachable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.case import today
from gateway.mutations.eligibility import read_eligible
from models import Centre, Country, Fee, PartnerCountry, VisaType
from models.reference.deadlines import select_days
from models.reference.eligibility import EligibleVisaTypes, is_offered
from models.vocabulary import Wait


@dataclass(frozen=True, slots=True)
class Offer:
    """The visa types, countries and centres that are open for applications today, and the fees."""

    at: datetime
    on: date
    #: What a visa of each type costs.
    fees: Mapping[str, int]
    #: For how many days a visa of each type allows to stay.
    stays: Mapping[str, int]
    #: How long a bill can be paid.
    payable_for: timedelta
    countries: frozenset[str]
    eligible: EligibleVisaTypes
    #: Open centres in the viewer's reach: code to partner and country.
    centres: Mapping[str, tuple[str, str]]
    #: Partners and the countries in which they take applications in, in the viewer's reach.
    portals: frozenset[tuple[str, str]]


async def read_offer(transaction: WriteTransaction, nationalities: Collection[str]) -> Offer:
    """What is open to the viewer today, and to these nationalities."""
    [now] = await transaction.rows(select(func.clock_timestamp().label("at"), today().label("on")))
    fees = await transaction.rows(_fees_in_force(now.on))
    deadlines = await transaction.rows(select_days(Wait.PAYMENT, now.on))
    countries = await transaction.rows(select(Country.code))
    eligible = await read_eligible(transaction, nationalities, now.on)
    centres = await transaction.rows(
        select(Centre.code, Centre.partner_code, Centre.country_code)
        .join(
            PartnerCountry,
            (PartnerCountry.partner_code == Centre.partner_code)
            & (PartnerCountry.country_code == Centre.country_code),
        )
        .where(
            reachable("Centre", transaction.viewer),
            _is_open(Centre, now.on),
            _is_open(PartnerCountry, now.on),
        )
    )
    portals = await transaction.rows(
        select(PartnerCountry.partner_code, PartnerCountry.country_code).where(
            reachable("PartnerCountry", transaction.viewer), _is_open(PartnerCountry, now.on)
        )
    )
    return Offer(
        now.at,
        now.on,
        # Without a deadline nothing can be billed.
        {row.visa_type_code: row.amount_idr for row in fees} if deadlines else {},
        {row.visa_type_code: row.stay_days for row in fees},
        timedelta(days=deadlines[0].days if deadlines else 0),
        frozenset(row.code for row in countries),
        eligible,
        {row.code: (row.partner_code, row.country_code) for row in centres},
        frozenset((row.partner_code, row.country_code) for row in portals),
    )


def _fees_in_force(on: date) -> Any:
    """What a visa costs of each type that is offered."""
    return (
        select(Fee.visa_type_code, Fee.amount_idr, VisaType.stay_days)
        .join(VisaType, VisaType.code == Fee.visa_type_code)
        .where(Fee.valid_from <= on, is_offered(on))
        .ext(distinct_on(Fee.visa_type_code))
        .order_by(Fee.visa_type_code, Fee.valid_from.desc())
    )


def _is_open(noun: Any, on: date) -> Any:
    """The condition that a country or a centre of a partner is open on a day."""
    return (noun.opened_on <= on) & or_(noun.closed_on.is_(None), noun.closed_on > on)
