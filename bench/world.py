"""A PostgreSQL of its own with a synthetic world in it, for the time of a measurement."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from models.migrations import migrate
from models.postgres import Server, temporary_postgres
from models.synthetic import Scale, Summary, synthesise

#: As careful with the disk as a server that keeps its data.
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def server() -> Iterator[Server]:
    with temporary_postgres(settings=_DURABLE) as running:
        yield running


@asynccontextmanager
async def world(applications: int) -> AsyncIterator[str]:
    """The address of a database with a world of so many applications."""
    with server() as running:
        url = running.url("bench")
        await load(url, applications)
        yield url


async def load(url: str, applications: int) -> Summary:
    """Two years of the partners' channels, up to now."""
    await migrate(url)
    return await synthesise(url, applications=applications, months=24, seed=1, scale=Scale.PARTNER)
