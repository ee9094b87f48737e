"""Whatever a page asks the server, of any page that is registered: no session, the page of another
viewer, another site and a forged question get nothing, and it asks with its viewer's own rights."""

import json
from typing import Any

import httpx2
import pytest

from dashboard.components.page import Page
from dashboard.pages.registry import PAGES
from dashboard.web.gate import DRAWN_FOR
from dashboard.web.sessions import COOKIE
from tests.dashboard.asking_dash import ASK, ASKED, draw, outputs_of
from tests.dashboard.conftest import Running
from tests.dashboard.test_every_page import ABOUT, USERS, named_case
from tests.running_demo import Demo

pytestmark = pytest.mark.anyio

#: Where the page keeps what somebody filled in.
FILLED = ("-sent", "-asked")
#: The page itself, which is drawn for whoever asks, and what words mean.
FOR_ANYBODY = {"page.children", "definition.title"}


async def callbacks_of(browser: httpx2.AsyncClient, page: Page | None = None) -> list[Any]:
    """Those that the server answers: of a page, or of all there are."""
    declared = (await browser.get("/_dash-dependencies")).json()
    answered = [each for each in declared if not each["clientside_function"]]
    if page is None:
        return answered
    return [each for each in answered if _is_of(each, page)]


def _is_of(callback: Any, page: Page) -> bool:
    return any(each["id"].startswith(f"{page.name}-") for each in callback["inputs"])


def question_for(callback: Any, state: Any = None) -> dict[str, Any]:
    """As the browser asks it; what it says of the page is the same for each of its inputs."""

    def _with(place: Any) -> dict[str, Any]:
        is_state = place["property"] == "data"
        return {"id": place["id"], "property": place["property"],
                "value": state if is_state else None}  # fmt: skip

    outputs = [
        dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
        for each in outputs_of(callback)
    ]
    is_single = not callback["output"].startswith("..")
    return {
        "output": callback["output"],
        "outputs": outputs[0] if is_single else outputs,
        "inputs": [_with(each) for each in callback["inputs"]],
        "state": [_with(each) | {"value": None} for each in callback["state"]],
        "changedPropIds": [],
    }


async def test_every_page_has_what_the_server_answers(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        for page in PAGES:
            has_parts = await callbacks_of(browser, page)
            assert bool(has_parts) is (page.name != "definitions"), page.name


async def test_whoever_has_not_signed_in_is_answered_nothing(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        questions = [question_for(each) for each in await callbacks_of(browser)]
        assert len(questions) > len(PAGES)
        browser.cookies.clear()
        for question in questions:
            answer = await browser.post(ASK, json=question, headers={"Accept": "*/*"})
            assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."})


async def test_what_a_page_of_another_viewer_asks_is_answered_nothing(connected: Running) -> None:
    """A page that stands open since before: its questions sent again, and those of no page."""
    browser, _ = await connected.visitor("supervisor")
    async with browser:
        await draw(browser)
        questions = [question_for(each) for each in await callbacks_of(browser)]
        browser.cookies.set(COOKIE, (await connected.session_of("auditor"))[0])
        for mark in (browser.headers[DRAWN_FOR], "0" * 32, ""):
            browser.headers[DRAWN_FOR] = mark
            for question in questions:
                if not set(outputs_of(question)) & FOR_ANYBODY:
                    answer = await browser.post(ASK, json=question)
                    assert answer.status_code == 409, question["output"]


async def test_what_another_site_or_a_forger_sends_is_refused(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        for question in [question_for(each) for each in await callbacks_of(browser)]:
            elsewhere = {"Sec-Fetch-Site": "cross-site"}
            assert (await browser.post(ASK, json=question, headers=elsewhere)).status_code == 403
            more = {"id": "session", "property": "role", "value": "SUPERVISOR"}
            for part in ("inputs", "state"):
                forged = question | {part: [*question[part], more]}
                assert (await browser.post(ASK, json=forged)).status_code == 400
            forged = question | {"outputs": {"id": "session", "property": "role"}}
            assert (await browser.post(ASK, json=forged)).status_code == 400


@pytest.mark.parametrize("page", [each for each in PAGES if each.roles], ids=lambda page: page.name)
async def test_a_page_asks_with_its_viewers_rights_and_shows_what_they_are_answered(
    connected: Running, demo: Demo, page: Page
) -> None:
    """Others send what somebody's page just sent, and everything that it needs is kept by now."""
    inside, *_ = [user for role, user in USERS.items() if role in page.roles]
    about = named_case(demo, inside) if page.name == "case" else ""
    own, _ = await shown_to(connected, inside, page, about)
    assert any(own.values())
    refused = 0
    for role, user in USERS.items():
        if role not in page.roles:
            shown, is_answered = await shown_to(connected, user, page, about)
            if not is_answered:  # otherwise it reads the same things elsewhere
                assert [each for each in shown if shown[each] and shown[each] == own[each]] == []
                refused += 1
    assert refused


async def shown_to(
    running: Running, user: str, page: Page, about: str
) -> tuple[dict[str, Any], bool]:
    """What the parts of a page show somebody, whether or not it is theirs, and whether the gateway
    answered more than who that is."""
    browser, session = await running.visitor(user)
    shown: dict[str, Any] = {}
    running.line.answered.clear()
    async with browser:
        await draw(browser)
        search = f"?language=en{ABOUT.get(page.name, '')}"
        state = {"name": page.name, "path": page.path, "search": search, "asked": next(ASKED)}
        for callback in await callbacks_of(browser, page):
            if not any(each["id"].endswith(FILLED) for each in callback["inputs"]):
                question = question_for(callback, state | {"about": about})
                answer = await browser.post(ASK, json=question)
                assert answer.status_code in (200, 204), answer.text
                if answer.status_code == 200:
                    for id_, values in answer.json()["response"].items():
                        shown[id_] = values.get("data-html")
    assert {token for token, _ in running.line.answered} == {session.access_token}
    data = [json.loads(answer).get("data") or {} for _, answer in running.line.answered]
    return shown, any(set(each) - {"viewer"} for each in data)
