"""What a page of 50 costs on each driver, in a transaction with limits, a role and a sealed viewer.

In three measures: the wall clock, the processor of this process, and the database's besides.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter, process_time
from typing import Any

import asyncpg
import psycopg
from sqlalchemy import select

from bench.measuring import processor_clock, show_table, side_by_side
from bench.world import SEAL_KEY, world
from gateway.access.rows import select_reachable_in_role
from gateway.access.transactions.begin import (
    Seal,
    TransactionLimits,
    TransactionStart,
    TransactionStarts,
)
from gateway.access.transactions.prepared import PreparedStatement, prepare
from gateway.access.transactions.reading import BEGIN, ReadTransaction
from gateway.mapping.catalogue import Catalogue
from gateway.row_security.grants import columns_read
from gateway.schema.build import build_schema
from gateway.viewer import Viewer
from models import Application
from models.database.command_pipeline import Command
from models.database.connections import connect, pool
from models.database.pipelined_connection import PipelinedConnection
from models.database.pool import ConnectionPool
from models.row_security import login_at
from models.vocabulary import Role

_OFFICER = Viewer("officer", Role.OFFICER)
_LIMITS = TransactionLimits(statement_seconds=10, lock_seconds=3, idle_seconds=15)
_PAGE = 50

Action = Callable[[], Awaitable[object]]


async def measure(applications: int, rounds: int) -> None:
    """Print what a page costs each way."""
    async with world(applications) as owner, _contenders(login_at(owner, "bench")) as contenders:
        for name, action in contenders.items():
            assert await action() == _PAGE, name
        clocks = {
            "wall": perf_counter,
            "gateway's processor": process_time,
            "both processors": await processor_clock(owner),
        }
        measured = {
            name: await side_by_side(contenders, rounds, clock) for name, clock in clocks.items()
        }
    show_table(
        "50 applications with their transaction, on one connection, in µs",
        ("page", *clocks),
        [
            (name, *(f"{1e6 * seconds[name]:,.0f}" for seconds in measured.values()))
            for name in contenders
        ],
    )


@asynccontextmanager
async def _contenders(url: str) -> AsyncIterator[dict[str, Action]]:
    start = TransactionStarts(Seal(SEAL_KEY, 3_600), _LIMITS).for_reading(_OFFICER)
    page = _page()
    lending = pool(url, 1)
    lent = await lending.acquire()
    ours = await connect(url)
    theirs = await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=0)
    other = pool(url, 1)
    try:
        yield {
            "the gateway's transaction, one write": partial(_read, other, start, page),
            "the gateway's transaction, rows decoded": partial(_fetch, other, start, page),
            "commands in one write": partial(_in_one_write, lent, start, page),
            "asyncpg, preamble in one round trip": partial(_asyncpg, ours, start, page),
            "psycopg, pipeline of cursors": partial(_psycopg, theirs, start, page),
        }
    finally:
        await theirs.close()
        await ours.close()
        lending.release(lent)
        lending.dispose()
        other.dispose()


def _page() -> PreparedStatement:
    may_read = columns_read(Catalogue(build_schema()), Role.OFFICER)[Application.__tablename__]
    columns = [
        column.label(name)
        for name, column in select(Application).selected_columns.items()
        if name in may_read
    ][:15]
    newest = select_reachable_in_role("Application", Role.OFFICER, *columns)
    newest = newest.order_by(Application.submitted_at.desc(), Application.id.desc()).limit(_PAGE)
    return prepare(newest, Role.OFFICER)


async def _read(lending: ConnectionPool, start: TransactionStart, page: PreparedStatement) -> int:
    reading = ReadTransaction(lending, start)
    (rows,) = await reading.read([page.bind(_OFFICER)], is_last=True)
    await reading.close()
    return rows.count


async def _fetch(lending: ConnectionPool, start: TransactionStart, page: PreparedStatement) -> int:
    reading = ReadTransaction(lending, start)
    [rows] = await reading.fetch(page.bind(_OFFICER))
    await reading.close()
    return len(rows)


async def _in_one_write(
    connection: PipelinedConnection, start: TransactionStart, page: PreparedStatement
) -> int:
    """Without the gateway's own bookkeeping around it."""
    opening = start.commands(BEGIN, connection.backend)
    read = Command(page.text, page.arguments(_OFFICER, {}))
    *_, rows, _ = await connection.pipeline.run([*opening, read, Command("ROLLBACK")])
    return rows.ntuples


async def _asyncpg(
    connection: asyncpg.Connection, start: TransactionStart, page: PreparedStatement
) -> int:
    assert start.seal
    preamble = [f"SET LOCAL {name} = '{value}'" for name, value in start.settings.items()]
    authenticate = f"SELECT viewer.authenticate('{start.seal(None)}')"
    await connection.execute("; ".join((BEGIN, authenticate, *preamble)))
    rows = await connection.fetch(page.text, *page.arguments(_OFFICER, {}))
    await connection.execute("ROLLBACK")
    return len(rows)


async def _psycopg(
    connection: psycopg.AsyncConnection[Any], start: TransactionStart, page: PreparedStatement
) -> int:
    """Ends with COMMIT: psycopg forgets its prepared statements at every ROLLBACK."""
    text, arguments = page.text, page.arguments(_OFFICER, {})
    begin, acting = start.commands(BEGIN, None)
    cursor = psycopg.AsyncRawCursor(connection)
    async with connection.pipeline():
        await connection.execute(begin.text.encode())
        await psycopg.AsyncRawCursor(connection).execute(acting.text.encode(), acting.arguments)
        await cursor.execute(text.encode(), arguments, binary=True)
        await connection.execute("COMMIT")
        return len(await cursor.fetchall())
