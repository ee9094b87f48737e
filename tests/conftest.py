"""What all tests share: the event loop, one PostgreSQL, and a database for each module."""

from collections.abc import AsyncIterator, Iterator
from itertools import count

import asyncpg
import pytest

from models.database.connections import connect
from models.migrations import migrate
from models.postgres import Server, temporary_postgres
from models.row_security import login_at
from tests import tokens
from tests.populating import small_world
from tests.running_demo import Demo, data_folder, running_demo

_numbers = count(1)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The embedded PostgreSQL of this run."""
    with temporary_postgres() as running:
        yield running


@pytest.fixture(scope="session")
async def template(server: Server) -> str:
    """The name of a migrated database that others are copied from."""
    url = server.url("template_gerbang")
    login = login_at(url, tokens.PASSWORD)
    await migrate(url, gateway_url=login, seal_keys=(tokens.SEAL_KEY,))
    return "template_gerbang"


@pytest.fixture(scope="module")
async def database(server: Server, template: str) -> str:
    """The address of this module's own empty database."""
    name = f"test_{next(_numbers)}"
    connection = await connect(server.url("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    finally:
        await connection.close()
    return server.url(name)


@pytest.fixture(scope="module")
async def world(database: str) -> str:
    """The address of this module's database, with the small world in it and its volumes."""
    await small_world(database)
    return database


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to this module's database."""
    connection = await connect(database)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def apart() -> Iterator[Server]:
    """A server whose roles are nobody else's."""
    with temporary_postgres() as running:
        yield running


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The running demo, with its dashboard."""
    with data_folder() as data, running_demo(data) as running:
        yield running
