"""What the page and its exports ask the gateway, with the token of whoever looks."""

from dashboard.api import Gateway
from dashboard.measures import Audience
from dashboard.period import Period
from dashboard.sessions import Session
from dashboard.volumes import Volumes, read_volumes


async def ask_volumes(
    gateway: Gateway, session: Session, audience: Audience, period: Period, language: str
) -> Volumes:
    """Everything that is shown of a period, in one question."""
    variables = {
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "previousFrom": period.previous.from_on.isoformat(),
        "previousTo": period.previous.to_on.isoformat(),
        "trendFrom": period.trend_from_on.isoformat(),
        "language": language.upper(),
    }
    data = await gateway.ask(audience.document, variables, session.access_token, session.role)
    return read_volumes(data)
