"""The parts of a page: each fails by itself, and changes without moving what stands beside it."""

import re

import pytest
from playwright.sync_api import Page

from dashboard.pages.volumes import page as volumes_page
from tests.dashboard.asking_dash import page_of
from tests.dashboard.conftest import Running
from tests.dashboard.visiting import Visitor


@pytest.mark.anyio
async def test_a_mistake_of_ours_costs_its_part_alone_and_is_logged(
    connected: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(volumes_page, "cards", lambda _: 1 / 0)
    visitor, _ = await connected.visitor("leadership")
    async with visitor:
        page = await page_of(visitor)
    assert "Cannot be shown just now" in str(page["cards"])
    assert "Singapore" in str(page["ranking-table"])
    (logged,) = (each for each in caplog.records if "a part of the page failed" in each.message)
    assert re.search(r"trace [0-9a-f]{32}", logged.message)


@pytest.mark.anyio
async def test_the_trend_of_one_visa_type_has_its_target(connected: Running) -> None:
    visitor, _ = await connected.visitor("leadership")
    async with visitor:
        page = await page_of(visitor, "?language=en&visa=C1&measure=turnaround_p50")
    assert "Service target" in [line["name"] for line in page["trend"]["figure"]["data"]]
    assert "C1 " in str(page["volumes-chips"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("user", "search", "says"),
    [
        (
            "manager-au",
            "?language=en&measure=refusal_rate&by=visa&nationality=AU",
            "“Refusal rate” is given by whole months that are over, and by one dimension besides"
            " the country; “Applications received” is shown instead.",
        ),
        (
            "manager-au",
            "?language=id&measure=refusal_rate&period=this-month",
            "“Tingkat penolakan” diberikan untuk bulan utuh yang sudah berakhir",
        ),
        ("leadership", "?language=en&measure=refusal_rate&by=visa&nationality=AU", None),
        ("manager-au", "?language=en&measure=refusal_rate", None),
        ("manager-au", "?language=en&measure=backlog", None),
    ],
)
async def test_a_measure_that_somebody_does_not_read_is_not_replaced_in_silence(
    connected: Running, user: str, search: str, says: str | None
) -> None:
    visitor, _ = await connected.visitor(user)
    async with visitor:
        page = await page_of(visitor, search)
    notice = str(page["volumes-notice"])
    assert (says in notice) if says else ("“" not in notice)


def choose(page: Page, name: str, text: str) -> None:
    """By keyboard: the focus stands on the picker, which is searched."""
    page.locator(f"#volumes-{name}").focus()
    page.keyboard.type(text)
    page.get_by_role("option", name=text).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chips")


@pytest.mark.browser
def test_a_filter_changes_what_differs_and_leaves_the_rest(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    page.wait_for_selector(".scattergeo path.point", state="attached")
    page.locator(".picture-trend .twin summary").click()
    page.locator("#ranking .scroll").evaluate("(each) => each.scrollTo(40, 30)")
    scrolled = page.locator("#ranking .scroll").evaluate("(each) => each.scrollTop")
    page.evaluate("document.querySelectorAll('main *').forEach((each) => (each.isOld = true))")
    title = page.inner_text("h1")
    choose(page, "country", "Australia")
    page.wait_for_function("title => document.querySelector('h1').innerText !== title", arg=title)
    for place in ("#volumes-country", "#ranking .scroll", ".twin", "#map svg"):
        assert page.locator(place).first.evaluate("(each) => each.isOld"), place
    assert page.evaluate("document.activeElement.id") == "volumes-country"
    assert page.locator(".picture-trend .twin").evaluate("(each) => each.open")
    assert page.locator("#ranking .scroll").evaluate("(each) => each.scrollTop") == scrolled


@pytest.mark.browser
def test_a_choice_shows_what_is_chosen_after_it_was_taken_off(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    pills = page.locator(".filters .mantine-Pill-root")
    choose(page, "country", "Australia")
    assert pills.inner_text() == "Australia"
    page.locator(".chips a").click()
    page.wait_for_selector(".chips", state="detached")
    assert pills.count() == 0
    page.go_back()
    page.wait_for_selector(".chips")
    pills.wait_for()
    assert pills.inner_text() == "Australia"


@pytest.mark.browser
def test_several_countries_are_chosen_at_once(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    choose(page, "country", "Australia")
    choose(page, "country", "Malaysia")
    page.wait_for_selector(".chips li:nth-child(3)")
    assert "country=AU,MY" in page.url
    page.wait_for_selector("h1:has-text('Australia and Malaysia: ')")
    assert page.inner_text("h1").startswith("Australia and Malaysia: ")
    page.wait_for_selector("#ranking tr.chosen >> nth=1")
    assert page.locator("#ranking tr.chosen").count() == 2


@pytest.mark.browser
def test_a_definition_is_read_in_a_drawer_that_gives_the_focus_back(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    page.locator("[data-define=target_rate]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog]")
    text = page.inner_text("[role=dialog]")
    assert "Within target" in text
    assert "Who reads it" in text
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
    page.wait_for_function("() => document.activeElement.dataset.define === 'target_rate'")
