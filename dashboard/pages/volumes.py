"""The page Volumes: how many applications came in, from where, and how fast they were decided."""

import logging
import secrets
from typing import Any

from dash import Dash, Input, Output, dcc, html, no_update

from dashboard.address import Address, read_address
from dashboard.api import Gateway, GatewayError
from dashboard.asking import ask_volumes
from dashboard.figures import GRAPH_CONFIG, trend, world_map
from dashboard.measures import AUDIENCES, Audience
from dashboard.pages.cards import cards
from dashboard.pages.headings import map_title, page_heading, trend_title
from dashboard.pages.notices import failure, no_applications, no_figures, role_choice
from dashboard.pages.ranking import ranking
from dashboard.pages.twins import trend_table
from dashboard.period import Period, today
from dashboard.sessions import Session, Viewer
from dashboard.shell import masthead
from dashboard.texts import Texts, texts
from dashboard.visit import current_visit
from dashboard.volumes import Volumes

log = logging.getLogger(__name__)

#: What the callback writes, by the names it uses for it.
OUTPUTS = {
    "masthead": Output("masthead", "children"),
    "notice": Output("notice", "children"),
    "heading": Output("heading", "children"),
    "is_without_figures": Output("figures", "hidden"),
    "cards": Output("cards", "children"),
    "map_title": Output("map-title", "children"),
    "map": Output("map", "figure"),
    "map_note": Output("map-note", "children"),
    "trend_title": Output("trend-title", "children"),
    "trend": Output("trend", "figure"),
    "trend_note": Output("trend-note", "children"),
    "ranking": Output("ranking", "children"),
}
UNCHANGED = dict.fromkeys(OUTPUTS, no_update)
WITHOUT_FIGURES = UNCHANGED | {"heading": None, "is_without_figures": True}


def layout() -> html.Div:
    """The frame of the page, without a word in any language; the callback fills it."""
    return html.Div(
        [
            dcc.Location(id="address", refresh=False),
            html.Header(id="masthead", className="masthead"),
            html.Main(
                [
                    html.Div(id="heading"),
                    html.Div(id="notice"),
                    html.Div(
                        [
                            html.Section(_waiting_cards(), id="cards", className="cards"),
                            html.Div([_picture("map"), _picture("trend")], className="pictures"),
                            html.Section(id="ranking", className="panel"),
                        ],
                        id="figures",
                    ),
                ],
                id="main",
                tabIndex=-1,
            ),
        ],
        className="page",
    )


def register(dash: Dash, gateway: Gateway) -> None:
    """Let the page follow its address."""

    @dash.callback(OUTPUTS, Input("address", "search"), on_error=_unexpected)
    async def show(search: str | None) -> dict[str, Any]:
        visit = current_visit.get()
        address = read_address(search, visit.language)
        say = texts(address.language)
        try:
            viewer = await gateway.viewer(visit.session)
            audience = AUDIENCES.get(viewer.role)
            if audience is None:
                return _shown(address, viewer, say, WITHOUT_FIGURES, no_figures(viewer, say))
            period = address.chosen(today())
            volumes = await ask_volumes(gateway, visit.session, audience, period, address.language)
        except GatewayError as error:
            log.warning("%s", error)
            return _without_answer(address, visit.session, error, say)
        return _page(address.among(audience.measures), viewer, audience, period, volumes, say)


def _page(
    address: Address,
    viewer: Viewer,
    audience: Audience,
    period: Period,
    volumes: Volumes,
    say: Texts,
) -> dict[str, Any]:
    heading = page_heading(volumes, period, address, viewer, say)
    if volumes.is_empty:
        state = WITHOUT_FIGURES | {"heading": heading}
        return _shown(address, viewer, say, state, no_applications(period, say))
    figures = {
        "heading": heading,
        "is_without_figures": False,
        "cards": cards(volumes, audience.measures, say),
        "map_title": map_title(volumes, say),
        "map": world_map(volumes.countries, audience.measures, say),
        "map_note": say("map.note"),
        "trend_title": trend_title(volumes, period, say),
        "trend": trend(volumes.months, audience.trend, period, say),
        "trend_note": trend_table(volumes.months, audience.trend, period, say),
        "ranking": ranking(volumes, audience.measures, period, address, say),
    }
    return _shown(address, viewer, say, figures, None)


def _without_answer(
    address: Address, session: Session, error: GatewayError, say: Texts
) -> dict[str, Any]:
    if error.held_roles:
        told = role_choice(error.held_roles, address, say)
    else:
        told = failure(error.code, error.trace_id, address, say)
    return _shown(address, session.viewer, say, WITHOUT_FIGURES, told)


def _unexpected(error: Exception) -> dict[str, Any]:
    """A mistake of ours: Dash itself would log nothing."""
    trace_id = secrets.token_hex(16)
    log.error("the page failed (trace %s)", trace_id, exc_info=error)
    visit = current_visit.get()
    say = texts(visit.language)
    told = failure("INTERNAL", trace_id, Address(visit.language), say)
    return _shown(Address(visit.language), visit.session.viewer, say, WITHOUT_FIGURES, told)


def _shown(
    address: Address, viewer: Viewer | None, say: Texts, state: dict[str, Any], told: Any
) -> dict[str, Any]:
    return UNCHANGED | state | {"masthead": masthead(address, viewer, say), "notice": told}


def _picture(name: str) -> html.Figure:
    """A title, a graph and a note; the graph waits empty, so that nothing jumps when it comes."""
    return html.Figure(
        [
            html.H2(id=f"{name}-title"),
            dcc.Graph(
                id=name,
                config=GRAPH_CONFIG,
                responsive=True,
                className=f"graph graph-{name}",
                figure={"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}},
            ),
            html.Figcaption(id=f"{name}-note"),
        ],
        className=f"panel picture-{name}",
    )


def _waiting_cards() -> list[html.Div]:
    return [
        html.Div(className="card waiting") for _ in range(len(AUDIENCES["LEADERSHIP"].measures))
    ]
