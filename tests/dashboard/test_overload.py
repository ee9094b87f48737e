"""Many open the page in the same moment: each waits a little, and sees all of their own figures."""

import asyncio
from typing import Any

import httpx2
import pytest

from dashboard.gateway import client
from tests.dashboard.asking_dash import PARTS, page_of
from tests.dashboard.conftest import Running, overload_response

pytestmark = pytest.mark.anyio

SEEN = {
    "leadership": {"Australia", "Singapore", "Malaysia"},
    "manager-au": {"Australia"},
    "manager-sg": {"Singapore"},
    "agent-au": {"Australia"},
}
ALL = "?language=en&rows=all"
MISSING = "Cannot be shown just now"


async def test_twelve_fresh_viewers_at_once_each_see_all_figures_and_only_their_own(
    connected: Running,
) -> None:
    users = [*SEEN] * 3
    browsers = [(await connected.visitor(user))[0] for user in users]
    answers = await asyncio.gather(*(page_of(browser, ALL) for browser in browsers))
    await asyncio.gather(*(browser.aclose() for browser in browsers))
    for user, answer in zip(users, answers, strict=True):
        assert_whole(answer)
        seen = {name for name in SEEN["leadership"] if name in str(answer["ranking-table"])}
        assert seen == SEEN[user]
    assert 1 < connected.line.most_at_once <= client.MOST_AT_ONCE


async def test_a_moments_overload_of_the_gateway_is_not_noticed(connected: Running) -> None:
    browser, _ = await connected.visitor("leadership")
    async with browser:
        connected.line.refusals = 3
        assert_whole(await page_of(browser, ALL))
        assert connected.line.refusals == 0


async def test_an_overload_that_does_not_end_is_shown(
    connected: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 1.5)
    browser, _ = await connected.visitor("leadership")
    async with browser:
        connected.line.instead = overload_response()
        answer = await page_of(browser, ALL)
    assert MISSING in str(answer["cards"])
    assert "Trace id" in str(answer["volumes-notice"])


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INTERNAL", "RATE_LIMITED"])
async def test_only_an_overload_is_asked_again(connected: Running, code: str) -> None:
    error = {"message": "no", "extensions": {"code": code, "traceId": "a" * 32}}
    connected.line.instead = httpx2.Response(
        503, json={"errors": [error]}, headers={"Retry-After": "30"}
    )
    browser, _ = await connected.visitor("leadership")
    async with browser:
        async with asyncio.timeout(20):
            answer = await page_of(browser, ALL)
    assert MISSING in str(answer["cards"])


def assert_whole(answer: dict[str, Any]) -> None:
    """Every part has its figures, and nothing says that something is wrong."""
    assert MISSING not in str(answer)
    assert answer["volumes-notice"]["data-html"] == ""
    assert answer["figures"] == {"hidden": False}
    assert len(PARTS) <= len(answer)


@pytest.mark.parametrize(("said", "seconds"), [("0", 0), ("2", 2), ("soon", 1), (None, 1)])
async def test_a_question_is_repeated_after_the_seconds_that_the_gateway_names(
    monkeypatch: pytest.MonkeyPatch, said: str | None, seconds: float
) -> None:
    refusal = overload_response()
    del refusal.headers["retry-after"]
    if said is not None:
        refusal.headers["retry-after"] = said
    answers, slept = [refusal, httpx2.Response(200)], list[float]()

    async def sleep(wait: float) -> None:
        slept.append(wait)

    async def ask() -> httpx2.Response:
        return answers.pop(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert (await client.Turns().answer(ask)).status_code == 200
    assert slept == [seconds]
