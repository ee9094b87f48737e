"""The pages Backlog and Decisions: what is open, whose turn it is, and who decided how."""

import re
from datetime import UTC, date, datetime, tzinfo
from typing import Any

import pytest
from dash import html
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.pages.access import page as access
from dashboard.pages.backlog import page as backlog
from dashboard.pages.backlog.page import (
    BANDS,
    clearing,
    list_countries,
    list_to_hand_in,
    show_due,
    show_turn,
    window,
)
from dashboard.pages.complaints import page as complaints
from dashboard.pages.decisions import page as decisions
from dashboard.pages.decisions.page import list_officers
from dashboard.pages.stays import page as stays
from dashboard.texts import texts
from tests.dashboard.visiting import Visitor, assert_accessible, number
from tests.running_demo import Demo

WORK = """
    query ($day: Date!) { volumes(from: $day, to: $day, groupBy: []) {
        rows { wip { value } backlog { value } }
    } }
"""
DUE = """
    { applications(where: { closedAt: { isNull: true }, targetDueAt: { isNull: false } }) {
        totalCount { value }
    } }
"""
OFFICERS = """
    query ($from: Date!, $to: Date!) { officers(from: $from, to: $to) { rows { officer } } }
"""


def opens(visitor: Visitor, user: str, path: str, panel: str) -> Page:
    page = visitor.opens(user, path=path)
    page.wait_for_selector(f"{panel} :is(p, table):not(:has(.skeleton))")
    return page


@pytest.mark.parametrize(
    "user", ["leadership", "manager-my", pytest.param("supervisor", marks=pytest.mark.proof)]
)
def test_what_is_open_is_what_the_gateway_answers(visitor: Visitor, demo: Demo, user: str) -> None:
    page = opens(visitor, user, "/backlog", "#backlog-work")
    rows = demo.ask(user, WORK, day=window()["today"])["volumes"]["rows"]
    shown = page.inner_text("#backlog-work")
    if rows:
        assert f"{rows[0]['wip']['value']} open, {rows[0]['backlog']['value']} of them" in shown
    is_by_file = user != "leadership"
    assert page.locator("#panel-due").is_visible() == is_by_file
    if is_by_file:
        counts = page.locator("#backlog-due tbody td").all_inner_texts()
        total = demo.ask(user, DUE)["applications"]["totalCount"]["value"]
        assert sum(number(each) for each in counts) == total
    assert_accessible(page, widths=(390, 1440))


def test_officers_are_listed_for_those_who_read_them(visitor: Visitor, demo: Demo) -> None:
    page = opens(visitor, "supervisor", "/decisions", "#decisions-grounds")
    page.wait_for_selector("#decisions-officers tbody tr")
    assert_accessible(page, widths=(390, 1440))
    listed = set(page.locator("#decisions-officers th[scope=row]").all_inner_texts())
    page = opens(visitor, "leadership", "/decisions", "#decisions-grounds")
    assert not page.locator("#panel-officers").is_visible()
    assert not listed & set(page.locator("tbody th").all_inner_texts())


def test_rules_stand_beside_all_decisions_and_their_sample() -> None:
    def number_of(value: int) -> dict[str, int]:
        return {"value": value}

    rules = [
        {"visaType": code, "byRule": number_of(by_rule), "sampled": number_of(sampled),
         "sampleRefused": number_of(refused), "decidedTwice": number_of(twice),
         "differing": number_of(differing)}
        for code, by_rule, sampled, refused, twice, differing in (
            ("B1", 60, 8, 2, 3, 1), ("C1", 0, 0, 0, 0, 0),
        )
    ]  # fmt: skip
    b1 = {"visaType": {"code": "B1", "name": "On arrival"}, "decisions": number_of(80)}
    answer = {"grantRuleFigures": {"rows": rules}, "visaTypes": {"rows": [b1]}}
    drawn = html_of(decisions.list_rules(answer, texts("en")))
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", drawn)[8:]
    assert cells[:8] == ["B1 On arrival", "60", "75.0%", "8", "2", "25.0%", "3", "1"]
    assert cells[8:] == ["C1 ", "0", "–", "0", "0", "–", "0", "0"]
    none = {**answer, "grantRuleFigures": {"rows": []}}
    assert "No rule granted" in html_of(decisions.list_rules(none, texts("en")))


def to_hand_in(in_all: int) -> str:
    file = {"reference": "7K3M-9QPX-2F4D", "visaType": None, "handInBy": "2026-04-10",
            "centre": None, "country": {"code": "AU", "name": "Australia"}}  # fmt: skip
    found = {"toHandIn": {"nodes": [file], "totalCount": {"value": in_all}}}
    return html_of(html.Div(list_to_hand_in(found, texts("en"))))


def test_how_many_more_files_are_to_be_handed_in_is_told() -> None:
    assert "<p>1 more.</p>" in to_hand_in(2)
    assert "more." not in to_hand_in(1)


def work(**changes: int) -> dict[str, Any]:
    usual = {"wip": 10, "backlog": 4, "intake": 100, "decisions": 110, "withdrawn": 3, "lapsed": 1}
    hours = {field: {"hours": 30.0} for field in ("wipAgeP50", "wipAgeP90", "wipAgeOldest")}
    return {field: {"value": value} for field, value in (usual | changes).items()} | hours


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "cleared in 8 days"),  # 14 more closed than came, in 28 days: 4 in 8
        ({"intake": 114}, "does not shrink"),
        ({"intake": 113, "backlog": 1}, "cleared in 28 days"),
        ({"intake": 101, "backlog": 3}, "cleared in 7 days"),  # 13 in 28 days: 3 in 6.5
        ({"intake": 110, "backlog": 12}, "cleared in 84 days"),  # 4 in 28 days
        ({"intake": 110, "backlog": 13}, "hardly shrinks"),  # 91
        ({"backlog": 0}, "nothing is beyond its target"),
        ({"decisions": 15, "intake": 1}, "too few were closed"),
        ({"decisions": 16, "intake": 1}, "cleared in 6 days"),  # 20 closed are enough
    ],
)
def test_when_it_clears_goes_by_the_pace_of_the_last_weeks(
    changes: dict[str, int], words: str
) -> None:
    assert words in clearing(work(**changes), texts("en"))


