"""The page Volumes: how many applications came in, from where, and how fast they were decided."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, ctx, dcc, html, no_update

from dashboard.components.aria import aria
from dashboard.components.html_part import Part
from dashboard.components.outage_banner import above
from dashboard.components.refresh import ASKED_AGAIN, SHOWN, SHOWN_NOW, only_changes, stores
from dashboard.components.render_html import html_of
from dashboard.components.shell import footer, masthead
from dashboard.figures import GRAPH_CONFIG
from dashboard.figures.trend import trend, trend_months
from dashboard.figures.world import mapped, world_map
from dashboard.gateway.client import Gateway, GatewayError
from dashboard.gateway.last_good import LastGood
from dashboard.gateway.session import Session
from dashboard.gateway.volumes_query import ask_volumes
from dashboard.model.events import events_between
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import Address, read_address
from dashboard.model.period import month_end, today
from dashboard.model.viewer import Viewer
from dashboard.pages.volumes.cards import cards
from dashboard.pages.volumes.filter_bar import filter_bar, filter_chips
from dashboard.pages.volumes.headings import map_title, page_heading, trend_title
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.pages.volumes.notices import failure, no_applications, no_figures, role_choice
from dashboard.pages.volumes.outcomes import outcomes
from dashboard.pages.volumes.ranking import ranking
from dashboard.pages.volumes.trend_table import trend_notes
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts, texts
from dashboard.web.visit import current_visit

log = logging.getLogger(__name__)

#: What the callback writes, by the names it uses for it.
OUTPUTS = {
    "masthead": Output("masthead", "content"),
    "notice": Output("notice", "content"),
    "heading": Output("heading", "content"),
    "filters": Output("filters", "content"),
    "chips": Output("chips", "content"),
    "is_without_figures": Output("figures", "hidden"),
    "cards": Output("cards", "content"),
    "map_title": Output("map-title", "content"),
    "map": Output("map", "figure"),
    "map_kind": Output("map-picture", "className"),
    "map_note": Output("map-note", "content"),
    "trend_title": Output("trend-title", "content"),
    "trend": Output("trend", "figure"),
    "trend_note": Output("trend-note", "content"),
    "ranking": Output("ranking", "content"),
    "outcomes": Output("outcomes", "content"),
    "footer": Output("footer", "content"),
    "shown": SHOWN_NOW,
}
UNCHANGED = dict.fromkeys(OUTPUTS, no_update)
WITHOUT_FIGURES = UNCHANGED | {
    "heading": None,
    "filters": None,
    "chips": None,
    "is_without_figures": True,
}


def layout() -> html.Div:
    """The frame of the page, without a word in any language; the callback fills it."""
    return html.Div(
        [
            dcc.Location(id="address", refresh=False),
            *stores(),
            Part("header", id="masthead", className="masthead"),
            html.Main(
                [
                    Part("div", id="heading"),
                    Part("div", id="filters"),
                    Part("div", id="chips", **aria(live="polite")),
                    Part("div", id="notice"),
                    html.Div(
                        [
                            Part(
                                "section",
                                id="cards",
                                className="cards",
                                content=html_of(_waiting_cards()),
                            ),
                            html.Div([_picture("map"), _picture("trend")], className="pictures"),
                            Part("section", id="ranking", className="panel"),
                            Part("section", id="outcomes", className="panel"),
                        ],
                        id="figures",
                    ),
                ],
                id="main",
                tabIndex=-1,
            ),
            Part("footer", id="footer"),
        ],
        className="page",
    )


def register(dash: Dash, gateway: Gateway) -> None:
    """Let the page follow its address, and the address follow a click on the map."""
    dash.clientside_callback(
        ClientsideFunction("gerbang", "choose"),
        Output("map", "clickData"),
        Input("map", "clickData"),
        prevent_initial_call=True,
    )

    @dash.callback(OUTPUTS, Input("address", "search"), ASKED_AGAIN, SHOWN, on_error=_unexpected)
    async def show(search: str | None, _: Any, shown: Any) -> dict[str, Any]:
        # A page that is opened anew, or refreshes itself, is not content with a fresh answer.
        wants_news = not shown or ctx.triggered_id == ASKED_AGAIN.component_id
        return only_changes(_written(await answer(search, wants_news=wants_news)), shown)

    async def answer(search: str | None, *, wants_news: bool) -> dict[str, Any]:
        visit = current_visit.get()
        address = read_address(search, visit.language)
        say = texts(address.language)
        asked = LastGood(gateway, visit.session, wants_news=wants_news)
        try:
            viewer = await asked.viewer(visit.session)
            audience = AUDIENCES.get(viewer.role)
            if audience is None:
                return _shown(address, viewer, say, WITHOUT_FIGURES, no_figures(viewer, say))
            address, period = address.among(audience), address.chosen(today())
            volumes = await ask_volumes(asked, visit.session, audience, period, address)
        except GatewayError as error:
            log.warning("%s", error)
            return _without_answer(address, visit.session, error, say)
        page = _page(View(address, viewer, audience, period, volumes, say))
        return above(page, asked.outage, volumes.as_of, say)


def _written(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state as the page takes it: all but the pictures as HTML."""
    return {
        name: html_of(value)
        if OUTPUTS[name].component_property == "content" and value is not no_update
        else value
        for name, value in state.items()
    }


