"""A partner's own part of the work: by place and visa type, last month beside what is usual.

How cases ended has no place here; what a partner can mend has.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    count_number,
)
from gateway.findings.figures import Figures, Row
from gateway.findings.outliers import PAST_MONTHS, Count, control_chart, usual_range
from gateway.findings.rates import Interval, wilson
from gateway.findings.wording import Says, count, hours, listed, month, name, percent, text
from models.volumes import Dimension, Measure

MEASURES = (
    Measure.HANDOVER_P90,
    Measure.INFO_REQUEST_RATE,
    Measure.TURNAROUND_P90,
    Measure.BACKLOG,
)
#: A month with less behind it says nothing.
ENOUGH = 10
#: Findings that a sentence names.
NAMED = 3

_N, _D = FindingNumberName, FindingDirection


@dataclass(frozen=True, slots=True)
class WorkFigure:
    """One measure of one group in the last month, beside its own months before."""

    subject: Subject
    measure: Measure
    value: float
    #: What it is measured by: cases that were handed over, received, decided, or are open.
    n: int
    #: Of a share: what rate the cases are compatible with.
    interval: Interval | None = None
    #: Where the month would lie with nothing behind it; None where too little is known.
    usual: Interval | None = None

    @property
    def is_enough(self) -> bool:
        """Whether it can be judged."""
        return self.n >= ENOUGH and self.usual is not None

    @property
    def is_worse(self) -> bool:
        """Whether it is beyond what is usual, on the side that is worse: all four are."""
        return self.is_enough and self.usual is not None and self.value > self.usual.high

    @property
    def excess(self) -> float:
        """How far it is beyond what is usual."""
        high = self.usual.high if self.usual else 0.0
        return self.value / high if high else self.value

    def says(self, value: float) -> Says:
        """A value of its kind."""
        is_time = self.measure in (Measure.HANDOVER_P90, Measure.TURNAROUND_P90)
        return hours(value) if is_time else percent(value)


def work_claims(figures: Figures) -> Iterator[Claim]:
    """What was beyond its own past, then each figure; only for those whose work it is."""
    if not figures.asked.is_partners or "place_months" not in figures:
        return
    last = figures.asked.last_month
    tables = {figures.asked.place: "place_months", Dimension.VISA_TYPE: "visa_months"}
    found = [
        figure
        for dimension, table in tables.items()
        for code, rows in figures[table].months_by_group().items()
        for figure in _figures(Subject(dimension, code), rows, last)
    ]
    yield _summary(figures, found, last)
    for figure in found:
        yield _claim(figures, figure, last)


def _figures(subject: Subject, rows: Mapping[date, Row], last: date) -> Iterator[WorkFigure]:
    if last not in rows:
        return
    ordered = [row for starts_on, row in rows.items() if starts_on <= last]
    for measure in MEASURES:
        is_time = measure in (Measure.HANDOVER_P90, Measure.TURNAROUND_P90)
        figure = (_duration if is_time else _share)(subject, measure, ordered)
        if figure:
            yield figure


def _duration(subject: Subject, measure: Measure, rows: Sequence[Row]) -> WorkFigure | None:
    *past, last = ((row.get(measure), int(row.get(f"{measure}_of") or 0)) for row in rows)
    value, n = last
    if value is None:
        return None
    known = [hours for hours, n in past[-PAST_MONTHS:] if hours is not None and n >= ENOUGH]
    return WorkFigure(subject, measure, value, n, usual=usual_range(known))


def _share(subject: Subject, measure: Measure, rows: Sequence[Row]) -> WorkFigure | None:
    counts = [_count(measure, row) for row in rows]
    last = counts[-1]
    if not last.n:
        return None
    interval = wilson(last.cases, last.n)
    points = control_chart(counts)
    if not points or points[-1].count is not last:
        return WorkFigure(subject, measure, last.rate, last.n, interval)
    limits = points[-1].alarm
    usual = Interval(limits.lower / last.n, min(limits.upper / last.n, 1.0))
    return WorkFigure(subject, measure, last.rate, last.n, interval, usual)


def _count(measure: Measure, row: Row) -> Count:
    """A share as the counts that it is of."""
    if measure is Measure.BACKLOG:
        return Count("", int(row.get(Measure.WIP) or 0), int(row.get(Measure.BACKLOG) or 0))
    n = int(row.get(f"{measure}_of") or 0)
    return Count("", n, round((row.get(measure) or 0) * n))


def _summary(figures: Figures, found: Sequence[WorkFigure], last: date) -> Claim:
    judged = sum(each.is_enough for each in found)
    worse = sorted((each for each in found if each.is_worse), key=lambda each: -each.excess)
    notes: list[Says] = []
    if not judged:
        sentence = text("work.unknown", month=month(last), enough=count(ENOUGH))
        direction = _D.UNKNOWN
    else:
        key = "worse" if worse else "usual"
        sentence = text(f"work.{key}", month=month(last), count=count(len(worse)))
        direction = _D.WORSE if worse else _D.USUAL
        if worse:
            notes.append(text("work.names", names=listed(map(_one, worse[:NAMED]))))
        notes.append(text("work.looked", count=count(judged), enough=count(ENOUGH)))
    return Claim(
        FindingTopic.WORK,
        FindingKind.WORK,
        sentence,
        figures["place_months"].question,
        direction,
        subject=worse[0].subject if worse else Subject(),
        measure=worse[0].measure if worse else None,
        days=(last, figures["place_months"].question.to_on),
        numbers=(count_number(_N.STANDING_OUT, len(worse)), count_number(_N.JUDGED, judged)),
        is_concern=bool(worse),
        notes=tuple(notes),
    )


def _one(figure: WorkFigure) -> Says:
    return text(
        "work.one",
        place=_name(figure.subject),
        measure=text(f"measures.{figure.measure.value}"),
        value=figure.says(figure.value),
        usual=figure.says(figure.usual.high if figure.usual else 0),
    )


def _name(subject: Subject) -> Says:
    assert subject.dimension
    return name(subject.dimension, subject.code)


def _claim(figures: Figures, figure: WorkFigure, last: date) -> Claim:
    is_time = figure.measure in (Measure.HANDOVER_P90, Measure.TURNAROUND_P90)
    unit = FindingUnit.HOURS if is_time else FindingUnit.SHARE
    numbers = [Number(_N.NOW, unit, figure.value, figure.n, *(figure.interval or ()))]
    if figure.usual and figure.is_enough:
        numbers.append(Number(_N.CONTROL_LIMITS, unit, None, None, *figure.usual))
    key = "few" if figure.n < ENOUGH else "alone" if not figure.usual else "beside"
    direction = _D.WORSE if figure.is_worse else _D.USUAL if figure.is_enough else _D.UNKNOWN
    low, high = figure.usual or (0.0, 0.0)
    table = "place_months" if figure.subject.dimension is figures.asked.place else "visa_months"
    return Claim(
        FindingTopic.WORK,
        FindingKind.WORK_FIGURE,
        text(
            f"work.figure_{key}",
            place=_name(figure.subject),
            measure=text(f"measures.{figure.measure.value}"),
            value=figure.says(figure.value),
            count=count(figure.n),
            low=figure.says(low),
            high=figure.says(high),
        ),
        figures[table].question,
        direction,
        figure.subject,
        figure.measure,
        (last, figures[table].question.to_on),
        tuple(numbers),
        is_concern=figure.is_worse,
    )
