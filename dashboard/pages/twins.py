"""The trend as a table, for those who read numbers better than lines."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.measures import Measure
from dashboard.period import Period
from dashboard.texts import Texts
from dashboard.volumes import Line
from dashboard.wording import month_text, value_text


def trend_table(
    months: Sequence[Line], measures: Sequence[Measure], period: Period, say: Texts
) -> list[Any]:
    """The note below the trend, and the table in it."""
    so_far = "" if period.has_whole_months else f" {say('trend.so_far')}"
    return [
        html.P(say("trend.note") + so_far),
        html.Details(
            [
                html.Summary(say("trend.table")),
                html.Div(_table(months, measures, say), className="scroll", tabIndex=0),
            ],
            className="twin",
        ),
    ]


def _table(months: Sequence[Line], measures: Sequence[Measure], say: Texts) -> html.Table:
    names = [say(f"measures.{measure.id}.label") for measure in measures]
    return html.Table(
        [
            html.Thead(
                html.Tr([html.Th(name, scope="col") for name in (say("trend.month"), *names)])
            ),
            html.Tbody([_row(line, measures, say) for line in reversed(months) if line.starts_on]),
        ]
    )


def _row(line: Line, measures: Sequence[Measure], say: Texts) -> html.Tr:
    month = month_text(line.starts_on, say, is_short=True) if line.starts_on else ""
    values = [html.Td(value_text(measure, line[measure], say)) for measure in measures]
    return html.Tr([html.Th(month, scope="row"), *values])
