"""A callback answers the questions of its page; whatever else a browser sends is refused."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx2
import pytest

from dashboard.web.callback_guard import DEEPEST, LARGEST_QUESTION, LONGEST_TEXT
from tests.dashboard.asking_dash import ASK, page_of, question_of, state_of
from tests.dashboard.conftest import Running

pytestmark = pytest.mark.anyio

Change = Callable[[dict[str, Any]], Any]


def put(key: str, value: Any) -> Change:
    return lambda question: question | {key: value}


def put_input(key: str, value: Any, of: str = "inputs") -> Change:
    def change(question: dict[str, Any]) -> dict[str, Any]:
        question[of][0][key] = value
        return question

    return change


NO_QUESTIONS: dict[str, Change] = {
    "a list": lambda question: [question],
    "a text": lambda question: "cards.data-html",
    "nothing": lambda question: {},
    "no output": lambda question: put("output", None)(question),
    "an output of another page": put("output", "secrets.children"),
    "an output that the browser writes": put("output", "map.clickData"),
    "an output that is a list": put("output", ["cards.data-html"]),
    "one output alone": put("output", "cards.data-html"),
    "other outputs": put("outputs", [{"id": "outcomes", "property": "data-html"}]),
    "outputs that are none": put("outputs", 7),
    "more inputs": lambda question: (
        question | {"inputs": [*question["inputs"], question["inputs"][0]]}
    ),
    "no inputs": put("inputs", []),
    "inputs that are none": put("inputs", "?language=en"),
    "inputs of inputs": lambda question: question | {"inputs": [question["inputs"]]},
    "another id": put_input("id", "session"),
    "a pattern for an id": put_input("id", {"index": ["ALL"]}),
    "another property": put_input("property", "href"),
    "a value too long": put_input("value", "?" + "a" * 5_000),
    "a value too deep": put_input("value", [[[[[["?"]]]]]]),
    "a state too deep": put_input("value", [[[[[["?"]]]]]], "state"),
    "half a letter": put_input("value", "?language=\ud800"),
    "the other half of one": put_input("value", "?language=\udfff"),
    "states that nobody declared": put("state", [{"id": "a", "property": "b", "value": 1}]),
    "a change of something else": put("changedPropIds", ["session.role"]),
    "changes that are none": put("changedPropIds", {"volumes-state.data": 1}),
}
NO_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a depth without end": b"[" * 60_000,
    "a number without end": b"1" * 50_000,
}


@pytest.mark.parametrize("change", NO_QUESTIONS.values(), ids=NO_QUESTIONS)
async def test_another_question_is_refused(running: Running, change: Change) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        question = change(deepcopy(await question_of(browser)))
        answer = await _post(browser, json.dumps(question).encode())
    assert answer.status_code in (400, 404), answer.text
    assert answer.json() == {"error": "No question of this page."}


@pytest.mark.parametrize("body", NO_BODIES.values(), ids=NO_BODIES)
async def test_a_malformed_question_is_refused(running: Running, body: bytes) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        assert (await _post(browser, body)).status_code == 400


async def test_a_question_without_measure_is_refused(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        assert (await _post(browser, b" " * 70_000)).status_code == 413
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await browser.post(ASK, content=b"a=b", headers=form)).status_code == 415


def nested(depth: int, *, is_list: bool) -> Any:
    value: Any = "?"
    for _ in range(depth):
        value = [value] if is_list else {"a": value}
    return value


#: The largest of each kind that is let through, and the smallest that is not.
LIMITS = {
    "a text": ("a" * LONGEST_TEXT, "a" * (LONGEST_TEXT + 1)),
    "lists": (nested(DEEPEST, is_list=True), nested(DEEPEST + 1, is_list=True)),
    "objects": (nested(DEEPEST, is_list=False), nested(DEEPEST + 1, is_list=False)),
}


@pytest.mark.parametrize(("most", "more"), LIMITS.values(), ids=LIMITS)
async def test_a_value_has_a_largest_size(running: Running, most: Any, more: Any) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        question = await question_of(browser)
        for value, is_let_through in ((most, True), (more, False)):
            question["inputs"][0]["value"] = value
            answer = await browser.post(ASK, json=question)
            assert (answer.status_code != 400) is is_let_through


async def test_a_question_has_a_largest_size(running: Running) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        question = json.dumps(await question_of(browser)).encode()
        assert (await _post(browser, question.ljust(LARGEST_QUESTION))).status_code != 413
        assert (await _post(browser, question.ljust(LARGEST_QUESTION + 1))).status_code == 413


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        ["?language=en"],
        {"a": 1},
        "",
        "?",
        "?" + "&".join(f"a{n}=b" for n in range(60)),
        "?language=xx&period=%00",
    ],
    ids=repr,
)
async def test_an_address_that_makes_no_sense_is_answered_as_the_usual_one(
    connected: Running, value: Any
) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        page = await page_of(browser, value)
    assert page["figures"] == {"hidden": False}


#: What the browser may say of the address of any page, and never does.
NO_ADDRESSES = {"a number": 7, "a list": ["?language=en"], "an object": {"search": "?"}}


@pytest.mark.parametrize("value", NO_ADDRESSES.values(), ids=NO_ADDRESSES)
async def test_an_address_that_is_no_text_is_refused(running: Running, value: Any) -> None:
    async with running.browser() as browser:
        await running.sign_in(browser, "leadership")
        question = await question_of(browser, part="navigation.data-html")
        question["state"][0]["value"] = value
        response = await browser.post(ASK, json=question)
    assert response.status_code == 400


@pytest.mark.parametrize("mark", [None, [], {}, "x", True, [1]], ids=repr)
async def test_a_mark_of_any_kind_is_answered(connected: Running, mark: Any) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        question = await question_of(browser)
        question["inputs"][0]["value"] = state_of("?language=en") | {"asked": mark}
        response = await browser.post(ASK, json=question)
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/", "/volumes", "/export.csv", "/role"])
async def test_a_query_of_any_kind_breaks_nothing(connected: Running, path: str) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        for query in ("&".join(f"a{n}=b" for n in range(60)), "language=%ff%00", "%", "=&;=&&"):
            response = await browser.request(
                "POST" if path == "/role" else "GET", f"{path}?{query}"
            )
            assert response.status_code < 400, (query, response.text)
        assert (await browser.get(f"{path}?a={'b' * 5_000}")).status_code == 414


@pytest.mark.parametrize("host", ["[", "a b", "user@host", "a/b", "x:y"])
async def test_a_host_that_is_none_is_refused(running: Running, host: str) -> None:
    async with running.browser() as browser:
        response = await browser.get("/health/live", headers={"Host": host})
    assert response.status_code == 400


@pytest.mark.parametrize(("country", "own_country"), [("", "Australia"), ("&country=SG", "")])
async def test_a_manager_who_replays_a_leaders_question_gets_own_countries(
    connected: Running, country: str, own_country: str
) -> None:
    leader, _ = await connected.visitor("leadership")
    manager, _ = await connected.visitor("manager-au")
    search = f"?language=en&rows=all{country}"
    async with leader, manager:
        theirs = await _places(leader, search)
        own = await _places(manager, search)
    assert "Singapore" in theirs
    assert own_country in own
    for name in ("Singapore", "Malaysia", "Timor-Leste"):
        assert name not in own


async def _places(browser: httpx2.AsyncClient, search: str) -> str:
    """What the map and the table say; a filter may be named elsewhere as it was asked for."""
    page = await page_of(browser, search)
    return str([page[name] for name in ("map", "ranking-table")])


async def _post(browser: httpx2.AsyncClient, body: bytes) -> httpx2.Response:
    return await browser.post(ASK, content=body, headers={"Content-Type": "application/json"})
