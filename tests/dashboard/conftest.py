"""The dashboard on a real port, signing in at the development sign-in."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette

from dashboard.app import create_app
from dashboard.sessions import MemorySessions
from dashboard.settings import read_settings
from gateway.development import SignIn
from gateway.settings import read_settings as read_gateway_settings

ISSUER = "http://127.0.0.1:8000/development"


@dataclass(frozen=True)
class Running:
    """A dashboard that answers at ``url``, and the sessions that it keeps."""

    url: str
    sessions: MemorySessions
    provider: httpx2.ASGITransport

    def browser(self) -> httpx2.AsyncClient:
        """A client that keeps cookies and follows nothing by itself."""
        return httpx2.AsyncClient(base_url=self.url, headers={"Accept": "text/html"})

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
async def running() -> AsyncIterator[Running]:
    """One for all tests: a process can hold only one Dash."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        provider = httpx2.ASGITransport(Starlette(routes=[_provider(url).mount()]))
        settings = read_settings({"GERBANG_DASHBOARD_URL": url, "GERBANG_ISSUER": ISSUER})
        sessions = MemorySessions()
        async with _served(create_app(settings, sessions, provider), listener):
            yield Running(url, sessions, provider)


def _provider(dashboard_url: str) -> SignIn:
    return SignIn(
        read_gateway_settings(
            {
                "GERBANG_ENVIRONMENT": "development",
                "GERBANG_DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
                "GERBANG_DASHBOARD_URL": dashboard_url,
            }
        )
    )


@asynccontextmanager
async def _served(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    started = asyncio.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started.set()

    server = Server(uvicorn.Config(app, log_level="warning"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await started.wait()
    yield
    server.should_exit = True
    await task


def scripts_of(page: str) -> list[str]:
    """The addresses of everything that a page loads."""
    return re.findall(r'(?:src|href)="(/[^"]+)"', page)
