"""What is on file about the person who asks, as a JSON file."""

import logging
from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.components.notice import reason
from dashboard.components.shell import role_text
from dashboard.gateway.client import GatewayClient, GatewayError
from dashboard.model.page_state import Address
from dashboard.pages.my_data.reading import READERS, ask_my_data
from dashboard.texts import Texts, texts
from dashboard.web.plain_page import plain_page
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)


def my_data_route(gateway: GatewayClient) -> Route:
    async def answer(request: Request) -> Response:
        return await _export(gateway)

    return Route("/my-data.json", answer, methods=["GET"])


async def _export(gateway: GatewayClient) -> Response:
    visit = current_visit.get()
    say = texts(visit.language)
    try:
        viewer = await gateway.viewer(visit.session)
        if viewer.role not in READERS:
            why = say("no_figures.why", role=role_text(viewer.role, say))
            return _refusal(say, (why,), HTTPStatus.FORBIDDEN)
        answer = await ask_my_data(gateway, visit.session, visit.language)
    except GatewayError as error:
        log.warning("%s", error)
        words = (say(f"failed.{reason(error.code)}"), f"{say('failed.trace')}: {error.trace_id}")
        return _refusal(say, words, HTTPStatus.BAD_GATEWAY)
    return Response(
        orjson.dumps(answer, option=orjson.OPT_INDENT_2),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="gerbang-my-data.json"'},
    )


def _refusal(say: Texts, words: tuple[str, ...], status: HTTPStatus) -> Response:
    link = ("/my-data" + Address(say.language).link(), say("export.back"))
    return plain_page(say, title=say("failed.title"), words=words, link=link, status=status)
