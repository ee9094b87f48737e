"""The figures of places that are looked at: beside those of others, and beside their own past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.findings.claim import (
    Claim,
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
    Number,
    Subject,
    limits_number,
    share_number,
)
from gateway.findings.figures import ENOUGH_HANDOVERS, Figures, Row, counts_of
from gateway.findings.outliers import (
    PAST_MONTHS,
    Funnel,
    Limits,
    Point,
    duration_chance,
    funnel,
    sudden_month,
    usual_range,
)
from gateway.findings.rates import Interval
from gateway.findings.wording import count, hours, month, name, percent, text
from models.volumes import Measure

#: One refusal of two decisions is beyond any limit, and says nothing.
ENOUGH = 30

_N, _D = FindingNumberName, FindingDirection


@dataclass(frozen=True)
class Watched:
    """A figure of a place that was looked at, and how likely chance alone makes it."""

    code: str | None
    measure: Measure
    chance: float
    #: More than elsewhere or usual; all that is looked at is worse the more there is.
    is_high: bool
    claim: Claim

    @property
    def is_of_last_month(self) -> bool:
        return self.claim.kind is FindingKind.PLACE_MONTH


# Places beside each other --------------------------------------------------------------------


def place_funnel(figures: Figures, measure: Measure) -> Funnel:
    counts = [cell.watched(code or "", measure) for code, cell in figures["places"].cells().items()]
    n, cases = sum(each.n for each in counts), sum(each.cases for each in counts)
    return funnel([each for each in counts if each.n >= ENOUGH], cases / n if n else 0.0)


def beside_others(figures: Figures, measure: Measure, point: Point, funnel_: Funnel) -> Watched:
    counted, asked = point.count, figures.asked
    is_high = point.excess > 0
    subject = Subject(asked.place, counted.key or None)
    warning, alarm = (share_limits(point, limits) for limits in ("warning", "alarm"))
    claim = Claim(
        FindingTopic.ATTENTION,
        FindingKind.PLACE,
        text(
            f"attention.place_{measure.value}",
            name=name(asked.place, subject.code),
            rate=percent(counted.rate),
            count=count(counted.n),
            low=percent(point.interval.low),
            high=percent(point.interval.high),
            usual_low=percent(alarm.low),
            usual_high=percent(alarm.high),
            all=percent(funnel_.model.rate),
        ),
        figures["places"].question,
        _D.USUAL,
        subject,
        measure,
        (asked.from_on, asked.until),
        (
            share_number(_N.NOW, counted.cases, counted.n),
            Number(_N.OVERALL, FindingUnit.SHARE, funnel_.model.rate),
            limits_number(_N.WARNING_LIMITS, warning, counted.n),
            limits_number(_N.CONTROL_LIMITS, alarm, counted.n),
        ),
    )
    chance = point.model.tail(counted.n, counted.cases)
    return Watched(subject.code, measure, chance, is_high, claim)


def share_limits(point: Point, limits: str) -> Interval:
    range_, n = getattr(point, limits), point.count.n
    return Interval(range_.lower / n, min(range_.upper / n, 1.0))


def limits_claim(figures: Figures, measure: Measure, limits: Limits, funnel_: Funnel) -> Claim:
    asked = figures.asked
    return Claim(
        FindingTopic.ATTENTION,
        FindingKind.LIMITS,
        text(
            "attention.limits",
            measure=text(f"watched.{measure.value}"),
            count=count(limits.n),
            low=percent(limits.low_warning),
            high=percent(limits.high_warning),
        ),
        figures["places"].question,
        _D.USUAL,
        measure=measure,
        days=(asked.from_on, asked.until),
        numbers=(
            limits_number(
                _N.WARNING_LIMITS, Interval(limits.low_warning, limits.high_warning), limits.n
            ),
            limits_number(
                _N.CONTROL_LIMITS, Interval(limits.low_alarm, limits.high_alarm), limits.n
            ),
            Number(_N.OVERALL, FindingUnit.SHARE, funnel_.model.rate),
        ),
    )


def handovers(figures: Figures) -> Iterator[Claim]:
    """How long a hand-over took at each place; it is compared with its own past alone."""
    asked, measure = figures.asked, Measure.HANDOVER_P90
    for code, row in figures["places"].groups().items():
        value, n = row.get(measure), int(row.get(f"{measure}_of") or 0)
        if value is not None and n >= ENOUGH:
            yield Claim(
                FindingTopic.ATTENTION,
                FindingKind.PLACE,
                text(
                    "attention.place_handover_p90",
                    name=name(asked.place, code),
                    hours=hours(value),
                    count=count(n),
                ),
                figures["places"].question,
                _D.UNKNOWN,
                Subject(asked.place, code),
                measure,
                (asked.from_on, asked.until),
                (Number(_N.NOW, FindingUnit.HOURS, value, n),),
            )


# Places beside their own past ----------------------------------------------------------------


def judged_months(figures: Figures, measures: Sequence[Measure]) -> int:
    """How many last months have a past to be judged by."""
    if "place_months" not in figures:
        return 0
    last = figures.asked.last_month
    places = figures["place_months"].months_by_group().values()
    return sum(last in rows and len(rows) > 1 for rows in places) * (len(measures) + 1)


def beside_own_past(figures: Figures, measures: Sequence[Measure]) -> Iterator[Watched]:
    """Each last month that is far from its own past at all; the others are as usual."""
    if "place_months" not in figures:
        return
    last = figures.asked.last_month
    for code, rows in figures["place_months"].months_by_group().items():
        if last not in rows:
            continue
        cells = {each: counts_of(row) for each, row in rows.items()}
        for measure in measures:
            point = sudden_month(
                [cell.watched(each.isoformat(), measure) for each, cell in cells.items()]
            )
            if point and point.count.n >= ENOUGH_HANDOVERS:
                yield _sudden_share(figures, code, measure, point)
        yield from _sudden_handover(figures, code, rows)


def _sudden_share(figures: Figures, code: str | None, measure: Measure, point: Point) -> Watched:
    counted, question = point.count, figures["place_months"].question
    limits = share_limits(point, "alarm")
    claim = Claim(
        FindingTopic.ATTENTION,
        FindingKind.PLACE_MONTH,
        text(
            f"attention.month_{measure.value}",
            name=name(figures.asked.place, code),
            rate=percent(counted.rate),
            count=count(counted.n),
            usual=percent(point.model.rate),
            month=month(figures.asked.last_month),
        ),
        question,
        _D.USUAL,
        Subject(figures.asked.place, code),
        measure,
        (figures.asked.last_month, question.to_on),
        (
            share_number(_N.NOW, counted.cases, counted.n),
            Number(_N.OVERALL, FindingUnit.SHARE, point.model.rate),
            limits_number(_N.CONTROL_LIMITS, limits, counted.n),
        ),
    )
    chance = point.model.tail(counted.n, counted.cases)
    return Watched(code, measure, chance, point.excess > 0, claim)


def _sudden_handover(
    figures: Figures, code: str | None, rows: dict[date, Row]
) -> Iterator[Watched]:
    measure = Measure.HANDOVER_P90
    *past, last = ((row.get(measure), int(row.get(f"{measure}_of") or 0)) for row in rows.values())
    value, n = last
    known = [
        each for each, of in past[-PAST_MONTHS:] if each is not None and of >= ENOUGH_HANDOVERS
    ]
    usual = usual_range(known)
    if value is None or n < ENOUGH_HANDOVERS or usual is None or usual.low <= value <= usual.high:
        return
    question = figures["place_months"].question
    claim = Claim(
        FindingTopic.ATTENTION,
        FindingKind.PLACE_MONTH,
        text(
            "attention.month_handover_p90",
            name=name(figures.asked.place, code),
            hours=hours(value),
            count=count(n),
            usual=hours(usual.high if value > usual.high else usual.low),
            month=month(figures.asked.last_month),
        ),
        question,
        _D.USUAL,
        Subject(figures.asked.place, code),
        measure,
        (figures.asked.last_month, question.to_on),
        (
            Number(_N.NOW, FindingUnit.HOURS, value, n),
            Number(_N.CONTROL_LIMITS, FindingUnit.HOURS, None, None, *usual),
        ),
    )
    is_high = value > usual.high
    chance = duration_chance(known, value)
    yield Watched(code, measure, chance if is_high else 1 - chance, is_high, claim)
