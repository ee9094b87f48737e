"""The questions of pages and files about volumes, asked with the viewer's token."""

import asyncio
from collections.abc import Iterable
from typing import Any

from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session
from dashboard.model.filters import FILTER, GROUPINGS, NATIONALITY, VISA, condition
from dashboard.model.measures import Audience
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.model.volumes import Volumes, read_volumes

#: Questions of the page Volumes, each with the figures of some of its parts.
SUMMARY, MONTHS, PLACES, NETWORK = "summary", "months", "places", "network"
#: Names of codes; and the choices of the filters, which are read day by day and take longest, so
#: that nothing else waits for them.
NAMES, CHOICES = "names", "choices"
#: What figures of the network are broken down by.
NETWORK_BY = (VISA, NATIONALITY)
_NAMED = ("isNamed", "named", "isCentreNamed", "namedCentres")


async def ask_volumes(
    gateway: GatewayClient,
    session: Session,
    audience: Audience,
    period: Period,
    address: Address,
    questions: Iterable[str],
) -> Volumes:
    """The volumes of a period, as far as these questions cover them."""
    variables = variables_of(period, address, audience)
    has_network = audience.has_network and address.by in NETWORK_BY
    asked = [each for each in questions if each != NETWORK or has_network]
    answers = await asyncio.gather(
        *(
            gateway.ask(
                f"volumes/{name}",
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
    """The variables of one question only: a variable that it does not use would make it a different
    question to the cache."""
    if name == CHOICES:
        return {key: variables[key] for key in ("knownFrom", "to", "language")}
    if name == NAMES:
        return {key: variables[key] for key in (*_NAMED, "language")}
    return {key: value for key, value in variables.items() if key not in _NAMED}


def variables_of(period: Period, address: Address, audience: Audience) -> dict[str, Any]:
    """The variables of every question about a period; GraphQL ignores those that a document does
    not declare."""
    before, filters = period.before(address.compare), address.filters
    dimension = FILTER[address.by].dimension
    named = [*address.country, *address.nationality]
    return {
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "beforeFrom": before.from_on.isoformat(),
        "beforeTo": before.to_on.isoformat(),
        "knownFrom": period.known_from_on.isoformat(),
        "recentFrom": period.recent_from_on.isoformat(),
        "group": [dimension],
        "groupMonths": [dimension, "MONTH"],
        "where": condition(filters, without=address.by),
        "whereChosen": condition(filters),
        **{f"isBy{key.capitalize()}": key == address.by for key in GROUPINGS},
        "isSeveral": len(address.members) > 1,
        "isNamed": bool(named),
        "named": named,
        "isCentreNamed": bool(address.centre),
        "namedCentres": list(address.centre),
        "hasMore": address.measures == "all",
        "hasOutcomes": audience.has_outcomes,
        "language": address.language.upper(),
    }
