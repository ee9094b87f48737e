"""A database that stops answering is given up after one long round trip, at every turn.

No limit of the database helps here: it would be the database that keeps it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import literal, select

from gateway.access.transactions.begin import ROUND_TRIP_SECONDS, TransactionStart
from gateway.access.transactions.prepared import Planning, PreparedStatement, bind_for
from gateway.access.transactions.reading import ReadTransaction
from gateway.access.transactions.writing import begin_writing
from gateway.errors import ErrorCode, FieldError
from gateway.viewer import Viewer
from models.database.connections import connect, pool
from models.database.pool import ConnectionPool
from models.vocabulary import Role
from tests.gateway.surviving.databases import own_database
from tests.gateway.surviving.relay import relayed

pytestmark = pytest.mark.anyio

AS_WHO_LOGS_IN = TransactionStart({})
OFFICER = Viewer("officer", Role.OFFICER)
ONE = bind_for(OFFICER, "Country", select(literal(1)))

_WAITS_FOR_REPLICA = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
_IS_NOTED = "SELECT count(*) FROM noted"


class _PlantedError(Exception):
    pass


async def _read(engine: ConnectionPool) -> None:
    reading = ReadTransaction(engine, AS_WHO_LOGS_IN)
    assert await reading.fetch(ONE) == [[(1,)]]
    await reading.close()


async def _read_in_one_write(engine: ConnectionPool) -> None:
    reading = ReadTransaction(engine, AS_WHO_LOGS_IN)
    (rows,) = await reading.read(
        [PreparedStatement("SELECT 1", Planning.ONCE, (), {}).bind(OFFICER)], is_last=True
    )
    assert rows.count == 1
    await reading.close()


async def _write(engine: ConnectionPool) -> None:
    async with begin_writing(engine, OFFICER, AS_WHO_LOGS_IN) as writing:
        assert await writing.fetch(ONE) == [[(1,)]]


async def _write_in_vain(engine: ConnectionPool) -> None:
    async with begin_writing(engine, OFFICER, AS_WHO_LOGS_IN) as writing:
        await writing.fetch(ONE)
        raise _PlantedError


#: What is done, the word that goes unanswered, and what comes of it.
TURNS: dict[str, tuple[Callable[[ConnectionPool], Awaitable[None]], bytes, type | ErrorCode | None]]
TURNS = {
    "a read begins": (_read, b"BEGIN_", None),  # once more, on another connection
    "a read of one write": (_read_in_one_write, b"BEGIN_", None),
    "a read ends": (_read, b"ROLLBACK_", None),
    "a change begins": (_write, b"BEGIN_", None),
    "a change is kept": (_write, b"COMMIT_", ErrorCode.UNAVAILABLE),
    "a change is undone": (_write_in_vain, b"ROLLBACK_", _PlantedError),
}


async def _outcome(turn: Awaitable[None]) -> type | ErrorCode | None:
    try:
        await turn
    except FieldError as error:
        return error.code
    except _PlantedError as error:
        return type(error)
    return None


async def _seconds_without_an_answer(url: str, name: str) -> float:
    """How long a turn takes; afterwards its pool, of one connection, works as before."""
    run, word, expected = TURNS[name]
    async with relayed(url) as (relay, by_relay):
        engine = pool(by_relay, 1)
        try:
            await _read(engine)  # the connection is there
            await asyncio.sleep(1.1)  # one that was silent for a second may have died
            relay.word = word
            began = time.monotonic()
            async with asyncio.timeout(ROUND_TRIP_SECONDS + 10):
                assert await _outcome(run(engine)) == expected, name
            seconds = time.monotonic() - began
            assert relay.silenced == 1, name
            async with asyncio.timeout(ROUND_TRIP_SECONDS):
                await _read(engine)
            return seconds
        finally:
            await relay.close()  # whatever waits for ever, waits no longer
            engine.dispose()


async def test_nobody_waits_for_a_database_that_does_not_answer(database: str) -> None:
    """All turns at once, since each waits."""
    waited = await asyncio.gather(*(_seconds_without_an_answer(database, name) for name in TURNS))
    for name, seconds in zip(TURNS, waited, strict=True):
        assert 0.9 * ROUND_TRIP_SECONDS < seconds < ROUND_TRIP_SECONDS + 5, name


async def test_a_commit_that_waits_for_its_replica_is_not_cut_short(migrated_folder: Path) -> None:
    """Nobody who asks again sees it before the replica has it."""
    with own_database(migrated_folder, {"synchronous_commit": "on"}) as database:
        owner = await connect(database.url())
        await owner.execute("CREATE TABLE noted (text text)")
        await owner.execute("ALTER SYSTEM SET synchronous_standby_names = 'away'")
        await owner.execute("SELECT pg_reload_conf()")
        engine = pool(database.url(), 1)
        writing = asyncio.create_task(_note(engine))
        await _until(owner, _WAITS_FOR_REPLICA)
        writing.cancel()  # the client hangs up
        await asyncio.gather(writing, return_exceptions=True)
        await asyncio.sleep(0.5)  # as long as a cancelled commit would take, many times
        assert await owner.fetchval(_WAITS_FOR_REPLICA)
        assert not await owner.fetchval(_IS_NOTED)
        await owner.execute("ALTER SYSTEM RESET synchronous_standby_names")
        await owner.execute("SELECT pg_reload_conf()")
        await _until(owner, _IS_NOTED)
        engine.dispose()
        await owner.close()


async def _note(engine: ConnectionPool) -> None:
    insert = PreparedStatement("INSERT INTO noted VALUES ('one')", Planning.ONCE, (), {})
    async with begin_writing(engine, OFFICER, AS_WHO_LOGS_IN) as transaction:
        await transaction.fetch(insert.bind(OFFICER))


async def _until(owner: asyncpg.Connection, is_so: str) -> None:
    async with asyncio.timeout(10):
        while not await owner.fetchval(is_so):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
