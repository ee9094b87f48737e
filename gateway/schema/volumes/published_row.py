"""A row of published figures: each with its precision, and the wider cell that has a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.mapping.enums import Precision
from gateway.mapping.figure_reads import Figures
from gateway.mapping.figure_types import CountFigure, DurationFigure, FindWider, RateFigure
from gateway.mapping.scalars import BigInt
from models.volumes import Measure


@dataclass(frozen=True)
class PublishedRow:
    """The published figures of one group in one period."""

    figures: Figures
    find_wider: Callable[[Measure], FindWider]

    def count(self, measure: Measure) -> CountFigure:
        value, below = self.figures[measure], None
        if measure is Measure.REFUSED:
            below = self.figures["refused_below"]
        precision = self._precision(value, below)
        return CountFigure(
            value=_whole(value),
            precision=precision,
            upper_bound=_whole(below),
            find_wider=self._wider(measure, precision),
        )

    def rate(self, measure: Measure) -> RateFigure:
        value, decisions, below = self.figures[measure], self._decisions, None
        if measure is Measure.REFUSAL_RATE:
            below = self.figures["refusal_rate_below"]
        precision = self._precision(value if decisions else decisions, below)
        return RateFigure(
            value=value,
            precision=precision,
            denominator=_whole(decisions),
            upper_bound=below,
            find_wider=self._wider(measure, precision),
        )

    def duration(self, measure: Measure) -> DurationFigure:
        value, decisions = self.figures[measure], self._decisions
        precision = self._precision(value if decisions else decisions)
        return DurationFigure(
            hours=value,
            precision=precision,
            measured=_whole(decisions),
            find_wider=self._wider(measure, precision),
        )

    @property
    def _decisions(self) -> int | None:
        return self.figures[Measure.DECISIONS]

    def _precision(self, value: Any, below: Any = None) -> Precision:
        if below is not None:
            return Precision.BELOW
        return Precision.SUPPRESSED if value is None else Precision.ROUNDED

    def _wider(self, measure: Measure, precision: Precision) -> FindWider | None:
        return self.find_wider(measure) if precision is Precision.SUPPRESSED else None


def _whole(value: int | None) -> BigInt | None:
    return None if value is None else BigInt(value)
