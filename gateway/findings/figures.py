"""The figures that claims are made of: which questions are asked, and their answers as counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from gateway.findings.contributions import Share
from gateway.findings.events import EventInReach, questions_of_events
from gateway.findings.outliers import Count
from models.volumes import Dimension, Measure, Period, Question
from models.volumes.question import months_later

#: History for what comes next, months that are judged by their own past, and the pace of work.
KNOWN_MONTHS, RECENT_MONTHS, PACE_DAYS = 49, 13, 28
#: A percentile of fewer hand-overs says nothing.
ENOUGH_HANDOVERS = 10
#: Days by which the rhythm of a week is known.
RHYTHM_DAYS = 56
_BASE = frozenset({Measure.INTAKE, Measure.DECISIONS, Measure.TARGET_RATE, Measure.REFUSED})
_OF_PLACES = _BASE | {Measure.INFO_REQUEST_RATE, Measure.HANDOVER_P90}
_OF_WORK = _OF_PLACES | {Measure.TURNAROUND_P90, Measure.WIP, Measure.BACKLOG}
_CLOSINGS = frozenset({Measure.INTAKE, Measure.DECISIONS, Measure.WITHDRAWN, Measure.LAPSED})
_STOCKS = frozenset({Measure.WIP, Measure.BACKLOG})
_INTAKE = frozenset({Measure.INTAKE})
_OLDEST = frozenset({Measure.WIP_AGE_OLDEST})
_ONE_DAY = timedelta(days=1)

#: Figures of one group, by the names of the statement's columns.
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """The counts of one row; refusals are None where they are not read."""

    intake: int = 0
    decisions: int = 0
    refused: int | None = None
    in_target: int = 0
    requested: int = 0

    @property
    def timely(self) -> Share:
        """Decisions, and those in target."""
        return Share(self.decisions, self.in_target)

    def share(self, measure: Measure) -> Share:
        """What a rate is of, and what it counts."""
        if measure is Measure.REFUSAL_RATE:
            return Share(self.decisions, self.refused or 0)
        return self.timely

    def watched(self, key: str, measure: Measure) -> Count:
        """What is looked at for attention: refusals, requests, and decisions that were late."""
        if measure is Measure.INFO_REQUEST_RATE:
            return Count(key, self.intake, self.requested)
        if measure is Measure.REFUSAL_RATE:
            return Count(key, self.decisions, self.refused or 0)
        return Count(key, self.decisions, self.decisions - self.in_target)


def counts_of(row: Row) -> CaseCounts:
    """Shares come back as the counts that they are of, exactly."""

    def part(measure: Measure) -> int:
        return round((row.get(measure) or 0) * (row.get(f"{measure}_of") or 0))

    refused = row.get(Measure.REFUSED)
    return CaseCounts(
        intake=int(row.get(Measure.INTAKE) or 0),
        decisions=int(row.get(Measure.DECISIONS) or 0),
        refused=None if refused is None else int(refused),
        in_target=part(Measure.TARGET_RATE),
        requested=part(Measure.INFO_REQUEST_RATE),
    )


@dataclass(frozen=True)
class FindingsQuestion:
    """What is asked: a window, narrowed, by whom, and when."""

    from_on: date
    to_on: date
    where: Mapping[Dimension, tuple[str, ...]]
    #: What places are, and by what a change is broken down.
    place: Dimension
    reason: Dimension
    today: date
    #: The first day from which figures are complete.
    complete_from: date
    #: Whether it is a partner's own work.
    is_partners: bool
    #: The named events of the window, in the viewer's reach.
    events: tuple[EventInReach, ...] = ()

    @property
    def until(self) -> date:
        """The last day of the window that has begun."""
        return min(self.to_on, self.today)

    @property
    def before(self) -> tuple[date, date]:
        """The same window of the year before: the last day of a month stays the last."""
        after = self.until + _ONE_DAY
        last = (
            months_later(after, -12) - _ONE_DAY if after.day == 1 else months_later(self.until, -12)
        )
        return months_later(self.from_on, -12), last

    @property
    def has_before(self) -> bool:
        """Whether the year before is completely known."""
        return self.complete_from <= self.before[0]

    @property
    def this_month(self) -> date:
        """The month that is under way."""
        return self.today.replace(day=1)

    @property
    def last_month(self) -> date:
        """The last month that is over."""
        return months_later(self.this_month, -1)

    def questions(self) -> dict[str, Question]:
        """Every question that claims are made of, by the name under which claims find it."""
        month_end = self.this_month - _ONE_DAY
        known = max(months_later(self.this_month, -KNOWN_MONTHS), self.complete_from)
        recent = max(months_later(self.this_month, -RECENT_MONTHS), self.complete_from)
        elsewhere = {key: codes for key, codes in self.where.items() if key is not self.place}
        measures = _OF_WORK if self.is_partners else _OF_PLACES
        asked: dict[str, Question] = {}
        for dimension in dict.fromkeys((Dimension.VISA_TYPE, self.reason)):
            now = self._ask(self.from_on, self.until, dimension, measures=_BASE)
            asked[f"now.{dimension.name}"] = now
            asked[f"before.{dimension.name}"] = replace(
                now, from_on=self.before[0], to_on=self.before[1]
            )
        of_types = asked[f"now.{Dimension.VISA_TYPE.name}"]
        for number, question in enumerate(questions_of_events(self.events, of_types)):
            asked[f"event.{number}"] = question
        asked["places"] = replace(
            self._ask(self.from_on, self.until, self.place, measures=_OF_PLACES),
            where=elsewhere,
            fewest_durations=ENOUGH_HANDOVERS,
        )
        if recent <= month_end:
            asked["place_months"] = replace(
                self._ask(recent, month_end, self.place, Period.MONTH, measures=measures),
                where=elsewhere,
                # Partners are told those of few, too.
                fewest_durations=1 if self.is_partners else ENOUGH_HANDOVERS,
            )
            # Beside the promise alone, but for partners: percentiles of months are what costs most.
            by_type = _OF_WORK if self.is_partners else _BASE
            asked["visa_months"] = self._ask(
                recent, month_end, Dimension.VISA_TYPE, Period.MONTH, measures=by_type
            )
        if known <= month_end:
            asked["months"] = self._ask(known, month_end, None, Period.MONTH, measures=_BASE)
            asked["country_months"] = self._ask(
                known, month_end, Dimension.COUNTRY, Period.MONTH, measures=_INTAKE
            )
        yesterday = self.today - _ONE_DAY
        asked["open"] = self._ask(self.today, self.today, self.place, measures=_STOCKS)
        asked["oldest"] = self._ask(yesterday, yesterday, None, measures=_OLDEST)
        asked["pace"] = self._ask(
            self.today - PACE_DAYS * _ONE_DAY, yesterday, None, measures=_CLOSINGS
        )
        if self.today.day > 1:
            asked["so_far"] = self._ask(self.this_month, yesterday, None, measures=_INTAKE)
            asked["days"] = self._ask(
                self.today - RHYTHM_DAYS * _ONE_DAY, yesterday, None, Period.DAY, measures=_INTAKE
            )
        return asked

    def _ask(
        self,
        from_on: date,
        to_on: date,
        dimension: Dimension | None,
        period: Period | None = None,
        *,
        measures: frozenset[Measure],
    ) -> Question:
        dimensions = (dimension,) if dimension else ()
        return Question(from_on, to_on, dimensions, period, self.where, measures)


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question of volumes and its rows."""

    question: Question
    rows: Sequence[Row] = ()

    def groups(self) -> dict[str | None, Row]:
        """The rows by the code of their group; what has no group by None."""
        (dimension,) = self.question.dimensions
        return {row[dimension]: row for row in self.rows}

    def cells(self) -> dict[str | None, CaseCounts]:
        """The counts of each group."""
        return {code: counts_of(row) for code, row in self.groups().items()}

    def months(self) -> dict[date, Row]:
        """The rows by month, the earliest first."""
        return dict(sorted((row["period"], row) for row in self.rows))

    def months_by_group(self) -> dict[str | None, dict[date, Row]]:
        """The rows of each group by month, the earliest first."""
        (dimension,) = self.question.dimensions
        found: dict[str | None, dict[date, Row]] = {}
        for row in self.rows:
            found.setdefault(row[dimension], {})[row["period"]] = row
        return {code: dict(sorted(months.items())) for code, months in found.items()}

    def one(self) -> Row:
        """The only row, empty where there is none."""
        return self.rows[0] if self.rows else {}


