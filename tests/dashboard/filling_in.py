"""Filling in and sending the forms of a page: in a browser, or as the page sends them."""

import re
from datetime import datetime
from typing import Any

import httpx2
from playwright.sync_api import Page

from tests.dashboard.asking_dash import ASK


def outcome_of(place: str) -> str:
    """Where a page says what came of a form."""
    return f"#{place} [data-result]"


def fill(page: Page, form: str, **values: str) -> None:
    """Fill in fields of a form, which is opened first."""
    filled = page.locator(f"#{form}")
    if not filled.is_visible():
        page.locator(f"details:has(> #{form}) > summary").click()
    for name, value in values.items():
        field = filled.locator(f"[name='{name.rstrip('_')}']")
        is_list = field.evaluate("field => field.tagName") == "SELECT"
        field.select_option(value) if is_list else field.fill(value)


def typed(instant: datetime) -> str:
    """As it is filled in, in WIB."""
    return f"{instant:%Y-%m-%dT%H:%M}"


def send(page: Page, form: str, place: str = "administration-outcome") -> str:
    """What the page says came of the form."""
    marked = page.locator(f"#{place} [data-at]")
    before = marked.get_attribute("data-at") if page.locator(outcome_of(place)).count() else ""
    page.locator(f"#{form} button[type=submit]:not([form])").click()
    page.wait_for_selector(f"#{place} [data-at]:not([data-at='{before}'])")
    return page.inner_text(outcome_of(place))


async def send_to_dash(
    browser: httpx2.AsyncClient, sent: str, outcome: str, data: Any
) -> httpx2.Response:
    """The answer to a form as the page sends it: from one store, to one outcome."""
    return await browser.post(
        ASK,
        json={
            "output": f"{outcome}.data-html",
            "outputs": {"id": outcome, "property": "data-html"},
            "inputs": [{"id": sent, "property": "data", "value": data}],
            "state": [],
            "changedPropIds": [f"{sent}.data"],
        },
    )


def result_of(answer: httpx2.Response) -> str:
    """In one word what came of a form that was sent to Dash."""
    assert answer.status_code == 200, answer.text
    [shown] = answer.json()["response"].values()
    return re.findall('data-result="([a-z]+)"', shown["data-html"])[0]
