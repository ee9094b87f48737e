"""What can be applied for today, where, and by whom: visa types, fees, countries and centres."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Date, Text, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from gateway.access.rows import meets_in_role, rule_of_reading
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.rules import Rule
from models import Centre, Country, Fee, PartnerCountry, VisaType
from models.life import Refusal
from models.reference.dated_rules import (
    EligibleVisaTypes,
    is_offered,
    needs_guarantor,
    select_days,
    select_eligible,
    select_months,
    select_now,
)
from models.vocabulary import TripPurpose, Wait


@dataclass(frozen=True, slots=True)
class Offer:
    """The visa types, countries and centres that are open for applications today, and the fees."""

    at: datetime
    on: date
    #: What a visa of each type costs.
    fees: Mapping[str, int]
    #: For how many months after the entry a passport must be valid, by visa type.
    passport_months: Mapping[str, int]
    #: The visa types that need a guarantor.
    guaranteed: frozenset[str]
    #: The last day on which a visa of each type would serve to enter, if it were granted today.
    latest_entries: Mapping[str, date]
    #: How long an application waits for its payment, and how long it can be paid under its first
    #: billing code.
    payable_for: timedelta
    code_lasts: timedelta
    #: The requested countries that exist.
    countries: frozenset[str]
    eligible: EligibleVisaTypes
    #: Open centres in the viewer's reach: code to partner and country.
    centres: Mapping[str, tuple[str, str]]
    #: Partners and the countries in which they take applications in, in the viewer's reach.
    portals: frozenset[tuple[str, str]]


async def read_offer(
    transaction: WriteTransaction, nationalities: Collection[str], countries: Collection[str]
) -> Offer:
    """What is open to the viewer today, and to these nationalities; which countries there are."""
    [now] = await transaction.fetch_one(select_now)
    role, on = transaction.viewer.role, now.on
    fees, deadlines, codes, known, eligible, centres, portals = await transaction.fetch(
        transaction.bind(_select_fees, on=on),
        transaction.bind(_select_deadline, Wait.PAYMENT, on=on),
        transaction.bind(_select_deadline, Wait.BILLING_CODE, on=on),
        transaction.bind(select_countries, codes=list(countries)),
        transaction.bind(select_eligible_then, nationalities=list(nationalities), on=on),
        transaction.bind(_select_centres, rule_of_reading("Centre", role), on=on),
        transaction.bind(_select_portals, rule_of_reading("PartnerCountry", role), on=on),
    )
    payable_for = _days(deadlines)
    offered = {row.visa_type_code: row for row in fees if row.passport_months is not None}
    return Offer(
        now.at,
        on,
        # Without a deadline nothing can be billed.
        {code: row.amount_idr for code, row in offered.items()} if deadlines and codes else {},
        {code: row.passport_months for code, row in offered.items()},
        frozenset(code for code, row in offered.items() if row.needs_guarantor),
        {code: on + timedelta(days=row.use_within_days) for code, row in offered.items()},
        payable_for,
        min(payable_for, _days(codes)),
        frozenset(row.code for row in known),
        EligibleVisaTypes.from_rows(eligible),
        {row.code: (row.partner_code, row.country_code) for row in centres},
        frozenset((row.partner_code, row.country_code) for row in portals),
    )


#: The day for which the offer is read.
_ON = bindparam("on", None, Date)


def _select_fees() -> Any:
    """What a visa of each type that is offered costs, and what it demands of passport and entry."""
    months = select_months(VisaType.code, _ON).scalar_subquery().label("passport_months")
    return (
        select(
            *(Fee.visa_type_code, Fee.amount_idr, VisaType.use_within_days, months),
            needs_guarantor(VisaType.code, _ON).label("needs_guarantor"),
        )
        .join(VisaType, VisaType.code == Fee.visa_type_code)
        .where(Fee.valid_from <= _ON, is_offered(_ON))
        .ext(distinct_on(Fee.visa_type_code))
        .order_by(Fee.visa_type_code, Fee.valid_from.desc())
    )


def _days(deadline: Sequence[Any]) -> timedelta:
    return timedelta(days=deadline[0].days if deadline else 0)


def _select_deadline(wait: Wait) -> Any:
    return select_days(wait, _ON)


def select_countries() -> Any:
    return select(Country.code).where(Country.code == any_(bindparam("codes", None, ARRAY(Text))))


def _select_centres(rule: Rule | None) -> Any:
    return (
        select(Centre.code, Centre.partner_code, Centre.country_code)
        .join(
            PartnerCountry,
            (PartnerCountry.partner_code == Centre.partner_code)
            & (PartnerCountry.country_code == Centre.country_code),
        )
        .where(meets_in_role(rule), _is_open(Centre), _is_open(PartnerCountry))
    )


def _select_portals(rule: Rule | None) -> Any:
    return select(PartnerCountry.partner_code, PartnerCountry.country_code).where(
        meets_in_role(rule), _is_open(PartnerCountry)
    )


def _is_open(noun: Any) -> Any:
    """The condition that a country or a centre of a partner is open on the day."""
    return (noun.opened_on <= _ON) & or_(noun.closed_on.is_(None), noun.closed_on > _ON)


async def read_eligible(
    transaction: WriteTransaction, nationalities: Collection[str], on: date
) -> EligibleVisaTypes:
    """What is open to some nationalities on a day."""
    names = list(nationalities)
    return EligibleVisaTypes.from_rows(
        await transaction.fetch_one(select_eligible_then, nationalities=names, on=on)
    )


def select_eligible_then() -> Any:
    """What is open to ``nationalities`` on the day ``on``."""
    nationalities = bindparam("nationalities", None, ARRAY(Text))
    return select_eligible(nationalities, bindparam("on", None, Date))


def check_eligible(
    eligible: EligibleVisaTypes,
    nationality: str,
    visa_type: str,
    purpose: TripPurpose | None,
    reasons: Reasons,
) -> None:
    """Add a reason, with what fits instead, if nationals of a country cannot take a visa type.

    Without a purpose the visa type must serve them for any.
    """
    fitting = eligible.fitting_types(nationality, purpose)
    if visa_type in fitting:
        return
    if visa_type in eligible.fitting_types(nationality):
        path = "tripPurpose"
        if fitting:
            reasons.add(Refusal.PURPOSE_NOT_SERVED, path, rule="fits_purpose", fitting=fitting)
        else:
            reasons.add(Refusal.PURPOSE_NOT_SERVED, path, fitting=())
    else:
        path = "visaType"
        if fitting:
            reasons.add(
                Refusal.NATIONALITY_NOT_ELIGIBLE, path, rule="fits_nationality", fitting=fitting
            )
        else:
            reasons.add(Refusal.NATIONALITY_NOT_ELIGIBLE, path, fitting=())
