"""What pages and files ask about volumes, with the token of whoever looks."""

import asyncio
from collections.abc import Iterable
from typing import Any

from dashboard.gateway.client import Asker
from dashboard.gateway.session import Session
from dashboard.model.filters import FILTER, GROUPINGS, condition
from dashboard.model.measures import Audience
from dashboard.model.page_state import Address
from dashboard.model.period import Period, today
from dashboard.model.published import published_window
from dashboard.model.volumes import Volumes, read_volumes

#: Questions of the page Volumes, each with the figures of some of its parts.
SUMMARY, MONTHS, PLACES, PUBLISHED = "summary", "months", "places", "published"
#: What is called how; and what the filters offer, which is read day by day and takes longest, so
#: that nothing else waits for it.
NAMES, CHOICES = "names", "choices"
_PUBLISHED = ("publishedFrom", "publishedTo", "publishedBy")
_NAMED = ("isNamed", "named", "isCentreNamed", "namedCentres")


async def ask_volumes(
    gateway: Asker,
    session: Session,
    audience: Audience,
    period: Period,
    address: Address,
    questions: Iterable[str],
) -> Volumes:
    """The volumes of a period, as far as these questions tell of them."""
    variables = variables_of(period, address) | published_variables(period)
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
    if name == NAMES:
        return {key: variables[key] for key in (*_NAMED, "language")}
    if name == PUBLISHED:
        return {key: variables[key] for key in (*_PUBLISHED, "language")}
    others = (*_PUBLISHED, *_NAMED)
    return {key: value for key, value in variables.items() if key not in others}


def published_variables(period: Period) -> dict[str, Any]:
    """What is asked of published figures, which are of whole calendar periods."""
    window = published_window(period, today())
    values = (
        window.period.from_on.isoformat(),
        window.period.to_on.isoformat(),
        ["COUNTRY", window.grain],
    )
    return dict(zip(_PUBLISHED, values, strict=True))


def variables_of(period: Period, address: Address) -> dict[str, Any]:
    """Of every question about a period; GraphQL leaves aside what a document does not declare."""
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
        "language": address.language.upper(),
    }
