"""A temporary PostgreSQL with a synthetic world, for the duration of a measurement."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from models.database.connections import connected
from models.key_service import KeyService
from models.key_service.preparing import prepare_store
from models.migrations import migrate
from models.postgres import Server, temporary_postgres
from models.row_security import login_at
from models.synthetic import Scale, Summary, synthesise

#: The key that the benches' databases trust: see `gateway.access.transactions.begin`.
SEAL_KEY = bytes(range(32))
#: Writes are as durable as those of a production server.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def server(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    with temporary_postgres(settings=DURABLE | dict(settings or {})) as running:
        yield running


@asynccontextmanager
async def world(
    applications: int, settings: Mapping[str, str] | None = None, *, months: int = 24
) -> AsyncIterator[str]:
    """The URL of a database with a world of ``applications`` applications."""
    with server(settings) as running:
        url = running.url("bench")
        await load(url, applications, months=months)
        yield url


@asynccontextmanager
async def copy_of(url: str) -> AsyncIterator[str]:
    """The URL of a copy, on the same server, of a database that nobody is connected to."""
    server, _, name = url.rpartition("/")
    async with connected(f"{server}/postgres") as connection:
        await connection.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        yield f"{url}_copy"


async def settle(url: str) -> None:
    """Finish what loading a world has left to its database to do later."""
    async with connected(url) as connection:
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")


async def prepare(url: str) -> None:
    """Make the tables."""
    await migrate(url, gateway_url=login_at(url, "bench"), seal_keys=(SEAL_KEY,))


async def prepare_keys(url: str) -> str:
    """The URL of a new store of data keys, on the server of a URL."""
    server, _, _ = url.rpartition("/")
    async with connected(f"{server}/postgres") as connection:
        await connection.execute("CREATE DATABASE keys")
    await prepare_store(f"{server}/keys", f"{server}/keys")
    return f"{server}/keys"


async def load(
    url: str, applications: int, keys: KeyService | None = None, *, months: int = 24
) -> Summary:
    """Load months of applications through partners, up to now; with keys, sealed and linked."""
    await prepare(url)
    return await synthesise(
        url, applications=applications, months=months, seed=1, scale=Scale.PARTNER, keys=keys
    )
