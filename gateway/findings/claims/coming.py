"""What comes next: how the month that is under way will end, and the three months after it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.findings.claim import (
    Claim,
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
    Number,
    count_number,
)
from gateway.findings.expected import (
    FEWEST,
    LEVEL,
    ExpectedRange,
    HitRate,
    Outlook,
    coverage,
    outlook,
    pooled,
    season_of,
)
from gateway.findings.figures import Figures, counts_of
from gateway.findings.rates import Interval
from gateway.findings.so_far import month_end, rhythm_of
from gateway.findings.wording import Says, count, day, listed, month, percent, text
from models.volumes import Measure
from models.volumes.question import months_later

#: Months in which the season's mix of countries is counted.
MIX_MONTHS = 12
#: Series that a pooled hit rate needs.
FEWEST_SERIES = 5
#: A month changes by less than this from the same month a year before: steady.
STEADY = 0.005

_N, _D = FindingNumberName, FindingDirection


@dataclass(frozen=True)
class ComingMonths:
    """The past months and, where they suffice, what they let expect."""

    first: date
    counts: tuple[int, ...]
    outlook: Outlook | None
    #: Of all series together, with its interval where there are enough of them.
    held: HitRate | None
    held_interval: Interval | None
    series: int

    def month(self, place: int) -> date:
        """A month, by its place after the first."""
        return months_later(self.first, place)


def coming_claims(figures: Figures) -> Iterator[Claim]:
    """The sentence, the month that is under way, those after it, and those before it."""
    coming = _coming(figures)
    so_far = _so_far(figures, coming)
    yield _summary(figures, coming, so_far)
    if so_far:
        yield _so_far_claim(figures, *so_far)
    if coming and coming.outlook:
        for step, range_ in list(enumerate(coming.outlook.coming))[1:]:
            yield _expected(figures, coming.month(len(coming.counts) + step), range_)
    if coming:
        for place, number in enumerate(coming.counts):
            range_ = coming.outlook.past[place] if coming.outlook else None
            yield _received(figures, coming.month(place), number, range_)


def _coming(figures: Figures) -> ComingMonths | None:
    """From the first month with an application to the last that is over, without a gap."""
    if "months" not in figures:
        return None
    rows = figures["months"].months()
    known = {each: counts_of(row).intake for each, row in rows.items()}
    first = min((each for each, number in known.items() if number), default=None)
    if first is None:
        return None
    last, months = figures.asked.last_month, list[date]()
    while (each := months_later(first, len(months))) <= last:
        months.append(each)
    counts = tuple(known.get(each, 0) for each in months)
    by_country = _by_country(figures, months)
    mix = {code: sum(each[-MIX_MONTHS:]) for code, each in by_country.items() if code}
    found = outlook(counts, season_of(mix), first.month) if counts else None
    held, interval, series = _measure_coverage(by_country, first, found)
    return ComingMonths(first, counts, found, held, interval, series)


def _by_country(figures: Figures, months: Sequence[date]) -> dict[str | None, list[int]]:
    found = figures["country_months"].months_by_group()
    return {
        code: [counts_of(rows.get(each, {})).intake for each in months]
        for code, rows in found.items()
    }


def _measure_coverage(
    by_country: Mapping[str | None, Sequence[int]], first: date, own: Outlook | None
) -> tuple[HitRate | None, Interval | None, int]:
    """How often ranges held what came, with its interval, and in how many series: of all countries
    with enough of them, or of the own series alone where they are too few."""
    enough = {
        code: counts
        for code, counts in by_country.items()
        if code and counts[0] and sum(counts[-MIX_MONTHS:]) >= FEWEST * MIX_MONTHS
    }
    if len(enough) < FEWEST_SERIES:
        return (own.held if own and own.held.months else None), None, 1
    seasons = [season_of({code: 1}) for code in enough]
    rates = coverage(list(enough.values()), seasons, first.month)
    if not rates or not rates[0].months:
        return None, None, 0
    return *pooled(rates), len(rates)


def _so_far(
    figures: Figures, coming: ComingMonths | None
) -> tuple[int, date, ExpectedRange] | None:
    """What has come of this month, until when, and the range in which it will end."""
    if "so_far" not in figures:
        return None
    question = figures["so_far"].question
    received = counts_of(figures["so_far"].one()).intake
    rhythm = rhythm_of(
        {each: counts_of(row).intake for each, row in figures["days"].months().items()}
    )
    expected = coming.outlook.coming[0] if coming and coming.outlook else None
    if expected is None:
        return None
    found = month_end(received, rhythm.elapsed(question.to_on), expected, rhythm.clumping)
    return (received, question.to_on, found) if found else None


def _summary(
    figures: Figures, coming: ComingMonths | None, so_far: tuple[int, date, ExpectedRange] | None
) -> Claim:
    question = figures["so_far" if so_far or "months" not in figures else "months"].question
    if coming is None or coming.outlook is None:
        return Claim(
            FindingTopic.COMING,
            FindingKind.COMING,
            text("coming.unknown"),
            question,
            _D.UNKNOWN,
            measure=Measure.INTAKE,
            notes=(*_of_late(coming), text("coming.needs", fewest=count(FEWEST))),
        )
    ahead = list(enumerate(coming.outlook.coming))
    this_month = figures.asked.this_month
    if so_far:
        sentence = _so_far_text(*so_far)
        numbers = _so_far_numbers(*so_far)
        likely = so_far[2].middle
    else:
        range_ = coming.outlook.coming[0]
        sentence = text("coming.month", month=month(this_month), **_ends(range_))
        numbers = (_range_number(range_),)
        likely = range_.middle
    later = [
        text("coming.range", month=month(coming.month(len(coming.counts) + step)), **_ends(range_))
        for step, range_ in ahead[1:]
    ]
    return Claim(
        FindingTopic.COMING,
        FindingKind.COMING,
        sentence,
        question,
        _direction(coming, likely),
        measure=Measure.INTAKE,
        days=(this_month, months_later(this_month, 1) - timedelta(days=1)),
        numbers=(*numbers, *_coverage_numbers(coming)),
        notes=(text("coming.later", ranges=listed(later)), *_coverage(coming)),
    )


def _direction(coming: ComingMonths, likely: float) -> FindingDirection:
    """Against the same month a year before."""
    before = coming.counts[-MIX_MONTHS] if len(coming.counts) >= MIX_MONTHS else 0
    if not before:
        return _D.UNKNOWN
    change = likely / before - 1
    return _D.STEADY if abs(change) < STEADY else _D.UP if change > 0 else _D.DOWN


def _coverage_numbers(coming: ComingMonths) -> list[Number]:
    if not coming.held or not coming.held.months:
        return []
    low, high = coming.held_interval or (None, None)
    share = coming.held.inside / coming.held.months
    return [Number(_N.COVERAGE, FindingUnit.SHARE, share, coming.held.months, low, high)]


def _coverage(coming: ComingMonths) -> list[Says]:
    if not coming.held or not coming.held.months:
        return []
    values = {
        "share": percent(coming.held.inside / coming.held.months, 0),
        "months": count(coming.held.months),
        "level": percent(LEVEL, 0),
    }
    if coming.held_interval is None:
        return [text("coming.held", inside=count(coming.held.inside), **values)]
    low, high = coming.held_interval
    return [
        text(
            "coming.held_pooled",
            series=count(coming.series),
            low=percent(low, 0),
            high=percent(high, 0),
            **values,
        )
    ]


def _of_late(coming: ComingMonths | None) -> list[Says]:
    """What can be said where nothing can be expected: how many came in of late."""
    last = coming.counts[-MIX_MONTHS:] if coming else ()
    if not last:
        return []
    return [
        text(
            "coming.of_late",
            count=count(sum(last)),
            months=count(len(last)),
            most=count(max(last)),
        )
    ]


def _so_far_text(received: int, until: date, range_: ExpectedRange) -> Says:
    return text(
        "coming.so_far",
        month=month(until),
        count=count(received),
        until=day(until),
        **_ends(range_),
    )


def _so_far_numbers(received: int, _: date, range_: ExpectedRange) -> tuple[Number, ...]:
    return count_number(_N.RECEIVED, received), _range_number(range_)


def _so_far_claim(figures: Figures, received: int, until: date, range_: ExpectedRange) -> Claim:
    return Claim(
        FindingTopic.COMING,
        FindingKind.SO_FAR,
        _so_far_text(received, until, range_),
        figures["so_far"].question,
        _D.UNKNOWN,
        measure=Measure.INTAKE,
        days=(figures.asked.this_month, until),
        numbers=_so_far_numbers(received, until, range_),
    )


def _expected(figures: Figures, starts_on: date, range_: ExpectedRange) -> Claim:
    return Claim(
        FindingTopic.COMING,
        FindingKind.EXPECTED,
        text("coming.month", month=month(starts_on), **_ends(range_)),
        figures["months"].question,
        _D.UNKNOWN,
        measure=Measure.INTAKE,
        days=(starts_on, months_later(starts_on, 1) - timedelta(days=1)),
        numbers=(_range_number(range_),),
    )


def _received(
    figures: Figures, starts_on: date, number: int, range_: ExpectedRange | None
) -> Claim:
    numbers = [count_number(_N.RECEIVED, number)]
    if range_:
        numbers.append(_range_number(range_))
    return Claim(
        FindingTopic.COMING,
        FindingKind.RECEIVED,
        text("coming.received", month=month(starts_on), count=count(number)),
        figures["months"].question,
        _D.STEADY,
        measure=Measure.INTAKE,
        days=(starts_on, months_later(starts_on, 1) - timedelta(days=1)),
        numbers=tuple(numbers),
    )


def _range_number(range_: ExpectedRange) -> Number:
    return Number(_N.EXPECTED, FindingUnit.COUNT, range_.middle, None, range_.low, range_.high)


def _ends(range_: ExpectedRange) -> dict[str, Says]:
    return {"low": count(range_.low), "high": count(range_.high)}
