"""Statements of a read that are sent in one write share a transaction, and end as they should."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg import Error, OperationalError
from psycopg.pq.abc import PGresult
from sqlalchemy import Select, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Boolean, Date, DateTime, Integer, Text, Uuid

from gateway.access.rows import select_reachable_in_role, vouch_for
from gateway.access.transactions.begin import (
    Seal,
    TransactionLimits,
    TransactionStarts,
)
from gateway.access.transactions.prepared import Bound, Planning, PreparedStatement, prepare
from gateway.access.transactions.reading import ReadTransaction
from gateway.errors import ErrorCode, FieldError
from gateway.viewer import Viewer
from models import Application
from models.database import command_pipeline
from models.database.command_pipeline import Command
from models.database.connections import connect, pool
from models.database.pool import ConnectionPool
from models.row_security import login_at
from models.vocabulary import Role
from tests import tokens

pytestmark = pytest.mark.anyio

OFFICER = Viewer("officer", Role.OFFICER)
STARTS = TransactionStarts(
    Seal(tokens.SEAL_KEY, 60),
    TransactionLimits(statement_seconds=1, lock_seconds=1, idle_seconds=5),
)
#: Under these a statement that is not ended runs for longer than a test waits.
PATIENT_STARTS = TransactionStarts(
    Seal(tokens.SEAL_KEY, 60),
    TransactionLimits(statement_seconds=60, lock_seconds=60, idle_seconds=60),
)


def statement(selected: Select[Any], planning: Planning = Planning.BY_VALUES) -> PreparedStatement:
    return prepare(vouch_for(selected, "Application"), Role.OFFICER, planning)


def bound(selected: Select[Any], planning: Planning = Planning.BY_VALUES, **values: Any) -> Bound:
    prepared = statement(selected, planning)
    return Bound(prepared, prepared.arguments(OFFICER, values))


CASES = select_reachable_in_role("Application", Role.OFFICER, Application.reference.label("r"))
SNAPSHOT = bound(select(func.pg_current_snapshot().cast(Text)))
SLEEP = bound(select(func.pg_sleep(30).cast(Text)))
FAIL = bound(select(literal(1) / bindparam("by", type_=Integer)), by=0)
NUMBER = bound(select(bindparam("number", type_=Integer)), number=42)


@pytest.fixture
async def one_connection(world: str) -> AsyncIterator[ConnectionPool]:
    """The gateway's pool, of a single connection."""
    pooled = pool(login_at(world, tokens.PASSWORD), 1)
    yield pooled
    pooled.dispose()


@pytest.fixture
async def session(one_connection: ConnectionPool) -> AsyncIterator[ReadTransaction]:
    reading = ReadTransaction(one_connection, STARTS.for_reading(OFFICER))
    yield reading
    await reading.close()


async def assert_free(pool: ConnectionPool) -> None:
    """The only connection of the pool can be taken, with no transaction begun on it."""
    async with asyncio.timeout(3):
        connection = await pool.acquire()
    assert connection.is_usable
    pool.release(connection)


async def run(pool: ConnectionPool, command: str) -> PGresult:
    """Run a command past any transaction."""
    connection = await pool.acquire()
    (result,) = await connection.pipeline.run([Command(command)])
    pool.release(connection)
    return result


def texts(rows: Any) -> list[bytes | None]:
    return [rows.cell(row, 0) for row in range(rows.count)]


async def test_one_write_acts_as_the_viewer(session: ReadTransaction) -> None:
    rows, number = await session.read([bound(CASES), NUMBER])
    assert len(texts(rows)) == 13
    assert texts(number) == [(42).to_bytes(4)]
    assert rows.address
    assert session.statements == 2


async def test_all_reads_of_an_operation_share_a_snapshot(
    session: ReadTransaction, world: str
) -> None:
    (first,) = await session.read([SNAPSHOT])
    owner = await connect(world)
    await owner.execute("CREATE TABLE aside (); DROP TABLE aside")
    await owner.close()
    (second,) = await session.read([SNAPSHOT])
    [[(decoded,)], _] = await session.fetch(SNAPSHOT, NUMBER)
    (last,) = await session.read([SNAPSHOT], is_last=True)
    assert texts(first) == texts(second) == texts(last) == [decoded.encode()]


