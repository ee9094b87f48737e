"""The trend as a table, for those who read numbers better than lines, and what happened."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from dashboard.figures.trend import trend_months
from dashboard.model.events import Event
from dashboard.model.measures import MAIN
from dashboard.model.period import MONTHS_OF_A_YEAR, month_start
from dashboard.model.rows import Line
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import event_text, month_text, note_text, value_text


def trend_notes(view: View, events: Sequence[Event]) -> list[Any]:
    """The note below the trend, and what happened in its months."""
    say = view.say
    so_far = "" if view.period.has_whole_months else f" {say('trend.so_far')}"
    return [
        html.P(_note(view) + so_far),
        *([_event_list(view, events)] if events else []),
        *([_note_list(view)] if view.volumes.notes else []),
    ]


def _note(view: View) -> str:
    if len(view.members) < 2:
        return view.say("trend.note")
    note = view.say("trend.several_note")
    return f"{note} {view.say('trend.index_note')}" if view.address.is_indexed else note


def _event_list(view: View, events: Sequence[Event]) -> html.Ol:
    """Numbered like the marks in the picture."""
    return html.Ol(
        [html.Li(event_text(event, view.say)) for event in events],
        className="events",
    )


def _note_list(view: View) -> html.Ul:
    months = trend_months(view.volumes, view.period)
    noted = (note for note in view.volumes.notes if note.month in months)
    return html.Ul([html.Li(note_text(note, view.say)) for note in noted], className="noted")


def trend_table(view: View) -> html.Table:
    """The measure of the picture with the year before, then the main ones beside it."""
    say, measure = view.say, view.measure
    others = [each for each in view.audience.main if each is not measure and each in MAIN]
    names = [
        say("trend.month"),
        say(f"measures.{measure.id}.label"),
        say("trend.year_before"),
        *(say(f"measures.{each.id}.label") for each in others),
    ]

    def row(start: date) -> html.Tr:
        now = view.volumes.month(start)
        before = view.volumes.month(month_start(start, -MONTHS_OF_A_YEAR))

        def text(line: Line, each: Any) -> str:
            return value_text(each, line[each], say, is_short=True)

        values = [text(now, measure), text(before, measure), *(text(now, each) for each in others)]
        month = html.Th(month_text(start, say, is_short=True), scope="row")
        return html.Tr([month, *(html.Td(value) for value in values)])

    months = trend_months(view.volumes, view.period)
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(name, scope="col") for name in names])),
            html.Tbody([row(start) for start in reversed(months)]),
        ]
    )
