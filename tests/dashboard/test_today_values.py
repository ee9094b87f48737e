"""Sentences of Today at their boundaries: the first month, the last one, the day of a promise."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.analysis.contributions import Share
from dashboard.analysis.target import targets
from dashboard.model.measures import TARGET_RATE
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import CaseCounts, read_today, variables_of, whole_months
from dashboard.pages.today.change import change_finding, change_from
from dashboard.pages.today.coming import coming_finding, coming_from
from dashboard.pages.today.findings import all_text, signed_count, signed_points
from dashboard.pages.today.promise import promise_finding
from dashboard.texts import texts
from tests.dashboard.today_worlds import LAST, PERIOD, answer_of, random_world, today_of

EN, ID = texts("en"), texts("id")


def test_thirteen_and_forty_nine_months_are_read_that_end_with_the_last_one() -> None:
    asked = variables_of(Address("id"), PERIOD, date(2026, 11, 25), place="centre")
    assert (asked["recentFrom"], asked["knownFrom"]) == ("2025-10-01", "2022-10-01")
    assert asked["monthsTo"] == "2026-10-31"


def test_months_are_whole_from_the_first_application_to_the_last_month_that_is_over() -> None:
    months = {date(2026, 8, 1): CaseCounts(decisions=2), LAST: CaseCounts(intake=5)}
    assert whole_months(months, LAST) == (LAST, [CaseCounts(intake=5)])
    months |= {date(2026, 7, 1): CaseCounts(intake=1), date(2026, 11, 1): CaseCounts(intake=9)}
    first, cells = whole_months(months, LAST)
    assert (first, [cell.intake for cell in cells]) == (date(2026, 7, 1), [1, 0, 0, 5])
    assert whole_months({}, LAST) == (LAST, [])


def target(valid_from: str, percent: int | None, clock: str = "STANDARD") -> dict[str, Any]:
    return {"clock": clock, "hours": 24, "promisedPercent": percent, "validFrom": valid_from}


@pytest.mark.parametrize(
    ("promises", "promised"),
    [
        ([target("2026-10-31", 90)], 0.9),
        ([target("2026-11-01", 90)], None),
        ([target("2020-01-01", 80), target("2026-01-01", 95), target("2021-01-01", 85)], 0.95),
        ([target("2020-01-01", 80), target("2026-01-01", None)], None),
        ([target("2020-01-01", 80), target("2026-01-01", 95, "CALLING_VISA")], 0.8),
    ],
)
def test_the_promise_is_the_one_in_force_on_the_last_day(
    promises: list[dict[str, Any]], promised: float | None
) -> None:
    data = answer_of(random_world(3))
    data["visaTypes"]["nodes"] = [{"code": "B1", "name": "B1", "serviceTargets": promises}]
    assert read_today(data, PERIOD, "country", "country").promised.get("B1") == promised


def test_the_parts_of_a_change_of_a_rate_are_not_mistaken_for_each_other() -> None:
    """A and B have the rates that they had; only more of the slower came."""
    before = {
        "AU": CaseCounts(decisions=100, in_target=90),
        "MY": CaseCounts(decisions=100, in_target=50),
    }
    now = {
        "AU": CaseCounts(decisions=50, in_target=45),
        "MY": CaseCounts(decisions=150, in_target=75),
    }
    found = replace(
        today_of(random_world(3)),
        now={"country": now, "visa": now},
        before={"country": before, "visa": before},
    )
    change = change_from(found, Address("en", measure=TARGET_RATE.id))
    [split, *_] = change_finding(change, EN).notes
    assert split == (
        "Of this change, 0.00 points came from the rates of each country, and −10.00 points from a"
        " shifting mix of country."
    )


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (1, "+1"), (-1, "−1"), (12_345, "+12,345")])
def test_a_difference_has_a_sign_unless_it_is_none(count: int, text: str) -> None:
    assert signed_count(count, EN) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0.0"), (0.0004, "0.0"), (0.0006, "+0.1"), (-0.0006, "−0.1")]
)
def test_points_that_round_to_none_have_no_sign(share: float, text: str) -> None:
    assert signed_points(share, EN) == f"{text} points"


@pytest.mark.parametrize(
    ("count", "english", "indonesian"),
    [
        (1, "1 centre", "1 pusat layanan"),
        (2, "both centres", "kedua pusat layanan"),
        (3, "all 3 centres", "seluruh 3 pusat layanan"),
    ],
)
def test_two_are_both_and_one_is_one(count: int, english: str, indonesian: str) -> None:
    assert all_text(count, "centre", EN) == english
    assert all_text(count, "centre", ID) == indonesian


def test_without_a_forecast_the_last_year_is_told() -> None:
    counts = (9, *[0] * 11, 1, *[0] * 2)
    coming = replace(coming_from(today_of(random_world(3))), counts=counts, outlook=None)
    finding = coming_finding(coming, Address("en"), EN)
    assert finding.notes[0] == "1 application came in during the last 12 months, at most 1 in one."
    short = replace(coming, counts=(3, 5))
    assert coming_finding(short, Address("en"), EN).notes[0] == (
        "8 applications came in during the last 2 months, at most 5 in one."
    )
    assert len(coming_finding(replace(coming, counts=()), Address("en"), EN).notes) == 1


def test_without_a_verdict_all_decisions_together_are_told() -> None:
    found = targets({"B1": Share(5, 4), "C1": Share(1, 0)}, {"B1": Share(9, 9)}, {"B1": 0.95}, {})
    finding = promise_finding(found, Address("en"), EN)
    assert finding.title.startswith("Cannot be judged")
    assert finding.notes == ("In time: 4 of 6 decisions.",)
    assert promise_finding((), Address("en"), EN).notes == ("Nothing was decided in this period.",)


@pytest.mark.parametrize(
    ("met", "title"),
    [
        ((99, 99), "Yes: the service promise is kept for both visa types that can be judged"),
        ((90, 90), "No: the service promise is missed for both visa types that can be judged"),
        ((99, 90), "Partly: 1 of 2 visa types keeps the service promise; not yet: C1"),
        ((99,), "Yes: the service promise is kept"),
        ((90,), "No: the service promise is missed for B1"),
    ],
)
def test_each_verdict_reads_right(met: tuple[int, ...], title: str) -> None:
    now = {code: Share(100, cases) for code, cases in zip(("B1", "C1"), met, strict=False)}
    found = targets(now, {}, dict.fromkeys(now, 0.95), {})
    assert promise_finding(found, Address("en"), EN).title == title
    assert not re.search("[{}]", promise_finding(found, Address("id"), ID).title)
