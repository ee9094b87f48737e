"""The panel of outcomes for partner managers: published figures, and how they are protected."""

from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.model.measures import Measure
from dashboard.model.period import Period, month_end, month_start
from dashboard.model.published import OUTCOMES, Published
from dashboard.model.rows import Line
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, instant_text, period_text, value_text


def outcomes(view: View) -> list[Any] | None:
    """None for those who read outcomes exactly; they have them in every other place."""
    published, say = view.volumes.published, view.say
    if not view.audience.publishes:
        return None
    if published is None:
        return [html.H2(say("outcomes.title")), html.P(say("outcomes.none"))]
    quarter = Period(published.from_on, month_end(month_start(published.from_on, 2)))
    protection = say(
        "outcomes.protection",
        threshold=str(published.threshold),
        rounding=str(published.rounding),
    )
    edition = say(
        "outcomes.edition",
        edition=str(published.edition),
        instant=instant_text(published.published_at, say),
    )
    return [
        html.H2(say("outcomes.title_of", period=period_text(quarter, say))),
        html.P([protection, " ", edition], className="protection"),
        html.Div(
            _table(published, say),
            className="scroll",
            tabIndex=0,
            role="region",
            **aria(label=say("outcomes.caption")),
        ),
    ]


def _table(published: Published, say: Texts) -> html.Table:
    names = [say("filters.country"), *(say(f"measures.{each.id}.label") for each in OUTCOMES)]
    ordered = sorted(published.lines, key=lambda line: line.name or "")
    return html.Table(
        [
            html.Caption(say("outcomes.caption")),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in names])),
            html.Tbody([_row(line, say) for line in ordered]),
        ]
    )


def _row(line: Line, say: Texts) -> html.Tr:
    name = html.Th(line.name or say("ranking.direct"), scope="row")
    return html.Tr([name, *(html.Td(_cell(line, measure, say)) for measure in OUTCOMES)])


def _cell(line: Line, measure: Measure, say: Texts) -> str | html.Abbr:
    reading = line[measure]
    if reading.is_suppressed:
        return html.Abbr(say("measures.suppressed"), title=say("measures.suppressed_why"))
    if reading.value is None:
        return NO_VALUE
    if measure is OUTCOMES[0]:
        return say("outcomes.about", count=count_text(reading.value, say))
    return value_text(measure, reading, say, is_short=True)