@pytest.mark.parametrize("has_begun", [False, True])
async def test_the_last_read_frees_its_connection(
    session: ReadTransaction, one_connection: ConnectionPool, has_begun: bool
) -> None:
    if has_begun:
        await session.read([NUMBER])
    await session.read([NUMBER], is_last=True)
    await assert_free(one_connection)


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("has_begun", [False, True])
async def test_after_a_failure_the_operation_reads_on(
    session: ReadTransaction, has_begun: bool, is_last: bool
) -> None:
    before = texts((await session.read([SNAPSHOT]))[0]) if has_begun else None
    with pytest.raises(FieldError) as caught:
        await session.read([NUMBER, FAIL, SLEEP], is_last=is_last)
    assert caught.value.code is ErrorCode.INVALID_INPUT
    (after,) = await session.read([SNAPSHOT])
    assert before is None or texts(after) == before


async def test_limits_hold_for_what_is_sent_with_them(session: ReadTransaction) -> None:
    with pytest.raises(FieldError) as caught:
        await session.read([SLEEP], is_last=True)
    assert caught.value.code is ErrorCode.TIMEOUT


async def test_each_statement_has_the_whole_time(session: ReadTransaction) -> None:
    some = bound(select(func.pg_sleep(0.6).cast(Text)))
    assert len(await session.read([some, some])) == 2


async def test_without_its_role_nothing_is_read(one_connection: ConnectionPool) -> None:
    """Where the beginning fails, what stands behind it does not run as the login."""
    start = STARTS.for_reading(OFFICER)
    refused = replace(start, settings={**start.settings, "role": "nobody"})
    session = ReadTransaction(one_connection, refused)
    kept_lock = bound(select(func.pg_advisory_lock(7).cast(Text)))  # no ROLLBACK undoes it
    with pytest.raises(FieldError):
        await session.read([kept_lock], is_last=True)
    await session.close()
    await assert_free(one_connection)
    locks = await run(one_connection, "SELECT FROM pg_locks WHERE locktype = 'advisory'")
    assert locks.ntuples == 0


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("has_begun", [False, True])
async def test_a_reader_that_is_cancelled_leaves_a_clean_connection(
    one_connection: ConnectionPool, has_begun: bool, is_last: bool
) -> None:
    await assert_free(one_connection)  # it is open
    session = ReadTransaction(one_connection, PATIENT_STARTS.for_reading(OFFICER))
    if has_begun:
        await session.read([NUMBER])
    reading = asyncio.ensure_future(session.read([NUMBER, SLEEP], is_last=is_last))
    await asyncio.sleep(0.2)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    async with asyncio.timeout(20):  # sooner than the statement would end by itself
        await session.close()
    assert one_connection.idle == 1  # it was cleaned, rather than closed
    await assert_free(one_connection)


