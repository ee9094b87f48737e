"""Builds the rows that proposals write: partners, the countries they work in, and centres."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import (
    ProposeCentre,
    ProposeCentreClosing,
    ProposePartner,
    ProposePartnerCountry,
    ProposePartnerCountryClosing,
)
from gateway.mutations.reference.rows import (
    DatedTable,
    Row,
    Values,
    check_known,
    end_row,
    is_known,
    read_row,
)
from models import Centre, Country, Partner, PartnerCountry
from models.life import Refusal

_COUNTRIES = DatedTable(PartnerCountry, "opened_on", "closed_on")
_CENTRES = DatedTable(Centre, "opened_on", "closed_on")


async def build_partner(
    transaction: WriteTransaction, request: ProposePartner, today: date, reasons: Reasons
) -> list[Row]:
    if await is_known(transaction, Partner.code, request.code):
        reasons.add(Refusal.CODE_TAKEN, "code")
    reasons.refuse_if_any()
    return [Row(Partner, {"code": request.code, "name": request.name})]


async def build_country(
    transaction: WriteTransaction, request: ProposePartnerCountry, today: date, reasons: Reasons
) -> list[Row]:
    await check_known(transaction, reasons, Partner.code, request.partner, "partner")
    await check_known(transaction, reasons, Country.code, request.country, "country")
    reasons.refuse_if_any()
    place = {"partner_code": request.partner, "country_code": request.country}
    there = await read_row(transaction, PartnerCountry, place)
    closing = _closing_of(there, request.opened_on, today)
    return [Row(PartnerCountry, {**place, "opened_on": request.opened_on, **closing})]


async def build_country_closing(
    transaction: WriteTransaction,
    request: ProposePartnerCountryClosing,
    today: date,
    reasons: Reasons,
) -> list[Row]:
    """Close a partner in a country. An unknown partner is refused at once: nothing else can be
    checked for it."""
    await check_known(transaction, reasons, Partner.code, request.partner, "partner")
    if reasons.has("partner"):
        reasons.refuse_if_any()
    place = {"partner_code": request.partner, "country_code": request.country}
    elsewhere = Centre.country_code != request.country
    await _check_successor(transaction, request, request.partner, elsewhere, reasons)
    successor = {"successor_code": request.successor}
    closing = await end_row(
        transaction, request, _COUNTRIES, place, today, reasons, "country", with_end=successor
    )
    return [closing]


async def build_centre(
    transaction: WriteTransaction, request: ProposeCentre, today: date, reasons: Reasons
) -> list[Row]:
    """A centre. Its partner must take applications in the country on its first day."""
    await check_known(transaction, reasons, Partner.code, request.partner, "partner")
    place = {"partner_code": request.partner, "country_code": request.country}
    if not (reasons.has("partner") or reasons.has("openedOn")):
        served = await read_row(transaction, PartnerCountry, place)
        if served is None or not _is_open(served, request.opened_on):
            reasons.add(Refusal.INVALID, "country", rule="not_served")
    reasons.refuse_if_any()
    there = await read_row(transaction, Centre, {"code": request.code})
    if there and (there.partner_code, there.country_code) != (request.partner, request.country):
        raise RefusedError(Reason(Refusal.CODE_TAKEN, ("code",)))
    days = {"opened_on": request.opened_on, **_closing_of(there, request.opened_on, today)}
    return [Row(Centre, {"code": request.code, **place, "city": request.city, **days})]


async def build_centre_closing(
    transaction: WriteTransaction, request: ProposeCentreClosing, today: date, reasons: Reasons
) -> list[Row]:
    closing = select(Centre.partner_code).where(Centre.code == request.centre)
    if partners := await transaction.rows(closing):
        another = Centre.code != request.centre
        await _check_successor(transaction, request, partners[0].partner_code, another, reasons)
    key, successor = {"code": request.centre}, {"successor_code": request.successor}
    closed = await end_row(
        transaction, request, _CENTRES, key, today, reasons, "centre", with_end=successor
    )
    return [closed]


async def _check_successor(
    transaction: WriteTransaction,
    request: ProposePartnerCountryClosing | ProposeCentreClosing,
    partner: str,
    is_elsewhere: ColumnElement[bool],
    reasons: Reasons,
) -> None:
    """Add a reason unless the successor, if one is named, is another centre of the partner, open on
    the day from which on the place is closed."""
    if request.successor is None:
        return
    is_open = [
        (noun.opened_on <= request.closed_on)
        & (noun.closed_on.is_(None) | (noun.closed_on > request.closed_on))
        for noun in (Centre, PartnerCountry)
    ]
    open_centre = (
        select(Centre.code)
        .join(
            PartnerCountry,
            (PartnerCountry.partner_code == Centre.partner_code)
            & (PartnerCountry.country_code == Centre.country_code),
        )
        .where(
            Centre.code == request.successor, Centre.partner_code == partner, is_elsewhere, *is_open
        )
    )
    if request.closed_on is None or not await transaction.rows(open_centre):
        reasons.add(Refusal.INVALID, "successor", rule="no_successor")


def _closing_of(there: Any, opened_on: date, today: date) -> Values:
    """The closing day and the successor of a place whose first day is proposed or changed.

    Raises RefusedError where it has opened before today, or would have closed by then.
    """
    if there is None:
        return {"closed_on": None, "successor_code": None}
    if there.opened_on < today:
        raise RefusedError(Reason(Refusal.ALREADY_BEGUN, ("openedOn",)))
    closed_on: date | None = there.closed_on
    if closed_on is not None and closed_on <= opened_on:
        raise RefusedError(Reason(Refusal.INVALID, ("openedOn",), rule="closed_by_then"))
    return {"closed_on": closed_on, "successor_code": there.successor_code}


def _is_open(country: Any, on: date) -> bool:
    return country.opened_on <= on and (country.closed_on is None or country.closed_on > on)
