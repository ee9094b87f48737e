"""A request leaves nothing in the connection it used, however it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from asyncpg import InsufficientPrivilegeError
from sqlalchemy import bindparam, func, literal, select

from gateway.access.rows import reachable_in_role
from gateway.access.transactions.begin import Seal, TransactionLimits, TransactionStarts
from gateway.access.transactions.prepared import bind_for, decode_records
from gateway.access.transactions.reading import ReadTransaction
from gateway.errors import FieldError
from gateway.viewer import Viewer
from models import Application
from models.database.command_pipeline import Command, CommandPipeline
from models.database.connections import connect, pool
from models.database.pool import ConnectionPool
from models.row_security import login_at
from models.vocabulary import Role
from tests import tokens
from tests.acting import act_by

pytestmark = pytest.mark.anyio

SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
STARTS = TransactionStarts(
    Seal(tokens.SEAL_KEY, 60),
    TransactionLimits(statement_seconds=1, lock_seconds=1, idle_seconds=5),
)
IN_REACH = reachable_in_role("Application", Role.SUPERVISOR)
ROWS = bind_for(SUPERVISOR, "Application", select(Application.id).where(IN_REACH))
SLEEP = bind_for(SUPERVISOR, "Application", select(func.pg_sleep(30)))
BROKEN = bind_for(
    SUPERVISOR, "Application", select(literal(1) / func.length(bindparam("none", "")))
)

#: All that could outlast a transaction: settings, the role, locks, statements' tables, listeners.
_STATE = """
    SELECT current_user, session_user, current_setting('backtrace_functions') AS viewer,
        ARRAY(SELECT name || '=' || setting FROM pg_settings
            WHERE source = 'session' AND name <> 'application_name' ORDER BY 1) AS settings,
        ARRAY(SELECT mode || locktype FROM pg_locks
            WHERE pid = pg_backend_pid() AND locktype NOT IN ('virtualxid', 'relation')) AS locks,
        ARRAY(SELECT relname FROM pg_class WHERE relpersistence = 't') AS temporary,
        ARRAY(SELECT name FROM pg_cursors WHERE is_holdable) AS cursors,
        ARRAY(SELECT pg_listening_channels()) AS channels
"""


async def read_whole(session: ReadTransaction) -> None:
    [rows] = await session.fetch(ROWS)
    assert len(rows) == 13


async def cancel_query(session: ReadTransaction) -> None:
    running = asyncio.ensure_future(session.fetch(SLEEP))
    await asyncio.sleep(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def close_in_the_middle(session: ReadTransaction) -> None:
    running = asyncio.ensure_future(session.fetch(SLEEP))
    await asyncio.sleep(0.1)
    await session.close()
    await asyncio.gather(running, return_exceptions=True)


async def time_out(session: ReadTransaction) -> None:
    with pytest.raises(FieldError, match="too long"):
        await session.fetch(SLEEP)


async def fail_query(session: ReadTransaction) -> None:
    with pytest.raises(FieldError):
        await session.fetch(BROKEN)


async def do_nothing(_session: ReadTransaction) -> None:
    """Closed before any statement."""


ENDS = (read_whole, cancel_query, close_in_the_middle, time_out, fail_query, do_nothing)


@pytest.fixture
async def one_connection(world: str) -> AsyncIterator[ConnectionPool]:
    """The gateway's pool, of a single connection."""
    engine = pool(login_at(world, tokens.PASSWORD), 1)
    yield engine
    engine.dispose()


async def state(engine: ConnectionPool) -> dict[str, Any]:
    async with engine.connect() as connection:
        return await state_of(connection.pipeline)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_a_request_leaves_nothing_behind(
    one_connection: ConnectionPool, end: Callable[[ReadTransaction], Awaitable[None]]
) -> None:
    fresh = await state(one_connection)
    session = ReadTransaction(one_connection, STARTS.for_reading(SUPERVISOR))
    try:
        await end(session)
    finally:
        await session.close()
    assert await state(one_connection) == fresh


PLANTED = (
    "SET work_mem = '1MB'",
    "SET ROLE gerbang_officer",
    "LISTEN aside",
    "SELECT pg_advisory_lock(1)",
)
_UNDONE = ("RESET ALL", "RESET ROLE", "UNLISTEN *", "SELECT pg_advisory_unlock_all()")


