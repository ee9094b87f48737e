"""Choosing a country or a filter changes everything that is seen, and nothing that may be seen."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS
from dashboard.model.period import today
from tests.dashboard.asking_dash import page_of
from tests.dashboard.conftest import Running
from tests.dashboard.test_export import signed_in, table_of
from tests.dashboard.visiting import Visitor, assert_accessible, number
from tests.running_demo import Demo

FILTERED = """
query Filtered($from: Date!, $to: Date!, $where: VolumeWhere!, $by: [VolumeDimension!]!) {
  volumes(from: $from, to: $to, groupBy: $by, where: $where) {
    rows {
      country { code name(language: EN) }
      nationality { code name(language: EN) }
      tripPurpose
      intake { value }
    }
  }
}
"""


def rows_for(demo: Demo, by: list[str], **values: list[str]) -> list[dict[str, Any]]:
    """The gateway's own answer to leadership about the usual period."""
    where = {name: {"in": codes} for name, codes in values.items()}
    period = PERIODS[DEFAULT_PERIOD](today())
    window = {"from": str(period.from_on), "to": str(period.to_on)}
    answer = demo.ask("leadership", FILTERED, **window, by=by, where=where)
    return answer["volumes"]["rows"]


def total(demo: Demo, **where: list[str]) -> int:
    return sum(row["intake"]["value"] for row in rows_for(demo, [], **where))


def wait_for(page: Page, value: int) -> None:
    page.wait_for_function(
        "value => document.querySelector('.card-intake .number')?.innerText.replace(/\\D/g, '')"
        " === value",
        arg=str(value),
    )


def pick(page: Page, name: str, text: str, of: str = "volumes") -> None:
    """What a picker of a page offers by this text."""
    page.locator(f"#{of}-{name}").click()
    page.get_by_role("option", name=text).first.click()
    page.keyboard.press("Escape")


#: Groupings in the address: the dimension of the API, and the field of a row.
GROUPED = {
    "nationality": ("NATIONALITY", "nationality"),
    "purpose": ("TRIP_PURPOSE", "tripPurpose"),
}
#: What the page calls what people travel for.
PURPOSES = {
    "TOURISM": "Tourism",
    "BUSINESS": "Business",
    "INVESTMENT": "Investment",
    "GOVERNMENT": "Official visit",
    "TRANSIT": "Transit",
}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("query", "where"),
    [
        pytest.param("country=AU", {"country": ["AU"]}, marks=pytest.mark.proof),
        ("by=nationality&nationality=AU", {"nationality": ["AU"]}),
        pytest.param(
            "visa=B1&channel=PARTNER_PORTAL",
            {"visaType": ["B1"], "channel": ["PARTNER_PORTAL"]},
            marks=pytest.mark.proof,
        ),
        ("by=purpose&purpose=BUSINESS&visa=B1", {"tripPurpose": ["BUSINESS"], "visaType": ["B1"]}),
        pytest.param(
            "country=AU&visa=C1",
            {"country": ["AU"], "visaType": ["C1"]},
            marks=pytest.mark.proof,
        ),
    ],
)
def test_filtered_figures_are_the_gateways(
    visitor: Visitor, demo: Demo, query: str, where: dict[str, list[str]]
) -> None:
    page = visitor.opens("leadership", f"language=en&rows=all&{query}")
    named = query.split("&")[0].removeprefix("by=")
    by, field = GROUPED.get(named, ("COUNTRY", "country"))
    of_all = {key: codes for key, codes in where.items() if key not in ("country", field)}
    expected = {
        PURPOSES[row[field]] if named == "purpose" else row[field]["name"]: row["intake"]["value"]
        for row in rows_for(demo, [by], **of_all)
        if row[field] and row["intake"]["value"]
    }
    shown = {
        row.locator("th a:not(.compare)").inner_text(): number(
            row.locator(".with-bar").inner_text()
        )
        for row in page.locator("#ranking tbody tr").all()
    }
    # Where nothing came in, something may still be open.
    assert {name: value for name, value in shown.items() if value} == expected
    assert number(page.inner_text(".card-intake .number")) == total(demo, **where)


@pytest.mark.browser
def test_a_country_is_chosen_in_the_table_by_keyboard_and_left_by_going_back(
    visitor: Visitor, demo: Demo
) -> None:
    page = visitor.opens("leadership")
    everything = number(page.inner_text(".card-intake .number"))
    row = page.locator("#ranking tbody a", has_text="Malaysia")
    row.focus()
    page.keyboard.press("Enter")
    wait_for(page, total(demo, country=["MY"]))
    assert "country=MY" in page.url
    assert page.inner_text("h1").startswith("Malaysia: ")
    assert page.locator("#ranking tr.chosen a[aria-current=true]").inner_text() == "Malaysia"
    assert page.evaluate("document.activeElement.innerText") == "Malaysia"
    page.go_back()
    wait_for(page, everything)
    page.go_forward()
    wait_for(page, total(demo, country=["MY"]))
    page.get_by_role("link", name="Remove the filter: Partner country: Malaysia").click()
    wait_for(page, everything)
    assert "country" not in page.url


@pytest.mark.browser
@pytest.mark.parametrize(
    "measure", ["intake", pytest.param("refusal_rate", marks=pytest.mark.proof)]
)
def test_a_country_is_chosen_on_the_map(visitor: Visitor, demo: Demo, measure: str) -> None:
    page = visitor.opens("leadership", f"language=en&measure={measure}")
    everything = number(page.inner_text(".card-intake .number"))
    expected = total(demo, country=["AU"])
    page.wait_for_selector(".scattergeo path.point", state="attached")
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    centre = """() => {
      const map = document.querySelector("#map .js-plotly-plot");
      const { left, top } = map.getBoundingClientRect();
      const [x, y] = map._fullLayout.geo._subplot.projection([134.4, -25.5]);
      return [left + x, top + y];
    }"""

    def click() -> None:
        page.mouse.move(0, 0)
        page.mouse.move(*page.evaluate(centre))
        page.wait_for_selector("#map .hovertext:has-text('Australia')")
        page.mouse.down()
        page.mouse.up()

    click()
    wait_for(page, expected)
    assert "country=AU" in page.url
    page.wait_for_selector("#map text:has-text('Australia')", state="attached")
    page.wait_for_timeout(500)
    click()
    wait_for(page, everything)
    assert "country" not in page.url


