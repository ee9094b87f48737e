"""The page as a handout: what was on the screen, on A4, without anything to press."""

import pytest

from tests.dashboard.visiting import Visitor

pytestmark = pytest.mark.browser

#: A4 without its margins, in CSS pixels.
PAPER = 703
#: What belongs on paper, and what does not.
PRINTED = ("h1", ".facts", "#cards .number", "#map svg", "#trend svg", "#ranking tfoot .total")
PRESSED = (
    *("form", "#navigation", "[role=search]", ".below .button", ".twin", "summary"),
    *(".define", "[role=dialog]"),
)


def test_the_handout_holds_all_that_was_shown_and_no_controls(visitor: Visitor) -> None:
    page = visitor.opens("leadership", "language=en&rows=all")
    page.wait_for_selector(".scattergeo path.point", state="attached")
    rows = page.locator("#ranking tbody tr").count()
    page.set_viewport_size({"width": PAPER, "height": 1_000})
    page.wait_for_timeout(500)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    for place in PRINTED:
        assert page.locator(place).first.is_visible(), place
    for place in PRESSED:
        assert not any(each.is_visible() for each in page.locator(place).all()), place
    assert page.locator("#ranking tbody tr").count() == rows > 15
    assert "The service clock starts" in page.inner_text(".card-intake .printed")
    assert page.locator(".card-intake .printed").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for name in ("map", "trend"):
        box, room = (
            page.locator(place).first.bounding_box()
            for place in (f"#{name} .main-svg", f"#{name}-picture")
        )
        assert box
        assert room
        assert box["width"] <= room["width"]
        assert box["y"] + box["height"] <= room["y"] + room["height"]


def test_the_button_prints_every_row(visitor: Visitor) -> None:
    page = visitor.opens("leadership")
    page.evaluate("window.print = () => (window.printed = document.querySelectorAll('tr').length)")
    few = page.locator("#ranking tr").count()
    page.get_by_role("link", name="Print").click()
    page.wait_for_function("() => window.printed")
    assert page.evaluate("window.printed") > few
