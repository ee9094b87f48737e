"""What all tests share: the event loop, one PostgreSQL, a database for each module, the demo and a
browser."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from models.migrations import migrate
from models.postgres import Server
from models.row_security import login_at
from tests import tokens
from tests.clusters import TEMPLATE, Clusters, copied_postgres, data_folder, hash_once
from tests.populating import small_world
from tests.running_demo import Demo, running_demo

NewDatabase = Callable[[], Awaitable[str]]

#: Of the databases of this run.
numbers = count(1)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Clusters:
    """Data folders of servers, which all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return Clusters(own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own)


@pytest.fixture(scope="session")
def migrated_folder(clusters: Clusters) -> Path:
    """The data folder of a server with the template in it."""
    return clusters.make("with-template", make_template)


@pytest.fixture(scope="session")
def server(migrated_folder: Path) -> Iterator[Server]:
    """The embedded PostgreSQL of this worker, with the template in it."""
    with copied_postgres(migrated_folder) as running:
        yield running


async def make_template(server: Server) -> None:
    url = server.url(TEMPLATE)
    login = login_at(url, tokens.PASSWORD)
    await migrate(url, gateway_url=login, seal_keys=(tokens.SEAL_KEY,))
    await hash_once(url, login)


@pytest.fixture(scope="session")
async def world_template(server: Server) -> str:
    """The name of a database with the small world in it and its volumes: who is in it is sealed by
    the keys of this worker."""
    return await make_world(server)


async def make_world(server: Server) -> str:
    await small_world(await copy_database(server, TEMPLATE, "template_world"))
    return "template_world"


@pytest.fixture(scope="module")
async def new_database(server: Server) -> AsyncIterator[NewDatabase]:
    """Makes another empty database for this module, and gives its address."""
    made: list[str] = []

    async def make() -> str:
        made.append(await copy_database(server, TEMPLATE))
        return made[-1]

    yield make
    await drop_databases(server, made)


@pytest.fixture(scope="module")
async def database(
    request: pytest.FixtureRequest, server: Server, world_template: str
) -> AsyncIterator[str]:
    """The address of this module's own database; empty, unless it is to hold the small world."""
    template = world_template if "world" in request.fixturenames else TEMPLATE
    url = await copy_database(server, template)
    yield url
    await drop_databases(server, [url])


@pytest.fixture(scope="module")
async def world(database: str) -> str:
    """The address of this module's database, with the small world in it and its volumes."""
    connection = await connect(database)
    try:
        has_world = await connection.fetchval("SELECT EXISTS (SELECT FROM application)")
    finally:
        await connection.close()
    if not has_world:  # the module's first test wanted none
        await small_world(database)
    return database


async def copy_database(server: Server, template: str, name: str = "") -> str:
    name = name or f"test_{next(numbers)}"
    connection = await connect(server.address("postgres"))
    try:
        # By copying files: a third of what it costs to write each page to the log.
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    finally:
        await connection.close()
    return server.address(name)


async def drop_databases(server: Server, urls: list[str]) -> None:
    connection = await connect(server.address("postgres"))
    try:
        for url in urls:
            await connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to this module's database."""
    connection = await connect(database)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def login(world: str) -> AsyncIterator[asyncpg.Connection]:
    """The gateway's own way into this module's small world."""
    connection = await connect(login_at(world, tokens.PASSWORD))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def apart(clusters: Clusters) -> Iterator[Server]:
    """A server whose roles are nobody else's: it has none of ours yet."""
    with copied_postgres(clusters.make("empty")) as running:
        yield running


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The running demo, with its dashboard."""
    with data_folder() as data, running_demo(data) as running:
        yield running


@pytest.fixture(scope="session")
def chromium(pytestconfig: pytest.Config) -> Iterator[Any]:
    """The browser of this worker, see tests/chromium.py."""
    from tests.chromium import Chromium  # only where it is driven: the driver is slow to import

    browser = Chromium()
    pytestconfig.pluginmanager.register(browser)
    yield browser
    pytestconfig.pluginmanager.unregister(browser)
    browser.close()
