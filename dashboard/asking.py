"""What the page and its exports ask the gateway, with the token of whoever looks."""

from typing import Any

from dashboard.api import Gateway
from dashboard.measures import Audience
from dashboard.period import Period
from dashboard.sessions import Session
from dashboard.volumes import Volumes, read_volumes


async def ask_volumes(
    gateway: Gateway, session: Session, audience: Audience, period: Period, language: str
) -> Volumes:
    """Everything that is shown of a period, in one question."""
    variables = variables_of(period, language)
    data = await gateway.ask(audience.document, variables, session.access_token, session.role)
    return read_volumes(data, period)


def variables_of(period: Period, language: str) -> dict[str, Any]:
    """Of the documents ``processing_volumes*``."""
    return {
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "previousFrom": period.previous.from_on.isoformat(),
        "previousTo": period.previous.to_on.isoformat(),
        "yearBeforeFrom": period.year_before.from_on.isoformat(),
        "yearBeforeTo": period.year_before.to_on.isoformat(),
        "hasYearBefore": period.year_before != period.previous,
        "knownFrom": period.known_from_on.isoformat(),
        "language": language.upper(),
    }
