"""How a part of the page reads its figures."""

from collections.abc import Sequence
from typing import Any

from dashboard.components.page_request import PageRequest, page_request
from dashboard.gateway.client import GatewayError
from dashboard.gateway.volumes_query import ask_volumes
from dashboard.model.measures import AUDIENCES
from dashboard.model.period import today
from dashboard.pages.volumes.view import View


async def read_view(state: Any, *questions: str) -> View:
    """What is to be shown of these questions. Raises GatewayError."""
    request = page_request(state)
    return await request.share(questions, lambda: _read(request, questions))


async def _read(request: PageRequest, questions: Sequence[str]) -> View:
    viewer = await request.viewer()
    audience = AUDIENCES.get(viewer.role)
    if audience is None:  # the role was changed elsewhere, while this page stood open
        raise GatewayError("FORBIDDEN", "no figures for this role", "")
    address = request.address.among(audience)
    period = address.chosen_period(today())
    volumes = await ask_volumes(
        request.gateway, request.session, audience, period, address, questions
    )
    return View(address, viewer, audience, period, volumes, request.say, request.gateway.outage)
