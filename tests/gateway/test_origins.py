"""Pages of other origins: which may call from a browser, and what they may send and read."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from gateway.settings import SettingsError
from tests import tokens
from tests.gateway.live import served
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.test_wire import PRODUCTION, ask, client_of

pytestmark = pytest.mark.anyio

APP, OTHER = "https://app.example", "https://other.example:8443"
#: No origin is like another that only looks alike.
STRANGERS = (
    "https://app.example.org",
    "https://app.example:444",
    "http://app.example",
    "https://sub.app.example",
    "null",
)

#: As a browser names them: what our documents ask for, and what instrumented clients add.
SENT_BY_CLIENTS = (
    *("accept-language", "authorization", "content-type", "gerbang-purpose", "gerbang-role"),
    *("apollographql-client-name", "apollographql-client-version"),
    *("baggage", "sentry-trace", "traceparent", "tracestate"),
)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(SmallExecutor(), origins=f"{APP}, {OTHER}") as client:
        yield client


async def _preflight(client: httpx2.AsyncClient, origin: str, headers: str) -> httpx2.Response:
    return await client.options(
        "/graphql",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": headers,
        },
    )


@pytest.mark.parametrize("origin", [APP, OTHER])
async def test_a_page_of_a_named_origin_asks(client: httpx2.AsyncClient, origin: str) -> None:
    asked = ",".join(sorted(SENT_BY_CLIENTS))
    preflight = await _preflight(client, origin, asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == origin
    assert preflight.headers["access-control-max-age"] == "7200"
    allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
    assert set(asked.split(",")) <= set(allowed)
    answer = await ask(client, {"query": "{ role }"}, Origin=origin, **tokens.bearer())
    assert answer.json()["data"] == {"role": "OFFICER"}
    assert answer.headers["access-control-allow-origin"] == origin
    assert "origin" in answer.headers["vary"].lower()
    readable = answer.headers["access-control-expose-headers"].lower().split(", ")
    assert {"gerbang-trace", "retry-after"} <= set(readable)


async def test_a_page_reads_a_refusal_too(client: httpx2.AsyncClient) -> None:
    answer = await ask(client, {"query": "{"}, Origin=APP, Authorization="Bearer x.y.z")
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == APP


async def test_no_cookie_is_ever_asked_for(client: httpx2.AsyncClient) -> None:
    for answer in (
        await _preflight(client, APP, "authorization"),
        await ask(client, {"query": "{ role }"}, Origin=APP, Cookie="a=b"),
    ):
        assert answer.headers["access-control-allow-origin"] == APP  # never a wildcard
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", STRANGERS)
async def test_pages_of_strangers_neither_ask_nor_read(
    client: httpx2.AsyncClient, origin: str
) -> None:
    assert (await _preflight(client, origin, "authorization")).status_code == 400
    answer = await ask(client, {"query": "{ role }"}, Origin=origin)
    assert "access-control-allow-origin" not in answer.headers


async def test_headers_that_nobody_needs_are_not_allowed(client: httpx2.AsyncClient) -> None:
    assert (await _preflight(client, APP, "authorization,x-else")).status_code == 400


async def test_without_the_setting_no_page_elsewhere_asks() -> None:
    async with client_of(SmallExecutor()) as client:
        assert (await _preflight(client, APP, "authorization")).status_code == 405
        answer = await ask(client, {"query": "{ role }"}, Origin=APP)
        assert "access-control-allow-origin" not in answer.headers


async def test_sockets_open_for_named_origins_alone(world: str) -> None:
    async with served(world, origins=APP) as live:
        for origin in (APP, f"http://127.0.0.1:{live.port}"):
            async with live.open(origin=origin):
                pass
        for origin in STRANGERS:
            with pytest.raises(InvalidStatus) as refused:
                async with live.open(origin=origin):
                    pass
            assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "origins",
    ["*", "https://app.example/", "https://app.example/page", "app.example", "https://APP.example",
     "https://user@app.example", f"{APP},", "https://*.app.example"],
)  # fmt: skip
def test_an_origin_is_written_as_browsers_send_it(origins: str) -> None:
    with pytest.raises(SettingsError, match="GERBANG_ORIGINS cannot be used"):
        tokens.settings(origins=origins)


def test_production_names_origins_that_are_encrypted() -> None:
    with pytest.raises(SettingsError, match="GERBANG_ORIGINS must start with https://"):
        tokens.settings(**PRODUCTION, origins="http://app.example")
    assert tokens.settings(**PRODUCTION, origins=APP).origins == (APP,)
