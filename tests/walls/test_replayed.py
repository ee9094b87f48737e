"""A context that was captured is of no use to whoever captured it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from gateway.access.rows import select_reachable_in_role
from gateway.access.transactions.begin import Seal, TransactionStart
from gateway.access.transactions.prepared import prepare
from gateway.access.transactions.reading import ReadTransaction
from gateway.viewer import Viewer
from models import Application
from models.database.connections import connect, pool
from models.row_security import database_role, login_at
from models.vocabulary import Role
from tests import tokens
from tests.acting import act_by
from tests.walls.pooler import answers, pgbouncer, with_pgbouncer

pytestmark = pytest.mark.anyio

SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
ROLE = database_role(SUPERVISOR.role)
ROWS = prepare(
    select_reachable_in_role("Application", SUPERVISOR.role, Application.id), SUPERVISOR.role
).bind(SUPERVISOR)
COUNT = "SELECT count(*) FROM (SELECT id FROM application) AS reached"


@asynccontextmanager
async def captured(url: str) -> AsyncIterator[tuple[ReadTransaction, str]]:
    """A session of the gateway's with its transaction under way, and what it began with."""
    engine, contexts = pool(url, 1), list[str]()

    def seal(backend: int | None) -> str:
        contexts.append(Seal(tokens.SEAL_KEY, 60).seal(SUPERVISOR, backend))
        return contexts[0]

    session = ReadTransaction(engine, TransactionStart({"role": ROLE}, seal))
    try:
        assert len((await session.fetch(ROWS))[0]) == 13
        yield session, act_by(contexts[0], {"role": ROLE})
    finally:
        await session.close()
        engine.dispose()


async def test_a_context_is_not_believed_on_another_connection(world: str) -> None:
    login = login_at(world, tokens.PASSWORD)
    attacker = await connect(login)
    try:
        async with captured(login) as (session, text):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="another transaction"):
                await attacker.execute(f"BEGIN; {text}; {COUNT}")
            assert len((await session.fetch(ROWS))[0]) == 13
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="another transaction"):
            await attacker.execute(f"ROLLBACK; BEGIN; {text}; {COUNT}")
    finally:
        await attacker.close()


async def test_a_connection_knows_its_backend(world: str) -> None:
    assert await _backend(login_at(world, tokens.PASSWORD))


@with_pgbouncer
async def test_a_connection_of_a_pooler_knows_that_it_has_none(world: str) -> None:
    with pgbouncer(login_at(world, tokens.PASSWORD), size=2, prepared_statements=200) as url:
        await answers(url)
        assert await _backend(url) is None


async def _backend(url: str) -> int | None:
    engine = pool(url, 1)
    try:
        async with engine.connect() as connection:
            return connection.backend
    finally:
        engine.dispose()
