"""GraphQL over HTTP: what the endpoint accepts, refuses and always says."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
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
from gateway.wire import explorer
from tests import tokens
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.surviving.standing import metrics_of

pytestmark = pytest.mark.anyio

NEW = "application/graphql-response+json"
OLD = "application/json"

HASTY = {
    "request_seconds": "1",
    "queue_seconds": "0.3",
    "statement_seconds": "0.6",
    "lock_seconds": "0.2",
    "connect_seconds": "0.5",
}


def client_of(executor: Any, **settings: str) -> httpx2.AsyncClient:
    app = create_app(tokens.settings(**settings), executor, key_source=tokens.key_source)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8000")


@pytest.fixture
def executor() -> SmallExecutor:
    return SmallExecutor()


@pytest.fixture
async def client(executor: SmallExecutor) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(executor, body_limit="4096", **HASTY) as client:
        yield client


async def ask(
    client: httpx2.AsyncClient, content: Any, accept: str | None = NEW, **headers: str
) -> httpx2.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    accepted = {"Accept": accept} if accept is not None else {}
    return await client.post(
        "/graphql", content=body, headers={"Content-Type": OLD, **accepted, **named}
    )


def code_of(response: httpx2.Response) -> str:
    [error] = response.json()["errors"]
    assert "data" not in response.json()
    assert error["extensions"]["traceId"] == response.headers["gerbang-trace"]
    return error["extensions"]["code"]


# --- The answer's media type ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (NEW, NEW),
        (OLD, OLD),
        (None, OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        (f"{NEW}, {OLD};q=0.9", NEW),
        (f"{OLD};q=0.5, {NEW};q=0.8", NEW),
        (f"{NEW};q=0, */*", OLD),
        (f"{NEW}; charset=utf-8", NEW),
        (f"text/html, {OLD}", OLD),
        ("APPLICATION/JSON", OLD),
    ],
)
async def test_answer_has_the_accepted_media_type(client, accept, media_type) -> None:
    response = await ask(client, {"query": "{ role }"}, accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.json() == {"data": {"role": "ANONYMOUS"}, "extensions": {"cost": {"actual": 1}}}


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{OLD};q=0", f"{NEW}; charset=x"])
async def test_unacceptable_media_type_is_refused(client, executor, accept) -> None:
    response = await ask(client, {"query": "{ role }"}, accept)
    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")
    assert executor.requests == []


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/json, text/plain",
    ],
)
async def test_only_json_bodies_are_read(client, executor, content_type) -> None:
    response = await ask(client, {"query": "{ role }"}, Content_Type=content_type)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert executor.requests == []


@pytest.mark.parametrize(
    "content_type", [OLD, f"{OLD}; charset=utf-8", f'{OLD};charset="UTF-8"', "Application/JSON"]
)
async def test_json_in_utf8_is_read_however_it_is_spelled(client, content_type) -> None:
    assert (await ask(client, {"query": "{ role }"}, Content_Type=content_type)).status_code == 200


async def test_packed_body_is_refused(client) -> None:
    response = await ask(client, {"query": "{ role }"}, Content_Encoding="gzip")
    assert response.status_code == 415


# --- The body ------------------------------------------------------------------------------------

DEEP = b'{"query":"{ role }","variables":' + b'{"a":' * 100 + b"1" + b"}" * 101
MALFORMED: dict[str, Any] = {
    "empty": b"",
    "cut off": b'{ "not a JSON',
    "not a number": b'{"query":"{ role }","variables":{"a":NaN}}',
    "infinite number": b'{"query":"{ role }","variables":{"a":1e999}}',
    "endless number": b'{"query":"{ role }","variables":{"a":' + b"9" * 2000 + b"}}",
    "invalid utf-8": b'{"query":"{ role }\xff"}',
    "lone surrogate": rb'{"query":"{ role }","variables":{"a":"\ud800"}}',
    "character zero": rb'{"query":"{ role }","variables":{"a":["\u0000"]}}',
    "character zero in a name": rb'{"query":"{ role }","variables":{"\u0000":1}}',
    "deep": DEEP,
    "deeper": b"[" * 3000,
    "two values": b'{"query":"{ role }"} {}',
    "text": "{ role }",
    "null": b"null",
    "batch": [{"query": "{ role }"}],
    "nothing to run": {"notquery": "{ role }"},
    "two documents": {"query": "{ role }", "documentId": "sha256:00"},
    **{
        f"{name} {value!r}": {"query": "{ role }", name: value}
        for name in ("query", "operationName", "documentId")
        for value in ({"a": 1}, 0, False, ["a"])
    },
    **{
        f"{name} {value!r}": {"query": "{ role }", name: value}
        for name in ("variables", "extensions")
        for value in ("text", 0, False, ["a"])
    },
}


@pytest.mark.parametrize("accept", [NEW, OLD])
@pytest.mark.parametrize("case", MALFORMED)
async def test_malformed_request_is_refused_in_every_media_type(
    client, executor, case, accept
) -> None:
    response = await ask(client, MALFORMED[case], accept)
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert executor.requests == []


@pytest.mark.parametrize("name", ["variables", "operationName", "extensions", "documentId"])
async def test_null_parameter_is_an_absent_one(client, name) -> None:
    response = await ask(client, {"query": "{ role }", name: None})
    assert response.json()["data"] == {"role": "ANONYMOUS"}


async def test_too_large_body_is_refused_before_it_is_read(client, executor) -> None:
    response = await ask(client, {"query": "{ role }" + " " * 5000})
    assert (response.status_code, code_of(response)) == (413, "TOO_LARGE")
    assert executor.requests == []


async def test_too_large_body_without_length_is_read_no_further_than_the_limit(client) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000:
            sent += 1024
            yield b" " * 1024

    response = await client.post("/graphql", content=endless(), headers={"Content-Type": OLD})
    assert (response.status_code, code_of(response)) == (413, "TOO_LARGE")
    assert sent <= 6 * 1024


async def test_parameters_reach_the_executor(client, executor) -> None:
    await ask(
        client,
        {
            "query": "query A($t: String) { echo(text: $t) } query B { role }",
            "operationName": "A",
            "variables": {"t": "é\U0001f600"},
            "extensions": {"any": "thing"},
        },
    )
    [request] = executor.requests
    assert (request.operation_name, request.variables) == ("A", {"t": "é\U0001f600"})
    assert request.may_write


async def test_document_id_is_passed_on(client, executor) -> None:
    response = await ask(client, {"documentId": "sha256:00"})
    assert (response.status_code, code_of(response)) == (400, "DOCUMENT_NOT_FOUND")
    assert executor.requests[0].document_id == "sha256:00"


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


async def test_the_end_of_an_answer_is_no_hang_up(caplog) -> None:
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


# --- GET -----------------------------------------------------------------------------------------


async def test_get_reads_in_development(client) -> None:
    response = await client.get(
        "/graphql",
        params={
            "query": "query Q($t: String) { echo(text: $t) }",
            "variables": '{"t": "a"}',
            "operationName": "Q",
        },
    )
    assert response.headers["content-type"].startswith(OLD)
    assert response.json()["data"] == {"echo": "a None"}


@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_get_never_writes(client, accept) -> None:
    response = await client.get(
        "/graphql", params={"query": "mutation { remember }"}, headers={"Accept": accept}
    )
    assert (response.status_code, code_of(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "params", [{}, {"query": ""}, {"query": "{ role }", "variables": "{"}, {"variables": "{}"}]
)
async def test_malformed_get_is_refused(client, params) -> None:
    response = await client.get("/graphql", params=params, headers={"Accept": NEW})
    assert response.status_code == 400


PRODUCTION = {"environment": "production", "cursor_key": "ab" * 32}


@pytest.mark.parametrize("path", ["/graphql", "/graphql?query={role}", "/graphql/explorer.js"])
async def test_production_offers_neither_queries_in_addresses_nor_the_explorer(path) -> None:
    async with client_of(SmallExecutor(), **PRODUCTION) as client:
        response = await client.get(path, headers={"Accept": "text/html"})
    assert response.status_code in (404, 405)


async def test_explorer_loads_nothing_from_outside(client, monkeypatch) -> None:
    """The small one, whether GraphiQL has been bundled here or not."""
    monkeypatch.setattr(explorer, "is_bundled", lambda: False)
    page = await client.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    for asset in ("/graphql/explorer.js", "/graphql/explorer.css"):
        assert asset in assets
        assert (await client.get(asset)).status_code == 200
    assert not re.search(r"https?:", page.text)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(client, method) -> None:
    assert (await client.request(method, "/graphql")).status_code == 405


# --- What every response carries -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/graphql", "/health/live", "/nothing"])
async def test_every_response_is_marked_private(client, path) -> None:
    headers = (await client.get(path)).headers
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
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


async def test_readiness_tells_which_check_fails_and_nothing_else() -> None:
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


async def test_metrics_are_not_told_to_clients(client) -> None:
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
