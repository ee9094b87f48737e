"""Examines how the gateway reaches the database: keys, TLS, login, clock, seal, replica lag."""

import time
from collections.abc import AsyncIterator

import asyncpg

from gateway.access.probe import IS_READ_ONLY, LAG
from gateway.access.transactions.begin import Clock, Seal
from gateway.access.transactions.errors import TOO_MANY_CONNECTIONS, state_of
from gateway.doctor.finding import Finding, finding_of
from gateway.faults import Fault
from gateway.settings import Settings
from gateway.settings.contradictions import REMEDY, unprotected_hosts
from gateway.viewer import ANONYMOUS
from models.database.connections import CONNECTION_ERRORS, connect, own_backend
from models.database.url import read_database_url
from models.row_security import database_role

#: A seal is valid for some seconds; clocks must agree much better than that.
_MOST_SECONDS_APART = 2.0
_ACT = "SELECT viewer.authenticate($1), set_config('role', $2, true)"


async def examine_keys(settings: Settings) -> AsyncIterator[Finding]:
    if set(settings.cursor_key) & set(settings.seal_key):
        yield Finding(
            "GERBANG_CURSOR_KEY and GERBANG_SEAL_KEY are the same key.",
            "Who learns one of two keys should not have learnt the other.",
            "Make another one with `openssl rand -hex 32`, then run `gerbang migrate`.",
        )


async def examine_login(settings: Settings, clock: Clock = time.time) -> AsyncIterator[Finding]:
    """Log in as the gateway does, compare clocks, and try a seal if the doctor has the key."""
    try:
        connection = await connect(settings.database_url)
    except CONNECTION_ERRORS as error:
        if state_of(error) == TOO_MANY_CONNECTIONS:
            yield finding_of(Fault.POOL, "The server takes no more connections of the gateway.")
            return
        yield finding_of(
            Fault.DATABASE,
            f"The gateway cannot log in to the database ({type(error).__name__}).",
        )
        return
    try:
        async for finding in _clocks(connection, clock):
            yield finding
        if settings.seal_key:
            async for finding in _seal(connection, settings, clock):
                yield finding
        async for finding in _replica(connection, settings):
            yield finding
    finally:
        await connection.close()


async def _clocks(connection: asyncpg.Connection, clock: Clock) -> AsyncIterator[Finding]:
    before = clock()
    database_time = (
        await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8") or 0.0
    )
    after = clock()
    difference = max(before - database_time, database_time - after)
    if difference > _MOST_SECONDS_APART:
        yield finding_of(
            Fault.CLOCK,
            f"The clocks of the gateway and of the database are {difference:.0f} s apart.",
        )


async def _seal(
    connection: asyncpg.Connection, settings: Settings, clock: Clock
) -> AsyncIterator[Finding]:
    """Seal a viewer in a transaction, and see whether the database accepts it."""
    seal = Seal(settings.seal_key[0], settings.request_seconds)
    try:
        role, backend = database_role(ANONYMOUS.role), await own_backend(connection)
        async with connection.transaction(readonly=True):
            await connection.execute(_ACT, seal.seal(ANONYMOUS, backend), role)
            await connection.fetchval("SELECT viewer.acts_as($1)", ANONYMOUS.role.value)
    except asyncpg.PostgresError as error:
        yield finding_of(
            Fault.SEAL,
            f"The database does not believe what the gateway seals ({type(error).__name__}).",
        )


async def _replica(connection: asyncpg.Connection, settings: Settings) -> AsyncIterator[Finding]:
    is_for_reading = read_database_url(settings.database_url).is_for_reading
    if not is_for_reading and await connection.fetchval(IS_READ_ONLY):
        yield finding_of(Fault.READ_ONLY, "The database of the gateway takes no changes.")
        return
    lag = await connection.fetchval(LAG) or 0.0
    if lag > settings.replica_seconds:
        yield finding_of(Fault.REPLICA, f"The replica is {lag:.0f} s behind its primary.")


async def examine_replicas(settings: Settings) -> AsyncIterator[Finding]:
    """Whether each server that the gateway reads from answers, is a replica and keeps up."""
    for number, url in enumerate(settings.read_url, 1):
        server = f"Server {number} of GERBANG_READ_URL"
        try:
            connection = await connect(url, connect_seconds=settings.connect_seconds)
            try:
                is_replica = await connection.fetchval("SELECT pg_is_in_recovery()")
                lag = await connection.fetchval(LAG) or 0.0
            finally:
                await connection.close()
        except CONNECTION_ERRORS as error:
            what = f"{server} does not answer ({type(error).__name__})."
            yield finding_of(Fault.REPLICA_LOST, what)
            continue
        if not is_replica:
            yield finding_of(Fault.REPLICA_LOST, f"{server} is no replica.")
        elif lag > settings.replica_seconds:
            yield finding_of(Fault.REPLICA, f"{server} is {lag:.0f} s behind its primary.")


async def examine_transport(settings: Settings) -> AsyncIterator[Finding]:
    for variable, url in (
        ("GERBANG_DATABASE_URL", settings.database_url),
        ("GERBANG_OWNER_URL", settings.owner_url),
        *(("GERBANG_READ_URL", url) for url in settings.read_url),
    ):
        if hosts := url and unprotected_hosts(url, settings.database_tls):
            yield Finding(
                f"{variable} reaches {hosts} without verified TLS.",
                "Whoever stands in between can read everything, or answer instead.",
                f"Add {REMEDY}.",
            )
