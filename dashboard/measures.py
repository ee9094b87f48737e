"""What can be measured, and which measures each audience of the page Volumes reads."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
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
    kind: Kind
    better: Better = Better.NEITHER


INTAKE = Measure("intake", "intake", Kind.COUNT)
DECISIONS = Measure("decisions", "decisions", Kind.COUNT)
REFUSAL_RATE = Measure("refusal_rate", "refusalRate", Kind.RATE)
WIP = Measure("wip", "wip", Kind.COUNT)
BACKLOG = Measure("backlog", "backlog", Kind.COUNT, Better.LOWER)
TURNAROUND_P50 = Measure("turnaround_p50", "turnaroundP50", Kind.DURATION, Better.LOWER)
TURNAROUND_P90 = Measure("turnaround_p90", "turnaroundP90", Kind.DURATION, Better.LOWER)
TARGET_RATE = Measure("target_rate", "targetRate", Kind.RATE, Better.HIGHER)
REVENUE = Measure("revenue", "revenueIdr", Kind.MONEY)

MEASURES = (
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


@dataclass(frozen=True, slots=True)
class Audience:
    """Roles that read the same measures, and the document that asks for them."""

    document: str
    measures: tuple[Measure, ...]
    trend: tuple[Measure, ...]


PROCESSING = Audience("processing_volumes", MEASURES, (INTAKE, DECISIONS))
PARTNER = Audience("processing_volumes_partner", (INTAKE, WIP, BACKLOG, REVENUE), (INTAKE, WIP))

#: Roles that are not here have no figures to see.
AUDIENCES = {
    "LEADERSHIP": PROCESSING,
    "OFFICER": PROCESSING,
    "SUPERVISOR": PROCESSING,
    "AUDITOR": PROCESSING,
    "PARTNER_MANAGER": PARTNER,
}
