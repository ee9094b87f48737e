"""GraphQL over HTTP: with which status it answers, and what every response carries."""

import asyncio
import logging
import re
from http import HTTPStatus
from typing import Any

import httpx2
import orjson
import pytest

from gateway.app import create_app
from gateway.errors import ErrorCode, RequestError
from gateway.execution.operation import Answer, Data, JsonBytes, OperationRequest
from gateway.faults import Fault
from gateway.viewer import Viewer
from models.vocabulary import Role
from tests import tokens
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.surviving.standing import metrics_of
from tests.gateway.test_wire import NEW, OLD, ask, client, client_of, code_of, executor

__all__ = ["client", "executor"]

pytestmark = pytest.mark.anyio


# --- What is public ------------------------------------------------------------------------------

LONG = {"query": "query ($t: String) { echo(text: $t) }", "variables": {"t": "long " * 600}}


async def test_only_what_is_public_is_compressed(client) -> None:
    """Strangers' texts may stand in the answer to somebody who is signed in, beside secrets whose
    length would tell."""
    gzip = {"Accept-Encoding": "gzip"}
    public = await client.post("/graphql", json=LONG, headers=gzip)
    assert public.headers["content-encoding"] == "gzip"
    assert public.json()["data"]["echo"].startswith("long long")
    for role in set(Role) - {Role.ANONYMOUS}:
        signed = {**gzip, **tokens.bearer(role)}
        answer = await client.post("/graphql", json=LONG, headers=signed)
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers
    plain = await client.post("/graphql", json=LONG, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_what_is_public_has_a_tag(client) -> None:
    asked = {"query": '{ echo(text: "a") }'}
    first = await client.get("/graphql", params=asked)
    tag = {"If-None-Match": first.headers["etag"]}
    again = await client.get("/graphql", params=asked, headers=tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (
        304,
        b"",
        tag["If-None-Match"],
    )
    assert "no-store" not in again.headers["cache-control"]
    # Nobody is shown what was kept before they signed in, or in another language.
    varies = {each.strip() for each in again.headers["vary"].split(",")}
    assert varies >= {"Accept", "Accept-Language", "Authorization"}
    other = await client.get("/graphql", params={"query": '{ echo(text: "b") }'}, headers=tag)
    assert (other.status_code, other.json()["data"]) == (200, {"echo": "b None"})
    for kept_back in (
        await client.get("/graphql", params=asked, headers=tokens.bearer(Role.OFFICER)),
        await client.get("/graphql", params={"query": "{ broken }"}),
        await client.post("/graphql", json=asked),
    ):
        assert "etag" not in kept_back.headers
        assert kept_back.headers["cache-control"] == "private, no-store"


async def test_what_took_how_long_is_said_in_development_alone(client) -> None:
    answer = await client.post("/graphql", json=LONG)
    times = dict(re.findall(r"(\w+);dur=([\d.]+)", answer.headers["server-timing"]))
    assert {*times} == {"turn", "connection", "processor", "total"}
    assert float(times["total"]) >= float(times["turn"])
    async with client_of(SmallExecutor(), environment="production", cursor_key="ab" * 32) as other:
        assert "server-timing" not in (await other.post("/graphql", json=LONG)).headers


# --- The status ----------------------------------------------------------------------------------


MISTAKES = {
    "{": "SYNTAX",
    "{ nothing }": "INVALID_DOCUMENT",
    "query A($n: Int!) { echo(number: $n) }": "INVALID_VARIABLES",
}


@pytest.mark.parametrize("document", MISTAKES)
async def test_mistaken_operation_is_400_in_the_new_and_200_in_the_old_media_type(
    client, document
) -> None:
    for accept, status in ((NEW, 400), (OLD, 200)):
        response = await ask(client, {"query": document}, accept)
        assert (response.status_code, code_of(response)) == (status, MISTAKES[document])


async def test_failed_field_leaves_the_rest_and_is_masked(client) -> None:
    response = await ask(client, {"query": "{ role broken }"})
    assert response.status_code == 200
    assert response.json()["data"] == {"role": "ANONYMOUS", "broken": None}
    assert "Siti" not in response.text


@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_slow_operation_is_given_up(client, accept) -> None:
    response = await ask(client, {"query": "{ slow }"}, accept)
    assert (response.status_code, code_of(response)) == (503, "TIMEOUT")


class UnhurriedExecutor:
    """Takes longer than a hang-up goes unnoticed; whether an operation was ended before."""

    def __init__(self) -> None:
        self.was_ended = False

    async def run(self, *given: Any) -> Answer:
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            self.was_ended = True
            raise
        return Answer({"role": "ANONYMOUS"})


async def _statuses(executor: Any, *, hangs_up: bool, body_seconds: float = 0) -> list[int]:
    """The statuses of the responses to one request, whose client may hang up at once. As from
    uvicorn, the end of a response is a disconnect, too."""
    app = create_app(tokens.settings(), executor, key_source=tokens.key_source)
    body, statuses, is_over = [b'{"query": "{ role }"}'], list[int](), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if body:
            await asyncio.sleep(body_seconds)
            return {"type": "http.request", "body": body.pop()}
        if not hangs_up:
            await is_over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            is_over.set()
            await asyncio.sleep(0.01)

    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/graphql"}
    await app({**scope, "headers": [(b"content-type", b"application/json")]}, receive, send)
    return statuses


async def test_the_end_of_an_answer_is_not_taken_for_a_hang_up(caplog) -> None:
    caplog.set_level(logging.INFO, "gateway")
    executor = UnhurriedExecutor()
    assert await _statuses(executor, hangs_up=False) == [200]
    assert [record.facts["status"] for record in caplog.records] == [200]
    assert not executor.was_ended


@pytest.mark.parametrize("body_seconds", [0, 0.1])
async def test_an_operation_ends_when_its_client_hangs_up(body_seconds: float) -> None:
    executor = UnhurriedExecutor()
    assert await _statuses(executor, hangs_up=True, body_seconds=body_seconds) == []
    assert executor.was_ended


class FailingExecutor:
    async def run(self, request: OperationRequest, viewer: Viewer, trace_id: str) -> Answer:
        raise SystemError("Siti Rahayu, passport X1234567")


@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_unforeseen_error_is_masked_and_logged_without_its_text(accept, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    async with client_of(FailingExecutor()) as client:
        response = await ask(client, {"query": "{ role }"}, accept)
    assert (response.status_code, code_of(response)) == (500, "INTERNAL")
    assert response.headers["gerbang-trace"] in caplog.text
    assert "SystemError" in caplog.text
    assert "Siti" not in caplog.text + response.text


class UnspeakableExecutor:
    async def run(self, request: OperationRequest, viewer: Viewer, trace_id: str) -> Answer:
        return Answer({"number": 2**80})


async def test_answer_that_cannot_be_encoded_is_masked() -> None:
    async with client_of(UnspeakableExecutor()) as client:
        response = await ask(client, {"query": "{ role }"})
    assert (response.status_code, code_of(response)) == (500, "INTERNAL")


class GivenAnswer:
    """Answers each request with the same data."""

    def __init__(self, data: Data) -> None:
        self._data = data

    async def run(self, *given: Any) -> Answer:
        error = {"message": "gone", "path": ["late"], "extensions": {"code": "TIMEOUT"}}
        return Answer(self._data, [error], {"cost": {"actual": 2}})


@pytest.mark.parametrize("data", [{"name": 'Nguyễn "\\\n\u2028', "late": None}, {"nodes": []}])
async def test_data_that_is_json_already_is_answered_byte_by_byte_alike(data) -> None:
    bodies = set[bytes]()
    for one in (data, JsonBytes(orjson.dumps(data))):
        async with client_of(GivenAnswer(one)) as client:
            response = await ask(client, {"query": "{ role }"})
        assert response.json()["data"] == data
        bodies.add(response.content)
    assert len(bodies) == 1


async def test_failing_executor_with_a_coded_error_answers_with_its_status() -> None:
    class Away:
        async def run(self, *given: Any) -> Answer:
            raise RequestError(
                ErrorCode.UNAVAILABLE, "Try again shortly.", HTTPStatus.SERVICE_UNAVAILABLE
            )

    async with client_of(Away()) as client:
        response = await ask(client, {"query": "{ role }"}, OLD)
    assert (response.status_code, code_of(response)) == (503, "UNAVAILABLE")


# --- What every response carries -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/graphql", "/health/live", "/nothing"])
async def test_every_response_is_marked_private(client, path) -> None:
    headers = (await client.get(path)).headers
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "access-control-allow-origin" not in headers
    assert re.fullmatch("[0-9a-f]{32}", headers["gerbang-trace"])


@pytest.mark.parametrize(
    ("traceparent", "is_kept"),
    [
        (f"00-{'ab' * 16}-{'cd' * 8}-01", True),
        (f"00-{'AB' * 16}-{'cd' * 8}-01", False),
        (f"ff-{'ab' * 16}-{'cd' * 8}-01", False),
        (f"00-{'00' * 16}-{'cd' * 8}-01", False),
        (f"00-{'ab' * 16}-{'cd' * 8}-01; drop", False),
        ("nonsense", False),
    ],
)
async def test_trace_of_the_caller_is_kept_if_well_formed(client, traceparent, is_kept) -> None:
    response = await client.get("/health/live", headers={"traceparent": traceparent})
    assert (response.headers["gerbang-trace"] == "ab" * 16) is is_kept


async def test_readiness_names_the_check_that_fails_and_nothing_else() -> None:
    async def fails() -> Fault | None:
        raise SystemError("password=secret")

    async def hangs() -> Fault | None:
        await asyncio.sleep(60)

    app = create_app(
        tokens.settings(),
        SmallExecutor(),
        checks={Fault.DATABASE: fails, Fault.POOL: hangs},
        key_source=tokens.key_source,
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        response = await client.get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "reasons": ["database", "pool"], "warnings": []}


async def test_clients_cannot_read_metrics(client) -> None:
    assert (await client.get("/metrics")).status_code == 404


async def test_metrics_count_requests_and_errors(executor) -> None:
    app = create_app(tokens.settings(), executor, key_source=tokens.key_source)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        await ask(client, {"query": "{ role }"})
        await ask(client, b"{")
    page = await metrics_of(app.state.internal)
    assert 'gerbang_requests_total{status="200"} 1.0' in page
    assert 'gerbang_requests_total{status="400"} 1.0' in page
    assert 'gerbang_errors_total{code="BAD_REQUEST"} 1.0' in page
