"""The panel for partner managers of how cases ended: published figures, and their protection."""

from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.model.measures import REFUSAL_RATE, Measure
from dashboard.model.period import Period, month_end, month_start
from dashboard.model.published import OUTCOMES, Published
from dashboard.model.rows import Line
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import instant_text, period_text, value_text


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
        html.H2(say("outcomes.title_of", period=period_text(quarter, say))),
        html.P([protection, " ", edition], className="protection"),
        html.Div(
            _table(published, say),
            className="scroll",
            tabIndex=0,
            role="region",
            **aria(label=say("outcomes.caption")),
        ),
        html.P(national),
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


def _cell(line: Line, measure: Measure, say: Texts) -> Any:
    reading = line[measure]
    if not reading.is_suppressed:
        return value_text(measure, reading, say, is_short=True)
    withheld = html.Abbr(say("measures.suppressed"), title=say("measures.suppressed_why"))
    if reading.wider is None:
        return withheld
    wider = Period(reading.wider.from_on, reading.wider.to_on)
    return [withheld, " ", say("outcomes.wider", period=period_text(wider, say))]
