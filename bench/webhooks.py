"""How many notices leave in a second, and how late one arrives, with an endpoint that is dead."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter

import asyncpg

from bench.measuring import processor_clock, show_table
from bench.world import load, server
from models.database.connections import connected
from models.jobs.webhooks import Courier
from models.row_keys import new_key
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
    SELECT $1, partner_code, holder_country_code, $2, $3, 'portal', 'manager', now()
    FROM application WHERE closed_at IS NULL AND left_partner_at IS NULL
        AND holder_country_code IS NOT NULL AND partner_code IS NOT NULL
    GROUP BY partner_code, holder_country_code ORDER BY count(*) DESC LIMIT 1
"""
#: Of all cases that are with the partner there, so that each has several.
_WRITE = """
    INSERT INTO webhook_notice (id, endpoint_id, number, application_id, stage)
    SELECT gen_random_uuid(), $1, $2 + number, one.id, 'IN_PROCESS'
    FROM generate_series(1, $3) AS number
    JOIN (
        SELECT application.id, row_number() OVER () AS place, count(*) OVER () AS all_
        FROM application
        JOIN webhook_endpoint AS told ON told.partner_code = application.partner_code
            AND told.country_code = holder_country_code
        WHERE told.id = $1 AND closed_at IS NULL AND left_partner_at IS NULL
    ) AS one ON place = 1 + number % all_
"""
_LEFT = "SELECT count(*) FROM webhook_notice WHERE state = 'WAITING' AND endpoint_id <> $1"
_LATE = """
    SELECT extract(epoch FROM settled_at - written_at)::float8 FROM webhook_notice
    WHERE state = 'DELIVERED' AND number > $1
"""


async def measure(endpoints: int, backlog: int, a_second: int) -> None:
    """Print how fast a backlog of so many notices leaves, and how late those arrive that are
    written steadily; one more endpoint takes nothing meanwhile."""
    port, dead = free_port(), new_key()
    with server() as running, _sink(port):
        url = running.url("bench")
        await load(url, 20_000)
        transport = WebhookTransport(in_development=True)
        courier = Courier(transport.send, [_KEY])
        async with connected(url) as connection, connected(url) as writer:
            told = [new_key() for _ in range(endpoints)]
            for id_ in (*told, dead):
                at = port if id_ != dead else 1
                sealed = seal_secret(make_secret(), public_half(_KEY), id_)
                await connection.execute(_ENDPOINT, id_, f"http://127.0.0.1:{at}/told", sealed)
                await connection.execute(
                    "INSERT INTO webhook_delivery (endpoint_id) VALUES ($1)", id_
                )
                await connection.execute(_WRITE, id_, 0, backlog // endpoints)
            await connection.execute("ANALYZE webhook_notice")
            clock = await processor_clock(url)
            began, busy = perf_counter(), clock()
            while await connection.fetchval(_LEFT, dead):
                for _ in range(20):
                    await courier.deliver_webhooks(connection)
            seconds, busy = perf_counter() - began, clock() - busy
            keeping = asyncio.create_task(_deliver(courier, connection))
            for second in range(_SUSTAINED_SECONDS):
                for each, id_ in enumerate(told):
                    first = backlog + second * a_second + each * (a_second // endpoints)
                    await writer.execute(_WRITE, id_, first, a_second // endpoints)
                await asyncio.sleep(1)
            while await writer.fetchval(_LEFT, dead):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.1)
            keeping.cancel()
            late = [row[0] for row in await writer.fetch(_LATE, backlog)]
        await courier.close()
        await transport.close()
    show_table(
        f"Notices to {endpoints} endpoints, and a dead one beside them",
        ("what", "measured"),
        [
            (f"a backlog of {backlog:,}, a second", f"{backlog / seconds:,.0f}"),
            ("processor of keeper and database for each", f"{1000 * busy / backlog:.2f} ms"),
            (f"{a_second} a second, late by: median", f"{median(late):.2f} s"),
            ("the latest", f"{max(late):.2f} s"),
        ],
    )


async def _deliver(courier: Courier, connection: asyncpg.Connection) -> None:
    while True:
        if not await courier.deliver_webhooks(connection):
            await asyncio.sleep(0.5)


@contextmanager
def _sink(port: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", _SINK, str(port)])
    try:
        yield
    finally:
        process.terminate()
        process.wait()
