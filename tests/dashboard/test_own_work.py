"""A partner's own part of the work: the page shows what the rows say, and no outcome."""

from datetime import date
from typing import Any

import pytest

from dashboard.analysis.attention import Count, control_chart
from dashboard.analysis.intervals import Interval
from dashboard.model.measures import HANDOVER_P90
from dashboard.model.page_state import Address
from dashboard.model.period import month_start
from dashboard.pages.today.own_work import (
    Figure,
    Group,
    OwnWork,
    own_work_finding,
    own_work_table,
    read_own_work,
)
from dashboard.texts import texts

EN, ID = texts("en"), texts("id")
LAST = date(2026, 10, 1)
MONTHS = [month_start(LAST, shift) for shift in range(-12, 1)]
SYDNEY = {"centre": {"code": "AU-SYD", "city": "Sydney"}}
B1 = {"visaType": {"code": "B1"}}
NAMES = {"AU-SYD": "Sydney"}


def row(month: date, group: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A month in which a little varies, and nothing is out of the ordinary."""
    odd = month.month % 2
    usual = {
        "period": {"startsOn": month.isoformat()},
        "handoverP90": {"hours": 20.0 + odd, "measured": 200},
        "turnaroundP90": {"hours": 30.0 + 2 * odd, "measured": 190},
        "infoRequestRate": {"value": 0.05 + 0.01 * odd, "denominator": 200},
        "wip": {"value": 60},
        "backlog": {"value": 3 + odd},
    }
    return usual | group | changes


def work_of(**last: Any) -> OwnWork:
    """A year of Sydney and of B1, with something about Sydney's last month."""
    places = [row(month, SYDNEY) for month in MONTHS[:-1]] + [row(LAST, SYDNEY, **last)]
    data = {
        "placeMonths": {"rows": places},
        "visaMonths": {"rows": [row(month, B1) for month in MONTHS]},
    }
    return read_own_work(data, "centre", LAST)


def test_an_ordinary_month_asks_for_nothing() -> None:
    work = work_of()
    finding = own_work_finding(work, NAMES, Address("en"), EN)
    assert work.judged_count == 8
    assert finding.title == "In October 2026 nothing was worse than its own past explains"
    assert finding.notes[0].startswith("8 figures with at least 10 cases")
    assert not finding.is_concern


@pytest.mark.parametrize(
    ("last", "says"),
    [
        ({"handoverP90": {"hours": 70.0, "measured": 200}}, "Sydney, Handover, 9 in 10 (70.0 h"),
        ({"turnaroundP90": {"hours": 140.0, "measured": 200}}, "Turnaround, 9 in 10 (5.8 d"),
        ({"infoRequestRate": {"value": 0.25, "denominator": 200}}, "Information requested (25.0%"),
        ({"backlog": {"value": 30}}, "Sydney, Overdue, of open cases (50.0%"),
    ],
)  # fmt: skip
def test_what_is_worse_than_its_own_past_is_named(last: dict[str, Any], says: str) -> None:
    work = work_of(**last)
    finding = own_work_finding(work, NAMES, Address("en"), EN)
    assert finding.title == "In October 2026, 1 figure is worse than its own past explains"
    assert says in finding.notes[0]
    assert "usually at most" in finding.notes[0]
    assert "by=centre" in finding.href
    assert finding.is_concern


def test_better_than_usual_and_too_few_cases_ask_for_nothing() -> None:
    quick = work_of(handoverP90={"hours": 2.0, "measured": 200})
    assert quick.worse == []
    few = work_of(handoverP90={"hours": 900.0, "measured": 9})
    assert few.worse == []
    assert "of 9: too few to judge" in str(own_work_table(few, {"place": NAMES, "visa": {}}, EN))


def work_of_months(rows: list[dict[str, Any]]) -> Group:
    """The only group of a place with these months."""
    [group] = read_own_work(
        {"placeMonths": {"rows": rows}, "visaMonths": {"rows": []}}, "centre", LAST
    ).groups
    return group


@pytest.mark.parametrize(("measured", "is_judged"), [(10, True), (9, False)])
def test_ten_cases_are_enough_of_the_month_and_of_those_before(
    measured: int, *, is_judged: bool
) -> None:
    now = work_of(handoverP90={"hours": 900.0, "measured": measured})
    assert bool(now.worse) == is_judged
    few = {"handoverP90": {"hours": 20.0, "measured": measured}}
    group = work_of_months(
        [row(month, SYDNEY, **few) for month in MONTHS[:-1]] + [row(LAST, SYDNEY)]
    )
    assert bool(group.figures["handover_p90"].usual) == is_judged


def test_a_duration_is_held_against_the_twelve_months_before_alone() -> None:
    slow = {"handoverP90": {"hours": 900.0, "measured": 200}}
    old = [row(month_start(LAST, shift), SYDNEY, **slow) for shift in range(-20, -12)]
    with_old = work_of_months([*old, *(row(month, SYDNEY) for month in MONTHS)])
    without = work_of_months([row(month, SYDNEY) for month in MONTHS])
    assert with_old.figures["handover_p90"] == without.figures["handover_p90"]


def test_a_share_is_held_against_the_limits_of_its_own_months() -> None:
    counts = [Count("", 200, 10 + 2 * (month.month % 2)) for month in MONTHS]
    limits = control_chart(counts)[-1].alarm
    figure = work_of_months([row(month, SYDNEY) for month in MONTHS]).figures["info_request_rate"]
    assert figure.usual == (limits.lower / 200, limits.upper / 200)
    all_asked = {"infoRequestRate": {"value": 0.9, "denominator": 10}}
    rows = [row(month, SYDNEY, **all_asked) for month in MONTHS]
    usual = work_of_months(rows).figures["info_request_rate"].usual
    assert usual
    assert usual.high == 1


def test_on_the_edge_of_what_is_usual_is_usual() -> None:
    usual = Interval(1.0, 5.0)
    for value, is_worse in ((0.5, False), (5.0, False), (5.01, True)):
        assert Figure(HANDOVER_P90, value, 10, usual=usual).is_worse == is_worse


def test_what_is_furthest_beyond_stands_first() -> None:
    work = work_of(
        handoverP90={"hours": 70.0, "measured": 200},
        turnaroundP90={"hours": 990.0, "measured": 200},
    )
    assert [each.measure.id for _, each in work.worse] == ["turnaround_p90", "handover_p90"]
    title = own_work_finding(work, NAMES, Address("en"), EN).title
    assert title == "In October 2026, 2 figures are worse than their own past explains"


def test_each_figure_stands_with_its_number_and_interval() -> None:
    table = str(own_work_table(work_of(), {"place": NAMES, "visa": {"B1": "Visa on arrival"}}, EN))
    for words in ("Sydney", "B1", "Visa on arrival", "20.0 h", "of 200", "usually ", "5.0%"):
        assert words in table
    assert "(2.7%–9.0%)" in table  # Wilson's interval of 10 of 200


def test_a_month_without_a_past_is_not_judged() -> None:
    data = {"placeMonths": {"rows": [row(LAST, SYDNEY)]}, "visaMonths": {"rows": []}}
    work = read_own_work(data, "centre", LAST)
    assert work.judged_count == 0
    assert "at least 6 months" in own_work_finding(work, NAMES, Address("en"), EN).title


def test_both_languages_say_it() -> None:
    finding = own_work_finding(work_of(), NAMES, Address("id"), ID)
    assert finding.title.startswith("Pada Oktober 2026")
