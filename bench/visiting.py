"""What the pages cost their reader: from opening one, or a click, to the last thing drawn."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median

import click
from playwright.sync_api import Browser, Page, sync_playwright

from bench.measuring import show_table
from bench.watching import WATCH, Act, Watch
from tests.browser import NoBrowserError, launch_options
from tests.clusters import data_folder
from tests.running_demo import running_demo

_READER = "leadership"
#: Each page by the path at which it is opened.
PAGES = {"Today": "/", "Volumes": "/volumes"}
#: Countries that a filter is set to, one after the other.
_COUNTRIES = ("AU", "SG", "MY", "JP", "CN", "IN", "GB", "US", "NL")
_VISA_TYPES = ("B1", "C1", "C2", "D1", "D2", "D12", "E28A", "E33G")
#: What a reader does, by the element that it is done to; each round does it to another one.
_PRESS = """(each) => {
  seen.began = performance.now();
  each.click();
}"""
_FILTER = """(search) => {
  seen.began = performance.now();
  dash_clientside.set_props("address", { search });
}"""
_PARTS = ("asking", "answering", "drawing", "whole")
_WORK = ("script", "page", "dashboard", "gateway", "database")


def measure(applications: int, rounds: int, beside: str | None, data: Path | None) -> None:
    """Print medians over the rounds; each act begins on a page that was opened for it.

    ``beside`` is the address of a dashboard that runs already and is visited in turns, ``data`` a
    folder that keeps its world for the next time.
    """
    with (
        nullcontext(data) if data else data_folder() as folder,
        running_demo(folder, applications) as demo,
        _browser() as browser,
    ):
        urls = {"": demo.dashboard_url, **({", beside": beside} if beside else {})}
        weights = [
            (f"{page}{name}", *_weights(browser, url, path))
            for name, url in urls.items()
            for page, path in PAGES.items()
        ]
        taken = _visits({name: _Reader(browser, url) for name, url in urls.items()}, rounds)
    show_table(
        "Over the network: a first visit, a second one, and a country chosen on it",
        ("page", "requests", "KB", "again", "KB again", "a filter", "KB of a filter"),
        weights,
    )
    show_table(
        f"The pages with {applications:,} applications, milliseconds",
        ("act", "asking", "answering", "drawing", "all", "at worst", "callbacks", "KB", "shift"),
        [_times(name, acts) for name, acts in taken.items()],
    )
    show_table(
        "Whose work it was, milliseconds of processor",
        ("act", "scripts", "page's thread", "dashboard", "gateway", "database"),
        [
            (name, *(f"{median(getattr(act, who) for act in acts):,.0f}" for who in _WORK))
            for name, acts in taken.items()
        ],
    )


class _Reader:
    """Somebody who has signed in and has seen the pages before, so that their files are there."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.page = _signed_in(browser, url, "/volumes")
        self.watch = Watch(self.page)
        self._url = url

    def opens(self, path: str) -> Act:
        self.page.bring_to_front()
        self.watch.begin(is_opening=True)
        self.page.goto(f"{self._url}{path}?language=en")
        return self.watch.take()

    def does(self, act: Callable[[Page, int], None], number: int) -> Act:
        self.watch.begin()
        act(self.page, number)
        return self.watch.take()


def _visits(readers: Mapping[str, _Reader], rounds: int) -> dict[str, list[Act]]:
    """Every other round goes backwards through the readers."""
    taken: dict[str, list[Act]] = {}
    for number in range(rounds):
        names = list(readers)[:: -1 if number % 2 else 1]
        for page, path in PAGES.items():
            for act, do in _ACTS[page].items():
                for name in names:
                    opened = readers[name].opens(path)
                    taken.setdefault(f"{page}: opening{name}", []).append(opened)
                    done = readers[name].does(do, number)
                    taken.setdefault(f"{page}: {act}{name}", []).append(done)
    return taken


def _weights(browser: Browser, url: str, path: str) -> tuple[str, ...]:
    """Requests and kilobytes of somebody whose browser has seen nothing of it, of the same the
    next time, and of a filter then."""
    page = _signed_in(browser, url, path)
    watch = Watch(page)
    watch.begin()
    watch.take()
    first = watch.weight()
    page.goto(f"{url}{path}?language=en")
    watch.take()
    second = watch.weight()
    watch.begin()
    _filter(page, 0)
    watch.take()
    found = (*first, *second, *watch.weight(since=second))
    page.context.close()
    return tuple(f"{each:,.0f}" for each in found)


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


def _signed_in(browser: Browser, url: str, path: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{url}{path}?language=en")
    page.fill("input[name=user]", _READER)
    page.locator("form").last.locator("button").last.click()
    page.wait_for_selector("main")
    return page


def _pressing(links: str) -> Callable[[Page, int], None]:
    """Presses one of the links or buttons, another one each time."""

    def press(page: Page, number: int) -> None:
        offered = page.locator(links)
        offered.nth(number % offered.count()).evaluate(_PRESS)

    return press


def _filter(page: Page, number: int) -> None:
    """By a country, wherever it is chosen."""
    _choose(page, "country", _COUNTRIES[number % len(_COUNTRIES)])


def _filter_visa_type(page: Page, number: int) -> None:
    """By a visa type, wherever it is chosen."""
    _choose(page, "visa", _VISA_TYPES[number % len(_VISA_TYPES)])


def _choose(page: Page, key: str, code: str) -> None:
    page.evaluate(_FILTER, f"?language=en&{key}={code}")


_ACTS: Mapping[str, Mapping[str, Callable[[Page, int], None]]] = {
    "Today": {
        "a country": _filter,
        "a visa type": _filter_visa_type,
        "a period": _pressing("#today-period input:not(:checked)"),
        "a measure": _pressing("#today-measure input:not(:checked)"),
    },
    "Volumes": {
        "a country": _filter,
        "a visa type": _filter_visa_type,
        "a period": _pressing("#volumes-period input:not(:checked)"),
        "a measure": _pressing("#cards h3 a:not([aria-current])"),
        "an order": _pressing("#ranking thead a"),
    },
}


def _times(name: str, acts: list[Act]) -> tuple[str, ...]:
    parts = (f"{median(getattr(act, part) for act in acts):,.0f}" for part in _PARTS)
    return (
        name,
        *parts,
        f"{max(act.whole for act in acts):,.0f}",
        f"{median(act.callbacks for act in acts):,.0f}",
        f"{median(act.kilobytes for act in acts):,.1f}",
        f"{max(act.shift for act in acts):.3f}" if name.partition(": ")[2] == "opening" else "",
    )
