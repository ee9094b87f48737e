"""What can be measured, and which measures each audience of the page Volumes reads."""

from dataclasses import dataclass, replace
from enum import StrEnum


class MeasureKind(StrEnum):
    """How a measure is counted, which decides how it is written and compared."""

    COUNT = "COUNT"
    MONEY = "MONEY"
    RATE = "RATE"
    DURATION = "DURATION"


class Better(StrEnum):
    """The direction in which a measure improves."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"
    NEITHER = "NEITHER"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: the id of its definition and its field in the API."""

    id: str
    field: str
    kind: MeasureKind
    better: Better = Better.NEITHER


INTAKE = Measure("intake", "intake", MeasureKind.COUNT)
DECISIONS = Measure("decisions", "decisions", MeasureKind.COUNT)
REFUSAL_RATE = Measure("refusal_rate", "refusalRate", MeasureKind.RATE)
WIP = Measure("wip", "wip", MeasureKind.COUNT)
BACKLOG = Measure("backlog", "backlog", MeasureKind.COUNT, Better.LOWER)
TURNAROUND_P50 = Measure("turnaround_p50", "turnaroundP50", MeasureKind.DURATION, Better.LOWER)
TURNAROUND_P90 = Measure("turnaround_p90", "turnaroundP90", MeasureKind.DURATION, Better.LOWER)
TARGET_RATE = Measure("target_rate", "targetRate", MeasureKind.RATE, Better.HIGHER)
REVENUE = Measure("revenue", "revenue", MeasureKind.MONEY)
ADJUSTED_P50 = Measure(
    "turnaround_adjusted_p50", "turnaroundAdjustedP50", MeasureKind.DURATION, Better.LOWER
)
ADJUSTED_P90 = Measure(
    "turnaround_adjusted_p90", "turnaroundAdjustedP90", MeasureKind.DURATION, Better.LOWER
)
HANDOVER_P90 = Measure("handover_p90", "handoverP90", MeasureKind.DURATION, Better.LOWER)
INFO_REQUEST_RATE = Measure("info_request_rate", "infoRequestRate", MeasureKind.RATE, Better.LOWER)
TARGET_RATE_INTAKE = Measure(
    "target_rate_intake", "targetRateIntake", MeasureKind.RATE, Better.HIGHER
)
WIP_AGE_P50 = Measure("wip_age_p50", "wipAgeP50", MeasureKind.DURATION, Better.LOWER)
WIP_AGE_P90 = Measure("wip_age_p90", "wipAgeP90", MeasureKind.DURATION, Better.LOWER)
WIP_AGE_OLDEST = Measure("wip_age_oldest", "wipAgeOldest", MeasureKind.DURATION, Better.LOWER)
CLEARANCE_RATIO = Measure("clearance_ratio", "clearanceRatio", MeasureKind.RATE, Better.HIGHER)

#: Those that the page always shows, and those that it shows on request.
MAIN = (
    INTAKE,
    DECISIONS,
    REFUSAL_RATE,
    TARGET_RATE,
    WIP,
    BACKLOG,
    TURNAROUND_P50,
    TURNAROUND_P90,
    REVENUE,
)
MORE = (
    TARGET_RATE_INTAKE,
    ADJUSTED_P50,
    ADJUSTED_P90,
    WIP_AGE_P50,
    WIP_AGE_P90,
    WIP_AGE_OLDEST,
    CLEARANCE_RATIO,
    INFO_REQUEST_RATE,
    HANDOVER_P90,
)
MEASURES = (*MAIN, *MORE)
BY_ID = {measure.id: measure for measure in MEASURES}
BY_FIELD = {measure.field: measure for measure in MEASURES}

#: Read at the end of a period, and never summed over time.
STOCKS = (WIP, BACKLOG, WIP_AGE_P50, WIP_AGE_P90, WIP_AGE_OLDEST)
#: Shown on a map as areas; everything else as circles.
RELATIVE = (MeasureKind.RATE, MeasureKind.DURATION)


@dataclass(frozen=True, slots=True)
class Audience:
    """Roles that read the same measures."""

    main: tuple[Measure, ...]
    more: tuple[Measure, ...]
    #: Whether outcomes are as first decided: by whole months that are over, and one dimension.
    is_first_decided: bool = False
    #: Whether the whole network's outcomes are read beside the own ones.
    has_network: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (*self.main, *self.more)

    @property
    def has_outcomes(self) -> bool:
        return REFUSAL_RATE in self.main

    @property
    def without_outcomes(self) -> "Audience":
        main = tuple(each for each in self.main if each is not REFUSAL_RATE)
        return replace(self, main=main, has_network=False)


PROCESSING = Audience(MAIN, MORE)
PARTNER = replace(PROCESSING, is_first_decided=True)
MANAGING = replace(PARTNER, has_network=True)

#: Roles that are not here have no figures to see.
AUDIENCES = {
    "LEADERSHIP": PROCESSING,
    "OFFICER": PROCESSING,
    "SUPERVISOR": PROCESSING,
    "AUDITOR": PROCESSING,
    "PARTNER_MANAGER": MANAGING,
    "PARTNER_AGENT": PARTNER,
}
