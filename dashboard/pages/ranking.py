"""The ranked table of partner countries, which is also the map for those who do not see it."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from dashboard.address import NAME, Address
from dashboard.aria import aria
from dashboard.measures import INTAKE, MEASURES, Measure
from dashboard.pages.cards import change_mark
from dashboard.period import Period
from dashboard.texts import Texts
from dashboard.volumes import Line, Volumes
from dashboard.wording import NO_VALUE, change_of, period_text, value_text

TOP_ROWS = 15


def ranking(
    volumes: Volumes,
    measures: Sequence[Measure],
    period: Period,
    address: Address,
    say: Texts,
) -> list[Any]:
    count = len(volumes.countries)
    ordered = in_order(volumes.countries, address)
    shown = ordered if address.rows == "all" else ordered[:TOP_ROWS]
    largest = max((line.amount(INTAKE) for line in volumes.countries), default=0) or 1

    def row(rank: str, line: Line, name: str, kind: str = "") -> html.Tr:
        before = volumes.previous if kind == "total" else volumes.before(line)
        share = line.amount(INTAKE) / largest if rank else None
        return html.Tr(
            [
                html.Td(rank, className="rank"),
                html.Th(name, scope="row"),
                *_readings(line, before, measures, share, say),
            ],
            className=kind,
        )

    return [
        html.H2(_title(count, address, say)),
        html.Div(
            html.Table(
                [
                    html.Caption(say("ranking.caption", period=period_text(period, say))),
                    html.Thead(html.Tr(_headers(measures, address, say))),
                    html.Tbody(
                        [row(str(n), line, line.name or "") for n, line in enumerate(shown, 1)]
                    ),
                    html.Tfoot(
                        [
                            *_direct(volumes, row, say),
                            row("", volumes.total, say("ranking.total"), "total"),
                        ]
                    ),
                ]
            ),
            className="scroll",
            tabIndex=0,
            role="region",
            **aria(label=say("ranking.caption", period=period_text(period, say))),
        ),
        html.Div(
            [
                html.P(say("ranking.note")),
                html.Div([*_more(count, address, say), *_exports(address, say)]),
            ],
            className="below",
        ),
    ]


def in_order(lines: Sequence[Line], address: Address) -> list[Line]:
    """By the measure that was chosen; without a value always last."""
    if address.sort == NAME:
        return sorted(lines, key=lambda line: line.name or "", reverse=address.order == "up")
    measure = next(measure for measure in MEASURES if measure.id == address.sort)
    sign = -1 if address.order == "down" else 1

    def place(line: Line) -> tuple[bool, float, str]:
        value = line[measure].value
        return (value is None, sign * (value or 0), line.name or "")

    return sorted(lines, key=place)


def order_text(address: Address, say: Texts) -> str:
    """What the rows are sorted by, and which way."""
    name = say("ranking.country" if address.sort == NAME else f"measures.{address.sort}.label")
    return f"{name}, {say('export.upwards' if goes_up(address) else 'export.downwards')}"


def goes_up(address: Address) -> bool:
    """By name first upwards, by a measure first downwards."""
    return (address.order == "up") != (address.sort == NAME)


def _title(count: int, address: Address, say: Texts) -> str:
    if count == 1:
        return say("ranking.title_one")
    key = "ranking.country" if address.sort == NAME else f"measures.{address.sort}.label"
    return say("ranking.title", count=str(count), measure=_inside_sentence(say(key)))


def _inside_sentence(text: str) -> str:
    """Without its capital, unless it is an abbreviation."""
    return text if text.isupper() else text[:1].lower() + text[1:]


def _direct(volumes: Volumes, row: Callable[..., html.Tr], say: Texts) -> list[html.Tr]:
    """Applications without a partner have no country, so they have no rank."""
    return [row("", volumes.direct, say("ranking.direct"))] if volumes.direct else []


def _headers(measures: Sequence[Measure], address: Address, say: Texts) -> list[html.Th]:
    return [
        html.Th(
            "#",
            scope="col",
            className="rank",
            title=say("ranking.rank"),
            **aria(label=say("ranking.rank")),
        ),
        _header(NAME, say("ranking.country"), address, say),
        *(
            header
            for measure in measures
            for header in (
                _header(measure.id, say(f"measures.{measure.id}.short"), address, say),
                *([html.Th(say("ranking.change"), scope="col")] if measure is INTAKE else []),
            )
        ),
    ]


def _header(sort: str, text: str, address: Address, say: Texts) -> html.Th:
    """A column that sorts."""
    is_sorted = address.sort == sort
    order = "up" if is_sorted and address.order == "down" else "down"
    full = text if sort == NAME else say(f"measures.{sort}.label")
    link = html.A(
        text,
        href=address.link(sort=sort, order=order),
        title=say("ranking.sort", measure=_inside_sentence(full)),
    )
    direction = ("ascending" if goes_up(address) else "descending") if is_sorted else "none"
    return html.Th(link, scope="col", **aria(sort=direction))


def _readings(
    line: Line, before: Line, measures: Sequence[Measure], share: float | None, say: Texts
) -> list[html.Td]:
    cells = []
    for measure in measures:
        text = _cell_text(measure, line, say)
        if measure is INTAKE:
            change = change_of(INTAKE, line[INTAKE], before[INTAKE], say)
            cells.append(html.Td([*_bar(share), text], className="with-bar"))
            cells.append(html.Td(change_mark(change, say) if change else NO_VALUE))
        else:
            cells.append(html.Td(text))
    return cells


def _cell_text(measure: Measure, line: Line, say: Texts) -> str | html.Abbr:
    if line[measure].is_suppressed:
        return html.Abbr(say("measures.suppressed"), title=say("measures.suppressed_why"))
    return value_text(measure, line[measure], say, is_short=True)


def _bar(share: float | None) -> list[html.Span]:
    if share is None:
        return []
    bar = html.Span(className="bar", style={"width": f"{share:.2%}"})
    return [html.Span(bar, className="bar-room")]


def _more(count: int, address: Address, say: Texts) -> list[html.A]:
    if count <= TOP_ROWS:
        return []
    if address.rows == "all":
        text = say("ranking.top", count=str(TOP_ROWS))
        return [html.A(text, href=address.link(rows="top"), className="button")]
    text = say("ranking.all", count=str(count))
    return [html.A(text, href=address.link(rows="all"), className="button")]


def _exports(address: Address, say: Texts) -> list[html.A]:
    """Every row in the order that is shown, as a file."""
    return [
        html.A(
            kind.upper(),
            href=f"/export.{kind}{address.link(rows='all')}",
            className="button",
            title=say("export.link", kind=kind.upper()),
            **aria(label=say("export.link", kind=kind.upper())),
        )
        for kind in ("csv", "xlsx")
    ]
