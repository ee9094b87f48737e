"""Every figure of a crowd, for every grouping and period, is what plain Python counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from math import ceil, isclose
from typing import Any

import pytest

from models.database.connections import connect
from models.volumes import Dimension, Period, Question, age, fold, rebuild, verify
from models.volumes.grains import Clock
from models.volumes.measures import PERCENTILES
from tests.models.asking import Row, ask
from tests.models.crowd import ENDINGS, CrowdCase, crowd, join
from tests.populating import applicants, reference_data
from tests.world import APPLICANTS, FEES, WIB

pytestmark = pytest.mark.anyio

CROWD = crowd(800, seed=1)
WINDOWS = [
    (date(2025, 1, 1), date(2025, 6, 30)),  # whole months
    (date(2025, 2, 10), date(2025, 5, 20)),  # cut on both sides
    (date(2025, 2, 20), date(2025, 5, 6)),  # cut on both sides, few days of either
    (date(2025, 3, 25), date(2025, 4, 2)),  # no whole month
    (date(2025, 3, 4), date(2025, 3, 28)),  # most of a month
]
REGIONS = {"AU": "OCEANIA", "NZ": "OCEANIA", "SG": "SOUTHEAST_ASIA"}
GROUPINGS = [
    (),
    *((dimension,) for dimension in Dimension),
    (Dimension.PARTNER, Dimension.COUNTRY),
    tuple(Dimension),
]
OF = {
    Dimension.REGION: lambda one: REGIONS.get(one.place.country),
    Dimension.COUNTRY: lambda one: one.place.country,
    Dimension.NATIONALITY: lambda one: APPLICANTS[one.name],
    Dimension.PARTNER: lambda one: one.place.partner,
    Dimension.CENTRE: lambda one: one.place.centre,
    Dimension.VISA_TYPE: lambda one: one.visa_type,
    Dimension.TRIP_PURPOSE: lambda one: one.purpose,
    Dimension.CHANNEL: lambda one: one.place.channel,
}


@pytest.fixture(scope="module")
async def crowded(database: str) -> str:
    """A database with the reference data of the world and the crowd alone."""
    connection = await connect(database)
    try:
        async with connection.transaction():
            await reference_data(connection)
            await applicants(connection)
        await join(connection, CROWD)
        while await fold(connection, limit=1_000):
            pass
        await age(connection)
    finally:
        await connection.close()
    return database


def questions() -> Iterator[Any]:
    """Every two of grouping, window and period together; every three for `make proof`."""
    for g, dimensions in enumerate(GROUPINGS):
        for w, window in enumerate(WINDOWS):
            for p, period in enumerate((None, *Period)):
                marks = () if w == (g + p) % len(WINDOWS) else pytest.mark.proof
                name = f"{'+'.join(dimensions) or 'total'}-{window[0]}-{period}"
                yield pytest.param(dimensions, window, period, id=name, marks=marks)


@pytest.mark.parametrize(("dimensions", "window", "period"), [*questions()])
async def test_figures_are_what_python_counts(
    crowded: str,
    dimensions: tuple[Dimension, ...],
    window: tuple[date, date],
    period: Period | None,
) -> None:
    question = Question(*window, dimensions, period)
    rows = await ask(crowded, question)
    expected = recount(question)
    keys = [*dimensions, *(["period"] if period else [])]
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert len(found) == len(rows)
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        different = {
            measure: (value, found[key][measure])
            for measure, value in row.items()
            if not is_close(found[key][measure], value)
        }
        assert different == {}, key


async def test_a_rebuild_changes_nothing(crowded: str) -> None:
    connection = await connect(crowded)
    try:
        question = Question(*WINDOWS[1], tuple(Dimension), Period.WEEK)
        before = await ask(crowded, question)
        await connection.execute("UPDATE volume_daily SET granted = granted + 1")
        assert await ask(crowded, question) != before
        await rebuild(connection)
        assert await ask(crowded, question) == before
        assert await verify(connection) == []
    finally:
        await connection.close()


def is_close(found: float | None, expected: float | None) -> bool:
    """Counts are exact; percentiles, the only figures that are not, keep the stated error."""
    if isinstance(found, float) and isinstance(expected, float):
        return isclose(found, expected, rel_tol=0.01)
    return found == expected


def recount(question: Question) -> dict[tuple[Any, ...], Row]:
    """The answer, from the applications one by one."""
    groups = defaultdict(list)
    for one in CROWD:
        groups[tuple(OF[dimension](one) for dimension in question.dimensions)].append(one)
    answer = {}
    for group, people in groups.items():
        for name, first_on, last_on in periods(question):
            row = figures(people, first_on, last_on)
            if not question.dimensions or row.pop("is_telling"):
                row.pop("is_telling", None)
                answer[group + ((name,) if question.period else ())] = row
    return answer


def periods(question: Question) -> Iterator[tuple[date, date, date]]:
    """Each period of the window: its first day, and its first and last day inside the window."""
    first_on = question.from_on
    while first_on <= question.to_on:
        day = first_on
        while day < question.to_on and begins(question, day + timedelta(days=1)) == begins(
            question, first_on
        ):
            day += timedelta(days=1)
        yield begins(question, first_on), first_on, day
        first_on = day + timedelta(days=1)


def begins(question: Question, day: date) -> date:
    match question.period:
        case None:
            return question.from_on
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Period.YEAR:
            return day.replace(month=1, day=1)


def figures(people: list[CrowdCase], first_on: date, last_on: date) -> Row:
    taken = [one for one in people if one.paid_at and first_on <= on(one.paid_at) <= last_on]
    closed = [one for one in people if one.closed_at and first_on <= on(one.closed_at) <= last_on]
    handed_over = [
        one
        for one in people
        if one.place.partner and one.received_at and first_on <= on(one.received_at) <= last_on
    ]
    decided = [one for one in closed if one.is_decided]
    is_open = [
        one
        for one in people
        if one.paid_at
        and on(one.paid_at) <= last_on
        and not (one.closed_at and on(one.closed_at) <= last_on)
    ]
    hours = {
        Clock.TURNAROUND: in_hours(one.closed_at - one.paid_at for one in decided),
        Clock.ADJUSTED: in_hours(one.closed_at - one.paid_at - one.paused for one in decided),
        Clock.HANDOVER: in_hours(one.received_at - one.submitted_at for one in handed_over),
        Clock.AGE: in_hours(end_of(last_on) - one.paid_at for one in is_open),
    }
    cohort = [one for one in taken if one.is_decided]
    missed = [one for one in taken if not one.closed_at and on(one.due_at) < on(datetime.now(WIB))]
    count = {status: sum(one.status == status for one in closed) for status in ENDINGS}
    return {
        "intake": len(taken),
        "revenue": sum(FEES[one.visa_type] for one in taken),
        "decisions": len(decided),
        **{status.lower(): number for status, number in count.items()},
        **ratio("refusal_rate", count["REFUSED"], decided),
        **ratio("target_rate", sum(one.closed_at <= one.due_at for one in decided), decided),
        **ratio(
            "target_rate_intake",
            sum(one.closed_at <= one.due_at for one in cohort),
            cohort + missed,
        ),
        **ratio("clearance_ratio", len(closed), taken),
        **ratio("info_request_rate", sum(one.asked_at is not None for one in taken), taken),
        "wip": len(is_open),
        "backlog": sum(on(one.due_at) <= last_on for one in is_open),
        **{
            measure: hours[clock][ceil(len(hours[clock]) * percent / 100) - 1]
            if hours[clock]
            else None
            for measure, (clock, percent) in PERCENTILES.items()
        },
        **{f"{measure}_of": len(hours[clock]) for measure, (clock, _) in PERCENTILES.items()},
        "is_telling": bool(taken or closed or is_open or handed_over),
    }


def ratio(measure: str, part: int, whole: list[CrowdCase]) -> Row:
    return {measure: part / len(whole) if whole else None, f"{measure}_of": len(whole)}


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), WIB)


def in_hours(durations: Iterable[timedelta]) -> list[float]:
    """In order; less than a second counts as one."""
    return sorted(max(duration.total_seconds(), 1) / 3600 for duration in durations)


def on(moment: Any) -> date:
    return moment.astimezone(WIB).date()
