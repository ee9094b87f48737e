"""What measures were in the windows that theirs are compared with: read once, and only if asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from gateway.mapping.figures import Before, Span
from models.volumes import Measure, Period, Question
from models.volumes.question import months_later

_WIB = timezone(timedelta(hours=7))

#: Days and weeks go back whole weeks, so that weekdays meet.
_DAYS = {Span.YEAR: timedelta(days=364), Span.MONTH: timedelta(days=28)}
_BY_DAYS = (Period.DAY, Period.WEEK)
_LONGER_THAN_A_MONTH = (Period.QUARTER, Period.YEAR)

Figures = Mapping[str, Any]
#: The rows of a question, each with the first of the month in which the data begin.
Read = Callable[[Question], Awaitable[list[Figures]]]


def shift_question(question: Question, span: Span) -> Question | None:
    """The question a span before; none where its periods would not meet."""
    if span is Span.MONTH and question.period in _LONGER_THAN_A_MONTH:
        return None
    if question.period in _BY_DAYS:
        earlier = _DAYS[span]
        return replace(question, from_on=question.from_on - earlier, to_on=question.to_on - earlier)
    return replace(
        question,
        from_on=months_later(question.from_on, -span),
        to_on=_same_end(question.to_on, span),
    )


def _same_end(to_on: date, span: Span) -> date:
    """The same day, but the last of a month for the last of a month."""
    after = to_on + timedelta(days=1)
    if after.day == 1:
        return months_later(after, -span) - timedelta(days=1)
    return months_later(to_on, -span)


class Comparison:
    """A question a span before, answered once for all rows that ask."""

    def __init__(self, question: Question, span: Span, read: Read) -> None:
        self._question = shift_question(question, span)
        self._span = span
        self._read = read
        self._turn = asyncio.Lock()
        self._rows: dict[Any, Figures] | None = None

    async def figure(self, measure: Measure, figures: Figures) -> float | None:
        """What a measure was for the group of a row."""
        if self._question is None:
            return None
        question, starts_on = self._question, figures.get("period")
        if starts_on and self._question.period in _BY_DAYS:
            starts_on -= _DAYS[self._span]
        elif starts_on:
            starts_on = months_later(starts_on, -self._span)
        async with self._turn:
            if self._rows is None:
                found = await self._read(question)
                self._rows = {_key(question, row, row.get("period")): row for row in found}
        was = self._rows.get(_key(question, figures, starts_on))
        if was is None or max(starts_on or question.from_on, question.from_on) < was["begins_on"]:
            return None
        return was[measure]


def _key(question: Question, row: Figures, starts_on: date | None) -> tuple[Any, ...]:
    return (*(row[dimension] for dimension in question.dimensions), starts_on)


class Comparisons:
    """The comparisons of a table, of the measures whose change is asked for.

    A window that is not over is compared up to the day of ``as_of``.
    """

    def __init__(
        self,
        question: Question,
        asked: Mapping[Span, frozenset[Measure]],
        as_of: datetime,
        read: Read,
    ) -> None:
        until = min(question.to_on, as_of.astimezone(_WIB).date())
        self._of = {
            span: Comparison(replace(question, to_on=until, measures=measures), span, read)
            for span, measures in asked.items()
            if measures and question.from_on <= until
        }

    def before(self, figures: Figures) -> Callable[[Measure], Before]:
        """For a row: what each of its measures was."""

        def of(measure: Measure) -> Before:
            async def was(span: Span) -> float | None:
                comparison = self._of.get(span)
                return await comparison.figure(measure, figures) if comparison else None

            return was

        return of
