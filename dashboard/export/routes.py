"""The routes that serve the table of a page's address as a file."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.components.notice import reason
from dashboard.components.shell import role_text
from dashboard.export.files import as_csv, as_months_csv, as_xlsx
from dashboard.export.sheet import Sheet, sheet_of
from dashboard.gateway.client import GatewayClient, GatewayError
from dashboard.gateway.volumes_query import MONTHS, NAMES, PLACES, SUMMARY, ask_volumes
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import read_address
from dashboard.model.period import Period, today
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts, texts
from dashboard.web.gate import query_of
from dashboard.web.plain_page import plain_page
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

QUESTIONS = (NAMES, SUMMARY, MONTHS, PLACES)
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(gateway: GatewayClient) -> list[Route]:
    def export(
        media_type: str, write: Callable[[Sheet], bytes]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            name = request.url.path.removeprefix("/")
            return await _export(request, gateway, name, media_type, write)

        return answer

    return [
        Route("/export.csv", export(CSV, as_csv), methods=["GET"]),
        Route("/export-months.csv", export(CSV, as_months_csv), methods=["GET"]),
        Route("/export.xlsx", export(XLSX, as_xlsx), methods=["GET"]),
    ]


async def _export(
    request: Request,
    gateway: GatewayClient,
    name: str,
    media_type: str,
    write: Callable[[Sheet], bytes],
) -> Response:
    visit = current_visit.get()
    address = read_address(query_of(request), visit.language)
    say = texts(address.language)
    back = "/volumes" + address.link()
    try:
        viewer = await gateway.viewer(visit.session)
        audience = AUDIENCES.get(viewer.role)
        if audience is None:
            why = say("no_figures.why", role=role_text(viewer.role, say))
            return _refusal(say, (why,), back, HTTPStatus.FORBIDDEN)
        # A file holds every measure that its reader may read, whatever the page shows.
        address = replace(address.among(audience), measures="all")
        period = address.chosen_period(today())
        volumes = await ask_volumes(gateway, visit.session, audience, period, address, QUESTIONS)
    except GatewayError as error:
        log.warning("%s", error)
        words = (say(f"failed.{reason(error.code)}"), f"{say('failed.trace')}: {error.trace_id}")
        return _refusal(say, words, back, HTTPStatus.BAD_GATEWAY)
    sheet = sheet_of(View(address, viewer, audience, period, volumes, say))
    disposition = f'attachment; filename="{_file_name(name, period)}"'
    return Response(
        write(sheet), media_type=media_type, headers={"Content-Disposition": disposition}
    )


def _file_name(name: str, period: Period) -> str:
    """The name of the file holds the period only: it should not reveal whose figures they are."""
    return f"gerbang-{name.replace('export', f'volumes-{period.from_on}-{period.to_on}')}"


def _refusal(say: Texts, words: tuple[str, ...], back: str, status: HTTPStatus) -> Response:
    link = (back, say("export.back"))
    return plain_page(say, title=say("failed.title"), words=words, link=link, status=status)
