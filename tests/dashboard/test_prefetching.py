"""Figures are prefetched when the document is requested, and used by that page alone."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from dashboard.gateway.session import Session
from tests.dashboard.asking_dash import page_of
from tests.dashboard.conftest import Running

pytestmark = pytest.mark.anyio

STALE = "These are the last good figures"
#: Who is asking, and what the page Volumes asks for.
QUESTIONS = 6


async def open_volumes(browser: httpx2.AsyncClient, session: Session, query: str) -> Any:
    """Open the page Volumes, wait for what is read for it, and return the mark of its layout."""
    assert (await browser.get(f"/volumes{query}")).status_code == 200
    for _ in range(3_000):
        if len(session.cache) >= QUESTIONS:
            break
        await asyncio.sleep(0.01)
    assert len(session.cache) == QUESTIONS
    return await mark_of_layout(browser)


async def mark_of_layout(browser: httpx2.AsyncClient) -> Any:
    layout = (await browser.get("/_dash-layout")).text
    stores = (each for each in _components(json.loads(layout)) if each.get("id") == "asked")
    return next(stores)["data"]


def _components(node: Any) -> Any:
    if isinstance(node, dict):
        if "props" in node:
            yield node["props"]
        for each in node.values():
            yield from _components(each)
    elif isinstance(node, list):
        for each in node:
            yield from _components(each)


async def test_a_page_that_is_opened_finds_its_figures_read(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        mark = await open_volumes(browser, session, "?language=en")
        connected.line.is_cut = True
        shown = await page_of(browser, "?language=en", asked=mark)
        assert shown["figures"] == {"hidden": False}
        assert shown["map"]["figure"]["data"]
        assert shown["volumes-country"]["data"]
        assert STALE not in str(shown)
        assert session.cache.outage is None


async def test_a_page_with_another_mark_or_address_asks_again(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        mark = await open_volumes(browser, session, "?language=en")
        connected.line.is_cut = True
        assert STALE in str(await page_of(browser, "?language=en", asked=mark + 1))
    browser, session = await connected.visitor("leadership")
    async with browser:
        connected.line.is_cut = False
        mark = await open_volumes(browser, session, "?language=en")
        connected.line.is_cut = True
        elsewhere = await page_of(browser, "?language=en&country=AU", asked=mark)
        assert "Cannot be shown just now" in str(elsewhere)


async def test_a_document_gives_its_mark_to_one_layout(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        mark = await open_volumes(browser, session, "?language=en")
        assert session.cache.opened_with is None
        assert await mark_of_layout(browser) >= mark


async def test_a_prefetch_that_fails_costs_the_document_nothing(connected: Running) -> None:
    browser, session = await connected.visitor("leadership")
    async with browser:
        connected.line.is_cut = True
        assert (await browser.get("/volumes?language=en")).status_code == 200
        connected.line.is_cut = False
        shown = await page_of(browser, "?language=en")
        assert shown["figures"] == {"hidden": False}
        assert session.cache.outage is None
