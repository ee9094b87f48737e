"""A client that hangs up ends what was begun for it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from starlette.applications import Starlette

from tests import tokens
from tests.gateway.both_ways import left_behind_ignored
from tests.gateway.conftest import CLAIMS
from tests.gateway.test_plans_errors import (
    FAILING,
    gateway_of_one_connection,
    locked,
    supervisor_of,
    waiting,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def patient(world: str) -> AsyncIterator[Starlette]:
    """A gateway whose statements end long after a test gives up, unless something ends them."""
    async with gateway_of_one_connection(world, 120) as application:
        yield application


#: Set in what a request does, and so in each task that it begins.
_OF_THE_REQUEST = ContextVar("of the request", default=False)


@contextmanager
def tasks_of_the_request() -> Iterator[set[asyncio.Task[Any]]]:
    """The tasks that are begun where `_OF_THE_REQUEST` is set: the LINKER beside the gateway begins
    others at any time."""
    begun: set[asyncio.Task[Any]] = set()
    loop = asyncio.get_running_loop()

    def make_task(loop: Any, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(coroutine, loop=loop, **options)
        if _OF_THE_REQUEST.get():
            begun.add(task)
        return task

    factory = loop.get_task_factory()
    loop.set_task_factory(make_task)
    try:
        yield begun
    finally:
        loop.set_task_factory(factory)


@pytest.mark.parametrize(("table", "query"), FAILING)
async def test_a_client_that_hangs_up_leaves_no_statement_and_no_connection(
    patient: Starlette, world: str, table: str, query: str
) -> None:
    has_left = asyncio.Event()
    sent: list[Any] = []
    body = [{"type": "http.request", "body": json.dumps({"query": query}).encode()}]

    async def receive() -> Any:
        if body:
            return body.pop()
        await has_left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        _OF_THE_REQUEST.set(True)
        await patient(_post(), receive, send)

    async with locked(world, table) as owner, asyncio.timeout(30):
        with left_behind_ignored(), tasks_of_the_request() as begun:
            asking = asyncio.ensure_future(ask())
            await waiting(owner)
            has_left.set()
            await asyncio.gather(asking, return_exceptions=True)
            await waiting(owner, 0)
            await asyncio.gather(*begun, return_exceptions=True)
    assert sent == []
    assert begun  # whoever watches for the hang-up, at least
    async with supervisor_of(patient) as viewer, asyncio.timeout(30):
        assert (await viewer(query)).errors == []  # by the only connection


def _post() -> dict[str, Any]:
    signed = tokens.bearer(**CLAIMS["supervisor"])
    headers = {"content-type": "application/json", **signed}
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in
                    {"host": "127.0.0.1", **headers}.items()],
    }  # fmt: skip
