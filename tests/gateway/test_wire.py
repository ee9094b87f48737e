"""GraphQL over HTTP: which requests the endpoint accepts, and which it refuses."""

import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from gateway import limits
from gateway.app import create_app
from gateway.errors import RequestError
from gateway.wire import explorer
from gateway.wire.parameters import read_json
from tests import tokens
from tests.gateway.small_schema import SmallExecutor

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
        (f"{OLD};q=0, */*", NEW),
        (f"*/*;q=0.9, {OLD};q=0.1", NEW),
        (f"{NEW};q=0.5, application/*;q=0.5, text/html", NEW),
        (f"{NEW}; charset=utf-8", NEW),
        (f"text/html, {OLD}", OLD),
        ("APPLICATION/JSON", OLD),
        (f"{OLD:1000}", OLD),
    ],
)
async def test_answer_has_the_accepted_media_type(client, accept, media_type) -> None:
    response = await ask(client, {"query": "{ role }"}, accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.json() == {"data": {"role": "ANONYMOUS"}, "extensions": {"cost": {"actual": 1}}}


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/*",
        f"{OLD};q=0",
        f"{OLD};q=0, {NEW};q=0, */*",
        "*/*;q=0",
        f"{NEW}; charset=x",
        f"{OLD:1001}",
    ],
)
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


@pytest.mark.parametrize(
    ("fill", "most", "code"),
    [
        (lambda n: b"[{}," + b"[" * (n - 1) + b"]" * n, limits.DEEPEST_JSON, "BAD_REQUEST"),
        (lambda n: b"[" + b"1," * (n - 1) + b"1]", limits.MOST_VALUES, "TOO_LARGE"),
        (
            lambda n: b"{" + b",".join(b'"%d":1' % key for key in range(n)) + b"}",
            limits.MOST_KEYS, "TOO_LARGE",
        ),
        (lambda n: b'"' + rb"\"" * (n - 2) + b'"', limits.MOST_QUOTES, "TOO_LARGE"),
    ],
    ids=["levels", "values", "keys", "quotes"],
)  # fmt: skip
def test_json_is_read_up_to_its_limits(fill: Callable[[int], bytes], most: int, code: str) -> None:
    assert read_json(fill(most)) is not None
    with pytest.raises(RequestError) as refused:
        read_json(fill(most + 1))
    assert refused.value.code == code


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


@pytest.mark.parametrize("has_length", [True, False])
async def test_a_body_may_be_as_large_as_set(client, has_length: bool) -> None:
    async def whole() -> AsyncIterator[bytes]:
        yield body

    body = f"{json.dumps({'query': '{ role }'}):4096}".encode()
    content = body if has_length else whole()
    response = await client.post("/graphql", content=content, headers={"Content-Type": OLD})
    assert response.status_code == 200


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
