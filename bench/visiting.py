"""What the page costs its reader: from opening it, or a click, to the last thing that is drawn."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import click
from playwright.sync_api import Browser, Page, sync_playwright

from bench.measuring import show_table
from tests.browser import NoBrowserError, launch_options
from tests.running_demo import data_folder, running_demo

_READER = "leadership"
#: The page is at rest when nothing has changed for so many milliseconds.
_REST = 250

#: Notes when the page changed last, and when that had been painted.
_WATCH = """
window.seen = { began: 0, changed: 0, painted: 0 };
const painted = new MessageChannel();
painted.port1.onmessage = () => (seen.painted = performance.now());
new MutationObserver(() => {
  seen.changed = performance.now();
  requestAnimationFrame(() => painted.port2.postMessage(null));
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""
_ANSWERS = """
performance.getEntriesByType("resource").filter(
  (each) => each.name.includes("/_dash-update-component") && each.startTime >= seen.began)
"""
_IS_AT_REST = f"""() => {{
  const still = performance.now() - {_REST};
  const isDrawn = {_ANSWERS}.some((each) => each.responseEnd < seen.painted);
  return isDrawn && seen.painted > seen.changed && seen.painted < still;
}}"""
_TAKEN = f"""() => {{
  const answers = {_ANSWERS};
  const first = Math.min(...answers.map((each) => each.requestStart));
  const last = Math.max(...answers.map((each) => each.responseEnd));
  return {{
    asking: first - seen.began,
    answering: last - first,
    drawing: seen.painted - last,
    size: answers.reduce((sum, each) => sum + each.encodedBodySize, 0),
  }};
}}"""
#: What a reader does, by the element that it is done to; each round does it to another one.
_PRESS = """(each) => {
  seen.began = performance.now();
  each.click();
}"""


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of one act: until the page asks, until all is answered, until all is drawn."""

    asking: float
    answering: float
    drawing: float
    #: Bytes of all answers, as sent.
    size: float

    @property
    def whole(self) -> float:
        return self.asking + self.answering + self.drawing


def measure(applications: int, rounds: int, beside: str | None) -> None:
    """Print medians over the rounds; each act begins on a page that was opened for it.

    ``beside`` is the address of a dashboard that runs already and is visited in turns.
    """
    with (
        data_folder() as data,
        running_demo(data, applications) as demo,
        _browser() as browser,
    ):
        readers = {"": _reader(browser, demo.dashboard_url)}
        if beside:
            readers |= {", beside": _reader(browser, beside)}
        taken = _visits(readers, rounds)
    show_table(
        f"The page with {applications:,} applications, milliseconds",
        ("act", "asking", "answering", "drawing", "all", "of them at worst", "KB sent"),
        [_row(name, times) for name, times in taken.items()],
    )


def _visits(readers: Mapping[str, Page], rounds: int) -> dict[str, list[Taken]]:
    """Every other round goes backwards through the readers."""
    taken: dict[str, list[Taken]] = {
        f"{act}{name}": [] for act in ("opening", *_ACTS) for name in readers
    }
    for number in range(rounds):
        names = list(readers)[:: -1 if number % 2 else 1]
        for act, do in _ACTS.items():
            for name in names:
                page = readers[name]
                page.bring_to_front()
                page.goto(page.url.partition("?")[0] + "?language=en")
                taken[f"opening{name}"].append(_at_rest(page))
                do(page, number)
                taken[f"{act}{name}"].append(_at_rest(page))
    return taken


@contextmanager
def _browser() -> Iterator[Browser]:
    try:
        options = launch_options()
    except NoBrowserError as error:
        raise click.ClickException(str(error)) from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


def _reader(browser: Browser, url: str) -> Page:
    """Somebody who has signed in and has seen the page before, so that its files are there."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(_WATCH)
    page.goto(f"{url}/volumes?language=en")
    page.fill("input[name=user]", _READER)
    page.locator("form").last.locator("button").last.click()
    _at_rest(page)
    return page


def _country(page: Page, number: int) -> None:
    _press_one_of(page, "#ranking tbody a", number)


def _period(page: Page, number: int) -> None:
    _press_one_of(page, "#volumes-period input:not(:checked)", number)


def _measure(page: Page, number: int) -> None:
    _press_one_of(page, "#cards h3 a:not([aria-current])", number)


def _order(page: Page, number: int) -> None:
    _press_one_of(page, "#ranking thead a", number)


def _press_one_of(page: Page, links: str, number: int) -> None:
    offered = page.locator(links)
    offered.nth(number % offered.count()).evaluate(_PRESS)


_ACTS: Mapping[str, Callable[[Page, int], None]] = {
    "a country": _country,
    "a period": _period,
    "a measure": _measure,
    "an order": _order,
}


def _at_rest(page: Page) -> Taken:
    page.wait_for_function(_IS_AT_REST, polling=50)
    told: dict[str, Any] = page.evaluate(_TAKEN)
    return Taken(**told)


def _row(name: str, times: list[Taken]) -> tuple[str, ...]:
    parts = ("asking", "answering", "drawing", "whole")
    medians = (f"{median(getattr(each, part) for each in times):,.0f}" for part in parts)
    worst = max(each.whole for each in times)
    return (name, *medians, f"{worst:,.0f}", f"{median(each.size for each in times) / 1024:,.1f}")
