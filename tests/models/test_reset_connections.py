"""Statements on a connection that is reset fail at once, on each event loop that serves."""

import asyncio
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread

import pytest
import uvloop
from psycopg import OperationalError

from models.database.command_pipeline import Command
from models.database.connections import pool
from models.database.url import read_database_url
from models.postgres import Server

#: More than the server keeps to itself until all is answered, and what never is.
HALF_ANSWERED = [Command("SELECT repeat('x', 100000)"), Command("SELECT pg_sleep(60)")]
AT_ONCE = struct.pack("ii", 1, 0)


@contextmanager
def resetting(host: str, port: int) -> Iterator[tuple[int, Event]]:
    """The port of a relay to a server, for one connection: once the event is set, it is reset
    behind the first bytes of an answer."""
    resets = Event()

    def relay() -> None:
        client, _ = waiting.accept()
        server = socket.create_connection((host, port))
        others = {client: server, server: client}
        with client, server:
            while True:
                for one in select.select([*others], [], [])[0]:
                    sent = one.recv(4_096)
                    if not sent:
                        return
                    others[one].sendall(sent)
                    if one is server and resets.is_set():
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                        return

    with closing(socket.create_server(("127.0.0.1", 0))) as waiting:
        thread = Thread(target=relay, daemon=True)
        thread.start()
        yield waiting.getsockname()[1], resets
        thread.join(10)


@pytest.mark.parametrize(
    "loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
def test_a_statement_on_a_reset_connection_fails_at_once(
    server: Server, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    address = server.url("postgres")
    (host,) = read_database_url(address).hosts

    async def fail() -> None:
        with resetting(host.address, host.port) as (port, resets):
            connections = pool(address.replace(f":{host.port}", f":{port}"), size=1)
            connection = await connections.acquire()
            resets.set()
            running = asyncio.create_task(connection.pipeline.run(HALF_ANSWERED))
            await asyncio.sleep(0)  # it is sent
            time.sleep(0.5)  # noqa: ASYNC251  the loop learns of the bytes and of the reset together
            async with asyncio.timeout(10):  # of sixty
                with pytest.raises(OperationalError):
                    await running
            assert not connection.is_usable
            connections.discard(connection)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(fail())