class AQuarterToEight(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "AQuarterToEight":
        return cls(2026, 3, 10, 7, 45, 12, 5, tzinfo=UTC).astimezone(tz)


def test_windows_end_today_and_bands_with_the_last_full_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (access, backlog, complaints, decisions, stays):
        monkeypatch.setattr(module, "today", lambda: date(2026, 3, 10))
    monkeypatch.setattr(backlog, "datetime", AQuarterToEight)
    # Four weeks that are over.
    assert window() == {"today": "2026-03-10", "from": "2026-02-10", "to": "2026-03-09"}
    assert backlog.instants() == {
        "longLate": "2026-03-07T07:00:00+00:00",
        "late": "2026-03-09T07:00:00+00:00",
        "now": "2026-03-10T07:00:00+00:00",
        "soon": "2026-03-11T07:00:00+00:00",
    }
    assert decisions.window() == {"from": "2025-03-01", "to": "2026-02-28"}
    assert decisions.window_until_today() == {"from": "2025-03-01", "to": "2026-03-10"}
    assert stays.window() == {"from": "2025-03-01", "to": "2026-03-10"}
    assert access.variables_of() == {"from": "2026-02-09", "to": "2026-03-10"}  # thirty days
    assert complaints.window() == {"from": "2025-03-01", "to": "2026-03-31"}  # whole months


def test_places_with_the_most_beyond_the_target_come_first() -> None:
    def at(name: str, **changes: int) -> dict[str, Any]:
        return {**work(**changes), "country": {"code": name[:2], "name": name}}

    rows = [at("Few", backlog=1), at("None", wip=0), at("Many", backlog=9), at("Wide", wip=90),
            at("Full", backlog=1, wip=50)]  # fmt: skip
    # All but the last had something open before today, too.
    answer = {"countries": {"rows": rows}, "countriesPace": {"rows": rows[:-1]}}
    shown = html_of(list_countries(answer, texts("en")))
    assert "None" not in shown
    ranked = ["Many", "Wide", "Full", "Few"]
    assert sorted(ranked, key=shown.index) == ranked


def test_where_most_overstay_comes_before_where_most_are() -> None:
    rows = [
        {"visaType": code, "inCountry": {"value": here}, "overstays": {"value": over},
         "unused": {"value": unused}, "extensions": {"value": longer}}
        for code, here, over, unused, longer in (
            ("C1", 90, 1, 0, 0), ("B1", 5, 7, 0, 3), ("D2", 99, 1, 0, 0), ("E33G", 90, 1, 4, 0),
        )
    ]  # fmt: skip
    answer = {"types": {"rows": rows}, "visaTypes": {"nodes": []}}
    shown = html_of(stays.list_types(answer, texts("en")))
    assert re.findall('scope="row">(\\w+)', shown) == ["B1", "D2", "E33G", "C1"]
    assert re.findall("<td[^>]*>([^<]*)", shown)[:4] == ["5", "7", "0", "3"]


def test_whose_turn_it_is_names_no_closed_files() -> None:
    places = [
        {"value": value, "count": {"value": count}}
        for value, count in (("CLOSED", 9), ("IN_PROCESS", 5), ("WAITING_FOR_APPLICANT", 0))
    ]
    answer = {"role": "PARTNER_MANAGER", "open": {"facets": {"places": places}}}
    shown = html_of(show_turn(answer, texts("en")))
    assert "directorate" in shown
    assert "applicant" not in shown
    assert "9" not in shown


@pytest.mark.parametrize(("role", "is_told"), [("SUPERVISOR", True), ("PARTNER_MANAGER", False)])
def test_who_reads_extensions_is_told_that_the_figures_leave_them_out(
    role: str, is_told: bool
) -> None:
    counted = {"totalCount": {"value": 1, "precision": "EXACT"}}
    shown = html_of(show_due({"role": role, **dict.fromkeys(BANDS, counted)}, texts("en")))
    assert ("Extensions of a stay" in shown) is is_told


def test_officers_beyond_their_limits_come_first_with_n_and_interval() -> None:
    def officer(name: str, position: str | None, decisions: int = 40) -> dict[str, Any]:
        rate = {"cases": 3, "of": 40, "value": 0.075, "low": 0.016, "high": 0.204}
        expected = {"value": 0.02, "position": position} if position else None
        return {
            "officer": name, "onDesk": {"value": 2}, "overdue": {"value": 1},
            "decisions": {"value": decisions},
            "refusalRate": rate, "expectedRefusalRate": expected,
            "givenBackAfterReadingRate": rate, "expectedGivenBackAfterReadingRate": expected,
        }  # fmt: skip

    looks = {"expectedGivenBackAfterReadingRate": {"position": "ABOVE_WARNING"}}
    rows = [
        officer("new", None), officer("usual", "WITHIN"), officer("looks", "WITHIN") | looks,
        officer("odd", "ABOVE_CONTROL"), officer("busy", "WITHIN", 90),
    ]  # fmt: skip
    shown = html_of(list_officers({"officers": {"rows": rows}}, texts("en")))
    names = ("odd", "looks", "busy", "usual", "new")
    assert sorted(names, key=lambda name: shown.index(f">{name}<")) == [*names]
    assert "of 40, between 1.6% and 20.4%" in shown
    assert "above the control limit" in shown