async def test_a_connection_that_is_lost_while_it_is_drained_says_so(
    one_connection: ConnectionPool, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await one_connection.acquire()

    async def end_backend(_: float) -> None:
        owner = await connect(world)
        await owner.execute("SELECT pg_terminate_backend($1)", connection.backend)
        await owner.close()

    running = asyncio.ensure_future(connection.pipeline.run([Command("SELECT pg_sleep(30)")]))
    await asyncio.sleep(0.1)
    running.cancel()
    monkeypatch.setattr(connection.pipeline, "_cancel", end_backend)
    with pytest.raises(OperationalError):
        await connection.pipeline.drain(3)
    one_connection.discard(connection)


VALUES = {
    "a text": (Text(), "Ω 'quoted' \\ \"twice\""),
    "a number": (Integer(), -7),
    "a key": (Uuid(), UUID(int=7)),
    "a day": (Date(), date(2026, 2, 28)),
    "an instant": (DateTime(timezone=True), datetime(2026, 2, 28, 23, 59, 59, 7, tzinfo=UTC)),
    "a truth": (Boolean(), True),
    "a word": (Text(), Role.OFFICER),
    "nothing": (Text(), None),
    "several": (ARRAY(Text()), ["a", 'b"{},\\', None]),
    "several in a tuple": (ARRAY(Text()), ("a", "b")),
    "several keys": (ARRAY(Uuid()), [UUID(int=1), UUID(int=2)]),
    "several that need quotes": (ARRAY(Text()), ["", "NULL", "null", " a ", 'b"{},\\', "Ω\n'"]),
    "several words": (ARRAY(Text()), [Role.OFFICER, Role.APPLICANT, "a"]),
    "several numbers": (ARRAY(Integer()), [-7, 0]),
    "several instants": (ARRAY(DateTime(timezone=True)), [datetime(2026, 2, 28, tzinfo=UTC)]),
    "several truths": (ARRAY(Boolean()), (True, False)),
    "none of several": (ARRAY(Text()), []),
}


@pytest.mark.parametrize("name", VALUES)
async def test_values_come_back_as_they_went(session: ReadTransaction, name: str) -> None:
    type_, value = VALUES[name]
    [[(echoed,)]] = await session.fetch(bound(select(bindparam("it", type_=type_)), it=value))
    assert echoed == (list(value) if isinstance(value, tuple) else value)
    assert not isinstance(echoed, datetime) or echoed.tzinfo.utcoffset(None) == UTC.utcoffset(None)


async def test_a_text_is_never_cut_at_a_nul(session: ReadTransaction) -> None:
    for sent in ("cut\0off", ["cut\0off"]):
        type_ = Text() if isinstance(sent, str) else ARRAY(Text())
        with pytest.raises(FieldError) as caught:
            await session.read([bound(select(bindparam("it", type_=type_)), it=sent)])
        assert caught.value.code is ErrorCode.INVALID_INPUT


async def test_answers_and_questions_of_many_megabytes_pass(session: ReadTransaction) -> None:
    sent = "x" * 20_000_000
    echo = select(bindparam("it", type_=Text()), func.generate_series(1, 2))
    (rows,) = await session.read([bound(echo, it=sent)])
    assert [len(text or b"") for text in texts(rows)] == [len(sent)] * 2


async def test_prepared_statements_are_bounded(
    one_connection: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_pipeline, "MOST_PREPARED", 10)
    for _ in range(2):
        for width in range(1, 20):
            session = ReadTransaction(one_connection, STARTS.for_reading(OFFICER))
            values = select(*(literal(number) for number in range(width)))
            (rows,) = await session.read([bound(values)], is_last=True)
            assert rows.count == 1
            await session.close()
    result = await run(one_connection, "SELECT count(*) FROM pg_prepared_statements")
    assert int.from_bytes(result.get_value(0, 0) or b"") <= 12  # those of the last run come after


async def widths(one_connection: ConnectionPool, asked: PreparedStatement) -> list[int | None]:
    """How many columns each of two transactions reads, of which the first may fail."""
    found: list[int | None] = []
    for _ in range(2):
        session = ReadTransaction(one_connection, STARTS.for_reading(OFFICER))
        try:
            [rows] = await session.fetch(asked.bind(OFFICER))
            found.append(len(rows[0]))
        except Error:
            found.append(None)
        await session.close()
    return found


async def test_a_statement_whose_result_has_changed_is_prepared_anew(
    one_connection: ConnectionPool, world: str
) -> None:
    asked = PreparedStatement("SELECT * FROM shifting", Planning.BY_VALUES, (), {})
    owner = await connect(world)
    await owner.execute(
        "CREATE TABLE shifting AS SELECT 1 AS a; GRANT SELECT ON shifting TO PUBLIC"
    )
    try:
        assert await widths(one_connection, asked) == [1, 1]
        await owner.execute("ALTER TABLE shifting ADD COLUMN b int")
        assert await widths(one_connection, asked) == [None, 2]
    finally:
        await owner.execute("DROP TABLE shifting")
        await owner.close()


async def test_the_database_plans_a_statement_once_where_it_says_so(
    one_connection: ConnectionPool,
) -> None:
    dearer = CASES.where(Application.fee_idr >= bindparam("fee"))
    other = CASES.where(Application.fee_idr < bindparam("fee"))
    for number in range(2):
        reading = ReadTransaction(one_connection, STARTS.for_reading(OFFICER))
        by_values = bound(other, fee=-number)
        once = bound(dearer, Planning.ONCE, fee=-number)
        rows = await reading.read([by_values, once, by_values], is_last=True)
        assert [len(texts(of)) for of in rows] == [0, 12, 0]
    plans = await run(
        one_connection,
        "SELECT custom_plans::int, generic_plans::int FROM pg_prepared_statements"
        " WHERE statement LIKE 'SELECT%fee_idr%OFFICER%' ORDER BY statement",
    )
    counted = [[plans.get_value(row, column) for column in (0, 1)] for row in range(2)]
    assert counted == [[(4).to_bytes(4), bytes(4)], [bytes(4), (2).to_bytes(4)]]


async def test_a_failure_is_of_the_statement_that_failed_however_it_was_planned(
    session: ReadTransaction,
) -> None:
    once = bound(select(bindparam("number", type_=Integer)), Planning.ONCE, number=1)
    with pytest.raises(FieldError):
        await session.read([once, NUMBER, once, FAIL])
    assert session.completed == 3
    (again,) = await session.read([once], is_last=True)
    assert texts(again) == [(1).to_bytes(4)]
