"""The routes that serve files: the table of a page's address, and what is on file of a person."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.components.notice import reason
from dashboard.components.page_request import ViewerChangedError, refuse_other_viewer
from dashboard.components.shell import role_text
from dashboard.export.files import as_csv, as_months_csv, as_xlsx
from dashboard.export.report import Report, as_pdf, report_of
from dashboard.export.report import as_xlsx as report_xlsx
from dashboard.export.sheet import Sheet, sheet_of
from dashboard.gateway.client import GatewayClient, GatewayError
from dashboard.gateway.volumes_query import MONTHS, NAMES, PLACES, SUMMARY, ask_volumes
from dashboard.model.page_state import PLACE, Address, read_address
from dashboard.model.period import Period, today
from dashboard.pages.my_data.reading import READERS, ask_my_data
from dashboard.pages.place.reading import READERS as PLACE_READERS
from dashboard.pages.place.reading import ask_place, chosen_place
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts, texts
from dashboard.web.gate import query_of
from dashboard.web.plain_page import plain_page
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

QUESTIONS = (NAMES, SUMMARY, MONTHS, PLACES)
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(gateway: GatewayClient) -> list[Route]:
    """Of the figures of the page Volumes, and of the page My data."""

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
        Route("/report.pdf", partial(_export_report, gateway, PDF, as_pdf), methods=["GET"]),
        Route("/report.xlsx", partial(_export_report, gateway, XLSX, report_xlsx), methods=["GET"]),
        Route("/my-data.json", partial(_export_my_data, gateway), methods=["GET"]),
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
        refuse_other_viewer(viewer)
        audience = address.audience(viewer.role, today())
        if audience is None:
            why = say("no_figures.why", role=role_text(viewer.role, say))
            return _refusal(say, (why,), back, HTTPStatus.FORBIDDEN)
        # A file holds every measure that its reader may read, whatever the page shows.
        address = replace(address.among(audience), measures="all")
        period = address.chosen_period(today())
        volumes = await ask_volumes(gateway, visit.session, audience, period, address, QUESTIONS)
    except ViewerChangedError:
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)
    except GatewayError as error:
        return _failure(say, error, back)
    sheet = sheet_of(View(address, viewer, audience, period, volumes, say))
    disposition = f'attachment; filename="{_file_name(name, period)}"'
    return Response(
        write(sheet), media_type=media_type, headers={"Content-Disposition": disposition}
    )


def _file_name(name: str, period: Period) -> str:
    """The name of the file holds the period only: it should not reveal whose figures they are."""
    return f"gerbang-{name.replace('export', f'volumes-{period.from_on}-{period.to_on}')}"


async def _export_report(
    gateway: GatewayClient,
    media_type: str,
    write: Callable[[Report], Awaitable[bytes]],
    request: Request,
) -> Response:
    """A report of the place that the address names, or of all that the viewer reads."""
    visit = current_visit.get()
    address = read_address(query_of(request), visit.language)
    say, session = texts(address.language), visit.session
    kind, code = chosen_place(address) or ("", "")
    back = (PLACE if kind else "/") + address.link()

    async def ask(name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return await gateway.ask(name, variables, session.access_token, session.role)

    try:
        viewer = await gateway.viewer(session)
        refuse_other_viewer(viewer)
        if viewer.role not in PLACE_READERS:
            why = say("no_figures.why", role=role_text(viewer.role, say))
            return _refusal(say, (why,), back, HTTPStatus.FORBIDDEN)
        place = await ask_place(ask, viewer, kind, code, address, say)
    except ViewerChangedError:
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)
    except GatewayError as error:
        return _failure(say, error, back)
    if kind and place.node is None:
        return _refusal(say, (say("place.none"),), back, HTTPStatus.NOT_FOUND)
    name = f"gerbang-report-{place.today.period.from_on}-{place.today.period.to_on}"
    ending = request.url.path.rpartition(".")[2]
    return Response(
        await write(report_of(place)),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


async def _export_my_data(gateway: GatewayClient, _: Request) -> Response:
    visit = current_visit.get()
    say = texts(visit.language)
    back = "/my-data" + Address(say.language).link()
    try:
        viewer = await gateway.viewer(visit.session)
        refuse_other_viewer(viewer)
        if viewer.role not in READERS:
            why = say("no_figures.why", role=role_text(viewer.role, say))
            return _refusal(say, (why,), back, HTTPStatus.FORBIDDEN)
        answer = await ask_my_data(gateway, visit.session, visit.language, is_proven=True)
    except ViewerChangedError:
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)
    except GatewayError as error:
        return _failure(say, error, back)
    return Response(
        orjson.dumps(answer, option=orjson.OPT_INDENT_2),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="gerbang-my-data.json"'},
    )


def _failure(say: Texts, error: GatewayError, back: str) -> Response:
    log.warning("%s", error)
    words = (say(f"failed.{reason(error.code)}"), f"{say('failed.trace')}: {error.trace_id}")
    return _refusal(say, words, back, HTTPStatus.BAD_GATEWAY)


def _refusal(say: Texts, words: tuple[str, ...], back: str, status: HTTPStatus) -> Response:
    link = (back, say("export.back"))
    return plain_page(say, title=say("failed.title"), words=words, link=link, status=status)
