"""The page Volumes: how many applications came in, from where, and how fast they were decided.

Each part is a callback that waits for the state of the page and for the questions it shows.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import (
    ClientsideFunction,
    Input,
    Output,
    clientside_callback,
    dcc,
    html,
    no_update,
)

from dashboard.components.absence import not_here, partly_absent
from dashboard.components.aria import aria
from dashboard.components.html_part import html_of, html_output, html_store, write_html
from dashboard.components.notice import failure_notice, missing, outage_notice
from dashboard.components.page import Page, follow_address
from dashboard.components.page_request import gateway_error, page_request
from dashboard.figures import GRAPH_CONFIG
from dashboard.figures.bars import bars
from dashboard.figures.trend import small_multiples, trend, trend_months, trend_of_several
from dashboard.figures.world import mapped, world_map
from dashboard.gateway.volumes_query import CHOICES, MONTHS, PLACES, PUBLISHED, SUMMARY
from dashboard.model.events import Event, events_between
from dashboard.model.filters import FILTERS
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import APART, Address
from dashboard.model.period import month_end
from dashboard.model.query_text import query_of_groups, query_of_months
from dashboard.model.reach import is_elsewhere
from dashboard.model.viewer import Viewer
from dashboard.pages.volumes.cards import cards
from dashboard.pages.volumes.filter_bar import (
    CONTROLS,
    OFFERED,
    cleared,
    filter_bar,
    filter_chips,
    offered,
)
from dashboard.pages.volumes.headings import page_heading
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.pages.volumes.notices import no_applications
from dashboard.pages.volumes.outcomes import outcomes
from dashboard.pages.volumes.pictures import below, map_controls, small_graphs, trend_controls
from dashboard.pages.volumes.ranking import ranking
from dashboard.pages.volumes.reading import read_view
from dashboard.pages.volumes.titles import document_title, map_title, trend_title
from dashboard.pages.volumes.trend_table import trend_notes, trend_table
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts

#: Its parts, each by the id of its first output.
PARTS = (
    *("volumes-heading", f"volumes-{OFFERED[0]}", "volumes-chips", "volumes-notice"),
    "cards-html",
    *("map-title", "trend-title", "ranking-title", "outcomes"),
)
#: Shown as HTML, since they are many elements.
WRITTEN = ("cards", "ranking-table", "trend-table")
NO_FIGURE: dict[str, Any] = {"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def layout(address: Address, viewer: Viewer, say: Texts) -> html.Div:
    """The page before its figures are known, of the size that it has with them."""
    audience = AUDIENCES[viewer.role]
    address = address.among(audience)
    count = len(audience.measures if address.measures == "all" else audience.main)
    return html.Div(
        [
            *PAGE.stores(*PARTS),
            *(html_store(each) for each in WRITTEN),
            html.Div(
                _waiting_heading(say),
                id="volumes-heading",
                className="heading",
                **aria(live="polite"),
            ),
            filter_bar(address, viewer, say),
            html.Div(id="volumes-chips"),
            html.Div(id="volumes-notice"),
            html.Div(
                [
                    html.Section(_waiting_cards(count), id="cards", className="cards"),
                    html.Div(
                        [
                            _picture("map", map_controls(address, say)),
                            _picture(
                                "trend",
                                trend_controls(address, say),
                                _trend_table(say),
                            ),
                        ],
                        className="pictures",
                    ),
                    _table_panel(),
                    html.Section(id="outcomes", className="panel"),
                ],
                id="figures",
            ),
        ],
        className="volumes",
    )


PAGE = Page(
    name="volumes",
    path="/volumes",
    layout=layout,
    roles=frozenset(AUDIENCES),
    usual={
        key: value
        for key, value in {each: getattr(Address(""), each, "") for each in CONTROLS}.items()
        if value
    },
    many=tuple(each.key for each in FILTERS),
)

follow_address(PAGE.name, CONTROLS)
write_html(*WRITTEN)
clientside_callback(
    ClientsideFunction("gerbang", "choosePlace"),
    Output("map", "clickData"),
    Input("map", "clickData"),
    PAGE.kept_state,
    prevent_initial_call=True,
)


@PAGE.part(
    Output("volumes-heading", "children"),
    Output("volumes-title", "data"),
    otherwise=lambda say: (_failed_heading(say), say("pages.volumes.title")),
)
async def show_heading(state: Any) -> tuple[Any, str]:
    view = await read_view(state, SUMMARY, CHOICES)
    return page_heading(view), document_title(view)


@PAGE.part(
    *(Output(f"volumes-{key}", "data") for key in OFFERED),
    otherwise=lambda say: (no_update,) * len(OFFERED),
)
async def show_choices(state: Any) -> tuple[Any, ...]:
    """Apart from the chips: what is offered hardly ever changes, and is long."""
    view = await read_view(state, CHOICES)
    return tuple(offered(key, view) for key in OFFERED)


@PAGE.part(Output("volumes-chips", "children"), otherwise=lambda say: no_update)
async def show_chips(state: Any) -> Any:
    return filter_chips(await read_view(state, CHOICES))


@PAGE.part(
    Output("volumes-notice", "children"),
    Output("figures", "hidden"),
    otherwise=lambda say: (missing(say), False),
)
async def show_notice(state: Any) -> tuple[Any, bool]:
    """What holds for the whole page: nothing to show, or figures that are not of now."""
    try:
        view = await read_view(state, SUMMARY, MONTHS, PLACES, CHOICES, PUBLISHED)
    except Exception as error:
        request = page_request(state)
        back = f"{PAGE.path}{request.address.link()}"
        failed = gateway_error(error)
        return failure_notice(failed, back, request.say), False
    if is_elsewhere(view.address, view.absent):
        return not_here(view.absent, view.name, view.viewer, cleared(view.address), view.say), True
    if view.outage:
        return outage_notice(view.outage, view.volumes.as_of, view.say), view.volumes.is_empty
    if view.volumes.is_empty:
        return no_applications(view), True
    return partly_absent(view.absent, view.name, view.viewer, view.say), False


@PAGE.part(html_output("cards"), otherwise=lambda say: html_of(missing(say)))
async def show_cards(state: Any) -> str:
    return html_of(cards(await read_view(state, SUMMARY)))


@PAGE.part(
    Output("map-title", "children"),
    Output("map", "figure"),
    Output("map-picture", "className"),
    Output("map-note", "children"),
    otherwise=lambda say: (say("failed.part"), NO_FIGURE, no_update, None),
)
async def show_map(state: Any) -> tuple[Any, ...]:
    view = await read_view(state, PLACES)
    address, say = view.address, view.say
    query = query_of_groups(view.period, [view.measure], address)
    if not address.has_map:
        figure = bars(view.volumes.groups, view.measure, address.members, view.name_of, say)
        return map_title(view), figure, "panel picture-map bars", below("map", query, say)
    on_map = mapped(view.volumes.groups, view.measure)
    return (
        map_title(view),
        world_map(on_map, view.audience.main, address.members, address.region, say),
        f"panel picture-map {'areas' if on_map.is_areas else 'circles'} {_nearness(address)}",
        [
            map_legend(on_map, say),
            html.P(say("map.note_areas" if on_map.is_areas else "map.note")),
            below("map", query, say),
        ],
    )


def _nearness(address: Address) -> str:
    """Whether the map shows the world, in which a telephone has no room for names."""
    return "near" if address.region in ("asia", "selection") or address.members else "far"


@PAGE.part(
    Output("trend-title", "children"),
    Output("trend", "figure"),
    Output("trend-apart", "children"),
    Output("trend-picture", "className"),
    Output("trend-controls", "hidden"),
    Output("trend-note", "children"),
    html_output("trend-table"),
    otherwise=lambda say: (
        *(say("failed.part"), NO_FIGURE, None),
        *("panel picture-trend", True, None, ""),
    ),
)
async def show_trend(state: Any) -> tuple[Any, ...]:
    view = await read_view(state, MONTHS, CHOICES)
    months = trend_months(view.volumes, view.period)
    happened = events_between(months[0], month_end(months[-1])) if months else ()
    is_several = len(view.members) > 1
    is_apart = is_several and view.address.lines == APART
    kind = "apart" if is_apart else "together" if is_several else "alone"
    first = months[0] if months else view.period.from_on
    query = query_of_months(first, view.period, [view.measure], view.address)
    return (
        trend_title(view),
        NO_FIGURE if is_apart else _trend(view, happened),
        small_graphs(_apart(view)) if is_apart else None,
        f"panel picture-trend {kind}",
        not is_several,
        [*trend_notes(view, happened), below("" if is_apart else "trend", query, view.say)],
        html_of(trend_table(view)),
    )


def _trend(view: View, happened: Sequence[Event]) -> dict[str, Any]:
    drawn = view.volumes, view.measure, view.period
    if len(view.members) < 2:
        return trend(*drawn, happened, view.say)
    is_indexed = view.address.is_indexed
    return trend_of_several(*drawn, view.members, view.say, is_indexed=is_indexed, events=happened)


def _apart(view: View) -> list[tuple[str, dict[str, Any]]]:
    drawn = view.volumes, view.measure, view.period, view.members, view.say
    figures = small_multiples(*drawn, is_indexed=view.address.is_indexed)
    return [(each.name, figure) for each, figure in zip(view.members, figures, strict=True)]


@PAGE.part(
    Output("ranking-title", "children"),
    html_output("ranking-table"),
    Output("ranking-below", "children"),
    otherwise=lambda say: (say("failed.part"), "", None),
)
async def show_ranking(state: Any) -> tuple[Any, ...]:
    title, table, below_it = ranking(await read_view(state, PLACES))
    return title, html_of(table), below_it


@PAGE.part(Output("outcomes", "children"), otherwise=missing)
async def show_outcomes(state: Any) -> Any:
    return outcomes(await read_view(state, PUBLISHED))


def _failed_heading(say: Texts) -> list[Any]:
    return [html.P(say("pages.volumes.title"), className="kicker"), html.H1(say("failed.title"))]


def _table_panel() -> html.Section:
    """What scrolls stays where it is while the table in it changes."""
    return html.Section(
        [
            html.H2(dmc.Skeleton(height=24, width="40%"), id="ranking-title"),
            html.Div(
                dmc.Skeleton(height=640),
                id="ranking-table",
                className="scroll",
                tabIndex=0,
                role="region",
                **aria(labelledby="ranking-title"),
            ),
            html.Div(id="ranking-below", className="below"),
        ],
        id="ranking",
        className="panel",
    )


def _trend_table(say: Texts) -> html.Details:
    """The trend for those who read numbers better than lines; it stays as it was opened."""
    return html.Details(
        [
            html.Summary(say("trend.table")),
            html.Div(id="trend-table", className="scroll", tabIndex=0),
        ],
        className="twin",
    )


def _picture(name: str, controls: Any, *more: Any) -> html.Figure:
    """A title, a graph and a note; the graph waits empty, so that nothing jumps when it comes.

    To a screen reader the tables say what the graph shows.
    """
    apart = [html.Div(id="trend-apart", className="small-multiples")] if name == "trend" else []
    return html.Figure(
        [
            html.H2(dmc.Skeleton(height=24), id=f"{name}-title"),
            controls,
            html.Div(
                dcc.Graph(id=name, config=GRAPH_CONFIG, responsive=True, figure=NO_FIGURE),
                className=f"graph graph-{name}",
                **aria(hidden="true"),
            ),
            *apart,
            html.Figcaption([html.Div(dmc.Skeleton(height=40), id=f"{name}-note"), *more]),
        ],
        id=f"{name}-picture",
        className=f"panel picture-{name}",
    )


def _waiting_heading(say: Texts) -> list[Any]:
    return [
        html.P(say("pages.volumes.title"), className="kicker"),
        html.H1(dmc.Skeleton(height=40, width="70%"), className="waiting"),
        dmc.Skeleton(height=24, width="40%", mt=6),
        dmc.Skeleton(height=20, width="60%", mt=12),
    ]


def _waiting_cards(count: int) -> list[html.Div]:
    return [html.Div(className="card waiting") for _ in range(count)]
