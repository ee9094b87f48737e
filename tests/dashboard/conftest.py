"""The dashboard on a real port, signing in at the development sign-in."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import httpx2
import pytest
import uvicorn
from joserfc.jwk import ECKey
from playwright.sync_api import Browser, BrowserContext
from starlette.applications import Starlette
from starlette.types import ASGIApp

from dashboard.app import create_app
from dashboard.gateway.session import Session
from dashboard.settings import read_settings
from dashboard.web.gate import Gate
from dashboard.web.sessions import COOKIE, MemorySessions
from gateway.development import SignIn
from gateway.settings import read_settings as read_gateway_settings
from tests.dashboard.visiting import browser, colleague, newcomer, visitor

__all__ = ["browser", "colleague", "newcomer", "visitor"]
from tests.running_demo import Demo

ISSUER = "http://127.0.0.1:8000/development"


@dataclass
class Line(httpx2.AsyncBaseTransport):
    """The dashboard's outgoing transport: to the provider, and to a gateway unless cut off."""

    provider: httpx2.ASGITransport
    demo: Demo | None = None
    #: What the gateway answers instead of what it would, as a proxy before it may.
    instead: httpx2.Response | None = None
    is_cut: bool = False
    #: How many questions it refuses from now on, as when it is overloaded for a moment.
    refusals: int = 0
    #: By whose token the gateway was asked, and what it answered.
    answered: list[tuple[str, bytes]] = field(default_factory=list)
    #: How many questions were with the gateway at the same time, at most.
    most_at_once: int = 0
    at_once: int = 0
    is_provider_cut: bool = False
    #: Where the gateway seems to be by now; the demo's is where it is.
    moved_to: str = ""
    _outside: httpx2.AsyncHTTPTransport = field(default_factory=httpx2.AsyncHTTPTransport)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/graphql":
            if self.is_provider_cut:
                raise httpx2.ConnectError("the line is cut")
            return await self.provider.handle_async_request(request)
        if self.is_cut or self.demo is None:
            raise httpx2.ConnectError("the line is cut")
        if self.instead:
            return self.instead
        if self.refusals:
            self.refusals -= 1
            return overload_response()
        address = httpx2.URL(self.moved_to or self.demo.api_url)
        request.url = request.url.copy_with(host=address.host, port=address.port)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            response = await self._outside.handle_async_request(request)
            token = request.headers["authorization"].removeprefix("Bearer ")
            self.answered.append((token, await response.aread()))
            return response
        finally:
            self.at_once -= 1


def overload_response() -> httpx2.Response:
    """The refusal of a gateway that has no turn for a question."""
    error = {"message": "no turn", "extensions": {"code": "OVERLOADED", "traceId": "a" * 32}}
    return httpx2.Response(503, json={"errors": [error]}, headers={"Retry-After": "1"})


@dataclass(frozen=True)
class Running:
    """A dashboard that answers at ``url``, and the sessions that it keeps."""

    url: str
    #: The outermost part of the dashboard.
    gate: Gate
    sessions: MemorySessions
    provider: httpx2.ASGITransport
    line: Line
    #: What the provider signs with.
    signing: ECKey

    async def session_of(self, user: str) -> tuple[str, Session]:
        """A session that somebody of the demo has begun, with its key."""
        assert self.line.demo
        token = await asyncio.to_thread(self.line.demo.token, user)
        session = Session(token, None, "id", expires_at=time.time() + 300)
        return await self.sessions.begin(session), session

    async def visitor(self, user: str) -> tuple[httpx2.AsyncClient, Session]:
        """A browser of somebody of the demo who has signed in."""
        key, session = await self.session_of(user)
        browser = self.browser()
        browser.cookies.set(COOKIE, key)
        return browser, session

    def browser(self) -> httpx2.AsyncClient:
        """A client that keeps cookies and follows nothing by itself."""
        return httpx2.AsyncClient(base_url=self.url, headers={"Accept": "text/html"}, timeout=60)

    async def sign_in(self, browser: httpx2.AsyncClient, user: str, query: str = "") -> str:
        """Go through the provider; returns where the dashboard sends its visitor in the end."""
        asked = await browser.get(f"/sign-in{query}")
        async with httpx2.AsyncClient(transport=self.provider) as provider:
            given = await provider.post(asked.headers["location"], data={"user": user})
        assert given.headers["location"].startswith(f"{self.url}/sign-in/callback")
        back = await browser.get(given.headers["location"])
        assert back.status_code == 303, back.text
        return back.headers["location"]


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """One for all tests: a process can hold only one Dash."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sign_in = development_provider(url)
        provider = httpx2.ASGITransport(Starlette(routes=[sign_in.mount()]))
        settings = read_settings({"GERBANG_DASHBOARD_URL": url, "GERBANG_ISSUER": ISSUER})
        sessions, line = MemorySessions(), Line(provider)
        app = create_app(settings, sessions, line)
        with _served(app, listener):
            yield Running(url, app.app.app, sessions, provider, line, sign_in.signing_key)


@pytest.fixture
def connected(running: Running, demo: Demo) -> Iterator[Running]:
    """The dashboard with the demo's gateway at the end of its line."""
    running.line.demo = demo
    yield running
    running.line.demo, running.line.instead = None, None
    running.line.refusals = running.line.most_at_once = 0
    running.line.is_cut = running.line.is_provider_cut = False
    running.line.moved_to = ""


def development_provider(dashboard_url: str) -> SignIn:
    return SignIn(
        read_gateway_settings(
            {
                "GERBANG_ENVIRONMENT": "development",
                "GERBANG_DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
                "GERBANG_DASHBOARD_URL": dashboard_url,
            }
        )
    )


@contextmanager
def _served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """In a thread of its own, so that it answers whatever a test waits for."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield
    server.should_exit = True
    thread.join()


@contextmanager
def signed_in(browser: Browser, running: Running, user: str) -> Iterator[BrowserContext]:
    """The browser of somebody of the demo who has signed in, in which no script may fail."""
    with ThreadPoolExecutor() as aside:  # the browser's driver runs a loop in this thread
        key, _ = aside.submit(asyncio.run, running.session_of(user)).result()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": COOKIE, "value": key, "url": running.url}])
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


def scripts_of(page: str) -> list[str]:
    """The addresses of everything that a page loads."""
    return re.findall(r'(?:src|href)="(/[^"]+)"', page)
