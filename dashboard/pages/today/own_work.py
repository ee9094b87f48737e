"""A partner's own part of the work: by centre and visa type, last month beside what is usual."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.model.filters import CENTRE
from dashboard.model.findings import Claim
from dashboard.model.measures import (
    BACKLOG,
    HANDOVER_P90,
    INFO_REQUEST_RATE,
    TURNAROUND_P90,
    Measure,
    MeasureKind,
)
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import Today
from dashboard.pages.today.parts import named_place, region
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, duration_text, percent_text

MEASURES = (HANDOVER_P90, INFO_REQUEST_RATE, TURNAROUND_P90, BACKLOG)
#: A month with less behind it says nothing.
ENOUGH = 10


def own_work_table(today: Today, address: Address, say: Texts) -> html.Div | None:
    """Each figure with what it rests on and with what is usual; a mark says which is beyond."""
    groups: dict[tuple[str | None, str], dict[Measure, Claim]] = {}
    for each in today.all("WORK_FIGURE"):
        if each.measure:
            groups.setdefault((each.code, each.name), {})[each.measure] = each
    telling = {
        key: found
        for key, found in groups.items()
        if any((each["NOW"].n or 0) >= ENOUGH for each in found.values())
    }
    if not telling:
        return None
    heads = [say("today.work_group"), *(say(f"today.work_{each.id}") for each in MEASURES)]
    return region(
        "work",
        say("today.question_work"),
        html.Table(
            [
                html.Caption(say("today.question_work"), className="unseen"),
                html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
                html.Tbody(
                    [
                        _row(code, name, found, today, address, say)
                        for (code, name), found in telling.items()
                    ]
                ),
            ]
        ),
    )


def _row(
    code: str | None,
    name: str,
    found: Mapping[Measure, Claim],
    today: Today,
    address: Address,
    say: Texts,
) -> html.Tr:
    is_visa = code in today.names["visa"]
    title = (
        [code, html.Span(name, className="name")]
        if is_visa
        else named_place(CENTRE, code, name, address)
    )
    cells = [_cell(measure, found.get(measure), say) for measure in MEASURES]
    return html.Tr([html.Th(title, scope="row"), *cells])


def _cell(measure: Measure, finding: Claim | None, say: Texts) -> html.Td:
    label: dict[str, Any] = {"data-label": say(f"today.work_{measure.id}")}
    if finding is None:
        return html.Td(NO_VALUE, **label)
    number, usual = finding["NOW"], finding.numbers.get("CONTROL_LIMITS")

    def text(value: float) -> str:
        if measure.kind is MeasureKind.DURATION:
            return duration_text(value, say, is_short=True)
        return percent_text(value, say)

    n = count_text(number.n or 0, say)
    if (number.n or 0) < ENOUGH:
        few = html.Span(say("today.work_few", count=n), className="interval")
        return html.Td([text(number.amount), few], className="few", **label)
    content: list[Any] = [text(number.amount)]
    if number.low is not None:
        low, high = map(text, number.ends)
        content.append(html.Span(f" ({low}–{high})", className="between"))
    parts = [say("today.work_of", count=n)]
    if usual:
        low, high = map(text, usual.ends)
        parts.append(say("today.work_range", low=low, high=high))
    if finding.is_concern:
        content.insert(0, html.Span("▲ ", **aria(hidden="true")))
        content.append(html.Span(say("today.work_beyond"), className="unseen"))
    content.append(html.Span(" · ".join(parts), className="interval"))
    return html.Td(content, className="missed" if finding.is_concern else None, **label)
