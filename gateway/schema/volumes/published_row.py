"""A row of published figures: each with its precision, and the wider cell that has a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.mapping.enums import Precision
from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import Count, Duration, FindWider, Rate
from gateway.mapping.scalars import BigInt
from models.volumes import Measure


@dataclass(frozen=True)
class PublishedRow:
    """The published figures of one group in one period."""

    #: None if nothing of the group is published.
    figures: Figures | None
    measures: frozenset[Measure]
    #: Whether the period is published.
    is_published: bool = False
    #: How many were decided, if the viewer reads that exactly.
    decisions: int | None = None
    #: The published row of the whole country for the same period.
    national: Figures | None = None
    find_wider: Callable[[Measure], FindWider] | None = None

    def count(self, measure: Measure) -> Count:
        refusals = self._refusals()
        if measure is Measure.REFUSED:
            return self._count(measure, refusals.refused, refusals.precision, refusals.below)
        if measure is Measure.GRANTED:
            return self._granted_count(refusals)
        value = self._value(measure)
        return self._count(measure, value, self._precision(value))

    def rate(self, measure: Measure) -> Rate:
        if measure is Measure.REFUSAL_RATE:
            precision = self._refusals().precision
        else:
            value = self._value(measure)
            precision = self._precision(value if self._decisions() else self._decisions())
        return Rate(
            value=self._value(measure),
            precision=precision,
            denominator=_whole(self._decisions()),
            upper_bound=self._value("refusal_rate_below") if precision is Precision.BELOW else None,
            find_wider=self._wider(measure, precision),
        )

    def duration(self, measure: Measure) -> Duration:
        value, decisions = self._value(measure), self._decisions()
        precision = self._precision(value if decisions != 0 else decisions)
        return Duration(
            hours=value,
            precision=precision,
            measured=_whole(decisions),
            find_wider=self._wider(measure, precision),
        )

    def national_refusal_rate(self) -> Rate:
        national = PublishedRow(self.national, frozenset(), self.is_published)
        return national.rate(Measure.REFUSAL_RATE)

    def _granted_count(self, refusals: "_Refusals") -> Count:
        """What is not refused, of the decisions that are known."""
        decisions = self._decisions() or 0
        if refusals.below is not None:
            at_least = decisions - (refusals.below - 1)
            return self._count(Measure.GRANTED, at_least, Precision.AT_LEAST)
        granted = None if refusals.refused is None else decisions - refusals.refused
        return self._count(Measure.GRANTED, granted, refusals.precision)

    def _refusals(self) -> "_Refusals":
        if not self.is_published:
            return _Refusals(Precision.UNPUBLISHED)
        if self._decisions() == 0:
            return _Refusals(Precision.EXACT, refused=0)
        refused, below = self._value(Measure.REFUSED), self._value("refused_below")
        if below is not None:
            return _Refusals(Precision.BELOW, below=below)
        return _Refusals(Precision.SUPPRESSED if refused is None else Precision.ROUNDED, refused)

    def _count(
        self, measure: Measure, value: int | None, precision: Precision, below: int | None = None
    ) -> Count:
        return Count(
            value=_whole(value),
            precision=precision,
            upper_bound=_whole(below),
            find_wider=self._wider(measure, precision),
        )

    def _decisions(self) -> int | None:
        return self.decisions if self.figures is None else self.figures[Measure.DECISIONS]

    def _value(self, name: str) -> Any:
        return self.figures[name] if self.figures else None

    def _precision(self, value: Any) -> Precision:
        if not self.is_published:
            return Precision.UNPUBLISHED
        return Precision.SUPPRESSED if value is None else Precision.ROUNDED

    def _wider(self, measure: Measure, precision: Precision) -> FindWider | None:
        if precision is not Precision.SUPPRESSED or self.find_wider is None:
            return None
        return self.find_wider(measure)


@dataclass(frozen=True)
class _Refusals:
    """What is published of the refusals of a row."""

    precision: Precision
    refused: int | None = None
    below: int | None = None


#: For a row whose figures are all exact.
NOT_PUBLISHED = PublishedRow(None, frozenset())


def _whole(value: int | None) -> BigInt | None:
    return None if value is None else BigInt(value)
