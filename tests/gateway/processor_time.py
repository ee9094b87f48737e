"""What a request costs the processor before it is refused or reaches its first statement."""

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette

from tests import tokens
from tests.gateway.conftest import ACCEPT, CLAIMS
from tests.listening import listening

Headers = Sequence[tuple[bytes, bytes]]
JSON_HEADERS: Headers = (
    (b"content-type", b"application/json"),
    (b"accept", ACCEPT.encode()),
)


@dataclass(frozen=True)
class HttpRequest:
    """One request, byte for byte."""

    body: bytes = b""
    viewer: str = "anonymous"
    method: str = "POST"
    query_string: bytes = b""
    headers: Headers = JSON_HEADERS

    def scope(self) -> dict[str, Any]:
        claims = CLAIMS[self.viewer]
        signed = tokens.bearer(**claims) if claims else {}
        credentials = [(name.lower().encode(), value.encode()) for name, value in signed.items()]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": self.query_string,
            "headers": [*self.headers, *credentials],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8_000),
            "state": {},
        }


def operation(document: str, viewer: str = "anonymous", **variables: Any) -> HttpRequest:
    """A POST of a document with its variables."""
    return HttpRequest(orjson.dumps({"query": document, "variables": variables}), viewer)


@dataclass
class Outcome:
    """What became of a request."""

    status: int = 0
    text: bytes = b""
    #: Processor time of the whole process until the answer, or until the first statement.
    seconds: float = 0.0
    reached_the_database: bool = False

    @property
    def codes(self) -> set[str]:
        answer = orjson.loads(self.text)
        return {error["extensions"]["code"] for error in answer.get("errors", ())}


@dataclass
class Stopwatch:
    """Sends requests to an application in this process, and measures each."""

    app: Starlette
    _first_statement: list[float] = field(default_factory=list)

    def note(self, *_: Any) -> None:
        if not self._first_statement:
            self._first_statement.append(time.process_time())

    async def measure(self, request: HttpRequest) -> Outcome:
        outcome, chunks = Outcome(), [request.body]
        scope = request.scope()

        async def receive() -> dict[str, Any]:
            if chunks:
                return {"type": "http.request", "body": chunks.pop(), "more_body": False}
            await asyncio.Event().wait()  # a client that waits
            raise AssertionError("nobody wakes it")

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                outcome.status = message["status"]
            else:
                outcome.text += message.get("body", b"")

        self._first_statement.clear()
        started = time.process_time()
        await self.app(scope, receive, send)  # pyright: ignore[reportArgumentType]
        answered = time.process_time()
        outcome.reached_the_database = bool(self._first_statement)
        outcome.seconds = (self._first_statement or [answered])[0] - started
        return outcome


@contextmanager
def stopwatch(app: Starlette) -> Iterator[Stopwatch]:
    """A stopwatch over an application, with the heap as `gerbang serve` leaves it."""
    watch = Stopwatch(app)
    gc.collect()
    gc.freeze()
    try:
        with listening(watch.note):
            yield watch
    finally:
        gc.unfreeze()
