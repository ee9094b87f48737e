"""The measures, and the facts that each is computed from."""

from enum import StrEnum
from typing import NamedTuple

from models.volumes.grains import Clock


class Measure(StrEnum):
    """The measures, by their identifiers in the domain's definitions."""

    INTAKE = "intake"
    DECISIONS = "decisions"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OVERTURNED = "overturned"
    REFUSAL_RATE = "refusal_rate"
    WIP = "wip"
    BACKLOG = "backlog"
    WIP_AGE_P50 = "wip_age_p50"
    WIP_AGE_P90 = "wip_age_p90"
    WIP_AGE_OLDEST = "wip_age_oldest"
    TURNAROUND_P50 = "turnaround_p50"
    TURNAROUND_P75 = "turnaround_p75"
    TURNAROUND_P90 = "turnaround_p90"
    TURNAROUND_P95 = "turnaround_p95"
    TURNAROUND_ADJUSTED_P50 = "turnaround_adjusted_p50"
    TURNAROUND_ADJUSTED_P75 = "turnaround_adjusted_p75"
    TURNAROUND_ADJUSTED_P90 = "turnaround_adjusted_p90"
    TURNAROUND_ADJUSTED_P95 = "turnaround_adjusted_p95"
    TARGET_RATE = "target_rate"
    TARGET_RATE_INTAKE = "target_rate_intake"
    CLEARANCE_RATIO = "clearance_ratio"
    INFO_REQUEST_RATE = "info_request_rate"
    HANDOVER_P90 = "handover_p90"
    REVENUE = "revenue"


class Ratio(NamedTuple):
    """A sum of facts divided by another."""

    part: tuple[str, ...]
    whole: tuple[str, ...]


class Percentile(NamedTuple):
    """The hours within which ``percent`` of a clock's durations ended."""

    clock: Clock
    percent: int


#: Open cases whose target passed before this hour.
OPEN_BREACHES = "open_breaches"

_DECISIONS = ("decisions",)

#: Sums of facts.
COUNTS = {
    Measure.INTAKE: ("intake",),
    Measure.DECISIONS: _DECISIONS,
    Measure.GRANTED: ("granted",),
    Measure.REFUSED: ("refused",),
    Measure.WITHDRAWN: ("withdrawn",),
    Measure.LAPSED: ("lapsed",),
    Measure.OVERTURNED: ("overturned",),
    Measure.REVENUE: ("revenue_idr",),
}

RATIOS = {
    Measure.REFUSAL_RATE: Ratio(("refused",), _DECISIONS),
    Measure.TARGET_RATE: Ratio(("within_target",), _DECISIONS),
    Measure.TARGET_RATE_INTAKE: Ratio(("cohort_within_target",), ("cohort_decided", OPEN_BREACHES)),
    Measure.CLEARANCE_RATIO: Ratio((*_DECISIONS, "withdrawn", "lapsed"), ("intake",)),
    Measure.INFO_REQUEST_RATE: Ratio(("info_requested",), ("intake",)),
}

#: Levels at the end of a period, or now: the sum of every change up to it.
STOCKS = {Measure.WIP: "wip_change", Measure.BACKLOG: "backlog_change"}

PERCENTILES = {
    Measure.WIP_AGE_P50: Percentile(Clock.AGE, 50),
    Measure.WIP_AGE_P90: Percentile(Clock.AGE, 90),
    Measure.WIP_AGE_OLDEST: Percentile(Clock.AGE, 100),
    Measure.TURNAROUND_P50: Percentile(Clock.TURNAROUND, 50),
    Measure.TURNAROUND_P75: Percentile(Clock.TURNAROUND, 75),
    Measure.TURNAROUND_P90: Percentile(Clock.TURNAROUND, 90),
    Measure.TURNAROUND_P95: Percentile(Clock.TURNAROUND, 95),
    Measure.TURNAROUND_ADJUSTED_P50: Percentile(Clock.ADJUSTED, 50),
    Measure.TURNAROUND_ADJUSTED_P75: Percentile(Clock.ADJUSTED, 75),
    Measure.TURNAROUND_ADJUSTED_P90: Percentile(Clock.ADJUSTED, 90),
    Measure.TURNAROUND_ADJUSTED_P95: Percentile(Clock.ADJUSTED, 95),
    Measure.HANDOVER_P90: Percentile(Clock.HANDOVER, 90),
}
