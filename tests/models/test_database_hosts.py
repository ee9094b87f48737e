"""Several hosts in a database URL: the first that suits is connected to, in their order."""

import asyncio
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from psycopg import OperationalError

from gateway.access.transactions.errors import TOO_MANY_CONNECTIONS, state_of
from models.database.command_pipeline import Command
from models.database.connections import CONNECTION_ERRORS, connect, pool
from models.database.url import DatabaseUrl, read_database_url
from models.postgres import Server, running_postgres
from models.postgres.cluster import ENVIRONMENT
from tests.free_ports import free_port

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="module")
def standby() -> Iterator[DatabaseUrl]:
    """A server in recovery, which can be read from alone."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-standby-"))
    folder.chmod(0o711)
    with running_postgres(folder / "postgres", settings={"fsync": "off"}) as once:
        url = read_database_url(once.url("postgres"))
        cluster, program = once.cluster, once.binaries["postgres"]
    (cluster.data / "standby.signal").touch()
    command = [program, "-D", cluster.data, f"--port={url.hosts[0].port}", "--fsync=off"]
    here = ["--listen_addresses=127.0.0.1", "--unix_socket_directories="]
    with cluster.log.open("wb") as log:
        process = subprocess.Popen(
            [*command, *here],
            stdout=log,
            stderr=log,
            cwd=cluster.data,
            env=ENVIRONMENT,
            **cluster.account.subprocess_options(),
        )
    try:
        yield url
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a machine that takes connections and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def primary(server: Server) -> DatabaseUrl:
    return read_database_url(server.url("postgres"))


@pytest.fixture(scope="module")
async def passwords(
    primary: DatabaseUrl, standby: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A password file: the two servers have different ones. The standby is waited for."""
    path = tmp_path_factory.mktemp("passwords") / "file"
    lines = [f"*:{it.hosts[0].port}:*:*:{it.password}" for it in (primary, standby)]
    path.write_text("\n".join(lines))
    path.chmod(0o600)
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            await (await connect(str(standby))).close()
        except (OSError, asyncpg.CannotConnectNowError):
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        else:
            return path


def reaching(passwords: Path, wanted: str, *ports: int) -> str:
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return (
        f"postgresql://postgres@{hosts}/postgres?passfile={passwords}&target_session_attrs={wanted}"
    )


async def port_reached(url: str, connect_seconds: float = 1) -> int:
    connection = await connect(url, connect_seconds=connect_seconds)
    try:
        return await connection.fetchval("SELECT inet_server_port()")
    finally:
        await connection.close()


async def test_a_host_that_is_down_is_passed_over(primary: DatabaseUrl, passwords: Path) -> None:
    port = primary.hosts[0].port
    url = reaching(passwords, "any", free_port(), port)
    assert await port_reached(url) == port
    engine = pool(url, 1)
    async with engine.connect() as connection:
        [found] = await connection.pipeline.run([Command("SELECT inet_server_port()")])
        assert int.from_bytes(found.get_value(0, 0) or b"") == port
    engine.dispose()


async def test_a_host_that_says_nothing_costs_its_own_time_alone(
    primary: DatabaseUrl, passwords: Path, silent: int
) -> None:
    port = primary.hosts[0].port
    began = time.monotonic()
    assert await port_reached(reaching(passwords, "any", silent, port), connect_seconds=1) == port
    assert 1 <= time.monotonic() - began < 3  # others are given three seconds


async def test_the_url_may_give_a_host_less_time(silent: int, passwords: Path) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await connect(f"{reaching(passwords, 'any', silent)}&connect_timeout=1")
    assert 1 <= time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("wanted", "order", "reached"),
    [
        ("read-write", "sp", "p"),
        ("primary", "sp", "p"),
        ("any", "sp", "s"),
        ("standby", "ps", "s"),
        ("read-only", "ps", "s"),
        ("prefer-standby", "ps", "s"),
        ("prefer-standby", "p", "p"),
    ],
)
async def test_a_host_of_another_kind_is_passed_over(
    primary: DatabaseUrl,
    standby: DatabaseUrl,
    passwords: Path,
    wanted: str,
    order: str,
    reached: str,
) -> None:
    ports = {"p": primary.hosts[0].port, "s": standby.hosts[0].port}
    url = reaching(passwords, wanted, *(ports[letter] for letter in order))
    assert await port_reached(url) == ports[reached]


async def test_no_host_of_the_kind_is_an_outage(standby: DatabaseUrl, passwords: Path) -> None:
    with pytest.raises(CONNECTION_ERRORS):
        await connect(reaching(passwords, "read-write", free_port(), standby.hosts[0].port))


async def test_a_wrong_password_is_not_tried_elsewhere(primary: DatabaseUrl) -> None:
    port = primary.hosts[0].port
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(
            f"postgresql://postgres:wrong@127.0.0.1:{port},127.0.0.1:{free_port()}/postgres"
        )


async def test_a_pool_tries_a_wrong_password_once(primary: DatabaseUrl) -> None:
    port = primary.hosts[0].port
    url = f"postgresql://postgres:wrong@127.0.0.1:{port},127.0.0.1:{free_port()}/postgres"
    lending = pool(url, 1)
    with pytest.raises(OperationalError) as caught:
        await lending.acquire()
    assert state_of(caught.value) == "28P01"  # of the first host; the second refuses connections
    assert lending.in_use == 0


async def test_a_full_server_and_one_that_is_away_are_distinguished(server: Server) -> None:
    owner = await connect(server.url("postgres"))
    url = str(read_database_url(server.url("postgres")).with_login("narrow", "narrow"))
    await owner.execute("CREATE ROLE narrow LOGIN PASSWORD 'narrow' CONNECTION LIMIT 1")
    lending = pool(url, 2)
    try:
        async with lending.connect():
            with pytest.raises(OperationalError) as caught:
                await lending.acquire()
        assert state_of(caught.value) == TOO_MANY_CONNECTIONS
    finally:
        lending.dispose()
        await owner.execute("DROP ROLE narrow")
        await owner.close()


async def test_the_session_begins_as_the_url_says(server: Server) -> None:
    url = f"{server.url('postgres')}?application_name=a%20keeper&options=-c%20work_mem%3D5MB"
    connection = await connect(url)
    try:
        answer = await connection.fetchrow(
            "SELECT current_setting('application_name'), current_setting('work_mem')"
        )
    finally:
        await connection.close()
    assert answer is not None
    assert [*answer] == ["a keeper", "5MB"]


async def test_instants_are_in_utc_whatever_the_server_says(server: Server) -> None:
    owner = await connect(server.url("postgres"))
    try:
        await owner.execute("ALTER ROLE postgres SET timezone = 'Asia/Jakarta'")
        lending = pool(f"{server.url('postgres')}?options=-c%20work_mem%3D5MB", 1)
        async with lending.connect() as connection:
            asked = [Command("SHOW timezone"), Command("SHOW work_mem")]
            found = await connection.pipeline.run(asked)
            assert [result.get_value(0, 0) for result in found] == [b"UTC", b"5MB"]
        lending.dispose()
    finally:
        await owner.execute("ALTER ROLE postgres RESET timezone")
        await owner.close()
