"""Pages that wait for something: they have it as soon as it happens, and end with their reader's
reach."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from playwright.sync_api import Response
from websockets.asyncio.server import ServerConnection

from dashboard.components.page_request import mark_of
from dashboard.gateway import live
from dashboard.gateway.live import FOLLOWED, PROTOCOL, Follower, Live
from dashboard.gateway.session import Session
from dashboard.model.user import User
from dashboard.web.gate import DRAWN_FOR, NEWS
from dashboard.web.sessions import COOKIE
from tests.dashboard.conftest import Running
from tests.dashboard.visiting import Visitor
from tests.running_demo import Demo
from tests.set_clock import SetClock

ON_A_DESK = """
    { applications(first: 1, where: {
        status: { eq: IN_VERIFICATION }, country: { eq: "AU" }
    }) { nodes { id reference } } }
"""
CHANGE = """
    mutation ($input: {0}!) {{ {1}(input: $input) {{ errors {{ code }} }} }}
"""
SUSPEND = """
    mutation ($input: SuspendPartnerInput!) { suspendPartner(input: $input) {
        errors { code } suspension { id }
    } }
"""
PARTNER = "{ viewer { partner { code } } }"
#: Long before a page would ask by itself: five seconds, and what it takes to draw one.
SOON = 20_000


def is_news(response: Response) -> bool:
    """The first one says that the page follows."""
    return NEWS in response.url


def change(demo: Demo, user: str, mutation: str, **given: Any) -> None:
    name = f"{mutation[0].upper()}{mutation[1:]}Input"
    given["idempotencyKey"] = f"{mutation}-{time.time_ns()}"
    answer = demo.ask(user, CHANGE.format(name, mutation), input=given)
    assert answer[mutation]["errors"] == []


def test_what_a_colleague_does_shows_at_once(colleague: Visitor, demo: Demo) -> None:
    [case] = demo.ask("supervisor", ON_A_DESK)["applications"]["nodes"]
    with colleague.page.expect_response(is_news, timeout=60_000):
        page = colleague.opens("supervisor", path="/supervision")
    page.wait_for_selector("#supervision-overdue :is(p, article)")
    held = page.locator("#supervision-held article", has_text=case["reference"])
    assert not held.count()
    change(
        demo, "supervisor-2", "holdApplication", applicationId=case["id"], reason="To be looked at."
    )
    held.wait_for(timeout=SOON)
    # Whoever is in the middle of something is not disturbed.
    held.locator("summary").click()
    reason = held.locator("textarea")
    reason.fill("It was noth")
    page.locator("h1").click()
    change(demo, "supervisor-2", "releaseApplication", applicationId=case["id"], reason="Seen to.")
    page.wait_for_timeout(4_000)
    assert reason.input_value() == "It was noth"
    reason.fill("")
    page.locator("h1").click()
    held.wait_for(state="detached", timeout=SOON)


def test_open_pages_of_a_suspended_partner_end(colleague: Visitor, demo: Demo) -> None:
    with colleague.page.expect_response(is_news, timeout=60_000):
        page = colleague.opens_today("manager-nz")
    partner = demo.ask("manager-nz", PARTNER)["viewer"]["partner"]["code"]
    key = f"suspend-{time.time_ns()}"
    given = {"idempotencyKey": key, "partner": partner, "reason": "A leak."}
    answer = demo.ask("administrator", SUSPEND, input=given)["suspendPartner"]
    try:
        assert answer["errors"] == []
        page.wait_for_selector("main >> text=suspended", timeout=SOON)
        assert not page.locator("#today-change").count()
    finally:
        id_ = answer["suspension"]["id"]
        change(demo, "administrator", "proposeLifting", suspensionId=id_, reason="A test.")
        change(demo, "administrator-2", "liftSuspension", suspensionId=id_)
    page.wait_for_timeout(5_500)
    page.reload()
    colleague.reads_today()


@pytest.mark.anyio
async def test_only_the_page_that_was_drawn_for_a_viewer_waits_for_news(running: Running) -> None:
    viewer = User("LEADERSHIP", ("LEADERSHIP",), "somebody", None, ())
    session = Session("token", None, "id", expires_at=time.time() + 300, viewer=viewer)
    async with running.browser() as browser:
        assert (await browser.get(NEWS)).status_code == 401
        browser.cookies.set(COOKIE, await running.sessions.begin(session))
        assert (await browser.get(NEWS)).status_code == 409
        for mark in ("", "0" * 32):
            assert (await browser.get(NEWS, headers={DRAWN_FOR: mark})).status_code == 409
        own = {DRAWN_FOR: mark_of(viewer, session)}
        assert (await browser.get(NEWS, headers=own)).status_code == 204  # it follows nothing


@asynccontextmanager
async def following(
    then: Callable[[ServerConnection], Awaitable[None]], role: str = "OFFICER"
) -> AsyncIterator[tuple[Follower, Session, list[dict[str, Any]]]]:
    """Whoever follows a gateway that does something once it is subscribed to; and what it was
    sent."""
    sent: list[dict[str, Any]] = []

    async def serve(socket: ServerConnection) -> None:
        sent.append(json.loads(await socket.recv()))
        await socket.send('{"type": "connection_ack"}')
        sent.extend([json.loads(await socket.recv()) for _ in FOLLOWED[role]])
        await then(socket)

    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=[PROTOCOL]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        live = Live(f"http://127.0.0.1:{port}")
        follower = live.follower("somebody", role)
        assert follower
        yield follower, Session("token", None, "id", expires_at=time.time() + 300), sent
        live.forget("somebody")


def news(name: str, kind: str = "Heartbeat") -> str:
    update = {"applicationChanged": {"__typename": kind}}
    return json.dumps({"id": name, "type": "next", "payload": {"data": update}})


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("role", "asked"),
    [("SUPERVISOR", ["live_cases", "live_alerts"]), ("SCREENING", ["live_questions"])],
)
async def test_the_first_heartbeat_and_each_change_are_news_and_a_ping_is_answered(
    monkeypatch: pytest.MonkeyPatch, role: str, asked: list[str]
) -> None:
    monkeypatch.setattr(live, "HOLD_SECONDS", 3_600)
    answered: list[str] = []

    async def change(socket: ServerConnection) -> None:
        for each in (news("live_cases"), news("live_cases"), '{"type": "ping"}'):
            await socket.send(each)
        answered.append(json.loads(await socket.recv())["type"])
        await socket.send(news("live_cases", "ApplicationChange"))
        await socket.wait_closed()

    async with following(change, role) as (follower, session, sent), asyncio.timeout(20):
        known = 0
        while known < 2:
            known = await follower.wait(session, known)
        assert await follower.wait(session, 0) == known  # whoever knows less hears at once
        assert answered == ["pong"]
        assert sent[0]["payload"] == {"Authorization": "Bearer token", "Gerbang-Role": role}
        assert [each["id"] for each in sent[1:]] == asked


@pytest.mark.anyio
@pytest.mark.parametrize(("reason", "is_ended"), [("SUSPENDED: a leak", True), ("full", False)])
async def test_whoever_waits_hears_at_once_that_the_reach_was_taken_back(
    monkeypatch: pytest.MonkeyPatch, reason: str, is_ended: bool
) -> None:
    monkeypatch.setattr(live, "HOLD_SECONDS", 20.0 if is_ended else 0.2)

    async def end(socket: ServerConnection) -> None:
        await socket.close(4403, reason)

    async with following(end) as (follower, session, sent), asyncio.timeout(10):
        assert await follower.wait(session, 0) == 0
        assert follower.is_ended is is_ended
        if is_ended:  # and whoever asks again does not wait
            assert await follower.wait(session, 0) == 0
        # Whoever asks again at once makes no other connection.
        assert [each["type"] for each in sent].count("connection_init") == 1


@pytest.mark.anyio
async def test_nobody_is_followed_for_whom_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock()
    monkeypatch.setattr(live, "monotonic", clock.time)
    following = Live("http://127.0.0.1:9")
    first = following.follower("somebody", "OFFICER")
    assert following.follower("somebody", "LEADERSHIP") is None
    for seconds, is_same in ((29, True), (31, False)):
        clock.now = SetClock.now + seconds
        assert (following.follower("somebody", "OFFICER") is first) is is_same
