"""The page Volumes in a real browser on the running demo, with the outside world cut off."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS
from dashboard.model.period import today
from dashboard.web.sessions import COOKIE
from tests.browser import AXE
from tests.dashboard.visiting import Visitor, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

PER_COUNTRY = """
query PerCountry($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
    rows { country { code name(language: EN) } intake { value } }
  }
}
"""
ONLY_A_MANAGER_LACKS = (
    "Decisions",
    "Refusal rate",
    "Within target",
    "Median turnaround",
    "90th percentile turnaround",
)


def test_leadership_sees_what_the_gateway_answers(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("leadership", "language=en&rows=all")
    period = PERIODS[DEFAULT_PERIOD](today())
    window = {"from": str(period.from_on), "to": str(period.to_on)}
    rows = demo.ask("leadership", PER_COUNTRY, **window)["volumes"]["rows"]
    expected = {row["country"]["name"]: row["intake"]["value"] for row in rows if row["country"]}
    shown = {
        row.locator("th").inner_text(): number(row.locator(".with-bar").inner_text())
        for row in page.locator("#ranking tbody tr").all()
    }
    assert shown == expected
    total = sum(row["intake"]["value"] for row in rows)
    assert number(page.inner_text(".card-intake .number")) == total
    page.wait_for_selector(".scattergeo path.point", state="attached")
    assert page.locator(".scattergeo path.point").count() == sum(
        value > 0 for value in expected.values()
    )
    assert page.locator(".layer.land path").get_attribute("d")


def test_a_manager_sees_own_countries_and_no_outcome(visitor: Visitor) -> None:
    page = visitor.opens("manager-au")
    assert [row.inner_text() for row in page.locator("#ranking tbody th").all()] == ["Australia"]
    assert "Scope: Australia · NUSA" in page.inner_text(".facts")
    assert page.locator(".card").count() == 4
    exact = page.inner_text("#cards") + page.inner_text("#ranking") + page.inner_text("#filters")
    for measure in ONLY_A_MANAGER_LACKS:
        assert measure not in exact


def test_a_role_without_figures_is_told_so(visitor: Visitor) -> None:
    page = visitor.opens("agent-au")
    assert "Your role, Partner agent, has no figures here" in page.inner_text(".notice")
    assert not page.locator("#figures").is_visible()


def test_who_holds_two_roles_chooses_one_at_a_time(visitor: Visitor) -> None:
    page = visitor.opens("both")
    # The browser reports no fault: a question that lacks a role is answered with a choice.
    page.get_by_role("button", name="Auditor").click()
    page.wait_for_selector("#ranking tbody tr")
    assert page.locator(".who [aria-pressed=true]").inner_text() == "Auditor"
    page.get_by_role("button", name="Visa officer").click()
    page.wait_for_selector(".who [aria-pressed=true]:has-text('Visa officer')")


def test_the_address_is_the_state(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    year = page.inner_text("h1")
    page.get_by_role("link", name="3 months").click()
    page.wait_for_function("text => document.querySelector('h1').innerText !== text", arg=year)
    assert page.url.endswith("period=3-months")
    assert page.evaluate("document.activeElement.innerText") == "3 months"
    page.locator("#ranking").get_by_role("link", name="Backlog").click()
    page.wait_for_selector("th[aria-sort=descending]:has-text('Backlog')")
    page.go_back()
    page.wait_for_selector("th[aria-sort=descending]:has-text('Received')")
    page.go_back()
    page.wait_for_function("text => document.querySelector('h1').innerText === text", arg=year)


def test_months_are_chosen_in_a_form(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    first, last = PERIODS["3-months"](today()).from_on, PERIODS["3-months"](today()).to_on
    page.locator(".custom-period summary").click()
    page.select_option("select[name=first]", f"{first:%Y-%m}")
    page.select_option("select[name=last]", f"{last:%Y-%m}")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_selector(".custom-period summary[aria-current]")
    assert f"first={first:%Y-%m}" in page.url
    shown = page.inner_text(".card-intake .number")
    page.get_by_role("link", name="3 months").click()
    page.wait_for_selector(".segments [aria-current]")
    assert page.inner_text(".card-intake .number") == shown


def test_both_languages_are_complete(visitor: Visitor) -> None:
    page = visitor.opens("leadership", "language=id")
    assert page.evaluate("document.documentElement.lang") == "id"
    assert "permohonan masuk" in page.inner_text("h1")
    page.get_by_text("English").click()
    page.wait_for_selector("h1:has-text('applications came in')")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_signing_out_leaves_nothing_behind(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_selector("input[name=user]")
    assert COOKIE not in {cookie.get("name") for cookie in page.context.cookies()}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("user", ["leadership", "manager-au", "agent-au"])
def test_the_page_is_accessible(
    browser: Browser, demo: Demo, theme: Any, width: int, user: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True
    )
    page = Visitor(demo, context.new_page()).opens(user)
    page.wait_for_timeout(500)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run()")["violations"]
    told = [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


@pytest.mark.parametrize("measure", ["revenue", "turnaround_p90", "refusal_rate"])
def test_the_heights_of_the_trend_have_room_beside_it(visitor: Visitor, measure: str) -> None:
    page = visitor.opens("leadership", f"language=id&measure={measure}")
    page.wait_for_selector("#trend .ytick text")
    picture = page.locator("#trend").bounding_box()
    assert picture
    for height in page.locator("#trend .ytick text").all():
        box = height.bounding_box()
        assert box
        assert box["x"] >= picture["x"], height.text_content()
