"""What can be applied for today, where, and by whom: visa types, fees, countries and centres."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Date, Text, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from gateway.access.rows import meets_in_role, rule_of_reading
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reasons
from gateway.mutations.requests import Submission
from gateway.rules import Rule
from gateway.viewer import Viewer
from models import Centre, Country, Fee, PartnerCountry, VisaType
from models.case.reference_numbers import DIRECT, IntakePlace
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
from models.vocabulary import Channel, Role, TripPurpose, Wait


@dataclass(frozen=True, slots=True)
class Offer:
    """The visa types, countries and centres that are open for applications today, and the fees."""

    at: datetime
    on: date
    #: What a visa of each type costs, by the days within which it serves to enter.
    fees: Mapping[str, Mapping[int, int]]
    #: For how many months after the entry a passport must be valid, by visa type.
    passport_months: Mapping[str, int]
    #: The visa types that need a guarantor.
    guaranteed: frozenset[str]
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
    offered = [row for row in fees if row.is_offered and row.passport_months is not None]
    prices = defaultdict[str, dict[int, int]](dict)
    for row in offered:
        prices[row.visa_type_code][row.use_within_days] = row.amount_idr
    return Offer(
        now.at,
        on,
        # Without a deadline nothing can be billed.
        dict(prices) if deadlines and codes else {},
        {row.visa_type_code: row.passport_months for row in offered},
        frozenset(row.visa_type_code for row in offered if row.needs_guarantor),
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
    """What a visa of each type costs for each validity, whether that is offered, and what the type
    demands of passport and guarantor."""
    months = select_months(VisaType.code, _ON).scalar_subquery().label("passport_months")
    validity = Fee.visa_type_code, Fee.use_within_days
    return (
        select(
            *(*validity, Fee.amount_idr, Fee.is_offered, months),
            needs_guarantor(VisaType.code, _ON).label("needs_guarantor"),
        )
        .join(VisaType, VisaType.code == Fee.visa_type_code)
        .where(Fee.valid_from <= _ON, is_offered(_ON))
        .ext(distinct_on(*validity))
        .order_by(*validity, Fee.valid_from.desc())
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


def find_validity(offered: Collection[int], chosen: int | None, reasons: Reasons) -> int:
    """For how many days a visa serves to enter, of those that are offered: as chosen, or as the
    only ones say. Adds a reason, with what is offered, if it is neither; the longest is answered
    then, and 0 where nothing is offered."""
    if chosen in offered or (chosen is None and len(offered) == 1):
        return chosen or next(iter(offered))
    if offered:
        limits = {"offered": ", ".join(map(str, sorted(offered)))}
        reasons.add(
            Refusal.VALIDITY_NOT_OFFERED, "useWithinDays", rule="fits_validity", limits=limits
        )
    return max(offered, default=0)


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


def find_place(
    viewer: Viewer, submission: Submission, offer: Offer, reasons: Reasons
) -> IntakePlace:
    """The place that a submission names, or the only one that it can mean.

    Adds a reason where there is none; the place is then not to be used.
    """
    if viewer.role is Role.APPLICANT:
        _refuse_place(submission, reasons)
        return DIRECT
    if submission.centre is not None or (viewer.role is Role.PARTNER_AGENT and viewer.centres):
        return _at_centre(viewer, submission, offer, reasons)
    return _at_portal(viewer, submission, offer, reasons)


def _refuse_place(submission: Submission, reasons: Reasons) -> None:
    if submission.centre is not None:
        reasons.add(Refusal.INVALID, "centre", rule="no_centre")
    if submission.country is not None:
        reasons.add(Refusal.INVALID, "country", rule="no_centre")


def _at_centre(
    viewer: Viewer, submission: Submission, offer: Offer, reasons: Reasons
) -> IntakePlace:
    code = submission.centre
    if code is None and len(viewer.centres) == 1:
        code = viewer.centres[0]
    if code is None or code not in offer.centres:
        reasons.add(Refusal.CENTRE_NOT_FOUND, "centre")
        return DIRECT
    partner, country = offer.centres[code]
    if submission.country not in (None, country):
        reasons.add(Refusal.COUNTRY_NOT_FOUND, "country")
    return IntakePlace(Channel.PARTNER_CENTRE, partner, country, code)


def _at_portal(
    viewer: Viewer, submission: Submission, offer: Offer, reasons: Reasons
) -> IntakePlace:
    country = submission.country
    if country is None and len(viewer.countries) == 1:
        country = viewer.countries[0]
    if viewer.partner is None or country is None or (viewer.partner, country) not in offer.portals:
        reasons.add(Refusal.COUNTRY_NOT_FOUND, "country")
        return DIRECT
    return IntakePlace(Channel.PARTNER_PORTAL, viewer.partner, country)
