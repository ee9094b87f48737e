"""Nothing jumps while a page fills, on a phone as on a desk."""

import pytest

from tests.dashboard.visiting import Visitor

pytestmark = pytest.mark.browser

SHIFTS = """
  window.shifted = 0;
  window.jumped = [];
  new PerformanceObserver((list) => list.getEntries().forEach((each) => {
    if (each.hadRecentInput) return;
    window.shifted += each.value;
    window.jumped.push(...each.sources.map(({ node }) => node?.id || node?.className));
  })).observe({ type: "layout-shift", buffered: true });
"""
#: What stands on a page once all of its figures are there.
FILLED = {
    "/": ["#today-fan .fills, #today-fan .scatterlayer .trace", "#today-promises table"],
    "/volumes": ["#ranking tbody tr", "#cards .number", "#trend .scatterlayer .trace"],
}


@pytest.mark.parametrize("user", ["leadership", "manager-au"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", FILLED)
def test_nothing_jumps_while_a_page_fills(
    visitor: Visitor, path: str, width: int, user: str
) -> None:
    visitor.page.add_init_script(SHIFTS)
    visitor.page.set_viewport_size({"width": width, "height": 900})
    page = visitor.opens(user, "language=id", path)
    for filled in FILLED[path]:
        page.wait_for_selector(filled, state="attached")
    page.wait_for_timeout(800)
    assert page.evaluate("window.shifted") < 0.05, page.evaluate("window.jumped")