@pytest.mark.browser
def test_filters_apply_as_they_are_chosen(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("leadership")
    pick(page, "visa", "C1 ")
    wait_for(page, total(demo, visaType=["C1"]))
    pick(page, "country", "Singapore")
    wait_for(page, total(demo, visaType=["C1"], country=["SG"]))
    pick(page, "by", "Nationality")
    # Its title counts them: there may be one alone.
    page.wait_for_selector("#ranking caption:has-text('by nationality')")
    page.get_by_role("link", name="Clear all filters").click()
    wait_for(page, total(demo))


@pytest.mark.browser
def test_a_card_chooses_the_measure_of_map_and_trend(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    page.get_by_role("link", name="Refusal rate").first.click()
    page.wait_for_selector(".choroplethlocation", state="attached")
    assert page.locator(".legend .shade").count() >= 2
    assert "Refusal rate" in page.inner_text("#trend-title")
    land = page.locator(".layer.land path").first
    assert "no-data" in land.evaluate("path => getComputedStyle(path).fill")
    page.locator(".more-measures").click()
    page.wait_for_selector(".card-clearance-ratio")
    assert page.get_by_role("link", name="Handover").count()
    # With fewer of them, one of those that go is chosen no more.
    assert "refusal_rate" in str(page.locator(".more-measures").get_attribute("href"))
    page.locator(".card-clearance-ratio a").first.click()
    page.wait_for_selector(".card-clearance-ratio.is-shown")
    assert "clearance" not in str(page.locator(".more-measures").get_attribute("href"))


@pytest.mark.browser
def test_an_empty_selection_is_explained_and_can_be_left(visitor: Visitor, demo: Demo) -> None:
    """Nothing is known under the code, so nothing is said of how much came in."""
    page = visitor.opens("leadership", "language=en&country=QQ")
    page.wait_for_selector("h1:has-text('QQ: not known')")
    page.wait_for_selector(".notice:has-text('nothing is known by that name')")
    page.locator(".notice a").click()
    wait_for(page, total(demo))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("country", "says"),
    [
        ("SG", "Singapore: outside your scope"),
        pytest.param("QQ", "QQ: not known", marks=pytest.mark.proof),
    ],
)
def test_a_manager_sees_nothing_of_another_country_whether_it_exists_or_not(
    visitor: Visitor, country: str, says: str
) -> None:
    page = visitor.opens("manager-au", f"language=en&country={country}")
    page.wait_for_selector(f"h1:has-text('{says}')")
    page.wait_for_selector("#figures", state="hidden")
    page.wait_for_selector(".filters .mantine-Pill-root")
    page.locator("#volumes-country").click()
    offered = page.get_by_role("option").all()
    assert [each.inner_text() for each in offered] == ["Australia"]
    page.keyboard.press("Escape")
    page.locator(".chips a").first.click()
    page.wait_for_selector("#ranking tbody tr")
    assert "Singapore" not in page.inner_text("#ranking")


@pytest.mark.parametrize("kind", ["csv"])
def test_a_managers_file_stays_in_scope_whatever_the_address_says(demo: Demo, kind: str) -> None:
    with signed_in(demo, "manager-au") as client:
        own = client.get(f"/export.{kind}?language=en")
        other = client.get(f"/export.{kind}?language=en&country=SG")
        narrowed = client.get(f"/export.{kind}?language=en&nationality=SG&by=country")
    assert {line["code"] for line in table_of(own.content)} == {"AU", ""}
    assert {line["code"] for line in table_of(other.content)} <= {"AU", ""}
    assert "Singapore" not in other.text
    assert {line["code"] for line in table_of(narrowed.content)} <= {"AU", ""}
    assert "Singapore" not in narrowed.text


def test_a_file_follows_the_filters(demo: Demo) -> None:
    with signed_in(demo, "leadership") as client:
        told_of = client.get("/export.csv?language=en&visa=B1&channel=PARTNER_PORTAL")
    last = table_of(told_of.content)[-1]
    expected = total(demo, visaType=["B1"], channel=["PARTNER_PORTAL"])
    assert int(last["intake"]) == expected


@pytest.mark.anyio
async def test_a_replayed_question_of_a_manager_tells_of_no_other_country(
    connected: Running,
) -> None:
    browser, _ = await connected.visitor("manager-au")
    async with browser:
        search = "?language=en&country=SG&nationality=&by=country&rows=all&measures=all"
        shown = await page_of(browser, search)
    assert shown["figures"]["hidden"] is True
    assert "Australia" in json.dumps(shown["ranking-table"])
    for name in ("ranking-table", "map", "cards", "trend"):
        assert "Singapore" not in json.dumps(shown[name])
    assert "SGP" not in json.dumps(shown)


@pytest.mark.browser
@pytest.mark.parametrize(
    "user", [pytest.param("leadership", marks=pytest.mark.proof), "manager-au"]
)
def test_what_was_chosen_is_accessible(visitor: Visitor, user: str) -> None:
    measure = "refusal_rate" if user == "leadership" else "info_request_rate"
    query = f"language=id&country=AU&visa=B1&measures=all&measure={measure}"
    assert_accessible(visitor.opens(user, query))
