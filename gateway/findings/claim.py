"""What a finding is: one claim about figures, with all that it takes to check it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from gateway.findings.rates import Interval, wilson
from gateway.findings.wording import Says
from models.volumes import Dimension, Measure, Question


class FindingTopic(StrEnum):
    """The question that a finding answers."""

    CHANGE = "CHANGE"
    ATTENTION = "ATTENTION"
    WAITING = "WAITING"
    TARGET = "TARGET"
    COMING = "COMING"
    WORK = "WORK"


class FindingKind(StrEnum):
    """What a finding is about."""

    CHANGE = "CHANGE"
    CONTRIBUTION = "CONTRIBUTION"
    ATTENTION = "ATTENTION"
    PLACE = "PLACE"
    PLACE_MONTH = "PLACE_MONTH"
    LIMITS = "LIMITS"
    MONTH = "MONTH"
    WAITING = "WAITING"
    WAITING_PLACE = "WAITING_PLACE"
    PROMISE = "PROMISE"
    VISA_TYPE = "VISA_TYPE"
    VISA_TYPE_MONTH = "VISA_TYPE_MONTH"
    EVENT = "EVENT"
    COMING = "COMING"
    SO_FAR = "SO_FAR"
    RECEIVED = "RECEIVED"
    EXPECTED = "EXPECTED"
    WORK = "WORK"
    WORK_FIGURE = "WORK_FIGURE"


class FindingDirection(StrEnum):
    """Where a finding points."""

    UP = "UP"
    DOWN = "DOWN"
    STEADY = "STEADY"
    WORSE = "WORSE"
    BETTER = "BETTER"
    USUAL = "USUAL"
    KEPT = "KEPT"
    PARTLY_KEPT = "PARTLY_KEPT"
    MISSED = "MISSED"
    UNKNOWN = "UNKNOWN"


class FindingNumberName(StrEnum):
    """What a number of a finding is."""

    NOW = "NOW"
    BEFORE = "BEFORE"
    CHANGE = "CHANGE"
    RATE_PART = "RATE_PART"
    MIX_PART = "MIX_PART"
    OVERALL = "OVERALL"
    WARNING_LIMITS = "WARNING_LIMITS"
    CONTROL_LIMITS = "CONTROL_LIMITS"
    JUDGED = "JUDGED"
    STANDING_OUT = "STANDING_OUT"
    PROMISED = "PROMISED"
    KEPT = "KEPT"
    WITHOUT_EVENTS = "WITHOUT_EVENTS"
    OPEN = "OPEN"
    OVERDUE = "OVERDUE"
    OLDEST = "OLDEST"
    CLOSED = "CLOSED"
    RECEIVED = "RECEIVED"
    EXPECTED = "EXPECTED"
    COVERAGE = "COVERAGE"


class FindingUnit(StrEnum):
    """What a number counts."""

    COUNT = "COUNT"
    SHARE = "SHARE"
    HOURS = "HOURS"


class Number(NamedTuple):
    """One number of a claim: of n, and between which ends it lies."""

    name: FindingNumberName
    unit: FindingUnit
    value: float | None
    n: int | None = None
    low: float | None = None
    high: float | None = None


class Subject(NamedTuple):
    """What a claim is about: a group of a dimension, of which None has no code; or all together."""

    dimension: Dimension | None = None
    code: str | None = None


ALL = Subject()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that is true of the figures which its question reads."""

    topic: FindingTopic
    kind: FindingKind
    sentence: Says
    #: The question of `volumes` behind it.
    question: Question
    direction: FindingDirection = FindingDirection.STEADY
    subject: Subject = ALL
    measure: Measure | None = None
    #: First and last day of what it is about.
    days: tuple[date, date] | None = None
    numbers: tuple[Number, ...] = ()
    #: Whether it asks for somebody's attention.
    is_concern: bool = False
    #: What it rests on, in further sentences.
    notes: tuple[Says, ...] = ()


def count_number(name: FindingNumberName, value: float) -> Number:
    """A count, exactly."""
    return Number(name, FindingUnit.COUNT, value)


def share_number(name: FindingNumberName, cases: int, n: int) -> Number:
    """A share of n, with the interval in which the rate behind it lies."""
    return Number(name, FindingUnit.SHARE, cases / n if n else None, n, *wilson(cases, n))


def limits_number(name: FindingNumberName, limits: Interval, n: int | None = None) -> Number:
    """Limits between which something usually lies."""
    return Number(name, FindingUnit.SHARE, None, n, *limits)
