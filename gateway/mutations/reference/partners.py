"""Partners, the countries in which they take applications, and their centres."""

from datetime import date

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, Reasons, RefusedError
from gateway.mutations.reference.requests import (
    AddPartner,
    CloseCentre,
    ClosePartnerCountry,
    OpenCentre,
    OpenPartnerCountry,
)
from gateway.mutations.reference.rows import (
    Span,
    Values,
    check_known,
    end,
    insert_unless_exists,
    is_known,
    lock_row,
    replace,
)
from models import Base, Centre, Country, Partner, PartnerCountry
from models.life import Refusal

_COUNTRIES = Span(PartnerCountry, "opened_on", "closed_on")
_CENTRES = Span(Centre, "opened_on", "closed_on")


async def add_partner(
    transaction: WriteTransaction, request: AddPartner, today: date, reasons: Reasons
) -> str:
    if await is_known(transaction, Partner.code, request.code):
        reasons.add(Refusal.CODE_TAKEN, "code")
    reasons.refuse_if_any()
    if not await insert_unless_exists(
        transaction, Partner, {"code": request.code}, {"name": request.name}
    ):  # by another request, meanwhile
        raise RefusedError(Reason(Refusal.CODE_TAKEN, ("code",)))
    return request.code


async def open_country(
    transaction: WriteTransaction, request: OpenPartnerCountry, today: date, reasons: Reasons
) -> str:
    await check_known(transaction, reasons, Partner.code, request.partner, "partner")
    await check_known(transaction, reasons, Country.code, request.country, "country")
    reasons.refuse_if_any()
    place = {"partner_code": request.partner, "country_code": request.country}
    opening = {"opened_on": request.opened_on}
    if not await insert_unless_exists(transaction, PartnerCountry, place, opening):
        await _replace_opening(transaction, request, PartnerCountry, place, opening, today)
    return request.partner


async def close_country(
    transaction: WriteTransaction, request: ClosePartnerCountry, today: date, reasons: Reasons
) -> str:
    """Close a country of a partner. Which it serves cannot be said of an unknown partner."""
    await check_known(transaction, reasons, Partner.code, request.partner, "partner")
    if reasons.has("partner"):
        reasons.refuse_if_any()
    place = {"partner_code": request.partner, "country_code": request.country}
    await end(transaction, request, _COUNTRIES, place, today, reasons, "country")
    return request.partner


async def open_centre(
    transaction: WriteTransaction, request: OpenCentre, today: date, reasons: Reasons
) -> str:
    """Open a centre. Its partner must take applications in the country on that day."""
    await check_known(transaction, reasons, Partner.code, request.partner, "partner")
    place = {"partner_code": request.partner, "country_code": request.country}
    if not (reasons.has("partner") or reasons.has("openedOn")):
        country = await lock_row(transaction, request, PartnerCountry, place)
        if country is None or not _is_open(country, request.opened_on):
            reasons.add(Refusal.INVALID, "country", rule="not_served")
    reasons.refuse_if_any()
    code, opening = {"code": request.code}, {"city": request.city, "opened_on": request.opened_on}
    if not await insert_unless_exists(transaction, Centre, code, {**place, **opening}):
        await _replace_opening(transaction, request, Centre, {**code, **place}, opening, today)
    return request.code


async def close_centre(
    transaction: WriteTransaction, request: CloseCentre, today: date, reasons: Reasons
) -> str:
    await end(transaction, request, _CENTRES, {"code": request.centre}, today, reasons, "centre")
    return request.centre


async def _replace_opening(
    transaction: WriteTransaction,
    request: OpenPartnerCountry | OpenCentre,
    noun: type[Base],
    key: Values,
    opening: Values,
    today: date,
) -> None:
    """Replace the opening of something that has not opened before today."""
    row = await lock_row(transaction, request, noun, key)
    if row is None:
        raise RefusedError(Reason(Refusal.CODE_TAKEN, ("code",)))
    if row.opened_on < today:
        raise RefusedError(Reason(Refusal.ALREADY_BEGUN, ("openedOn",)))
    if row.closed_on is not None and row.closed_on <= request.opened_on:
        raise RefusedError(Reason(Refusal.INVALID, ("openedOn",), rule="closed_by_then"))
    await replace(transaction, noun, key, opening)


def _is_open(country: PartnerCountry, on: date) -> bool:
    return country.opened_on <= on and (country.closed_on is None or country.closed_on > on)
