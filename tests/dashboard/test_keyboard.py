"""Everything that the page is for can be done without a mouse."""

import re

import pytest
from playwright.sync_api import Page

from tests.dashboard.visiting import Visitor

pytestmark = pytest.mark.browser

FAR = 250
FOCUSED = """() => {
  const each = document.activeElement;
  // A radio is seen by its label; a field of Mantine's by its border.
  const seen = each.type === "radio" ? each.nextElementSibling : each;
  const outlines = [null, "::after"].map((part) => getComputedStyle(seen, part).outlineStyle);
  return {
    text: [each.getAttribute("aria-label"), each.innerText, each.value, each.name, each.localName]
      .find(Boolean),
    isSeen: outlines.some((style) => style !== "none") || each.localName === "body",
  };
}"""


def tab_to(page: Page, text: str) -> None:
    """Go on with the key Tab until the focus, which is always to be seen, stands on a text."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isSeen"], focused
        if re.fullmatch(text, focused["text"].strip()):
            return
    raise AssertionError(f"no way to {text}")


def from_the_top(page: Page) -> None:
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")


def test_the_main_tasks_need_no_mouse(newcomer: Visitor) -> None:
    page = newcomer.page
    page.goto(f"{newcomer.demo.dashboard_url}/volumes?language=en")
    page.focus("input[name=user]")
    page.keyboard.type("leadership")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ranking tbody tr")

    from_the_top(page)
    tab_to(page, "Skip to the figures")
    page.keyboard.press("Enter")
    tab_to(page, "12-months")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => location.search.includes('period=last-quarter')")
    page.wait_for_function("() => document.activeElement.value === 'last-quarter'")

    tab_to(page, "Definition: Applications received")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog] dl")
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")

    tab_to(page, "As a table")
    page.keyboard.press("Enter")
    assert page.locator(".twin table").is_visible()

    tab_to(page, "Backlog.*")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ranking th[aria-sort=descending]:has-text('Backlog')")

    tab_to(page, "Show all .*")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ranking tbody tr:nth-child(21)")

    tab_to(page, ".*CSV.*")
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    assert downloading.value.suggested_filename.endswith(".csv")

    from_the_top(page)
    tab_to(page, "Bahasa Indonesia.*")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('permohonan')")
    # Or what is still asked is refused once they left.
    page.wait_for_selector("#ranking tbody tr")
    page.wait_for_selector("[data-dash-is-loading=true]", state="detached")
    from_the_top(page)
    tab_to(page, "Keluar")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=user]")
