"""What the page and its exports ask the gateway, with the token of whoever looks."""

from typing import Any

from dashboard.gateway.client import Asker
from dashboard.gateway.session import Session
from dashboard.model.filters import COUNTRY, condition
from dashboard.model.measures import Audience
from dashboard.model.page_state import Address
from dashboard.model.period import Period, last_quarters, today
from dashboard.model.volumes import Volumes, read_volumes

#: The last one that is over may not be published yet.
PUBLISHED_QUARTERS = 2


async def ask_volumes(
    gateway: Asker, session: Session, audience: Audience, period: Period, address: Address
) -> Volumes:
    """Everything that is shown of a period, in one question."""
    variables = variables_of(period, address)
    if audience.publishes:
        variables |= published_variables(last_quarters(PUBLISHED_QUARTERS, today()))
    data = await gateway.ask(audience.document, variables, session.access_token, session.role)
    return read_volumes(data, period, address)


def published_variables(quarters: Period) -> dict[str, Any]:
    return {
        "publishedFrom": quarters.from_on.isoformat(),
        "publishedTo": quarters.to_on.isoformat(),
    }


def variables_of(period: Period, address: Address) -> dict[str, Any]:
    """Of the documents ``processing_volumes*``."""
    has_year_before = period.year_before != period.previous
    return {
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "previousFrom": period.previous.from_on.isoformat(),
        "previousTo": period.previous.to_on.isoformat(),
        "yearBeforeFrom": period.year_before.from_on.isoformat(),
        "yearBeforeTo": period.year_before.to_on.isoformat(),
        "hasYearBefore": has_year_before,
        # Only a file has a column for it, and a file has every measure.
        "hasYearBeforePlaces": has_year_before and address.measures == "all",
        "knownFrom": period.known_from_on.isoformat(),
        "recentFrom": period.recent_from_on.isoformat(),
        "group": [address.by.upper()],
        "groupMonths": [address.by.upper(), "MONTH"],
        "other": [address.other.upper()],
        "where": condition(address.filters, without=address.by),
        "whereChosen": condition(address.filters),
        "whereOther": condition(address.filters, without=address.other),
        "isByCountry": address.by == COUNTRY,
        # Without a filter the months themselves tell from when on anything is known.
        "isNarrowed": any(address.filters.values()),
        "isChosen": bool(address.place),
        "hasMore": address.measures == "all",
        "language": address.language.upper(),
    }
