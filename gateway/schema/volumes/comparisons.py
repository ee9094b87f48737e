"""Comparisons with an earlier window: read once per table, and only if a change is selected."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import Before, Span
from models.volumes import Measure, Period, Question
from models.volumes.question import months_later

#: Days and weeks are shifted by whole weeks, so that weekdays match.
_DAYS = {Span.YEAR: timedelta(days=364), Span.MONTH: timedelta(days=28)}
_BY_DAYS = (Period.DAY, Period.WEEK)
_LONGER_THAN_A_MONTH = (Period.QUARTER, Period.YEAR)

#: Reads the rows of a question.
ReadFigures = Callable[[Question], Awaitable[list[Figures]]]


def shift_question(question: Question, span: Span) -> Question | None:
    """The question for the earlier window; None if its periods cannot be matched."""
    if span is Span.MONTH and question.period in _LONGER_THAN_A_MONTH:
        return None
    if question.period in _BY_DAYS:
        shift = _DAYS[span]
        return replace(question, from_on=question.from_on - shift, to_on=question.to_on - shift)
    return replace(
        question,
        from_on=months_later(question.from_on, -span),
        to_on=_same_end(question.to_on, span),
    )


def _same_end(to_on: date, span: Span) -> date:
    """The same day of the earlier month; the last day of a month stays the last."""
    after = to_on + timedelta(days=1)
    if after.day == 1:
        return months_later(after, -span) - timedelta(days=1)
    return months_later(to_on, -span)


class Comparison:
    """The figures of one earlier window, by group and period."""

    def __init__(self, question: Question, span: Span, first_on: date, rows: list[Figures]) -> None:
        self._question = question
        #: The first day from which figures are complete.
        self._first_on = first_on
        self._span = span
        self._rows = {_key(question, row, row.get("period")): row for row in rows}

    def figure(self, measure: Measure, figures: Figures) -> float | None:
        """The earlier figure of a measure, for the group of a row."""
        question, starts_on = self._question, figures.get("period")
        if starts_on and question.period in _BY_DAYS:
            starts_on -= _DAYS[self._span]
        elif starts_on:
            starts_on = months_later(starts_on, -self._span)
        if max(starts_on or question.from_on, question.from_on) < self._first_on:
            return None
        earlier = self._rows.get(_key(question, figures, starts_on))
        return None if earlier is None else earlier[measure]


def _key(question: Question, row: Figures, starts_on: date | None) -> tuple[Any, ...]:
    return (*(row[dimension] for dimension in question.dimensions), starts_on)


class Comparisons:
    """The comparisons of a table, by span."""

    def __init__(self, by_span: Mapping[Span, Comparison]) -> None:
        self._by_span = by_span

    def before(self, figures: Figures) -> Callable[[Measure], Before]:
        """The earlier figures of a row, by measure."""

        def find_before(measure: Measure) -> Before:
            def earlier(span: Span) -> float | None:
                comparison = self._by_span.get(span)
                return comparison and comparison.figure(measure, figures)

            return earlier

        return find_before


async def read_comparisons(
    question: Question,
    selected: Mapping[Span, frozenset[Measure]],
    today: date,
    first_on: date,
    read: ReadFigures,
) -> Comparisons:
    """Read the earlier windows of a table: per span, the measures whose change is selected.

    A window that is not over yet is compared up to ``today``; one that begins before ``first_on``,
    the first day from which figures are complete, with nothing.
    """
    until = min(question.to_on, today)
    by_span: dict[Span, Comparison] = {}
    for span, measures in selected.items():
        now = replace(question, to_on=until, measures=measures)
        earlier = shift_question(now, span) if measures and question.from_on <= until else None
        if earlier:
            by_span[span] = Comparison(earlier, span, first_on, await read(earlier))
    return Comparisons(by_span)
