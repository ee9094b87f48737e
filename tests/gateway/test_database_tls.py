"""Every connection of the product verifies the database's certificate, by one form of URL."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from ssl import SSLCertVerificationError as CertificateError

import asyncpg
import pytest

from gateway.access.rows import Topic
from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.access.transactions.change_horizon import ChangeHorizon
from gateway.cli.database_errors import DatabaseError, explain_database_errors
from gateway.doctor import examine
from models.database.connections import CONNECTION_ERRORS, connect, pool
from models.jobs.scheduler import run_repeatedly
from models.migrations import current_and_newest, migrate
from models.postgres import PostgresError
from models.row_security import login_at
from tests import tokens
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.populating import small_world
from tests.tls_postgres import CERTIFICATES, PASSWORDS, TlsServer, tls_postgres, with_tls_postgres

pytestmark = [pytest.mark.anyio, with_tls_postgres]

#: Longer than a handshake takes; after it, whoever tries again and again has failed.
SECONDS = 5.0


@pytest.fixture(scope="module")
def tls() -> Iterator[TlsServer]:
    try:
        with tls_postgres() as running:
            running.server.url("visa")
            yield running
    except PostgresError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module", autouse=True)
async def _migrated(tls: TlsServer) -> None:
    """Migrating is one of the connections that are tested."""
    owner = tls.url("visa")
    gateway_url = login_at(owner, tokens.PASSWORD)
    await migrate(owner, gateway_url=gateway_url, seal_keys=(tokens.SEAL_KEY,))
    await small_world(owner)


@pytest.fixture
async def restored(tls: TlsServer) -> AsyncIterator[TlsServer]:
    """The server, for tests that let it present other certificates, or ask for some."""
    yield tls
    await tls.lets_in(PASSWORDS)
    await tls.presents(*tls.authority.sign("server", "localhost"))


async def over_http(owner: str) -> None:
    """The pool of requests, and the probe of readiness."""
    async with running_gateway(tokens.settings(owner)) as app, InProcessClient(app) as client:
        ready = await client.get("/health/ready")
        answer = await client.post(
            "/graphql",
            json={"query": "{ applications(first: 1) { nodes { reference } } }"},
            headers=tokens.bearer("OFFICER"),
        )
    assert ready.is_success == answer.is_success
    if not ready.is_success:
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        raise ConnectionError
    assert answer.json()["data"]["applications"]["nodes"]


async def listening(owner: str) -> None:
    url = login_at(owner, tokens.PASSWORD)
    engine = pool(url, 1)
    try:
        starts = TransactionStarts(Seal(tokens.SEAL_KEY, 60), TransactionLimits(9, 9, 9))
        async with ChangeHorizon(url, engine, starts.for_the_gateway()) as horizon:
            deadline = asyncio.get_running_loop().time() + SECONDS
            settled = await horizon.concerned(0, [Topic("Alert")], deadline)
            if settled.since == settled.below:
                raise TimeoutError
    finally:
        engine.dispose()


async def keeping(owner: str) -> None:
    stop = asyncio.Event()

    async def a_batch(connection: asyncpg.Connection) -> int:
        stop.set()
        return 0

    job = asyncio.create_task(run_repeatedly(a_batch, owner, stop, every=0.2))
    try:
        await asyncio.wait_for(stop.wait(), SECONDS)
    finally:
        stop.set()
        await job


async def migrating(owner: str) -> None:
    revision, newest = await current_and_newest(owner)
    assert revision == newest


async def examining(owner: str) -> None:
    found = [finding.what for finding in await examine(tokens.settings(owner))]
    away = [what for what in found if "log in to the database" in what]
    assert len(away) in (0, 2)
    if away:
        raise ConnectionError(*away)


async def in_bulk(owner: str) -> None:
    """The connection of `gerbang synthesise` and `gerbang volumes`."""
    connection = await connect(owner)
    try:
        is_encrypted = await connection.fetchval(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        )
        assert is_encrypted
    finally:
        await connection.close()


Way = Callable[[str], Awaitable[None]]
WAYS: tuple[Way, ...] = (over_http, listening, keeping, migrating, examining, in_bulk)
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@every_way
async def test_a_verified_database_is_spoken_to(tls: TlsServer, way: Way) -> None:
    await way(tls.url("visa"))


@every_way
async def test_a_database_that_another_authority_signed_for_is_not(
    tls: TlsServer, way: Way, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.SECONDS", 1.0)
    url = tls.url("visa", sslrootcert=str(tls.stranger.file))
    with caplog.at_level(logging.CRITICAL), pytest.raises(CONNECTION_ERRORS):
        await way(url)


def test_a_command_says_that_the_certificate_is_not_trusted(tls: TlsServer) -> None:
    url = tls.url("visa", sslrootcert=str(tls.stranger.file))
    with (
        pytest.raises(
            DatabaseError, match=r"certificate that cannot be trusted.*OWNER_URL"
        ) as found,
        explain_database_errors("GERBANG_OWNER_URL"),
    ):
        asyncio.run(migrating(url))
    assert not found.value.may_pass


async def refusal(url: str) -> type[BaseException] | None:
    """What keeps from connecting there, if anything does."""
    try:
        connection = await connect(url)
    except CONNECTION_ERRORS as error:
        return type(error)
    await connection.close()
    return None


async def test_another_hosts_certificate_is_refused(restored: TlsServer) -> None:
    await restored.presents(*restored.authority.sign("server", "another.example"))
    assert await refusal(restored.url("visa")) is CertificateError
    # That name is what verify-full looks at beyond verify-ca.
    assert await refusal(restored.url("visa", sslmode="verify-ca")) is None


async def test_an_expired_certificate_is_refused(restored: TlsServer) -> None:
    await restored.presents(*restored.authority.sign("server", "localhost", days=-1))
    for mode in ("verify-full", "verify-ca"):
        assert await refusal(restored.url("visa", sslmode=mode)) is CertificateError


async def test_a_database_without_tls_is_refused(server_without_tls: str) -> None:
    assert await refusal(server_without_tls) is ConnectionError


@pytest.fixture
def server_without_tls(tls: TlsServer, database: str) -> str:
    """The wheel's PostgreSQL, which cannot speak TLS."""
    return f"{database}?sslmode=verify-full&sslrootcert={tls.authority.file}"


@pytest.mark.parametrize("password", [None, "of the key"])
async def test_a_client_certificate_is_shown_where_it_is_asked_for(
    restored: TlsServer, password: str | None
) -> None:
    await restored.lets_in(CERTIFICATES)
    assert await refusal(restored.url("visa"))
    for signer, is_refused in ((restored.stranger, True), (restored.authority, False)):
        certificate, key = signer.sign("postgres", password=password and password.encode())
        shown = {
            "sslcert": restored.folder / "client.crt",
            "sslkey": restored.folder / "client.key",
        }
        shown["sslcert"].write_bytes(certificate)
        shown["sslkey"].write_bytes(key)
        shown["sslkey"].chmod(0o600)  # libpq takes no key that others can read
        more = {"sslpassword": password.replace(" ", "%20")} if password else {}
        url = restored.url("visa", **{name: str(path) for name, path in shown.items()}, **more)
        assert (await refusal(url) is not None) == is_refused
    for way in (over_http, migrating):
        await way(url)


async def test_tls_from_the_first_byte(tls: TlsServer) -> None:
    await in_bulk(tls.url("visa", sslnegotiation="direct"))