@dataclass(frozen=True)
class Figures:
    """All figures that were read."""

    asked: FindingsQuestion
    answers: Mapping[str, AnsweredQuestion]
    #: By visa type, as a share: what is promised at the end of the window.
    promised: Mapping[str, float] = field(default_factory=dict[str, float])

    def __getitem__(self, name: str) -> AnsweredQuestion:
        return self.answers[name]

    def __contains__(self, name: str) -> bool:
        return name in self.answers

    def in_events(self) -> dict[str | None, Share]:
        """By visa type, the decisions on the days of named events, and those in target."""
        found: dict[str | None, Share] = {}
        for name, answer in self.answers.items():
            if name.startswith("event."):
                for code, cell in answer.cells().items():
                    found[code] = found.get(code, Share(0, 0)).plus(cell.timely)
        return found

    @property
    def has_outcomes(self) -> bool:
        """Whether refusals were read of all that is judged."""
        return all(
            Measure.REFUSED in self.answers[name].question.measures
            for name in (f"now.{self.asked.reason.name}", "places")
        )

    def total(self, name: str) -> CaseCounts:
        """All groups of an answer together."""
        return total_of(self[name].cells().values())


def total_of(cells: Iterable[CaseCounts]) -> CaseCounts:
    """All of them together."""
    each = list(cells)
    refusals = [cell.refused for cell in each if cell.refused is not None]
    return CaseCounts(
        sum(cell.intake for cell in each),
        sum(cell.decisions for cell in each),
        sum(refusals) if refusals else None,
        sum(cell.in_target for cell in each),
        sum(cell.requested for cell in each),
    )
