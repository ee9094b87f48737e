"""Are we meeting the target: a line for each visa type, with its months."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.figures.small import MARK_HEIGHT, month_marks, width_of
from dashboard.model.findings import Claim
from dashboard.pages.today.answers import Today
from dashboard.pages.today.parts import region
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, percent_text, signed_points

COLUMNS = ("visa", "verdict", "in_time", "promised", "decided", "year_change", "trend_of")
#: How the verdict of a visa type is written, and its mark.
VERDICTS = {"KEPT": ("met", "✓ "), "MISSED": ("missed", "✗ "), "UNKNOWN": ("too_few", "")}


def promise_table(today: Today, say: Texts) -> html.Div | None:
    """The answer, the share beside the promise, and the months."""
    found = today.all("VISA_TYPE")
    if not found:
        return None
    marks = _marks(today)
    return region(
        "types",
        say("today.question_promise"),
        html.Table(
            [
                html.Caption(say("today.question_promise"), className="unseen"),
                html.Thead(html.Tr([html.Th(say(f"today.{key}"), scope="col") for key in COLUMNS])),
                html.Tbody([_row(each, marks.get(each.code, []), say) for each in found]),
            ]
        ),
    )


def _marks(today: Today) -> dict[str | None, list[bool | None]]:
    """By visa type, whether the promise was kept month by month; None where too little was
    decided."""
    found = today.all("VISA_TYPE_MONTH")
    months = sorted({each.starts_on for each in found if each.starts_on})
    by_type: dict[str | None, dict[Any, bool]] = {}
    for each in found:
        by_type.setdefault(each.code, {})[each.starts_on] = each.direction == "KEPT"
    return {code: [kept.get(month) for month in months] for code, kept in by_type.items()}


def _row(target: Claim, months: Sequence[bool | None], say: Texts) -> html.Tr:
    word, sign = VERDICTS[target.direction]
    if target["PROMISED"].value is None:
        word = "no_promise"
    now, kept = target["NOW"], target["KEPT"]
    low, high = now.ends
    interval = f"{percent_text(low, say)}–{percent_text(high, say)}"
    change, promised = target["CHANGE"].value, target["PROMISED"].value
    marked = (
        say("today.kept", met=count_text(kept.amount, say), count=count_text(kept.n, say))
        if kept.n
        else ""
    )
    without = target["WITHOUT_EVENTS"]
    beside = say("today.without_events", share=percent_text(without.amount, say))
    cells = (
        [html.Span(sign, **aria(hidden="true")), say(f"today.verdict_{word}")],
        [
            percent_text(now.amount, say),
            html.Span(interval, className="interval"),
            *([html.Span(beside, className="interval")] if without.n else []),
        ],
        "" if promised is None else percent_text(promised, say, digits=0),
        count_text(now.n or 0, say),
        "" if change is None else signed_points(change, say),
        [
            html.Img(src=month_marks(months), alt="", width=width_of(months), height=MARK_HEIGHT),
            html.Span(marked, className="name"),
        ],
    )
    name = html.Span(target.name, className="name")
    return html.Tr(
        [
            html.Th([target.code, name], scope="row"),
            *(_cell(cell, key, word, say) for cell, key in zip(cells, COLUMNS[1:], strict=True)),
        ]
    )


def _cell(content: Any, key: str, verdict: str, say: Texts) -> html.Td:
    """On a phone a row becomes a list, in which each cell says what it is."""
    label: dict[str, Any] = {"data-label": say(f"today.{key}")}
    return html.Td(content, className=f"{key} {verdict}" if key == "verdict" else key, **label)