async def test_a_setting_that_stayed_would_be_seen(one_connection: ConnectionPool) -> None:
    fresh = await state(one_connection)
    async with one_connection.connect() as connection:
        for planted in PLANTED:
            await connection.pipeline.run([Command(planted)])
            assert await state_of(connection.pipeline) != fresh, planted
            await connection.pipeline.run([Command(undoing) for undoing in _UNDONE])


async def state_of(pipeline: CommandPipeline) -> dict[str, Any]:
    [result] = await pipeline.run([Command(_STATE)])
    [row] = decode_records(result)
    return dict(zip(row.labels, row, strict=True))


# --- What others are shown -----------------------------------------------------------------------

_SHOWN = "SELECT string_agg(query, ' ') FROM pg_stat_get_activity(NULL) WHERE query <> ''"
_WAYS_TO_LOOK = {
    "as the login": _SHOWN,
    "as the login again, in the middle of a statement": (
        "SELECT shown.* FROM (SELECT set_config('role', 'none', true)) AS became"
        f" CROSS JOIN LATERAL ({_SHOWN} AND became IS NOT NULL) AS shown"
    ),
    "with what tracks activities on again": ("SELECT set_config('track_activities', 'on', false)"),
    "by another function": (
        "SELECT string_agg(pg_stat_get_backend_activity(id), ' ')"
        " FROM pg_stat_get_backend_idset() AS id"
    ),
}


@pytest.mark.parametrize("role", ["none", "gerbang_officer", "gerbang_partner_manager"])
@pytest.mark.parametrize("look", _WAYS_TO_LOOK.values(), ids=_WAYS_TO_LOOK)
async def test_viewers_do_not_see_who_else_is_connected(world: str, role: str, look: str) -> None:
    """A sealed context stands in the statement that begins another viewer's transaction."""
    login = login_at(world, tokens.PASSWORD)
    victim, attacker = await connect(login), await connect(login)
    try:
        context = await _begin(victim)
        await attacker.execute(f"BEGIN; SET LOCAL ROLE {role}")
        shown = await _look(attacker, look)
        assert context not in shown
        assert "viewer.authenticate" not in shown.replace(look, "")
    finally:
        await attacker.close()
        await victim.close()


async def _begin(victim: Any) -> str:
    """Begin a transaction in which somebody acts, and return the sealed context."""
    start = STARTS.for_reading(SUPERVISOR)
    assert start.seal
    context = start.seal(None)
    await victim.execute(f"BEGIN; {act_by(context, start.settings)}")
    return context


async def _look(attacker: Any, look: str) -> str:
    """What is shown; nothing where the look is refused."""
    with suppress(InsufficientPrivilegeError):
        return str(await attacker.fetchval(look))
    return ""


async def test_the_owner_sees_who_else_is_connected(world: str) -> None:
    """The question is a good one: before a login that shows what it runs, it finds the context."""
    victim = await connect(world)
    attacker = await connect(world)
    try:
        assert await _begin(victim) in await _look(attacker, _SHOWN)
    finally:
        await attacker.close()
        await victim.close()


async def test_a_statement_that_fails_leaves_the_snapshot_to_the_others(
    one_connection: ConnectionPool, world: str
) -> None:
    paid = select(Application.id, Application.fee_idr).where(IN_REACH)
    fees = bind_for(SUPERVISOR, "Application", paid)
    change = "UPDATE application SET fee_idr = fee_idr {} 1 WHERE fee_idr IS NOT NULL"
    owner = await connect(world)
    session = ReadTransaction(one_connection, STARTS.for_reading(SUPERVISOR))
    try:
        before = set((await session.fetch(fees))[0])
        await owner.execute(change.format("+"))
        for end in (time_out, fail_query, time_out):
            await end(session)
            assert set((await session.fetch(fees))[0]) == before
        await session.close()
        session = ReadTransaction(one_connection, STARTS.for_reading(SUPERVISOR))
        assert set((await session.fetch(fees))[0]) != before  # another transaction sees the change
    finally:
        await session.close()
        await owner.execute(change.format("-"))
        await owner.close()
