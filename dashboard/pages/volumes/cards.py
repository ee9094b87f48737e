"""The measure cards: value, unit, definition, and the change against earlier periods."""

from typing import Any

from dash import html

from dashboard.components.definition import definition_button
from dashboard.components.html_part import aria
from dashboard.model.measures import MORE, STOCKS, Measure
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import ChangeText, change_of, day_text, value_text

ARROWS = {"up": "▲", "down": "▼"}


def cards(view: View) -> list[Any]:
    """A card for each measure that is shown, and a link to all of them or back."""
    say = view.say
    heading = html.H2(say("measures.heading"), className="unseen")
    is_all = view.address.measures == "all"
    more = html.A(
        say("measures.fewer" if is_all else "measures.more"),
        href=view.address.link(measures="main" if is_all else "all", **_within_main(view)),
        className="more-measures",
        **aria(expanded="true" if is_all else "false"),
    )
    return [heading, *(_card(measure, view) for measure in view.measures), more]


def _within_main(view: View) -> dict[str, str]:
    """The link back to the main measures resets a measure that is not one of them."""
    main = {measure.id for measure in view.audience.main}
    address = view.address
    if address.measures != "all":
        return {}
    return {
        "measure": address.measure if address.measure in main else "intake",
        "sort": address.sort if address.sort in {*main, "name"} else "intake",
    }


def _card(measure: Measure, view: View) -> html.Article:
    say = view.say
    is_shown = measure is view.measure
    choice = html.A(
        say(f"measures.{measure.id}.label"),
        href=view.address.link(measure=measure.id),
        title=say("measures.choose"),
        **(aria(current="true") if is_shown else {}),
    )
    return html.Article(
        [
            html.Header([html.H3(choice), definition_button(measure.id, say)]),
            html.P(_value(measure, view), className="value"),
            _change(measure, view),
            html.P(say(f"measures.{measure.id}.definition"), className="printed"),
        ],
        className=" ".join(
            (
                "card",
                f"card-{measure.id.replace('_', '-')}",
                *(["compact"] if measure in MORE else []),
                *(["is-shown"] if is_shown else []),
            )
        ),
    )


def _value(measure: Measure, view: View) -> list[Any]:
    """The value with its unit; a stock with its own day."""
    say, now = view.say, view.volumes.total[measure]
    if now.value is None:
        return [html.Span(say("measures.nothing"), className="unit")]
    unit = say(f"measures.{measure.id}.unit")
    return [
        html.Span(value_text(measure, now, say), className="number"),
        " ",
        html.Span(f"{unit}, {stock_day(view)}" if measure in STOCKS else unit, className="unit"),
    ]


def stock_day(view: View) -> str:
    """Of which moment the stocks are: the current ones where the period runs to now."""
    say = view.say
    if view.is_current:
        return say("measures.now")
    return say("measures.on", day=day_text(view.read_on, say))


def _change(measure: Measure, view: View) -> html.P:
    """The change against the period that the visitor compares with."""
    volumes, say = view.volumes, view.say
    before = volumes.before[measure]
    change = change_of(measure, volumes.total[measure], before, say)
    if change is None:
        nothing = html.Span(say("measures.no_comparison"), className="before")
        return html.P(nothing, className="change")
    value = value_text(measure, before, say, is_short=True)
    text = say(f"measures.before_{view.address.compare}", value=value)
    return html.P(
        [change_mark(change, say), " ", html.Span(text, className="before")], className="change"
    )


def change_mark(change: ChangeText, say: Texts) -> html.Span:
    """An arrow to see and a word to hear, then how much; the colour only repeats a verdict."""
    if change.direction == "same":
        return html.Span(change.text, className="moved")
    verdict = say(f"measures.{change.verdict}") if change.verdict else ""
    return html.Span(
        [
            html.Span(ARROWS[change.direction], className="arrow", **aria(hidden="true")),
            html.Span(f"{say(f'measures.{change.direction}')} ", className="unseen"),
            change.size,
            html.Span(f" ({verdict})", className="unseen") if verdict else None,
        ],
        className=f"moved {change.verdict}".strip(),
    )
