"""A real server is never silent: thousands of requests, hostile ones included, one after another.

Silence is what passes between two beats of the event loop, in processor time of its own thread, so
that other programs of this machine do not count.
"""

import asyncio
import contextlib
import gc
import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from gateway.execution import documents, overlapping
from tests.gateway.hostile_requests import DOCUMENTS, VARIABLES, Hostile, mixtures, shapes
from tests.gateway.live import PROTOCOL, credentials, served
from tests.gateway.processor_time import HttpRequest
from tests.gateway.test_nobody_blocks import ALIASES

pytestmark = [pytest.mark.proof, pytest.mark.anyio]

MOST_SECONDS = 0.050
#: What the server itself, the answer after its statements and the collector may add.
TOLERANCE_SECONDS = 0.030
TRIES = 8
BEAT_SECONDS = 0.002
MIXTURES = 3_000
_salts = itertools.count()


@dataclass
class Heart:
    """The longest silence of an event loop since somebody asked last."""

    longest: float = 0.0

    async def beat(self) -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            now = time.thread_time()
            self.longest, last = max(self.longest, now - last), now

    def silence(self) -> float:
        time.sleep(3 * BEAT_SECONDS)  # the beat that ends it
        longest, self.longest = self.longest, 0.0
        return longest


@dataclass
class Server:
    """A gateway that serves in a thread of its own."""

    port: int
    heart: Heart

    def silence_of(self, request: HttpRequest) -> float:
        """For how long the server was silent while it answered a request."""
        self.heart.silence()
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        scope = request.scope()
        path = "/graphql" + ("?" + request.query_string.decode() if request.query_string else "")
        try:
            # A server that refuses early ends the connection while we still send.
            with contextlib.suppress(ConnectionError, http.client.BadStatusLine):
                asked.putrequest(request.method, path)
                for name, value in scope["headers"]:
                    asked.putheader(name, value)
                asked.putheader("Content-Length", str(len(request.body)))
                asked.endheaders(request.body)
                answer = asked.getresponse()
                answer.read()
                assert answer.status < 500, request
        finally:
            asked.close()
        return self.heart.silence()


@pytest.fixture(scope="module")
def running(world: str) -> Iterator[Server]:
    started: Future[tuple[Server, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        heart, end = Heart(), asyncio.Event()
        async with served(world) as running:
            beating = asyncio.create_task(heart.beat())
            gc.collect()
            gc.freeze()  # as `gerbang serve` does
            started.set_result((Server(running.port, heart), asyncio.get_running_loop(), end))
            await end.wait()
            beating.cancel()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    serving, loop, end = started.result(60)
    serving.silence_of(Hostile("warm", "officer", "{ viewer { role } }").request(next(_salts)))
    try:
        yield serving
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        gc.unfreeze()


def least_silence(running: Server, hostile: Hostile) -> float:
    """Asked again where the processor was slow, as a document that was not seen before."""
    silences: list[float] = []
    while len(silences) < TRIES:
        silences.append(running.silence_of(hostile.request(next(_salts))))
        if silences[-1] <= MOST_SECONDS + TOLERANCE_SECONDS:
            break
    return min(silences)


async def test_no_request_silences_the_server(running: Server) -> None:
    for hostile in itertools.chain(shapes(), itertools.islice(mixtures(seed=4), MIXTURES)):
        silence = least_silence(running, hostile)
        assert silence <= MOST_SECONDS + TOLERANCE_SECONDS, f"{silence * 1000:.0f} ms: {hostile}"


async def test_no_message_of_a_socket_silences_the_server(running: Server) -> None:
    for document, variables in (*DOCUMENTS.values(), *VARIABLES.values()):
        message = {"type": "subscribe", "id": "1"}
        payload = {"query": document, "variables": variables}
        with connect(f"ws://127.0.0.1:{running.port}/graphql", subprotocols=[PROTOCOL]) as socket:
            first = {"type": "connection_init", "payload": credentials("officer")}
            socket.send(json.dumps(first))
            socket.recv(10)
            running.heart.silence()
            with contextlib.suppress(ConnectionClosed):
                socket.send(json.dumps({**message, "payload": payload}))
                socket.recv(10)
        silence = running.heart.silence()
        assert silence <= MOST_SECONDS + TOLERANCE_SECONDS, f"{silence * 1000:.0f} ms: {document}"


async def test_the_proof_sees_a_limit_that_is_off(
    running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_TOKENS", "MOST_FIELDS"):
        monkeypatch.setattr(documents, name, 10**9)
    monkeypatch.setattr(overlapping, "MOST_SELECTED_FIELDS", 10**9)
    silence = least_silence(running, Hostile("tokens", "officer", ALIASES))
    assert silence > MOST_SECONDS + TOLERANCE_SECONDS
