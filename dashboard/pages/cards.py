"""The measure cards: value, unit, definition, and the change against earlier periods."""

from typing import Any

from dash import html

from dashboard.aria import aria
from dashboard.measures import BACKLOG, WIP, Measure
from dashboard.texts import Texts
from dashboard.volumes import Reading, Volumes
from dashboard.wording import Change, change_of, value_text

STOCKS = (WIP, BACKLOG)
ARROWS = {"up": "▲", "down": "▼", "same": "="}


def cards(volumes: Volumes, measures: tuple[Measure, ...], say: Texts) -> list[Any]:
    heading = html.H2(say("measures.heading"), className="unseen")
    return [heading, *(_card(measure, volumes, say) for measure in measures)]


def _card(measure: Measure, volumes: Volumes, say: Texts) -> html.Article:
    now = volumes.total[measure]
    return html.Article(
        [
            html.Header([html.H3(say(f"measures.{measure.id}.label")), _definition(measure, say)]),
            html.P(_value(measure, now, say), className="value"),
            *_changes(measure, volumes, say),
        ],
        className=f"card card-{measure.id.replace('_', '-')}",
    )


def _value(measure: Measure, now: Reading, say: Texts) -> list[Any]:
    if now.is_suppressed:
        withheld = html.Abbr(say("measures.suppressed"), title=say("measures.suppressed_why"))
        return [withheld]
    if now.value is None:
        return [html.Span(say("measures.nothing"), className="unit")]
    text = value_text(measure, now, say)
    return [
        html.Span(text, className="number"),
        " ",
        html.Span(say(f"measures.{measure.id}.unit"), className="unit"),
    ]


def _changes(measure: Measure, volumes: Volumes, say: Texts) -> list[html.P]:
    """The change against each earlier period that there is something known of."""
    compared = [
        _against(measure, volumes.total[measure], before[measure], key, say)
        for key, before in (("previous", volumes.previous), ("year_before", volumes.year_before))
    ]
    nothing = html.P(
        html.Span(say("measures.no_comparison"), className="before"), className="change"
    )
    return [line for line in compared if line] or [nothing]


def _against(
    measure: Measure, now: Reading, before: Reading, key: str, say: Texts
) -> html.P | None:
    change = change_of(measure, now, before, say)
    if change is None:
        return None
    value = value_text(measure, before, say, is_short=True)
    told = html.Span(say(f"measures.{key}", value=value), className="before")
    return html.P([change_mark(change, say), " ", told], className="change")


def change_mark(change: Change, say: Texts) -> html.Span:
    """Arrow, sign and words: the colour only repeats what they say."""
    spoken = say(f"measures.{change.verdict}") if change.verdict else ""
    return html.Span(
        [
            html.Span(ARROWS[change.direction], className="arrow", **aria(hidden="true")),
            change.text,
            html.Span(f" ({spoken})", className="unseen") if spoken else None,
        ],
        className=f"moved {change.verdict}".strip(),
    )


def _definition(measure: Measure, say: Texts) -> html.Details:
    name = say(f"measures.{measure.id}.label")
    stock = f" ({say('measures.stock')})" if measure in STOCKS else ""
    return html.Details(
        [
            html.Summary(
                "i",
                title=say(f"measures.{measure.id}.definition"),
                **aria(label=say("measures.definition", measure=name + stock)),
            ),
            html.P(say(f"measures.{measure.id}.definition")),
        ],
        className="definition",
    )
