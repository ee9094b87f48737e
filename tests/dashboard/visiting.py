"""Visitors of the page in a real browser, with the outside world cut off."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Request, ViewportSize

from tests.browser import AXE
from tests.running_demo import Demo

#: The questions of the page Today, and a sentence that stands under one of them.
QUESTIONS = ("change", "attention", "promise", "coming")
ANSWERED = "h2:not(:has(.skeleton))"
WINDOW: ViewportSize = {"width": 1440, "height": 900}
#: A page is seen without its figures, however fast they would come: what moves then, moves.
SLOW = """
  const ask = window.fetch;
  window.fetch = async (...question) => {
    await new Promise((done) => setTimeout(done, 700));
    return ask(...question);
  };
"""


@pytest.fixture
def browser(chromium: Any) -> Iterator[Browser]:
    yield chromium.browser()
    chromium.rest()


@dataclass
class Visitor:
    """Somebody in front of the page; whatever goes wrong in the browser is kept in ``faults``."""

    demo: Demo
    page: Page
    faults: list[str] = field(default_factory=list)
    #: Who has signed in; nobody yet.
    user: str = ""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda line: (
                self.faults.append(f"{line.text} {line.location['url']}")
                if line.type in ("error", "warning")
                else None
            ),
        )
        self.page.on("request", self._note_what_is_not_ours)

    def opens(self, user: str, query: str = "language=en", path: str = "/volumes") -> Page:
        """Sign in as a demo user and wait until the page has something to say."""
        self._goes_to(f"{path}?{query}", user)
        self.page.wait_for_selector("#ranking tbody tr, .notice, .today h1, .definitions h1")
        return self.page

    def opens_today(self, user: str, query: str = "language=en") -> Page:
        """Sign in on the page Today and wait for all four answers."""
        self._goes_to(f"/?{query}", user)
        self.reads_today()
        return self.page

    def reads_today(self) -> None:
        """Wait for all four answers of the page Today."""
        for question in QUESTIONS:
            self.page.wait_for_selector(
                f"#today-{question} {ANSWERED}", state="attached", timeout=60_000
            )
        self.page.wait_for_selector("#today-fan .main-svg", state="attached")

    def leaves(self) -> list[str]:
        """Leave the page as it was before it was opened, but signed in; returns the faults."""
        faults = [*self.faults]
        self.page.emulate_media(media="null", color_scheme="light", reduced_motion="reduce")
        self.page.set_viewport_size(WINDOW)
        self.page.mouse.move(0, 0)
        self.page.goto(f"{self.demo.dashboard_url}/assets/icon.svg")
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.faults.clear()  # those of questions that were cut off by leaving
        return faults

    def _goes_to(self, address: str, user: str) -> None:
        if user != self.user:
            self.page.goto("about:blank")  # a live page that is signed out opens itself anew
            self.page.context.clear_cookies()
        self.page.goto(f"{self.demo.dashboard_url}{address}")
        if user != self.user:
            self.page.fill("input[name=user]", user)
            self.page.locator("form").last.locator("button").last.click()
            self.user = user

    def _note_what_is_not_ours(self, request: Request) -> None:
        ours = (self.demo.dashboard_url, self.demo.api_url, "data:", "blob:")
        if not request.url.startswith(ours):
            self.faults.append(f"asked {request.url}")


@pytest.fixture
def visitor(browser: Browser, chromium: Any, demo: Demo) -> Iterator[Visitor]:
    """Somebody whose browser was used before: it knows the scripts, which is half of what it costs
    to open a page, and stays signed in for as long as the user is the same."""
    with _regular("visitor", chromium, demo) as visitor:
        yield visitor


@pytest.fixture
def colleague(browser: Browser, chromium: Any, demo: Demo) -> Iterator[Visitor]:
    """Somebody else, at another computer, who is signed in at the same time."""
    with _regular("colleague", chromium, demo) as colleague:
        yield colleague


@contextmanager
def _regular(name: str, chromium: Any, demo: Demo) -> Iterator[Visitor]:
    regular = chromium.keep(name, visiting(chromium.browser(), demo))
    yield regular
    try:
        faults = regular.leaves()
    except Error:  # a page that cannot be left is nobody else's
        chromium.close()
        raise
    assert faults == []


@pytest.fixture
def newcomer(browser: Browser, demo: Demo) -> Iterator[Visitor]:
    """Somebody whose browser is used for one test alone: it measures how the page first opens,
    brings scripts of its own, or signs out."""
    with visiting(browser, demo) as newcomer:
        yield newcomer


@contextmanager
def visiting(browser: Browser, demo: Demo) -> Iterator[Visitor]:
    """Somebody at a computer of their own, in whose browser nothing may go wrong.

    They want no motion: each frame of it is drawn by the processor, for as long as a page waits.
    Tests of what moves (volumes at each width, refreshes) open a page for one who does not mind.
    """
    context = browser.new_context(viewport=WINDOW, locale="id-ID", reduced_motion="reduce")
    visitor = Visitor(demo, context.new_page())
    yield visitor
    context.close()
    assert visitor.faults == [], visitor.faults


#: Only what breaks a rule is described: to describe what keeps one too takes a third of the time.
_ALL: dict[str, Any] = {"resultTypes": ["violations"]}
_COLOURS = ("color-contrast", "link-in-text-block")
_OF_COLOURS = {**_ALL, "runOnly": {"type": "rule", "values": _COLOURS}}
_BUT_COLOURS = {**_ALL, "rules": {rule: {"enabled": False} for rule in _COLOURS}}


def assert_accessible(page: Page, widths: tuple[int, ...] = (1440,)) -> None:
    """Whoever looks at the page in either theme, at each width, can use it.

    Theme and width change under an open page, as they do for whoever turns a telephone or whose
    machine goes over to its evening colours, which changes nothing else. Colours take half of the
    time: they are looked at once in each theme, and at all widths by the proof.
    """
    first, *others = widths
    looks = [(first, "light", _ALL), (first, "dark", _OF_COLOURS)]
    looks += [(width, "light", _BUT_COLOURS) for width in others]
    for width, theme, rules in looks:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)
        if not page.evaluate("Boolean(window.axe)"):
            page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("rules => axe.run(rules)", rules)["violations"]
        seen = [(each["id"], [node["html"][:160] for node in each["nodes"]][:3]) for each in found]
        assert (width, theme, seen) == (width, theme, [])
        assert page.evaluate("document.documentElement.scrollWidth") == width


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
