"""The page of one country, partner or centre: its answers, the ways to it, and what is behind."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.model.page_state import Address, read_address
from dashboard.model.period import today
from dashboard.pages.my_data.page import content
from dashboard.pages.place.reading import chosen_place, late_variables
from dashboard.pages.place.tables import split_tables, turn_of
from dashboard.texts import texts
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

#: What waits at the centres of a country, two of them in one city.
CENTRES = [
    {"centre": {"code": code, "name": city}, "wip": {"value": 2}, "backlog": {"value": 1}}
    for code, city in (("AU-SYD", "Sydney"), ("AN-SYD", "Sydney"), ("AU-MEL", "Melbourne"))
]
SENTENCES = """
query ($from: Date!, $to: Date!, $where: VolumeWhere!) {
  findings(from: $from, to: $to, where: $where, reason: VISA_TYPE, about: "AU",
           kinds: [CHANGE, PROMISE, COMING, WAITING, PLACE]) {
    rows { kind measure subject { code } sentence { english } }
  }
}
"""
LATE = (
    "query ($where: ApplicationWhere!) { applications(first: 25, where: $where)"
    " { nodes { reference } totalCount { value } } }"
)
OVERDUE = '{ volumes(from: "%(day)s", to: "%(day)s", groupBy: []) { rows { backlog { value } } } }'
#: A4 without its margins, in points.
PAGES = re.compile(rb"/Type\s*/Page[^s]")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("country=AU", ("country", "AU")),
        ("centre=AU-SYD&country=AU", ("centre", "AU-SYD")),
        ("partner=NUSA&country=AU", ("partner", "NUSA")),
        ("partner=NUSA,ANDALAN&country=AU", ("country", "AU")),
        ("country=AU,NZ", None),
        ("country=nowhere", None),
        ("", None),
    ],
)
def test_a_page_is_of_the_narrowest_place_that_is_named(query: str, place: Any) -> None:
    assert chosen_place(read_address(query, "en")) == place


def test_two_centres_of_one_city_are_told_apart() -> None:
    place: Any = SimpleNamespace(
        say=texts("en"), waiting={"centre": CENTRES}, address=read_address("country=AU", "en")
    )
    shown = str(split_tables(place))
    assert all(name in shown for name in ("Sydney (AU-SYD)", "Sydney (AN-SYD)", "'Melbourne'"))
    # Where nothing is overdue, what waits is told all the same; where nothing waits, nothing is.
    quiet = [{**CENTRES[0], "backlog": {"value": 0}}, {**CENTRES[2], "wip": {"value": 0}}]
    place.waiting = {"centre": quiet}
    shown = str(split_tables(place))
    assert ("Sydney" in shown, "Melbourne" in shown) == (True, False)


@pytest.mark.parametrize(
    ("stage", "received_at", "turn"),
    [
        ("RECEIVED", None, "partner"),
        ("RECEIVED", "2026-01-05T00:00:00Z", "directorate"),
        ("IN_PROCESS", "2026-01-05T00:00:00Z", "directorate"),
        ("WAITING_FOR_APPLICANT", "2026-01-05T00:00:00Z", "applicant"),
        ("WAITING_FOR_APPLICANT", None, "applicant"),
    ],
)
def test_a_late_file_says_whose_turn_it_is(stage: str, received_at: str | None, turn: str) -> None:
    assert turn_of({"stage": stage, "receivedAt": received_at}) == turn


def test_an_open_file_of_ones_own_says_until_when_to_expect_it() -> None:
    case = {
        "id": "x",
        "centre": None,
        "reference": "7K3M-9QPX-2F4D",
        "visaType": None,
        "stage": "IN_PROCESS",
        "submittedAt": "2026-03-01T00:00:00+00:00",
        "targetDueAt": "2026-03-04T00:00:00+00:00",
        "decision": None,
        "requestedItems": {"nodes": []},
        "uploads": [],
    }
    for closed_at, is_said in ((None, True), ("2026-03-02T00:00:00+00:00", False)):
        person = {"identity": None, "nationality": None, "identityVersions": {"nodes": []}}
        person |= {"breachNotices": {"nodes": []}}
        person |= {"applications": {"nodes": [case | {"closedAt": closed_at}]}}
        person |= {"movements": {"nodes": []}}
        mine = {"applicant": person, "breaches": [], "keptSince": None, "note": ""}
        mine |= {"visaChecks": [], "lookups": []}
        answer = {"myData": mine, "reads": [], "requests": [], "complaints": []}
        shown = str(content(answer, texts("en")))
        assert ("to be expected by 4 Mar 2026" in shown) == is_said


def opens(visitor: Visitor, user: str, query: str, language: str = "en") -> Any:
    page = visitor.opens(user, f"language={language}&{query}", "/place")
    page.wait_for_selector("#place-coming h2:not(:has(.skeleton))")
    return page


@pytest.mark.browser
def test_leadership_comes_from_a_name_on_today_to_one_page_of_paper(
    visitor: Visitor, demo: Demo
) -> None:
    page = visitor.opens_today("leadership")
    page.locator("#today-places tbody th a").first.click()
    page.wait_for_selector("#place-coming h2:not(:has(.skeleton))")
    assert page.url.split("?")[0].endswith("/place")

    page = opens(visitor, "leadership", "country=AU")
    assert page.inner_text("h1") == "Australia"
    period = re.search(r"period=", page.url)
    assert period is None
    page.wait_for_selector("#place-fan .main-svg", state="attached")
    assert len(PAGES.findall(page.pdf(prefer_css_page_size=True))) == 1
    # What waits is split for those who read no cases.
    assert page.locator("#place-waiting-table code").count() == 0
    assert_accessible(page, widths=(390, 1440))


@pytest.mark.browser
def test_a_page_says_what_the_gateway_finds(visitor: Visitor, demo: Demo) -> None:
    page = opens(visitor, "leadership", "country=AU&period=last-year")
    year = datetime.now(UTC).year - 1
    days = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    found = demo.ask("leadership", SENTENCES, **days, where={"country": {"in": ["AU"]}})
    rows = found["findings"]["rows"]
    assert {row["subject"]["code"] for row in rows if row["kind"] == "PLACE"} == {"AU"}
    for kind, place in (
        ("CHANGE", "change"), ("PROMISE", "promise"), ("COMING", "coming"), ("WAITING", "waiting"),
    ):  # fmt: skip
        sentence = next(row for row in rows if row["kind"] == kind)["sentence"]["english"]
        assert page.inner_text(f"#place-{place} h2") == sentence


@pytest.mark.browser
def test_a_manager_reads_which_files_are_late_and_whose_turn_it_is(
    visitor: Visitor, demo: Demo
) -> None:
    page = opens(visitor, "manager-my", "country=MY", "id")
    variables = late_variables("country", "MY", Address("id"), datetime.now(UTC))
    late = demo.ask("manager-my", LATE, **variables)["applications"]["nodes"]
    # What is counted as overdue is what is listed.
    asked = OVERDUE % {"day": today().isoformat()}
    rows = demo.ask("manager-my", asked)["volumes"]["rows"]
    assert len(late) == sum(row["backlog"]["value"] for row in rows)
    shown = page.locator("#place-waiting-table code").all_inner_texts()
    assert sorted(shown) == sorted(file["reference"] for file in late)
    if late:
        turns = page.locator("#place-waiting-table td:last-child").all_inner_texts()
        assert set(turns) <= {"mitra", "pemohon", "direktorat"}
    else:
        assert "Tidak ada permohonan terbuka" in page.inner_text("#place-waiting-table")
    assert_accessible(page, widths=(390, 1440))


@pytest.mark.browser
@pytest.mark.parametrize("query", ["country=AU", "country=XX", "centre=AU-SYD", ""])
def test_a_place_out_of_reach_looks_like_one_that_does_not_exist(
    visitor: Visitor, query: str
) -> None:
    page = visitor.opens("manager-sg", f"language=en&{query}", "/place")
    page.wait_for_selector("#place-heading h1:not(:has(.skeleton))")
    assert page.inner_text("h1") == "There is no such place here"
