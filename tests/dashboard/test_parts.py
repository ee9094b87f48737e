"""The parts of the page: HTML that is escaped, spelled alike, and changed where it differs."""

import re

import pytest
from dash import html
from dashboard.components.render_html import html_of
from playwright.sync_api import Page

from dashboard.components.aria import aria
from dashboard.pages.volumes import page as volumes_page
from tests.dashboard.asking_dash import ASK, question_of
from tests.dashboard.conftest import Running
from tests.dashboard.visiting import Visitor


def test_whatever_is_said_is_escaped() -> None:
    told = '<img src=x onerror="alert(1)">'
    assert "<img" not in html_of([told, html.Li(told, title=told)])
    assert '"alert' not in html_of(html.Li(title=told))


def test_a_component_reads_the_same_however_it_is_spelled() -> None:
    told = '<th aria-label="1 &amp; 2" aria-sort="none" class="a" id="b" scope="col">x</th>'
    label, sort = aria(label="1 & 2"), aria(sort="none")
    assert html_of(html.Th("x", id="b", className="a", scope="col", **label, **sort)) == told
    assert html_of(html.Th("x", **sort, scope="col", className="a", **label, id="b")) == told


def test_a_style_is_spelled_as_in_a_style_sheet() -> None:
    bar = html.Span(style={"backgroundColor": "#123456", "width": "4.00%"})
    assert html_of(bar) == '<span style="background-color: #123456; width: 4.00%"></span>'


@pytest.mark.anyio
async def test_a_mistake_of_ours_is_told_like_the_rest(
    connected: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volumes_page, "cards", lambda _: 1 / 0)
    visitor, _ = await connected.visitor("leadership")
    async with visitor:
        told = (await visitor.post(ASK, json=await question_of(visitor))).json()["response"]
    assert told["notice"]["content"].startswith('<section class="notice failed" data-again')
    assert re.search(r"[0-9a-f]{32}</p>", told["notice"]["content"])
    assert told["figures"]["hidden"]


def choose(page: Page, name: str, code: str) -> None:
    """By the keyboard's way: the focus stands on the choice."""
    page.locator(f".filters select[name={name}]").focus()
    page.select_option(f".filters select[name={name}]", code)
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
    choose(page, "country", "AU")
    assert page.inner_text("h1") != title
    for place in ("h1", "#cards .number", "#ranking tbody tr", "#filters select", "#map svg"):
        assert page.locator(place).first.evaluate("(each) => each.isOld"), place
    assert page.evaluate("document.activeElement.name") == "country"
    assert page.locator(".picture-trend .twin").evaluate("(each) => each.open")
    assert page.locator("#ranking .scroll").evaluate("(each) => each.scrollTop") == scrolled


@pytest.mark.browser
def test_a_choice_shows_what_is_chosen_after_it_was_taken_off(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    country = page.locator(".filters select[name=country]")
    choose(page, "country", "AU")
    page.locator(".chips a").click()
    page.wait_for_selector(".chips", state="detached")
    assert country.input_value() == ""
    page.go_back()
    page.wait_for_selector(".chips")
    assert country.input_value() == "AU"
    assert page.locator(".filters label.is-set").count() == 1
