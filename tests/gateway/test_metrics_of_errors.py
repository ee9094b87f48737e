"""Every error is counted once, by its code, over whichever protocol it was answered."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from websockets.exceptions import InvalidStatus

from tests.gateway.conftest import Viewer
from tests.gateway.live import APPLICATIONS, Client, Gateway, served
from tests.gateway.metrics_page import Figures
from tests.gateway.surviving.standing import metrics_of

pytestmark = pytest.mark.anyio

Rises = Callable[..., AbstractAsyncContextManager[None]]


def rises_of(internal: Starlette) -> Rises:
    @asynccontextmanager
    async def rises(**expected: int) -> AsyncIterator[None]:
        """Within this, so many errors of each code are counted, and no others."""
        before = Figures(await metrics_of(internal))
        yield
        after = Figures(await metrics_of(internal))
        found = {
            code: after.rise(before, "gerbang_errors_total", {"code": code}) for code in expected
        }
        assert found == expected
        assert after.rise(before, "gerbang_errors_total") == sum(expected.values())

    return rises


@pytest.fixture
def rises(app: Starlette) -> Rises:
    return rises_of(app.state.internal)


@pytest.fixture(scope="module")
async def live(world: str) -> AsyncIterator[Gateway]:
    async with served(world) as running:
        yield running


async def test_several_errors_of_one_answer_are_counted_one_by_one(
    who: dict[str, Viewer], rises: Rises
) -> None:
    async with rises(INVALID_DOCUMENT=3):
        answer = await who["officer"]("{ one: nothing two: nothing three: nothing }")
        assert answer.codes == ["INVALID_DOCUMENT"] * 3


async def test_an_error_beside_data_is_counted_too(who: dict[str, Viewer], rises: Rises) -> None:
    ids = ["nothing"] * 101
    async with rises(INVALID_INPUT=1):
        answer = await who["officer"](
            "query($ids: [ID!]!) { viewer { role } nodes(ids: $ids) { id } }", ids=ids
        )
        assert answer.codes == ["INVALID_INPUT"]


async def test_requests_refused_before_they_are_read_are_counted(client: Any, rises: Rises) -> None:
    async with rises(UNAUTHENTICATED=1):
        await client.post("/graphql", json={}, headers={"Authorization": "Bearer x.y.z"})
    async with rises(UNSUPPORTED_MEDIA_TYPE=1):
        await client.post("/graphql", content=b"{}", headers={"Content-Type": "text/plain"})


async def test_an_operation_without_an_error_counts_none(
    who: dict[str, Viewer], rises: Rises
) -> None:
    async with rises():
        await who["officer"]("{ viewer { role } }")


async def test_a_handshake_that_is_refused_is_counted(live: Gateway) -> None:
    async with rises_of(live.internal)(BAD_REQUEST=1):
        with pytest.raises(InvalidStatus):
            async with live.open(subprotocols=["soap"]):
                pass


@pytest.mark.parametrize(
    ("query", "code", "times"),
    [
        ("subscription {", "SYNTAX", 1),
        ("subscription { one { a } two: one { a } }", "INVALID_DOCUMENT", None),
        (
            "subscription { applicationChanged { ... on ApplicationChange {"
            " application { isHeld } } } }",
            "FORBIDDEN_FIELD",
            1,
        ),
        ('subscription { applicationChanged(after: "x") { position } }', "INVALID_CURSOR", 1),
    ],
)
async def test_a_subscription_that_is_refused_is_counted_when_it_ends(
    live: Gateway, query: str, code: str, times: int | None
) -> None:
    before = Figures(await metrics_of(live.internal))
    async with live.as_viewer("officer") as officer:
        await officer.subscribe(query)
        refused = await officer.receive()
        assert refused["type"] == "error", json.dumps(refused)
        codes = [error["extensions"]["code"] for error in refused["payload"]]
        assert set(codes) == {code}
        assert times in (None, len(codes))
    after = Figures(await metrics_of(live.internal))
    assert after.rise(before, "gerbang_errors_total") == len(codes)
    assert after.rise(before, "gerbang_errors_total", {"code": code}) == len(codes)


async def test_a_subscription_that_is_followed_counts_no_error(live: Gateway) -> None:
    before = Figures(await metrics_of(live.internal))
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS)
        await _end_subscription(officer)
    after = Figures(await metrics_of(live.internal))
    assert after.rise(before, "gerbang_errors_total") == 0


async def _end_subscription(client: Client) -> None:
    await client.say(type="complete", id="1")
    await client.socket.close()
