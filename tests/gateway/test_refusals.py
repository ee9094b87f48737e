"""Whatever is refused has one kind of body, on every path and by every layer."""

import json
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from starlette.responses import Response
from starlette.types import Message

from gateway.app import create_app
from gateway.wire import edge
from gateway.wire.content import RequestHeaders
from gateway.wire.edge import Edge, ErrorPace
from gateway.wire.health import Drain
from gateway.wire.metrics import Metrics
from tests import tokens
from tests.gateway.raw import Raw, post, small_gateway
from tests.gateway.small_schema import SmallExecutor

pytestmark = pytest.mark.anyio

NEW, OLD = "application/graphql-response+json", "application/json"


def code_of(response: httpx2.Response, accept: str) -> str:
    """The code of the only error; asserts that the rest is as it is on every path."""
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert response.json().keys() == {"errors"}
    [error] = response.json()["errors"]
    assert error.keys() == {"message", "extensions"}
    assert error["extensions"].keys() == {"code", "traceId"}
    assert error["extensions"]["traceId"] == response.headers["gerbang-trace"]
    assert len(error["message"]) > 10
    return error["extensions"]["code"]


@pytest.mark.parametrize("accept", [NEW, OLD])
@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/", 404, "NOT_FOUND", None),
        ("POST", "/graphql/more", 404, "NOT_FOUND", None),
        ("GET", "/metrics", 404, "NOT_FOUND", None),
        ("PUT", "/graphql", 405, "METHOD_NOT_ALLOWED", "GET, HEAD, POST"),
        ("GET", "/graphql", 405, "METHOD_NOT_ALLOWED", "GET, HEAD, POST"),
        ("POST", "/health/live", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"),
        ("DELETE", "/health/ready", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"),
        ("POST", "/graphql", 415, "UNSUPPORTED_MEDIA_TYPE", None),
    ],
)
async def test_unknown_paths_and_methods_are_refused(
    accept: str, method: str, path: str, status: int, code: str, allow: str | None
) -> None:
    settings = tokens.settings(environment="production", cursor_key="ab" * 32)
    app = create_app(settings, SmallExecutor(), key_source=tokens.key_source)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        response = await client.request(method, path, headers={"Accept": accept})
    assert (response.status_code, code_of(response, accept)) == (status, code)
    assert response.headers.get("allow") == allow


async def test_in_development_an_address_allows_what_all_its_routes_take() -> None:
    app = create_app(tokens.settings(), SmallExecutor(), key_source=tokens.key_source)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        response = await client.put("/graphql")
    assert code_of(response, OLD) == "METHOD_NOT_ALLOWED"
    assert response.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"POST /graphql HTTP/1.1\r\n%s\r\n", 400, "BAD_REQUEST"),
        (b"CONNECT elsewhere:443 HTTP/1.1\r\n%sHost: a\r\n\r\n", 405, "METHOD_NOT_ALLOWED"),
        (b"POST /graphql HTTP/1.1\r\n%sName: " + b"x" * 5_000 + b"\r\n\r\n", 431, "TOO_LARGE"),
        (post(length=9_000).replace(b"Host:", b"%sHost:"), 413, "TOO_LARGE"),
    ],
    ids=["no host", "CONNECT", "long", "large"],
)
@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_requests_refused_before_any_route_have_the_same_body(
    accept: str, sent: bytes, status: int, code: str
) -> None:
    async with small_gateway(header_limit="4096", body_limit="4096") as running:
        client = await Raw.open(running.port)
        headers = f"Accept: {accept}\r\nConnection: close\r\n"
        await client.send(sent.replace(b"%s", headers.encode()))
        received = await client.rest()
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0].startswith(f"http/1.1 {status} ")
    assert f"content-type: {accept}; charset=utf-8" in lines
    assert any(line.startswith("allow: ") for line in lines) is (status == 405)
    answered: Any = json.loads(body)
    assert [error["extensions"]["code"] for error in answered["errors"]] == [code]


UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
SOCKET = f"{UPGRADE}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n"


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/nowhere", SOCKET, 404, "NOT_FOUND"),
        ("/graphql", UPGRADE, 400, "BAD_REQUEST"),
        ("/graphql", f"{SOCKET}Name: {'x' * 9_000}\r\n", 400, "BAD_REQUEST"),
    ],
    ids=["nowhere", "no key", "a long header"],
)
@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_a_refused_socket_has_the_same_body(
    accept: str, path: str, headers: str, status: int, code: str
) -> None:
    async with small_gateway() as running:
        client = await Raw.open(running.port)
        head = f"GET {path} HTTP/1.1\r\nHost: gateway\r\nAccept: {accept}\r\n{headers}\r\n"
        await client.send(head.encode())
        received = await client.rest()
    head, _, body = received.decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert f"content-type: {accept}; charset=utf-8" in head.lower().split("\r\n")
    assert [error["extensions"]["code"] for error in json.loads(body)["errors"]] == [code]


async def test_errors_are_paced_and_none_is_held_back_for_longer_than_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, held = [100.0], list[float]()

    async def sleep(seconds: float) -> None:
        held.append(round(seconds, 6))

    loop = SimpleNamespace(time=lambda: now[0])
    known = SimpleNamespace(get_running_loop=lambda: loop, sleep=sleep)
    monkeypatch.setattr(edge, "asyncio", known)
    pace = ErrorPace()
    for _ in range(4):
        await pace.hold_back()
    assert held == [0.002, 0.004, 0.006]  # the first is not
    for _ in range(1_000):
        await pace.hold_back()
    assert held[-3:] == [1.0, 1.0, 1.0]
    now[0] += 0.5
    await pace.hold_back()
    assert held[-1] == 0.502
    now[0] += 9
    await pace.hold_back()
    await pace.hold_back()
    assert held[-2:] == [0.502, 0.002]


@pytest.mark.parametrize(
    ("status", "is_draining", "is_paced"),
    [(200, False, False), (304, True, False), (400, False, True), (503, True, True)],
)
async def test_errors_alone_are_paced_and_a_gateway_that_stops_ends_connections(
    monkeypatch: pytest.MonkeyPatch, status: int, is_draining: bool, is_paced: bool
) -> None:
    paced, sent = list[bool](), list[Message]()

    async def hold_back(_: ErrorPace) -> None:
        paced.append(True)

    async def send(message: Message) -> None:
        sent.append(message)

    monkeypatch.setattr(ErrorPace, "hold_back", hold_back)
    drain = Drain()
    if is_draining:
        drain.begin()
    app = Edge(Response(status_code=status), Metrics(), drain)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    await app(scope, send, send)  # type: ignore[arg-type]
    assert paced == [True] * is_paced
    assert ((b"connection", b"close") in sent[0]["headers"]) is is_draining


def test_of_a_header_that_is_sent_twice_the_first_counts_and_both_are_there() -> None:
    headers = RequestHeaders({"headers": [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]})
    assert (headers.get(b"a"), headers.get(b"b"), headers.get(b"c")) == ("1", "2", None)
    assert [[*headers.all(name)] for name in (b"a", b"b", b"c")] == [["1", "3"], ["2"], []]
