"""Questions to the parts of a page as the page itself sends them, without a browser."""

import asyncio
from itertools import count
from typing import Any

import httpx2

from dashboard.web.gate import DRAWN_FOR

#: A new mark for each page that is opened, as the time is in a browser.
ASKED = count(1)
ASK = "/_dash-update-component"
STATE, NEWS = "volumes-state.data", "volumes-news.data"
#: What the page Volumes shows, each by the first property that its callback writes.
PARTS = (
    *("volumes-heading.data-html", "volumes-country.data", "volumes-chips.data-html"),
    *("volumes-notice.data-html", "cards.data-html", "map-title.data-html"),
    *("trend-title.data-html", "ranking-title.data-html", "outcomes.data-html"),
)


def state_of(search: Any, asked: Any = None) -> dict[str, Any]:
    """As the browser keeps it for the page: its address, and the mark of its asking."""
    return {"name": "volumes", "path": "/volumes", "search": search, "asked": asked or next(ASKED)}


async def question_of(
    browser: httpx2.AsyncClient,
    search: Any = "?language=en",
    part: str = "cards.data-html",
    *,
    asked: Any = None,
    shown: Any = None,
) -> dict[str, Any]:
    """The question of a part, by what the server says that it answers."""
    if DRAWN_FOR not in browser.headers and part != "page.children":
        await draw(browser)
    response = (await browser.get("/_dash-dependencies")).json()
    callback = next(each for each in response if part in outputs_of(each))
    state = state_of(search, asked)
    given = {STATE: state, NEWS: state, mark_of(callback): shown, "address.pathname": "/volumes"}
    return {
        "output": callback["output"],
        "outputs": [_place(each) for each in outputs_of(callback)],
        "inputs": [_with_value(place, given) for place in callback["inputs"]],
        "state": [_with_value(place, given) for place in callback["state"]],
        "changedPropIds": [f"{each['id']}.{each['property']}" for each in callback["inputs"]],
    }


async def draw(browser: httpx2.AsyncClient) -> None:
    """Open the page: from now on what it asks carries for whom it was drawn."""
    browser.headers.pop(DRAWN_FOR, None)
    answer = await browser.post(ASK, json=await question_of(browser, part="page.children"))
    if answer.status_code == 200 and (mark := answer.json()["response"]["page"]["data-drawn-for"]):
        browser.headers[DRAWN_FOR] = mark


async def page_of(
    browser: httpx2.AsyncClient, search: Any = "?language=en", *, asked: Any = None
) -> dict[str, Any]:
    """What each part writes into a page that is opened, by its element; all asked at once.

    Parts that are answered together are asked once, as the page does.
    """
    mark = asked or next(ASKED)
    questions = [await question_of(browser, search, part, asked=mark) for part in PARTS]
    asked_once = {each["output"]: each for each in questions}.values()
    answers = await asyncio.gather(*(browser.post(ASK, json=each) for each in asked_once))
    shown: dict[str, Any] = {}
    for answer in answers:
        assert answer.status_code == 200, answer.text
        shown |= answer.json()["response"]
    return shown


def outputs_of(callback: dict[str, Any]) -> list[str]:
    return callback["output"].strip(".").split("...")


def mark_of(callback: dict[str, Any]) -> str:
    """Where the mark of what is shown is kept."""
    return next((each for each in outputs_of(callback) if each.endswith(".data-mark")), "")


def _place(name: str) -> dict[str, str]:
    return dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))


def _with_value(place: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    name = f"{place['id']}.{place['property']}"
    return {"id": place["id"], "property": place["property"], "value": given.get(name)}
