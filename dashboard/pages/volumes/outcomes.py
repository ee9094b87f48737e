"""The panel for partner managers of how cases ended: published figures, and their protection."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.model.measures import REFUSAL_RATE, Measure
from dashboard.model.page_state import CUSTOM
from dashboard.model.period import Period, today
from dashboard.model.published import OUTCOMES, PublishedPeriod, published_window
from dashboard.model.rows import Line, Wider
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import instant_text, period_text, value_text


def outcomes(view: View) -> list[Any] | None:
    """None for those who read outcomes exactly; they have them in every other place."""
    published, say = view.volumes.published, view.say
    if not view.audience.publishes:
        return None
    if published is None:
        window = published_window(view.period, today()).period
        none = say("outcomes.none", period=period_text(window, say))
        return [html.H2(say("outcomes.title")), html.P(none)]
    protection = say(
        "outcomes.protection",
        fewest=str(published.fewest),
        threshold=str(published.threshold),
        rounding=str(published.rounding),
    )
    national = say("outcomes.national", rate=value_text(REFUSAL_RATE, published.national, say))
    edition = say(
        "outcomes.edition",
        edition=str(published.edition),
        instant=instant_text(published.published_at, say),
    )
    return [
        html.H2(say("outcomes.title_of", period=period_text(published.period, say))),
        html.P([protection, " ", edition], className="protection"),
        html.Div(
            _table(published, view),
            className="scroll",
            tabIndex=0,
            role="region",
            **aria(label=say("outcomes.caption")),
        ),
        html.P(national, className="national"),
    ]


def _table(published: PublishedPeriod, view: View) -> html.Table:
    say = view.say
    names = [say("filters.country"), *(say(f"measures.{each.id}.label") for each in OUTCOMES)]
    ordered = sorted(published.lines, key=lambda line: line.name or "")
    return html.Table(
        [
            html.Caption(say("outcomes.caption")),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in names])),
            html.Tbody([_row(line, published.years, view) for line in ordered]),
        ]
    )


def _row(line: Line, years: Mapping[str, Wider], view: View) -> html.Tr:
    name = html.Th(line.name or view.say("ranking.nowhere_country"), scope="row")
    return html.Tr([name, *(html.Td(_cell(line, measure, years, view)) for measure in OUTCOMES)])


def _cell(line: Line, measure: Measure, years: Mapping[str, Wider], view: View) -> Any:
    """The value, or why there is none, with the way to the nearest period that has one."""
    reading, say = line[measure], view.say
    if not reading.is_suppressed:
        return value_text(measure, reading, say, is_short=True)
    withheld = html.Abbr(say("measures.suppressed"), title=say("measures.suppressed_why"))
    # A period around it, or else the last year of the country; the year itself may not be over.
    nearest = reading.wider or years.get(line.code or "")
    if nearest is None:
        return withheld
    wider = Period(nearest.from_on, nearest.to_on)
    first, last = (f"{day:%Y-%m}" for day in (wider.from_on, wider.to_on))
    there = html.A(
        say("outcomes.wider", period=period_text(wider, say)),
        href=view.address.link(period=CUSTOM, first=first, last=last),
    )
    return [withheld, " ", there]
