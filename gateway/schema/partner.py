"""Partners, their countries and their visa centres."""

from datetime import date
from typing import Annotated

import strawberry

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
