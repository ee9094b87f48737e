"""An operation that is given up leaves nothing behind: no statement, no connection."""

import asyncio

import pytest
from sqlalchemy import Integer, column, func, literal, select

from gateway.access.transactions.begin import TransactionLimits, TransactionStart
from gateway.access.transactions.prepared import bind_for
from gateway.access.transactions.reading import ReadTransaction
from gateway.errors import ErrorCode, FieldError
from gateway.viewer import ANONYMOUS
from models.database.connections import connect, pool
from tests.acting import set_locally
from tests.free_ports import free_port

pytestmark = pytest.mark.anyio

AS_WHO_LOGS_IN = TransactionStart({})
SLEEP = bind_for(ANONYMOUS, "Country", select(func.pg_sleep(30)))
RUNNING = bind_for(
    ANONYMOUS,
    "Country",
    select(func.count()).select_from(
        select(column("pid", Integer))
        .select_from(func.pg_stat_get_activity(None).table_valued("pid", "query", "state"))
        .where(column("state") == "active", column("query").like("%pg_sleep%"))
        .where(column("pid") != func.pg_backend_pid())
        .subquery()
    ),
)


async def _running(url: str) -> int:
    engine = pool(url, 1)
    watching = ReadTransaction(engine, AS_WHO_LOGS_IN)
    try:
        [[(count,)]] = await watching.fetch(RUNNING)
        return count
    finally:
        await watching.close()
        engine.dispose()


async def test_closing_a_session_cancels_the_statement_that_runs(database: str) -> None:
    engine = pool(database, 1)
    session = ReadTransaction(engine, AS_WHO_LOGS_IN)
    orphan = asyncio.ensure_future(session.fetch(SLEEP))
    while not await _running(database):  # noqa: ASYNC110  only the database can tell
        await asyncio.sleep(0.02)

    async with asyncio.timeout(5):
        await session.close()

    assert await asyncio.gather(orphan, return_exceptions=True) != [None]
    assert await _running(database) == 0
    async with asyncio.timeout(5), engine.connect():
        pass  # the only connection of the pool is free again
    engine.dispose()


async def test_a_field_that_is_given_up_leaves_the_others_their_connection(database: str) -> None:
    engine = pool(database, 1)
    session = ReadTransaction(engine, AS_WHO_LOGS_IN)
    nap = bind_for(ANONYMOUS, "Country", select(func.pg_sleep(0.3)))
    given_up = asyncio.ensure_future(session.fetch(nap))
    while not await _running(database):  # noqa: ASYNC110  only the database can tell
        await asyncio.sleep(0.02)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)

    [[(answer,)]] = await session.fetch(bind_for(ANONYMOUS, "Country", select(literal(1))))

    assert (given_up.cancelled(), answer) == (True, 1)
    await session.close()
    engine.dispose()


async def test_a_session_that_is_over_runs_nothing_more(database: str) -> None:
    engine = pool(database, 1)
    session = ReadTransaction(engine, AS_WHO_LOGS_IN)
    await session.close()
    with pytest.raises(asyncio.CancelledError):
        await session.fetch(SLEEP)
    assert session.statements == 0
    engine.dispose()


async def test_a_database_that_is_away_is_answered_unavailable() -> None:
    engine = pool(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing", 1)
    session = ReadTransaction(engine, AS_WHO_LOGS_IN)
    with pytest.raises(FieldError) as found:
        await session.fetch(SLEEP)
    assert found.value.code is ErrorCode.UNAVAILABLE
    await session.close()


def test_each_limit_is_a_setting_of_the_database_in_milliseconds() -> None:
    limits = TransactionLimits(statement_seconds=2, lock_seconds=0.5, idle_seconds=9)
    assert limits.settings() == {
        "statement_timeout": "2000",
        "lock_timeout": "500",
        "idle_in_transaction_session_timeout": "9000",
        "client_connection_check_interval": "1000",
    }


async def test_the_database_ends_what_a_process_that_died_had_asked(database: str) -> None:
    dying = await connect(database)
    limits = TransactionLimits(statement_seconds=60, lock_seconds=60, idle_seconds=60)
    await dying.execute(f"BEGIN; {set_locally(limits.settings())}")
    orphan = asyncio.ensure_future(dying.execute("SELECT pg_sleep(30)"))
    while not await _running(database):  # noqa: ASYNC110  only the database can tell
        await asyncio.sleep(0.02)
    dying.terminate()  # closes the socket, and says nothing, as a kill -9 would
    async with asyncio.timeout(5):
        while await _running(database):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.gather(orphan, return_exceptions=True)
