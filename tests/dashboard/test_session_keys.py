"""The key that signs a sign-in under way is rotated in three steps, and nobody signs in twice."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from random import Random

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard.settings import SettingsError, read_settings
from dashboard.web.sign_in import SignInCookie
from gateway.development import SignIn
from gateway.settings import read_settings as read_gateway_settings
from tests.free_ports import free_port

pytestmark = pytest.mark.anyio

OLD, NEW = "0a" * 32, "0b" * 32
ROTATION = (f"{OLD},{NEW}", f"{NEW},{OLD}", NEW)
ISSUER = {"GERBANG_ISSUER": "https://sign-in.example"}


def _replica(keys: str) -> httpx2.AsyncClient:
    """Whoever remembers something at /sign-in in a cookie, and says what it remembers."""

    async def begin(request: Request) -> PlainTextResponse:
        request.session["state"] = "under way"
        return PlainTextResponse("begun")

    async def finish(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.session.get("state", "nothing"))

    app = Starlette(routes=[Route("/sign-in", begin), Route("/sign-in/callback", finish)])
    settings = read_settings({**ISSUER, "GERBANG_SESSION_KEY": keys})
    app.add_middleware(SignInCookie, settings=settings)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://dashboard")


@pytest.mark.parametrize(
    ("begun_with", "finished_with", "remembered"),
    [
        (OLD, ROTATION[0], "under way"),
        (ROTATION[0], OLD, "under way"),
        (ROTATION[0], ROTATION[1], "under way"),
        (ROTATION[1], ROTATION[0], "under way"),
        (ROTATION[1], NEW, "under way"),
        (NEW, ROTATION[1], "under way"),
        (NEW, OLD, "nothing"),
        (OLD, NEW, "nothing"),
        (ROTATION[0], NEW, "nothing"),
    ],
)
async def test_a_sign_in_goes_on_at_a_replica_of_the_next_step(
    begun_with: str, finished_with: str, remembered: str
) -> None:
    async with _replica(begun_with) as first, _replica(finished_with) as second:
        await first.get("/sign-in")
        second.cookies = first.cookies
        assert (await second.get("/sign-in/callback")).text == remembered


@pytest.mark.parametrize("keys", ["s3cret", f"{OLD},", f"{OLD},{NEW},{OLD}"])
def test_a_key_that_is_none_is_named_and_not_repeated(keys: str) -> None:
    with pytest.raises(SettingsError, match="GERBANG_SESSION_KEY") as raised:
        read_settings({**ISSUER, "GERBANG_SESSION_KEY": keys})
    assert keys not in str(raised.value)


# --- Under load ----------------------------------------------------------------------------------


@contextmanager
def _dashboard(issuer: str, own_url: str, keys: str) -> Iterator[str]:
    """A dashboard in a process of its own; where it answers."""
    port = free_port()
    given = {
        "GERBANG_ISSUER": issuer,
        "GERBANG_DASHBOARD_URL": own_url,
        "GERBANG_DASHBOARD_PORT": str(port),
        "GERBANG_SESSION_KEY": keys,
    }
    process = subprocess.Popen([sys.executable, "-m", "dashboard"], env={**os.environ, **given})
    try:
        _until_live(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _until_live(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx2.get(f"{url}/health/live", timeout=2).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the dashboard did not get ready")


@contextmanager
def _provider(own_url: str) -> Iterator[str]:
    """The development sign-in on a port of its own; its issuer."""
    port = free_port()
    settings = read_gateway_settings(
        {
            "GERBANG_ENVIRONMENT": "development",
            "GERBANG_DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
            "GERBANG_PORT": str(port),
            "GERBANG_DASHBOARD_URL": own_url,
        }
    )
    app = Starlette(routes=[SignIn(settings).mount()])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield settings.token_issuer
    finally:
        server.should_exit = True
        thread.join()


class Visitors:
    """People who sign in all the time, each step at whichever replica."""

    def __init__(self, replicas: Sequence[str], own_url: str) -> None:
        self._replicas, self._own_url = replicas, own_url
        self._rng = Random(1)
        self._stop = threading.Event()
        self.signed_in = 0
        self.failed: Counter[str] = Counter()

    @contextmanager
    def signing_in(self) -> Iterator[None]:
        people = [threading.Thread(target=self._keep_signing_in) for _ in range(2)]
        for person in people:
            person.start()
        try:
            yield
        finally:
            self._stop.set()
            for person in people:
                person.join()

    def have_signed_in(self, times: int = 6) -> None:
        """Wait until so many have, with nothing that was begun before."""
        until, end = self.signed_in + sum(self.failed.values()) + times, time.monotonic() + 60
        while self.signed_in + sum(self.failed.values()) < until:
            assert time.monotonic() < end, "nobody signs in any more"
            time.sleep(0.05)

    def _keep_signing_in(self) -> None:
        while not self._stop.is_set():
            with httpx2.Client(headers={"Accept": "text/html"}, timeout=30) as browser:
                asked = self._at_a_replica(browser, f"{self._own_url}/sign-in")
                provider = httpx2.post(asked.headers["location"], data={"user": "leadership"})
                back = self._at_a_replica(browser, provider.headers["location"])
            if back.status_code == 303:
                self.signed_in += 1
            else:
                self.failed[str(back.status_code)] += 1

    def _at_a_replica(self, browser: httpx2.Client, url: str) -> httpx2.Response:
        while True:
            try:
                return browser.get(url.replace(self._own_url, self._rng.choice(self._replicas)))
            except httpx2.ConnectError:
                continue  # it has just ended: nothing was asked


def _rotate(steps: Sequence[str]) -> Visitors:
    own_url = f"http://127.0.0.1:{free_port()}"  # where a balancer would be
    with ExitStack() as stack:
        issuer = stack.enter_context(_provider(own_url))
        stacks = [stack.enter_context(ExitStack()) for _ in range(2)]
        replicas = [each.enter_context(_dashboard(issuer, own_url, OLD)) for each in stacks]
        visitors = Visitors(replicas, own_url)
        with visitors.signing_in():
            for keys in steps:
                visitors.have_signed_in()
                for number in range(2):
                    fresh = stack.enter_context(ExitStack())
                    replicas[number] = fresh.enter_context(_dashboard(issuer, own_url, keys))
                    stacks[number].close()
                    stacks[number] = fresh
                    visitors.have_signed_in()
    return visitors


@pytest.mark.proof
def test_session_keys_are_rotated_while_people_sign_in() -> None:
    visitors = _rotate(ROTATION)
    assert not visitors.failed
    assert visitors.signed_in > 50


@pytest.mark.proof
def test_a_session_key_that_is_replaced_at_once_is_seen() -> None:
    assert _rotate(ROTATION[2:]).failed
