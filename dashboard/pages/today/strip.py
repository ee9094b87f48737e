"""The strip of answers: of each question the direction, the sentence, and the way to its panel."""

from collections.abc import Mapping

from dash import html

from dashboard.components.html_part import aria, skeleton
from dashboard.model.findings import Claim
from dashboard.pages.today.answers import Today
from dashboard.pages.today.parts import PANELS, panel_id
from dashboard.texts import Texts

#: What stands before a sentence: the direction as a shape, which colour only repeats.
MARKS = {
    "UP": "▲",
    "DOWN": "▼",
    "STEADY": "=",
    "WORSE": "!",
    "BETTER": "▲",
    "USUAL": "✓",
    "KEPT": "✓",
    "PARTLY_KEPT": "◐",
    "MISSED": "✗",
    "UNKNOWN": "–",
}


def strip(today: Today, few: str | None, say: Texts) -> html.Ol:
    """The answers, in the order of the panels; what waits now stands with who needs attention.

    Where each of ``few`` applications is looked at by itself, that stands in place of comparisons.
    """
    waiting = today.one("WAITING")
    if few is not None:
        files = Claim("FILES", "STEADY", sentence=few)
        found = {"change": today.one("CHANGE"), "files": files, "coming": today.one("COMING")}
    else:
        found = {panel: today.one(kind) for panel, kind in PANELS.items()}
    return strip_of(found, {"attention": waiting, "files": waiting}, say)


def strip_of(
    found: Mapping[str, Claim | None],
    beside: Mapping[str, Claim | None],
    say: Texts,
    page: str = "today",
) -> html.Ol:
    """A sentence for each panel of a page, and what else belongs to it."""
    items = [
        _item(panel, each, beside.get(panel), say, page) for panel, each in found.items() if each
    ]
    return html.Ol(items, className="strip")


def strip_waiting(panels: int) -> html.Ol:
    """The room of the strip before its sentences are known."""
    return html.Ol(
        [html.Li(html.Div([skeleton(18, "40%"), skeleton(44)])) for _ in range(panels)],
        className="strip",
    )


def _item(panel: str, finding: Claim, more: Claim | None, say: Texts, page: str) -> html.Li:
    shown = [finding, more] if more else [finding]
    concerns = any(each.is_concern for each in shown)
    lines = [html.Span(each.sentence, className="beside") for each in shown[1:]]
    return html.Li(
        html.A(
            [
                html.Span(MARKS[finding.direction], className="mark", **aria(hidden="true")),
                html.Span(say(f"{page}.question_{panel}"), className="kicker"),
                html.Span(f"{say(f'today.direction_{finding.direction}')}. ", className="unseen"),
                html.Span(finding.sentence, className="sentence"),
                *lines,
            ],
            href=f"#{panel_id(panel)}",
        ),
        className=f"{finding.direction.lower()}{' concern' if concerns else ''}",
    )
