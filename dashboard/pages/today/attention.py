"""Who needs attention: places with what is looked at side by side, and the funnel around them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.model.findings import Claim
from dashboard.model.measures import (
    HANDOVER_P90,
    INFO_REQUEST_RATE,
    REFUSAL_RATE,
    TARGET_RATE,
    Measure,
    MeasureKind,
)
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import Today
from dashboard.pages.today.parts import named_place, region
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, duration_text, percent_text

#: Side by side: late decisions, refusals, requests for information, hand-over.
COLUMNS = (TARGET_RATE, REFUSAL_RATE, INFO_REQUEST_RATE, HANDOVER_P90)
#: Rows of the table: those that stand out, then the largest.
ROWS = 8
#: Directions that are told apart, and their marks.
MARKS = {"WORSE": "▲ ", "UP": "▲ ", "BETTER": "▼ ", "DOWN": "▼ "}


def watched_measure(today: Today) -> Measure:
    """What the funnel shows: by what a place stands out most, or else the refusals."""
    shares = [each for each in COLUMNS if each is not HANDOVER_P90]
    standing_out = [
        each.measure
        for kind in ("PLACE", "PLACE_MONTH")
        for each in today.all(kind)
        if each.is_concern and each.measure in shares
    ]
    read = [each for each in (REFUSAL_RATE, TARGET_RATE) if today.all("PLACE", each)]
    return next(iter(standing_out), None) or next(iter(read), TARGET_RATE)


def places_table(today: Today, key: str, address: Address, say: Texts) -> html.Div | None:
    """A row for each place that stands out, and for the largest of the others; names lead to their
    pages."""
    rows = _rows(today)
    if not rows:
        return None
    columns = [each for each in COLUMNS if any(each in row for row in rows.values())]
    heads = [say("today.place"), *(say(f"today.watched_{each.id}") for each in columns)]
    return region(
        "places",
        say("today.question_attention"),
        html.Table(
            [
                html.Caption(say("today.question_attention"), className="unseen"),
                html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
                html.Tbody(
                    [
                        _row(named_place(key, code, _name(found), address), found, columns, say)
                        for code, found in rows.items()
                    ]
                ),
            ]
        ),
    )


def _rows(today: Today) -> dict[str | None, dict[Measure, list[Claim]]]:
    """By place and column: the figure of the window, and of the last month if it stands out."""
    places: dict[str | None, dict[Measure, list[Claim]]] = {}
    for kind in ("PLACE", "PLACE_MONTH"):
        for each in today.all(kind):
            if each.measure:
                places.setdefault(each.code, {}).setdefault(each.measure, []).append(each)

    def rank(item: tuple[str | None, Mapping[Measure, Sequence[Claim]]]) -> tuple[Any, ...]:
        found = [each for column in item[1].values() for each in column]
        is_named = any(each.direction in MARKS for each in found)
        is_worse = any(each.is_concern for each in found)
        return not is_worse, not is_named, -max((each["NOW"].n or 0) for each in found)

    return dict(sorted(places.items(), key=rank)[:ROWS])


def _name(found: Mapping[Measure, Sequence[Claim]]) -> str:
    return next(each.name for column in found.values() for each in column)


def _row(
    name: Any, found: Mapping[Measure, Sequence[Claim]], columns: Sequence[Measure], say: Texts
) -> html.Tr:
    cells = [_cell(measure, found.get(measure, ()), say) for measure in columns]
    return html.Tr([html.Th(name, scope="row"), *cells])


def _cell(measure: Measure, found: Sequence[Claim], say: Texts) -> html.Td:
    label: dict[str, Any] = {"data-label": say(f"today.watched_{measure.id}")}
    if not found:
        return html.Td(NO_VALUE, **label)
    told = [each for each in found if each.direction in MARKS]
    shown = (told or list(found))[0]
    number = shown["NOW"]
    is_share = measure.kind is MeasureKind.RATE
    value = (percent_text if is_share else duration_text)(number.amount, say)
    basis = [say("today.work_of", count=count_text(number.n or 0, say))]
    if shown.kind == "PLACE_MONTH":
        basis.append(say("today.last_month"))
    if not told:
        return html.Td([value, html.Span(" · ".join(basis), className="interval")], **label)
    side = shown.direction.lower()
    return html.Td(
        [
            html.Span(MARKS[shown.direction], **aria(hidden="true")),
            value,
            html.Span(f" {say(f'today.told_{side}')}", className="unseen"),
            html.Span(" · ".join(basis), className="interval"),
        ],
        className="missed" if shown.is_concern else "met",
        **label,
    )


def waiting_now(today: Today, say: Texts) -> list[Any]:
    """What waits now, with what it rests on."""
    found = today.one("WAITING")
    if found is None:
        return []
    return [
        html.H3(
            [html.Span(say("today.waiting_now"), className="kicker"), found.sentence],
            className="concern" if found.is_concern else None,
        ),
        html.Div([html.P(note) for note in found.notes], className="notes"),
    ]
