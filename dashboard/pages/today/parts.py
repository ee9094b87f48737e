"""The pieces of the page Today: its controls, a panel for each question, and its tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from dashboard.analysis.attention import Funnel
from dashboard.analysis.target import Target, Verdict
from dashboard.components.controls import choices, period_choice, segments
from dashboard.components.definition import definition_button
from dashboard.components.html_part import aria, html_part, skeleton
from dashboard.figures import GRAPH_CONFIG
from dashboard.figures.small import MARK_HEIGHT, month_marks, width_of
from dashboard.figures.waterfall import Bar
from dashboard.model.filters import FILTER
from dashboard.model.page_state import Address
from dashboard.pages.today.findings import Finding, signed_points
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, percent_text

#: Filters that are offered here; the page Volumes has them all.
OFFERED = ("country", "partner", "visa", "purpose", "channel")
EMPTY: dict[str, Any] = {"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}
#: So many visa types are decided on in a usual year.
USUAL_TYPES = 8
#: Of the table of promises.
COLUMNS = ("visa", "verdict", "in_time", "promised", "decided", "year_change", "trend_of")


def filter_bar(address: Address, now: date, say: Texts) -> html.Div:
    def filter_(key: str) -> Any:
        chosen = address.filters[key]
        words = [(code, say(f"words.{key}.{code}")) for code in FILTER[key].words]
        options = words or [(code, code) for code in chosen]
        return choices(f"today-{key}", say(f"filters.{key}"), options, chosen, say)

    return html.Div(
        [
            period_choice("today", address, now, say),
            html.Div([filter_(key) for key in OFFERED], className="filters"),
        ],
        role="search",
        **aria(label=say("today.filters")),
    )


def labelled_segments(
    key: str, label: str, chosen: str, options: list[tuple[str, str]]
) -> html.Div:
    """A few alternatives beside each other, and what they are of."""
    known = [value for value, _ in options]
    chosen = chosen if chosen in known else known[0]
    return html.Div(
        [
            html.Span(label, className="what", **aria(hidden="true")),
            segments(f"today-{key}", label, options, chosen, size="xs"),
        ]
    )


def panel(question: str, definition: str, say: Texts, *content: Any) -> html.Article:
    """One question; its answer keeps the room before it is known."""
    return html.Article(
        [
            html.Header(
                [
                    html.P(say(f"today.question_{question}"), className="kicker"),
                    definition_button(definition, say),
                ]
            ),
            html_part(html.Div, answer_skeleton(), f"today-{question}", className="answer"),
            *content,
        ],
        className=f"panel question question-{question}",
    )


def answer_skeleton() -> list[Any]:
    """A sentence of two lines and three lines of notes, before they are known."""
    return [
        html.H2(skeleton(48, "92%")),
        html.Div(
            [html.P(skeleton(21, width)) for width in ("95%", "88%", "60%")],
            className="notes",
        ),
    ]


def answer(finding: Finding, say: Texts) -> list[Any]:
    """The sentence, what it rests on, and the way to all figures behind it."""
    return [
        html.H2(finding.title, className="concern" if finding.is_concern else None),
        html.Div([html.P(note) for note in finding.notes], className="notes"),
        *(
            [html.P(dcc.Link(say("today.more"), href=finding.href), className="more")]
            if finding.href
            else []
        ),
    ]


def picture(name: str, caption: str = "", *, hidden: bool = False) -> html.Figure:
    """A graph of fixed height, and what its lines and bands are."""
    return html.Figure(
        [
            html.Div(
                dcc.Graph(id=f"today-{name}", config=GRAPH_CONFIG, responsive=True, figure=EMPTY),
                className=f"graph graph-{name}",
                **aria(hidden="true"),
            ),
            *([html_part(html.Figcaption, caption, f"today-{name}-note")] if caption else []),
        ],
        id=f"today-{name}-figure",
        hidden=hidden,
    )


def figures_of(name: str, label: str, say: Texts) -> html.Details:
    """The figures of a picture as a table, to read or print; it stays open once opened."""
    return html.Details(
        [
            html.Summary(say("today.as_table")),
            html.Div(
                id=f"today-{name}",
                className="scroll",
                tabIndex=0,
                role="region",
                **aria(label=label),
            ),
        ],
        className="twin",
    )


def table(label: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> html.Table:
    """Rows with a head each."""
    return html.Table(
        [
            html.Caption(label, className="unseen"),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody([_row(row) for row in rows]),
        ]
    )


def change_table(steps: Sequence[Bar], total: Bar, say: Texts) -> Any:
    """The bars of the waterfall."""
    rows = [(step.name, step.text) for step in (*steps, total)]
    heads = (say("today.group"), say("today.andil"))
    return table(say("today.question_change"), heads, rows)


def outside_table(funnel: Funnel, names: Mapping[str, str], say: Texts) -> Any:
    """The places outside the limits, each with n and interval."""
    if not funnel.outside:
        return html.P(say("today.nothing_outside"))
    rows = [
        (
            names.get(point.count.key, point.count.key),
            percent_text(point.count.rate, say),
            count_text(point.count.n, say),
            f"{percent_text(point.interval.low, say)}–{percent_text(point.interval.high, say)}",
        )
        for point in funnel.outside
    ]
    heads = [say(f"today.{key}") for key in ("place", "rate_column", "decided", "interval")]
    return table(say("today.question_attention"), heads, rows)


def promise_table(found: Sequence[Target], names: Mapping[str, str], say: Texts) -> html.Div:
    """A line for each visa type: the answer, the share beside the promise, and the months."""
    return html.Div(
        html.Table(
            [
                html.Caption(say("today.question_promise"), className="unseen"),
                html.Thead(html.Tr([html.Th(say(f"today.{key}"), scope="col") for key in COLUMNS])),
                html.Tbody([_promise_row(each, names, say) for each in found]),
            ]
        ),
        className="scroll promises",
        tabIndex=0,
        role="region",
        **aria(label=say("today.question_promise")),
    )


def promise_waiting() -> html.Div:
    """The table's room."""
    return html.Div([html.P(skeleton(34)) for _ in range(USUAL_TYPES + 1)])


