"""The browser of a worker, which stays open from test to test."""

from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser import NOTHING_OPTIMISED, NOTHING_OUTSIDE, NoBrowserError, launch_options
from tests.machine import without
from tests.suite import uses_chromium


class Chromium:
    """Opened by the first test that needs it, and closed after the last in a row: its driver runs
    a loop in this thread, beside which no other can run."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._kept: dict[str, Any] = {}
        self._browser: Browser | None = None
        self._is_needed_next = False

    def browser(self) -> Browser:
        if self._browser is None:
            try:
                options = launch_options()
            except NoBrowserError as error:
                without("browser", str(error))
            options["args"] = [*options["args"], NOTHING_OPTIMISED, NOTHING_OUTSIDE]
            playwright = self._opened.enter_context(sync_playwright())
            self._browser = playwright.chromium.launch(**options)
            self._opened.callback(self._browser.close)
        return self._browser

    def keep(self, name: str, made: AbstractContextManager[Any]) -> Any:
        """The object kept under a name while the browser is open; made at its first use."""
        if name not in self._kept:
            self._kept[name] = self._opened.enter_context(made)
        return self._kept[name]

    def close(self) -> None:
        self._kept.clear()
        self._browser = None
        self._opened.close()

    def rest(self) -> None:
        """Between two tests; before what their module made by another loop is taken down."""
        if not self._is_needed_next:
            self.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if not uses_chromium(item):
            self.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, nextitem: pytest.Item | None) -> None:
        self._is_needed_next = nextitem is not None and uses_chromium(nextitem)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Whoever reads of a failed test reads what its visitors saw."""
        report = yield
        if report.failed and self._browser:
            pages = [page for context in self._browser.contexts for page in context.pages]
            report.sections.extend((f"Page {page.url}", _text(page)) for page in pages)
        return report


def _text(page: Page) -> str:
    try:
        return page.locator("main").inner_text(timeout=2_000)[:2_000]
    except Error as error:
        return error.message
