"""The page Volumes before its figures are known, of the size that it has with them."""

from typing import Any

from dash import dcc, html

from dashboard.components.controls import segments
from dashboard.components.html_part import aria, html_part, skeleton
from dashboard.figures import GRAPH_CONFIG
from dashboard.model.measures import PROCESSING
from dashboard.model.page_state import ABSOLUTE, APART, INDEXED, REGIONS, TOGETHER, Address
from dashboard.model.period import today
from dashboard.model.user import User
from dashboard.pages.volumes.filter_bar import filter_bar
from dashboard.texts import Texts

NO_FIGURE: dict[str, Any] = {"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def page_body(address: Address, viewer: User, say: Texts) -> list[Any]:
    """Heading, filters, and room for the figures."""
    audience = address.audience(viewer.role, today()) or PROCESSING
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
        # Below everything, so that nothing jumps for a further name.
        html_part(html.P, None, "volumes-views"),
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


KINDS = ("png", "svg")


def map_controls(address: Address, say: Texts) -> html.Div:
    """Which part of the world is seen."""
    regions = [(each, say(f"map.{each}")) for each in REGIONS]
    return html.Div(
        segments("volumes-region", say("map.region"), regions, address.region),
        id="map-controls",
        className="picture-controls",
    )


def trend_controls(address: Address, say: Texts) -> html.Div:
    """How several lines are drawn; hidden while there is one."""
    lines = [(each, say(f"trend.{each}")) for each in (TOGETHER, APART)]
    scales = [(each, say(f"trend.{each}")) for each in (ABSOLUTE, INDEXED)]
    return html.Div(
        [
            segments("volumes-lines", say("trend.view"), lines, address.lines),
            segments("volumes-scale", say("trend.scale"), scales, address.scale),
        ],
        id="trend-controls",
        className="picture-controls",
        hidden=len(address.members) < 2,
    )


def small_graphs(figures: list[tuple[str, dict[str, Any]]]) -> list[html.Div]:
    """A graph for each member, below its name; what they show stands in the table too."""
    return [
        html.Div(
            [
                html.H3(name),
                html.Div(
                    dcc.Graph(config=GRAPH_CONFIG, responsive=True, figure=figure),
                    className="graph graph-small",
                    **aria(hidden="true"),
                ),
            ],
            className="small-multiple",
        )
        for name, figure in figures
    ]


def below(name: str, query: str, say: Texts) -> html.Div:
    """The question behind a figure, and a picture of it to take away if it is one."""
    return html.Div(
        [_query(query, say), *([_downloads(name, say)] if name else [])],
        className="below-picture",
    )


def _query(query: str, say: Texts) -> html.Details:
    copies: dict[str, Any] = {"data-copy": "", "data-copied": say("query.copied")}
    return html.Details(
        [
            html.Summary(say("query.show")),
            html.P(say("query.note")),
            html.Pre(html.Code(query), tabIndex=0, **aria(label=say("query.show"))),
            html.Button(say("query.copy"), type="button", className="button", **copies),
        ],
        className="query",
    )


def _downloads(name: str, say: Texts) -> html.Div:
    """``assets/volumes.js`` draws the picture by day, with its title, source and time."""

    def button(kind: str) -> html.Button:
        words = say("picture.name", kind=kind.upper())
        drawn: dict[str, Any] = {"data-picture": name, "data-kind": kind}
        return html.Button(
            kind.upper(),
            type="button",
            className="quiet",
            title=words,
            **aria(label=words),
            **drawn,
        )

    return html.Div([button(kind) for kind in KINDS], className="downloads")
