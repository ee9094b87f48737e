"""The page Volumes before its figures are known, of the size that it has with them."""

from typing import Any

from dash import dcc, html

from dashboard.components.aria import aria
from dashboard.components.html_part import html_part, skeleton
from dashboard.figures import GRAPH_CONFIG
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.pages.volumes.filter_bar import filter_bar
from dashboard.pages.volumes.pictures import map_controls, trend_controls
from dashboard.texts import Texts

NO_FIGURE: dict[str, Any] = {"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def page_body(address: Address, viewer: Viewer, say: Texts) -> list[Any]:
    """Heading, filters, and room for the figures."""
    audience = AUDIENCES[viewer.role]
    address = address.among(audience)
    is_narrowed = any(address.filters.values())
    count = len(audience.measures if address.measures == "all" else audience.main)
    pictures = [
        _picture("map", map_controls(address, say)),
        _picture("trend", trend_controls(address, say), _trend_table(say)),
    ]
    return [
        html_part(
            html.Div,
            _waiting_heading(say),
            "volumes-heading",
            className="heading" if is_narrowed else "heading short",
            **aria(live="polite"),
        ),
        filter_bar(address, viewer, say),
        html.Div(id="volumes-chips", className="room" if is_narrowed else None),
        html.Div(id="volumes-notice"),
        html.Div(
            [
                html_part(html.Section, _waiting_cards(count), "cards", className="cards"),
                html.Div(pictures, className="pictures"),
                _table_panel(),
                html.Section(id="outcomes", className="panel"),
            ],
            id="figures",
        ),
    ]


def failed_heading(say: Texts) -> list[Any]:
    """Where even the heading could not be had."""
    return [html.P(say("pages.volumes.title"), className="kicker"), html.H1(say("failed.title"))]


def _table_panel() -> html.Section:
    """What scrolls stays where it is while the table in it changes."""
    return html.Section(
        [
            html_part(html.H2, skeleton(24, "40%"), "ranking-title"),
            html_part(
                html.Div,
                skeleton(640),
                "ranking-table",
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
            html_part(html.H2, skeleton(24), f"{name}-title"),
            controls,
            html.Div(
                dcc.Graph(id=name, config=GRAPH_CONFIG, responsive=True, figure=NO_FIGURE),
                className=f"graph graph-{name}",
                **aria(hidden="true"),
            ),
            *apart,
            html.Figcaption([html_part(html.Div, skeleton(40), f"{name}-note"), *more]),
        ],
        id=f"{name}-picture",
        className=f"panel picture-{name}",
    )


def _waiting_heading(say: Texts) -> list[Any]:
    return [
        html.P(say("pages.volumes.title"), className="kicker"),
        html.H1(skeleton(40, "70%"), className="waiting"),
        html.P(skeleton(24, "40%"), className="waiting"),
        html.P(skeleton(20, "60%"), className="waiting"),
    ]


def _waiting_cards(count: int) -> list[html.Div]:
    return [html.Div(className="card waiting") for _ in range(count)]
