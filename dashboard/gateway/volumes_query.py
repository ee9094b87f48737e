"""What pages and files ask about volumes, with the token of whoever looks."""

import asyncio
from collections.abc import Iterable
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

#: Questions of the page Volumes, each with the figures of some of its parts.
SUMMARY, MONTHS, PLACES, CHOICES, PUBLISHED = "summary", "months", "places", "choices", "published"


async def ask_volumes(
    gateway: Asker,
    session: Session,
    audience: Audience,
    period: Period,
    address: Address,
    questions: Iterable[str],
) -> Volumes:
    """The volumes of a period, as far as these questions tell of them."""
    variables = variables_of(period, address)
    asked = [each for each in questions if each != PUBLISHED or audience.publishes]
    answers = await asyncio.gather(
        *(
            gateway.ask(
                f"volumes/{name}:{audience.name}",
                _variables_for(name, variables),
                session.access_token,
                session.role,
            )
            for name in asked
        )
    )
    data = {name: table for answer in answers for name, table in answer.items()}
    return read_volumes(data, period, address)


def _variables_for(name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Those of one question: what it does not ask for must not make it another question."""
    if name == CHOICES:
        return {key: variables[key] for key in ("knownFrom", "to", "language")}
    if name == PUBLISHED:
        return published_variables(last_quarters(PUBLISHED_QUARTERS, today())) | {
            "language": variables["language"]
        }
    return variables


def published_variables(quarters: Period) -> dict[str, Any]:
    return {
        "publishedFrom": quarters.from_on.isoformat(),
        "publishedTo": quarters.to_on.isoformat(),
    }


def variables_of(period: Period, address: Address) -> dict[str, Any]:
    """Of every question about a period; GraphQL leaves aside what a document does not declare."""
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
        "where": condition(address.filters, without=address.by),
        "whereChosen": condition(address.filters),
        "isByCountry": address.by == COUNTRY,
        "hasMore": address.measures == "all",
        "language": address.language.upper(),
    }
