"""Partners, their countries and their visa centres, and which of these close."""

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select

from gateway.access.transactions.prepared import bind_for
from gateway.mapping.connections import Connection
from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from gateway.schema.country import Country
from models import Centre as CentreRow
from models import Country as CountryRow
from models import Partner as PartnerRow
from models import PartnerCountry as PartnerCountryRow
from models.reference.partner import DAYS_WITH_A_CLOSED_PLACE

_SUCCESSOR = (
    "The centre that gets the files that are open after that; none: the directorate, or it is open."
)


@noun(key=PartnerCountryRow.country_code)
class PartnerCountry:
    """A country in which a partner takes applications."""

    country: Country | None = link(PartnerCountryRow.country_code, CountryRow.code, "The country.")
    opened_on: date = column(PartnerCountryRow.opened_on, "First day.")
    closed_on: date | None = column(
        PartnerCountryRow.closed_on,
        "First day no longer: nothing is taken in. Files that are open stay for"
        f" {DAYS_WITH_A_CLOSED_PLACE} days.",
    )
    successor: Annotated["Centre", strawberry.lazy("gateway.schema.partner")] | None = link(
        PartnerCountryRow.successor_code, CentreRow.code, _SUCCESSOR
    )


@noun(key=CentreRow.code)
class Centre(Node):
    """A visa centre of a partner."""

    code: str = column(CentreRow.code, "Code, such as `AU-SYD`.", filters=True, orders=True)
    city: str = column(CentreRow.city, "City, such as `Sydney`.")
    partner: Annotated["Partner", strawberry.lazy("gateway.schema.partner")] | None = link(
        CentreRow.partner_code, PartnerRow.code, "The partner that runs it.", filters=True
    )
    country: Country | None = link(
        CentreRow.country_code, CountryRow.code, "Where it is.", filters=True
    )
    opened_on: date = column(CentreRow.opened_on, "First day.")
    closed_on: date | None = column(
        CentreRow.closed_on,
        "First day no longer: nothing is taken in. Files that are open stay for"
        f" {DAYS_WITH_A_CLOSED_PLACE} days.",
    )
    successor: Annotated["Centre", strawberry.lazy("gateway.schema.partner")] | None = link(
        CentreRow.successor_code, CentreRow.code, _SUCCESSOR
    )


@noun(key=PartnerRow.code)
class Partner(Node):
    """A company that takes applications in; it never decides."""

    code: str = column(PartnerRow.code, "Code, such as `NUSA`.", filters=True, orders=True)
    name: str = column(PartnerRow.name, "Name.")
    countries: Connection[PartnerCountry] = pages(
        PartnerRow.code,
        PartnerCountryRow.partner_code,
        "Where it takes applications, by country code.",
        order=PartnerCountryRow.country_code,
    )
    centres: Connection[Centre] = pages(
        PartnerRow.code, CentreRow.partner_code, "Its visa centres, by code.", order=CentreRow.code
    )


_OF_CLOSING_PLACES = (
    *("partner", "country", "centre", "successor", "closed_on", "hand_in_by"),
    *("open_files", "to_hand_in"),
)


@strawberry.type(
    description="A partner's country, or a centre of its own, that closes or did so lately: its"
    " open files leave it sixty days after."
)
class ClosingPlace:
    partner: str = strawberry.field(description="Code of the partner.")
    country: str = strawberry.field(description="Code of the country.")
    centre: str | None = strawberry.field(
        description="Code of the centre; null where the partner leaves the country."
    )
    successor: str | None = strawberry.field(
        description="Code of the centre that gets what is still open; null: the directorate."
    )
    closed_on: date = strawberry.field(description="First day on which nothing is taken in.")
    hand_in_by: date = strawberry.field(
        description="The last day, in WIB, on which the place has its files."
    )
    open_files: int = strawberry.field(description="How many files are open there.")
    to_hand_in: int = strawberry.field(
        description="How many of these have documents in the partner's own store that it has to"
        " hand in before: `Application.handInBy`."
    )


async def closing_places(info: strawberry.Info) -> list[ClosingPlace]:
    viewer = info.context.viewer
    rows: Any = func.viewer.closing_places(viewer.role.value).table_valued(*_OF_CLOSING_PLACES)
    [found] = await info.context.session.fetch(
        bind_for(viewer, ClosingPlace.__name__, select(rows))
    )
    return [ClosingPlace(**dict(zip(_OF_CLOSING_PLACES, row, strict=True))) for row in found]


def closing_places_field() -> Any:
    return strawberry.field(
        resolver=closing_places,
        description="Places of partners that close, the first to give up their files first.",
    )
