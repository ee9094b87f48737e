"""The dashboard asks for its documents by their ids, and works where nobody registered them."""

from collections.abc import Callable
from typing import Any

import httpx2
import orjson
import pytest
from starlette.applications import Starlette

from dashboard.gateway.client import GatewayError, HttpGatewayClient, document
from dashboard.gateway.session import Session
from dashboard.pages.documents import screen_documents
from gateway.cli.figure import QUESTION, VIEWER
from gateway.cli.init import register_dashboard
from models.database.connections import connect
from tests import tokens
from tests.gateway.in_process import running_gateway

pytestmark = pytest.mark.anyio


class RecordingTransport(httpx2.AsyncBaseTransport):
    """A transport to a gateway in this process that records the requests."""

    def __init__(self, app: Starlette) -> None:
        self._inner = httpx2.ASGITransport(app)
        self.sent: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(orjson.loads(await request.aread()))
        return await self._inner.handle_async_request(request)


class Meanwhile(RecordingTransport):
    """A transport on which something happens between the answer and whoever waits for it."""

    def __init__(self, app: Starlette, happens: Callable[[], None]) -> None:
        super().__init__(app)
        self._happens = happens

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        self._happens()
        return response


async def sent_keys(database: str, names: list[str], **settings: str) -> list[set[str]]:
    """How the documents were sent to the gateway, for leadership, who reads all of these."""
    variables = {each.name: each.variables for each in screen_documents()}
    async with running_gateway(tokens.settings(database, **settings)) as app:
        line = RecordingTransport(app)
        dashboard = HttpGatewayClient("http://gateway", line)
        for name in names:
            assert await dashboard.ask(name, variables[name], tokens.token("LEADERSHIP"))
    return [{"query", "documentId"} & body.keys() for body in line.sent]


NAMES = ["viewer", "volumes/summary", "today/question"]


async def test_documents_are_asked_for_by_id_once_they_are_registered(world: str) -> None:
    by_id, whole = {"documentId"}, {"query"}
    assert await sent_keys(world, NAMES) == [by_id, whole, whole, whole]
    owner = await connect(world)
    try:
        own = {document(each.name) for each in screen_documents()}
        assert await register_dashboard(owner, "a test") == len(own | {QUESTION, VIEWER})
        assert await register_dashboard(owner, "a test") == 0
    finally:
        await owner.close()
    assert await sent_keys(world, NAMES, documents="require") == [by_id, by_id, by_id]
    async with running_gateway(tokens.settings(world, documents="require")) as app:
        line = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://gateway")
        asked = await line.post(
            "/graphql", json={"query": VIEWER}, headers=tokens.bearer("LEADERSHIP")
        )
        assert asked.json()["data"]["viewer"]["role"] == "LEADERSHIP"


async def test_what_the_gateway_refuses_is_not_asked_twice(world: str) -> None:
    async with running_gateway(tokens.settings(world)) as app:
        line = RecordingTransport(app)
        with pytest.raises(GatewayError, match="UNAUTHENTICATED"):
            await HttpGatewayClient("http://gateway", line).ask("viewer", {}, "no token")
    assert len(line.sent) == 1


async def test_who_somebody_is_is_kept_for_the_token_and_role_that_were_asked_with(
    world: str,
) -> None:
    def a_session() -> Session:
        return Session(tokens.token("LEADERSHIP"), None, "", expires_at=0)

    kept, changed = a_session(), a_session()
    async with running_gateway(tokens.settings(world)) as app:
        line = RecordingTransport(app)
        dashboard = HttpGatewayClient("http://gateway", line)
        assert (await dashboard.viewer(kept)).role == "LEADERSHIP"
        asked = len(line.sent)
        assert await dashboard.viewer(kept) == kept.viewer
        assert len(line.sent) == asked
        for happens in (
            lambda: changed.act_as("OFFICER"),
            lambda: setattr(changed, "access_token", "another"),
        ):
            changed.act_as(None)
            changed.access_token = kept.access_token
            other = HttpGatewayClient("http://gateway", Meanwhile(app, happens))
            assert (await other.viewer(changed)).role == "LEADERSHIP"
            assert changed.viewer is None