def _promise_row(target: Target, names: Mapping[str, str], say: Texts) -> html.Tr:
    verdict = say(f"today.verdict_{target.verdict}")
    known = [month for month in target.months_met if month is not None]
    met, count = count_text(sum(known), say), count_text(len(known), say)
    marked = say("today.kept", met=met, count=count) if known else ""
    low, high = target.interval
    interval = f"{percent_text(low, say)}–{percent_text(high, say)}"
    signs = {Verdict.MET: "✓ ", Verdict.MISSED: "✗ "}
    promised = "" if target.promised is None else percent_text(target.promised, say, digits=0)
    cells = (
        [html.Span(signs.get(target.verdict, ""), **aria(hidden="true")), verdict],
        [percent_text(target.share or 0, say), html.Span(interval, className="interval")],
        promised,
        count_text(target.now.n, say),
        "" if target.change is None else signed_points(target.change, say),
        [
            html.Img(
                src=month_marks(target.months_met),
                alt="",
                width=width_of(target.months_met),
                height=MARK_HEIGHT,
            ),
            html.Span(marked, className="name"),
        ],
    )
    name = html.Span(names.get(target.key, ""), className="name")
    return html.Tr(
        [
            html.Th([target.key, name], scope="row"),
            *(
                _cell(cell, key, target.verdict, say)
                for cell, key in zip(cells, COLUMNS[1:], strict=True)
            ),
        ]
    )


def _cell(content: Any, key: str, verdict: str, say: Texts) -> html.Td:
    """On a phone a row becomes a list, in which each cell says what it is."""
    label: dict[str, Any] = {"data-label": say(f"today.{key}")}
    return html.Td(content, className=f"{key} {verdict}" if key == "verdict" else key, **label)


def _row(cells: Sequence[Any]) -> html.Tr:
    first, *rest = cells
    return html.Tr([html.Th(first, scope="row"), *(html.Td(cell) for cell in rest)])
