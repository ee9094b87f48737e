"""Takes the pictures of the README: `python -m tests.dashboard.take_pictures`, with a browser."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import launch_options
from tests.clusters import data_folder
from tests.dashboard.visiting import Visitor
from tests.running_demo import running_demo

FOLDER = Path(__file__).resolve().parents[2] / "docs"
#: As many applications as make every answer of the page Today a rich one.
APPLICATIONS = 60_000
WIDTH = 1440
#: A picture ends below the last panel that lies within this height.
TODAY_HEIGHT, VOLUMES_HEIGHT, CASE_HEIGHT, MARGIN = 2_100, 1_800, 1_700, 16
LAST_PANEL = """
  (most) => Math.max(...[...document.querySelectorAll(".panel")]
    .map((panel) => panel.getBoundingClientRect().bottom + window.scrollY)
    .filter((bottom) => bottom <= most))
"""


def main() -> None:
    with (
        data_folder() as data,
        running_demo(data, APPLICATIONS) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**launch_options())
        by_day = browser.new_context(viewport={"width": WIDTH, "height": 1000})
        visitor = Visitor(demo, by_day.new_page())
        _take(visitor.opens_today("leadership"), "today-en", TODAY_HEIGHT)
        by_night = browser.new_context(
            viewport={"width": WIDTH, "height": 1000}, color_scheme="dark", locale="id-ID"
        )
        volumes = Visitor(demo, by_night.new_page()).opens(
            "leadership", "language=id&country=AU,MY&measure=refusal_rate"
        )
        volumes.wait_for_selector("#ranking tbody tr")
        _take(volumes, "volumes-id", VOLUMES_HEIGHT)
        by_day = browser.new_context(viewport={"width": WIDTH, "height": 1000})
        _take(_a_case(Visitor(demo, by_day.new_page())), "case-en", CASE_HEIGHT)
        browser.close()


def _a_case(visitor: Visitor) -> Page:
    """One with a hit, as a supervisor finds it."""
    page = visitor.opens("supervisor", path="/supervision")
    page.locator("#supervision-hits article a").first.click()
    page.wait_for_selector("#case-life li")
    page.locator("#case-acts summary").first.click()
    return page


def _take(page: Page, name: str, most: int) -> None:
    page.wait_for_timeout(1_500)  # pictures draw themselves after their figures have come
    page.set_viewport_size({"width": WIDTH, "height": most})
    page.wait_for_timeout(800)
    height = page.evaluate(LAST_PANEL, most) + MARGIN
    part = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    page.screenshot(path=FOLDER / f"{name}.png", clip=part)


if __name__ == "__main__":
    main()
