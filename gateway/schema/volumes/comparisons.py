"""Comparisons with an earlier window: read once per table, and only if a change is selected."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from gateway.mapping.figures import Before, Span
from models.volumes import Measure, Period, Question
from models.volumes.question import months_later

_WIB = timezone(timedelta(hours=7))

#: Days and weeks are shifted by whole weeks, so that weekdays match.
_DAYS = {Span.YEAR: timedelta(days=364), Span.MONTH: timedelta(days=28)}
_BY_DAYS = (Period.DAY, Period.WEEK)
_LONGER_THAN_A_MONTH = (Period.QUARTER, Period.YEAR)

Figures = Mapping[str, Any]
#: Reads the rows of a question, each with the first day of the month in which its data begin.
Read = Callable[[Question], Awaitable[list[Figures]]]


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
    """One earlier window, read once for all rows of the table."""

    def __init__(self, question: Question, span: Span, read: Read) -> None:
        self._question = shift_question(question, span)
        self._span = span
        self._read = read
        self._lock = asyncio.Lock()
        self._rows: dict[Any, Figures] | None = None

    async def figure(self, measure: Measure, figures: Figures) -> float | None:
        """The earlier figure of a measure, for the group of a row."""
        if self._question is None:
            return None
        question, starts_on = self._question, figures.get("period")
        if starts_on and self._question.period in _BY_DAYS:
            starts_on -= _DAYS[self._span]
        elif starts_on:
            starts_on = months_later(starts_on, -self._span)
        async with self._lock:
            if self._rows is None:
                rows = await self._read(question)
                self._rows = {_key(question, row, row.get("period")): row for row in rows}
        earlier = self._rows.get(_key(question, figures, starts_on))
        if (
            earlier is None
            or max(starts_on or question.from_on, question.from_on) < earlier["begins_on"]
        ):
            return None
        return earlier[measure]


def _key(question: Question, row: Figures, starts_on: date | None) -> tuple[Any, ...]:
    return (*(row[dimension] for dimension in question.dimensions), starts_on)


class Comparisons:
    """The comparisons of a table: per span, the measures whose change is selected.

    A window that is not over yet is compared up to the day of ``as_of``.
    """

    def __init__(
        self,
        question: Question,
        selected: Mapping[Span, frozenset[Measure]],
        as_of: datetime,
        read: Read,
    ) -> None:
        until = min(question.to_on, as_of.astimezone(_WIB).date())
        self._by_span = {
            span: Comparison(replace(question, to_on=until, measures=measures), span, read)
            for span, measures in selected.items()
            if measures and question.from_on <= until
        }

    def before(self, figures: Figures) -> Callable[[Measure], Before]:
        """The earlier figures of a row, by measure."""

        def of(measure: Measure) -> Before:
            async def earlier(span: Span) -> float | None:
                comparison = self._by_span.get(span)
                return await comparison.figure(measure, figures) if comparison else None

            return earlier

        return of