def _page(view: View) -> dict[str, Any]:
    always = {
        "heading": page_heading(view),
        "filters": filter_bar(view),
        "chips": filter_chips(view),
    }
    if view.volumes.is_empty:
        state = WITHOUT_FIGURES | always
        return _shown(view.address, view.viewer, view.say, state, no_applications(view))
    return _shown(view.address, view.viewer, view.say, always | _figures(view), None)


def _figures(view: View) -> dict[str, Any]:
    say, measure = view.say, view.measure
    on_map = mapped(view.volumes.places, measure)
    months = trend_months(view.volumes, view.period)
    happened = events_between(months[0], month_end(months[-1])) if months else ()
    return {
        "is_without_figures": False,
        "cards": cards(view),
        "map_title": map_title(view),
        "map": world_map(on_map, view.audience.main, view.address.place, say),
        "map_kind": "panel picture-map " + ("areas" if on_map.is_areas else "circles"),
        "map_note": [
            map_legend(on_map, say),
            html.P(say("map.note_areas" if on_map.is_areas else "map.note")),
        ],
        "trend_title": trend_title(view),
        "trend": trend(view.volumes, measure, view.period, happened, say),
        "trend_note": trend_notes(view, happened),
        "ranking": ranking(view),
        "outcomes": outcomes(view),
    }


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
    # What the page shows is not known here, so the next answer writes all of it.
    state = WITHOUT_FIGURES | {"shown": None}
    return _written(_shown(Address(visit.language), visit.session.viewer, say, state, told))


def _shown(
    address: Address, viewer: Viewer | None, say: Texts, state: dict[str, Any], told: Any
) -> dict[str, Any]:
    around = {"masthead": masthead(address, viewer, say), "footer": footer(address, say)}
    return UNCHANGED | state | around | {"notice": told}


def _picture(name: str) -> html.Figure:
    """A title, a graph and a note; the graph waits empty, so that nothing jumps when it comes."""
    return html.Figure(
        [
            Part("h2", id=f"{name}-title"),
            dcc.Graph(
                id=name,
                config=GRAPH_CONFIG,
                responsive=True,
                className=f"graph graph-{name}",
                figure={"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}},
            ),
            Part("figcaption", id=f"{name}-note"),
        ],
        id=f"{name}-picture",
        className=f"panel picture-{name}",
    )


def _waiting_cards() -> list[html.Div]:
    return [html.Div(className="card waiting") for _ in range(len(AUDIENCES["LEADERSHIP"].main))]
