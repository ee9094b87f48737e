"""The pieces of the page Today: its controls, and a panel for each question."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dash import dcc, html

from dashboard.components.controls import choices, period_choice, segments
from dashboard.components.definition import definition_button
from dashboard.components.html_part import aria, html_part, skeleton
from dashboard.figures import GRAPH_CONFIG
from dashboard.figures.waterfall import Bar
from dashboard.model.filters import CENTRE, COUNTRY, FILTER, PARTNER
from dashboard.model.findings import Claim
from dashboard.model.measures import INTAKE, Measure
from dashboard.model.page_state import SUBSCRIPTIONS, Address
from dashboard.pages.today.answers import Today
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, signed_count, signed_points

VOLUMES = "/volumes"
#: The panels in their order, and the finding that sums each up.
PANELS = {
    "change": "CHANGE",
    "attention": "ATTENTION",
    "promise": "PROMISE",
    "coming": "COMING",
    "work": "WORK",
}
#: Filters that are offered here; the page Volumes has them all.
OFFERED = ("country", "partner", "visa", "purpose", "channel")
EMPTY: dict[str, Any] = {"layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}
#: So many visa types are decided on in a usual year.
USUAL_TYPES = 8
#: Groups that a picture has a bar for.
DRAWN = 7
#: Decimals of points that a reader adds up.
FINE = 2


def panel_id(question: str) -> str:
    """The id of a panel, to which its sentence in the strip leads."""
    return f"answer-{question}"


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


def panel(
    question: str, definition: str, say: Texts, *content: Any, hidden: bool = False
) -> html.Article:
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
        id=panel_id(question),
        hidden=hidden,
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


def answer(finding: Claim | None, href: str, say: Texts) -> list[Any]:
    """The sentence, what it rests on, and the way to all figures behind it."""
    if finding is None:
        return []
    return [
        html.H2(finding.sentence, className="concern" if finding.is_concern else None),
        html.Div([html.P(note) for note in finding.notes], className="notes"),
        html.P(dcc.Link(say("today.more"), href=href), className="more"),
    ]


def volumes_link(address: Address, **changes: str) -> str:
    """The page Volumes with the same period and filters, on what a sentence is about."""
    return VOLUMES + replace(address, why=Address("").why, **changes).link()


def report_links(address: Address, say: Texts) -> html.Span:
    """The way to what the page says, as a report."""
    files = (("PDF", "/report.pdf"), ("XLSX", "/report.xlsx"))
    links = [
        html.A(
            kind,
            href=f"{path}{address.link()}",
            **aria(label=say("report.link", kind=kind)),
        )
        for kind, path in files
    ]
    by_mail = dcc.Link(
        say("subscriptions.by_mail"),
        href=SUBSCRIPTIONS + address.link(),
        title=say("subscriptions.by_mail_label"),
    )
    shown = [say("report.name"), links[0], ", ", links[1], ", ", by_mail]
    return html.Span(shown, className="report")


def named_place(key: str, code: str | None, name: str, address: Address) -> Any:
    """A name that leads to its page, where it has one."""
    if code is None or key not in (CENTRE, COUNTRY, PARTNER):
        return name
    return dcc.Link(name, href=address.place_link(key, code))


def region(name: str, label: str, content: Any) -> html.Div:
    """A table that scrolls within its panel, by the keyboard too."""
    return html.Div(
        content, className=f"scroll promises {name}", tabIndex=0, role="region", **aria(label=label)
    )


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


def steps_of(
    today: Today, measure: Measure, why: str, address: Address, say: Texts
) -> tuple[list[Bar], Bar] | None:
    """The bars of the waterfall, the rest of the groups as one, and the whole change; None where
    nothing is compared, or no group moved."""
    change = today.change(measure)["CHANGE"]
    if change.value is None:
        return None

    def text(size: float) -> str:
        return (
            signed_count(round(size), say) if measure is INTAKE else signed_points(size, say, FINE)
        )

    parts = [
        # Visa types are known by their codes.
        (each, each.code or each.name if why == "visa" else each.name)
        for each in today.all("CONTRIBUTION", measure)
    ]
    moved = [
        Bar(name, size, text(size), named_place(why, each.code, name, address))
        for each, name in parts
        if (size := each["CHANGE"].amount)
    ]
    if not moved:
        return None
    drawn = moved[:DRAWN] if len(moved) > DRAWN + 1 else moved
    others = len(moved) - len(drawn)
    steps = list(drawn)
    if others:
        rest = change.value - sum(step.size for step in drawn)
        steps.append(Bar(say("today.others", count=count_text(others, say)), rest, text(rest)))
    return steps, Bar(say("today.whole_change"), change.value, text(change.value))


def change_table(steps: Sequence[Bar], total: Bar, say: Texts) -> Any:
    """The bars of the waterfall."""
    rows = [(step.title or step.name, step.text) for step in (*steps, total)]
    heads = (say("today.group"), say("today.andil"))
    return table(say("today.question_change"), heads, rows)


def promise_waiting() -> html.Div:
    """The table's room."""
    return html.Div([html.P(skeleton(34)) for _ in range(USUAL_TYPES + 1)])


def _row(cells: Sequence[Any]) -> html.Tr:
    first, *rest = cells
    return html.Tr([html.Th(first, scope="row"), *(html.Td(cell) for cell in rest)])
