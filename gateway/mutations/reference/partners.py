"""Builds the rows that proposals write: partners, the countries they work in, and centres."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, select

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
    check_known,
    end_row,
)
from gateway.mutations.row_lookups import Values, is_there, read_row
from models import Centre, Country, Partner, PartnerCountry
from models.life import Refusal

_COUNTRIES = DatedTable(PartnerCountry, "opened_on", "closed_on")
_CENTRES = DatedTable(Centre, "opened_on", "closed_on")


async def build_partner(
    transaction: WriteTransaction, request: ProposePartner, today: date, reasons: Reasons
) -> list[Row]:
    if await is_there(transaction, Partner, {"code": request.code}):
        reasons.add(Refusal.CODE_TAKEN, "code")
    reasons.refuse_if_any()
    return [Row(Partner, {"code": request.code, "name": request.name})]


async def build_country(
    transaction: WriteTransaction, request: ProposePartnerCountry, today: date, reasons: Reasons
) -> list[Row]:
    await check_known(transaction, reasons, Partner, request.partner, "partner")
    await check_known(transaction, reasons, Country, request.country, "country")
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
    await check_known(transaction, reasons, Partner, request.partner, "partner")
    if reasons.has("partner"):
        reasons.refuse_if_any()
    place = {"partner_code": request.partner, "country_code": request.country}
    elsewhere = ("country_code", request.country)
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
    await check_known(transaction, reasons, Partner, request.partner, "partner")
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
    key, successor = {"code": request.centre}, {"successor_code": request.successor}
    if closing := await read_row(transaction, Centre, key, "partner_code"):
        another = ("code", request.centre)
        await _check_successor(transaction, request, closing.partner_code, another, reasons)
    closed = await end_row(
        transaction, request, _CENTRES, key, today, reasons, "centre", with_end=successor
    )
    return [closed]


async def _check_successor(
    transaction: WriteTransaction,
    request: ProposePartnerCountryClosing | ProposeCentreClosing,
    partner: str,
    other_than: tuple[str, str],
    reasons: Reasons,
) -> None:
    """Add a reason unless the successor, if one is named, is another centre, open on the day from
    which on the place is closed.

    ``other_than`` is the column in which one of the same partner differs from the place, and what
    it is there.
    """
    if request.successor is None:
        return
    column, value = other_than
    successor = {"code": request.successor, "owner": partner, "other": value}
    if request.closed_on is None or not await transaction.fetch_one(
        _select_open_centre, column, **successor, on=request.closed_on
    ):
        reasons.add(Refusal.INVALID, "successor", rule="no_successor")


def _select_open_centre(differs_in: str) -> Any:
    on = bindparam("on", None, Date)
    is_open = [
        (noun.opened_on <= on) & (noun.closed_on.is_(None) | (noun.closed_on > on))
        for noun in (Centre, PartnerCountry)
    ]
    return (
        select(Centre.code)
        .join(
            PartnerCountry,
            (PartnerCountry.partner_code == Centre.partner_code)
            & (PartnerCountry.country_code == Centre.country_code),
        )
        .where(
            Centre.code == bindparam("code"),
            (Centre.partner_code != bindparam("owner"))
            | (getattr(Centre, differs_in) != bindparam("other")),
            *is_open,
        )
    )


async def takeovers(
    transaction: WriteTransaction, changed: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """From which partner to which other one open files go by a change: its rows as JSON."""
    found: list[tuple[str, str]] = []
    for row in changed:
        successor, leaves = row["after"].get("successor_code"), row["after"].get("partner_code")
        if successor and (there := await read_row(transaction, Centre, {"code": successor})):
            found += [(leaves, there.partner_code)] if there.partner_code != leaves else []
    return found


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
