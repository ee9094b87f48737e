"""GraphiQL in a real browser, with the outside world cut off: who asks, and what is followed."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.dashboard.visiting import browser
from tests.machine import needs
from tests.running_demo import Demo

__all__ = ["browser"]

from gateway.wire import explorer

bundled = needs(
    "graphiql",
    is_here=explorer.is_bundled(),
    absent="no GraphiQL: `make graphiql` brings it where the npm registry is to be had",
)
pytestmark = bundled


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The explorer, open; whatever goes wrong in the browser fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)

    def only_ours(route: Any) -> None:
        address = route.request.url
        if address.startswith((demo.api_url, "data:", "blob:")):
            route.continue_()
        else:
            faults.append(f"asked {address}")
            route.abort()

    page.route("**/*", only_ours)
    page.goto(f"{demo.api_url}/graphql")
    page.wait_for_selector(".graphiql-query-editor .view-lines")
    yield page
    context.close()
    assert faults == []
