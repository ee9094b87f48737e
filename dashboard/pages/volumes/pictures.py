"""What surrounds a picture: how it is drawn, the query behind it, and its download."""

from typing import Any

from dash import dcc, html

from dashboard.components.aria import aria
from dashboard.components.controls import segments
from dashboard.figures import GRAPH_CONFIG
from dashboard.model.page_state import ABSOLUTE, APART, INDEXED, REGIONS, TOGETHER, Address
from dashboard.texts import Texts

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
