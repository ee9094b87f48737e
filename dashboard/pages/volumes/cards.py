"""The measure cards: value, unit, definition, and the change against earlier periods."""

from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.components.definition import definition_button
from dashboard.model.measures import MORE, Measure
from dashboard.model.rows import Reading
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import Change, change_of, value_text

ARROWS = {"up": "▲", "down": "▼", "same": "="}


def cards(view: View) -> list[Any]:
    """One for each measure that is shown, and the way to all of them or back."""
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
    """Who goes back to the main measures leaves a measure that is not one of them."""
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
    now = view.volumes.total[measure]
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
            html.P(_value(measure, now, say), className="value"),
            *_changes(measure, view),
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


def _changes(measure: Measure, view: View) -> list[html.P]:
    """The change against each earlier period that there is something known of."""
    volumes, say = view.volumes, view.say
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
