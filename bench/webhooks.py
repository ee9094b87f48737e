"""How many notices leave in a second, and how late one arrives, with an endpoint that is dead."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from bench.measuring import processor_clock, show_table
from bench.world import load, server
from models.database.connections import connected
from models.jobs.webhooks import Courier
from models.row_keys import new_key
from models.synthetic.world import FEWEST
from models.webhooks.secret import make_secret, public_half, seal_secret
from models.webhooks.transport import WebhookTransport
from tests.free_ports import free_port

_KEY = bytes(range(32))
_SUSTAINED_SECONDS = 20
#: An endpoint in a process of its own, as it would be: it takes everything.
_SINK = """
import asyncio, sys
async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            await reader.readexactly(length)
            await asyncio.sleep(float(sys.argv[2]))
            writer.write(b"HTTP/1.1 204 X\\r\\n\\r\\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()
asyncio.run(main())
"""
_ENDPOINT = """
    INSERT INTO webhook_endpoint (id, partner_code, country_code, url, secret, registered_by,
        approved_by, approved_at)
    VALUES ($1, $4, $5, $2, $3, 'portal', 'manager', now())
"""
_LARGEST = """
    SELECT partner_code, country_code FROM application WHERE partner_code IS NOT NULL
    GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1
"""
#: As many as asked for are its portal's, and open or closed lately: whoever is told reads them.
_GATHER = """
    UPDATE application SET channel = 'PARTNER_PORTAL', partner_code = $1, country_code = $2,
        centre_code = NULL, group_reference = NULL, left_partner_at = NULL,
        successor_centre_code = NULL, successor_country_code = NULL,
        successor_partner_code = NULL,
        closed_at = CASE WHEN closed_at IS NOT NULL THEN now() END
    WHERE id IN (SELECT id FROM application ORDER BY id LIMIT $3)
    RETURNING id
"""
#: In turns, so that a case that has several is told of by all of the backlog.
_WRITE = """
    INSERT INTO webhook_notice (id, endpoint_id, number, application_id, stage)
    SELECT gen_random_uuid(), $1, $2 + number,
        ($4::uuid[])[1 + number % cardinality($4::uuid[])], 'IN_PROCESS'
    FROM generate_series(1, $3::bigint) AS number
"""
_LEFT = "SELECT count(*) FROM webhook_notice WHERE state = 'WAITING' AND endpoint_id <> $1"
_LATE = """
    SELECT extract(epoch FROM settled_at - written_at)::float8 FROM webhook_notice
    WHERE state = 'DELIVERED' AND written_at > $1
"""


class Size(NamedTuple):
    """How many endpoints there are, and how much they are told."""

    endpoints: int
    cases: int
    backlog: int
    a_second: int
    #: How long an endpoint takes to answer, seconds.
    answers_after: float


async def measure(size: Size) -> None:
    """Print how fast a backlog leaves while new notices are written, and how late those arrive that
    are written once it is gone; one more endpoint takes nothing meanwhile."""
    port, dead = free_port(), new_key()
    with server() as running, _sink(port, size.answers_after):
        url = running.url("bench")
        await load(url, max(size.cases, FEWEST))
        transport = WebhookTransport(in_development=True)
        courier = Courier(transport.send, [_KEY])
        async with connected(url) as connection, connected(url) as writer:
            await writer.execute("SET session_replication_role = replica")
            place: Any = await writer.fetchrow(_LARGEST)
            cases = [row["id"] for row in await writer.fetch(_GATHER, *place, size.cases)]
            told = [new_key() for _ in range(size.endpoints)]
            for id_ in (*told, dead):
                at = f"http://127.0.0.1:{port if id_ != dead else 1}/told"
                sealed = seal_secret(make_secret(), public_half(_KEY), id_)
                await writer.execute(_ENDPOINT, id_, at, sealed, *place)
                await writer.execute("INSERT INTO webhook_delivery (endpoint_id) VALUES ($1)", id_)
                await writer.execute(_WRITE, id_, 0, size.backlog // size.endpoints, cases)
            await writer.execute("ANALYZE webhook_notice, application")
            writing = asyncio.create_task(_write(writer, size, told, cases))
            clock = await processor_clock(url)
            began, busy = perf_counter(), clock()
            async with connected(url) as reader:
                keeping = asyncio.create_task(_deliver(courier, connection))
                await _until_left(reader, dead, size.a_second)
                seconds, busy = perf_counter() - began, clock() - busy
                gone = await reader.fetchval("SELECT clock_timestamp()")
                await asyncio.sleep(_SUSTAINED_SECONDS)
                writing.cancel()
                await _until_left(reader, dead, 0)
                keeping.cancel()
                late = [row[0] for row in await reader.fetch(_LATE, gone)]
        await courier.close()
        await transport.close()
    sent = size.backlog + size.a_second * seconds
    show_table(
        f"Notices of {size.cases:,} cases to {size.endpoints} endpoints, and a dead one",
        ("what", "measured"),
        [
            (f"a backlog of {size.backlog:,} is gone in", f"{seconds:,.0f} s"),
            ("a second, new ones included", f"{sent / seconds:,.0f}"),
            ("processor of keeper and database for each", f"{1000 * busy / sent:.2f} ms"),
            (f"{size.a_second} a second, late by: median", f"{median(late):.2f} s"),
            ("the latest", f"{max(late):.2f} s"),
        ],
    )


async def _write(
    writer: asyncpg.Connection, size: Size, told: list[UUID], cases: list[UUID]
) -> None:
    """New notices, each second."""
    number = size.backlog
    while True:
        for id_ in told:
            await writer.execute(_WRITE, id_, number, size.a_second // size.endpoints, cases)
        number += size.a_second
        await asyncio.sleep(1)


async def _until_left(reader: asyncpg.Connection, dead: UUID, most: int) -> None:
    left: Any = most + 1
    while left > most:
        left = await reader.fetchval(_LEFT, dead)
        await asyncio.sleep(0.1)


async def _deliver(courier: Courier, connection: asyncpg.Connection) -> None:
    while True:
        if not await courier.deliver_webhooks(connection):
            await asyncio.sleep(0.5)


@contextmanager
def _sink(port: int, answers_after: float) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", _SINK, str(port), str(answers_after)])
    try:
        yield
    finally:
        process.terminate()
        process.wait()
