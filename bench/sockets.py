"""One change told to many sockets: how long until the last has it, and what a socket costs.

The sockets belong to managers of twenty reaches, whom the change concerns; then to one manager, and
to applicants who follow cases of their own. The gateway is a process of its own.
"""

import asyncio
import base64
import json
import os
import resource
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter, time
from typing import Any

import asyncpg
import orjson
import psutil
from joserfc.jwk import ECKey

from bench.measuring import show_table
from bench.seal import backend_clock
from bench.world import SEAL_KEY, world
from gateway.cli.serving import run_on_fastest_loop
from models.database.connections import connect
from models.garbage import collect_seldom
from models.row_security import login_at
from tests import tokens
from tests.gateway.live import served

_REACHES = 20
_FOLLOWED = (
    "subscription { applicationChanged {"
    " position ... on ApplicationChange { application { reference stage } } } }"
)
_HAPPENS = """
    INSERT INTO application_event (application_id, sequence, kind, occurred_at)
    SELECT application_id, max(sequence) + 1, 'RECEIVED', now() FROM application_event
    WHERE application_id = (
        SELECT id FROM application WHERE partner_code = $1 AND country_code = $2
        ORDER BY submitted_at DESC LIMIT 1
    ) GROUP BY application_id
"""
_WHERE = """
    SELECT partner_code, country_code, count(*) FROM application
    WHERE partner_code IS NOT NULL AND country_code IS NOT NULL
    GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1
"""
#: The variable in which the key that signs tokens is handed over.
_KEY = "BENCH_TOKEN_KEY"
#: At most so many are opened at once.
_AT_ONCE = 50
_LONGEST_SECONDS = 300.0
#: For so long those whom nothing concerns are watched, before a change and from then on: pings and
#: heartbeats, which come without one, are in both.
_WATCHED_SECONDS = 20.0


class Socket(asyncio.Protocol):
    """A client of graphql-transport-ws that costs little: it counts what it is sent."""

    def __init__(self, token: str) -> None:
        loop = asyncio.get_running_loop()
        self._token = token
        self._buffer = b""
        self._is_open = False
        self.followed: asyncio.Future[None] = loop.create_future()
        #: When the next change came.
        self.told: asyncio.Future[float] = loop.create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            head, end, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            self._is_open = True
            self._say(type="connection_init", payload={"Authorization": self._token})
        while (message := self._next()) is not None:
            self._take(message)

    def connection_lost(self, exc: Exception | None) -> None:
        for waited in (self.followed, self.told):
            if not waited.done():
                waited.set_exception(exc or ConnectionError("the gateway ended a socket"))
                waited.exception()  # it may be that nobody waits for it

    def close(self) -> None:
        self._transport.abort()

    def wait_anew(self) -> None:
        self.told = asyncio.get_running_loop().create_future()

    def _next(self) -> bytes | None:
        """The next message, of which no frame is larger than 64 KiB."""
        if len(self._buffer) < 2:
            return None
        length, start = self._buffer[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(self._buffer[2:4]), 4
        if len(self._buffer) < start + length:
            return None
        opcode, message = self._buffer[0] & 15, self._buffer[start : start + length]
        self._buffer = self._buffer[start + length :]
        if opcode == 9:
            self._send(10, message)
            return self._next()
        return message

    def _take(self, message: bytes) -> None:
        if message.startswith(b'{"type":"connection_ack"'):
            self._say(type="subscribe", id="1", payload={"query": _FOLLOWED})
        elif b'"type":"next"' not in message:
            raise RuntimeError(message.decode())
        elif b'"reference"' in message:
            if not self.told.done():
                self.told.set_result(perf_counter())
        elif not self.followed.done():
            self.followed.set_result(None)

    def _say(self, **message: Any) -> None:
        self._send(1, orjson.dumps(message))

    def _send(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([254]) + size.to_bytes(2)
        self._transport.write(bytes([128 | opcode]) + length + bytes(4) + payload)


async def measure(applications: int, numbers: tuple[int, ...]) -> None:
    """Print the figures for so many sockets."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rows = list[tuple[str, ...]]()
    async with world(applications) as url:
        owner = await connect(url)
        try:
            partner, country, _ = await owner.fetchrow(_WHERE)  # type: ignore[misc]
            for number in numbers:
                for concerns in (True, False):
                    async with _gateway(url) as (port, process):
                        place = (partner, country)
                        rows.append(
                            await _measure(url, owner, port, process, place, number, concerns)
                        )
        finally:
            await owner.close()
    head = (
        "sockets", "concerned", "until the first", "until the last", "gateway, a socket",
        "database, a socket", "memory, a socket",
    )  # fmt: skip
    show_table("One change", head, rows)


async def _measure(
    url: str,
    owner: asyncpg.Connection,
    port: int,
    process: psutil.Process,
    place: tuple[str, str],
    number: int,
    concerns: bool,
) -> tuple[str, ...]:
    partner, country = place
    before = process.memory_info().rss
    async with AsyncExitStack() as open_now:
        one = await _open(port, _token(partner, country, 0), open_now)
        sockets = [one]
        for first in range(1, number, _AT_ONCE):
            group = range(first, min(first + _AT_ONCE, number))
            opened = [
                _open(
                    port, _token(partner, country, each) if concerns else _applicant(each), open_now
                )
                for each in group
            ]
            sockets += await asyncio.gather(*opened)
        memory = process.memory_info().rss - before
        told = sockets if concerns else [one]
        await asyncio.sleep(2)  # what opening left to do
        await owner.execute(_HAPPENS, partner, country)  # the first of a kind is compiled
        await asyncio.wait_for(_all_told(told), _LONGEST_SECONDS)
        for socket in told:
            socket.wait_anew()
        await asyncio.sleep(2)
        database = await backend_clock(url)
        idle = 0.0 if concerns else await _spent(process, asyncio.sleep(_WATCHED_SECONDS))
        database_before, began = database(), perf_counter()
        happens = asyncio.create_task(_happen(owner, partner, country, told))
        if concerns:
            gateway_spent = await _spent(process, asyncio.shield(happens))
        else:
            gateway_spent = await _spent(process, asyncio.sleep(_WATCHED_SECONDS)) - idle
        times = await happens
        return (
            f"{number:,}",
            f"{len(told):,}",
            f"{1000 * (min(times) - began):,.0f} ms",
            f"{1000 * (max(times) - began):,.0f} ms",
            f"{1e6 * gateway_spent / number:,.0f} µs",
            f"{1e6 * (database() - database_before) / number:,.0f} µs",
            f"{memory / number / 1000:,.0f} kB",
        )


async def _happen(
    owner: asyncpg.Connection, partner: str, country: str, told: list[Socket]
) -> list[float]:
    """When each of those whom it concerns was told of a change."""
    await owner.execute(_HAPPENS, partner, country)
    return await asyncio.wait_for(_all_told(told), _LONGEST_SECONDS)


async def _spent(process: psutil.Process, meanwhile: Awaitable[Any]) -> float:
    """The seconds of the processor that a process takes meanwhile."""
    before = sum(process.cpu_times()[:2])
    await meanwhile
    return sum(process.cpu_times()[:2]) - before


async def _all_told(sockets: list[Socket]) -> list[float]:
    return [await socket.told for socket in sockets]


async def _open(port: int, token: str, open_now: AsyncExitStack) -> Socket:
    """A socket that follows."""
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(token), "127.0.0.1", port)
    open_now.callback(socket.close)
    await asyncio.wait_for(socket.followed, _LONGEST_SECONDS)
    return socket


def _token(partner: str, country: str, number: int) -> str:
    """A manager's, in one of twenty reaches that have the country."""
    reach = number % _REACHES
    countries = [country, *([f"Z{chr(64 + reach)}"] if reach else [])]
    return _signed("PARTNER_MANAGER", f"manager-{number}", partner=partner, countries=countries)


def _applicant(number: int) -> str:
    return _signed("APPLICANT", f"applicant-{number}")


def _signed(role: str, subject: str, **scope: Any) -> str:
    life = int(time()) + 890
    return tokens.bearer(role, sub=subject, exp=life, **scope)["Authorization"]


@asynccontextmanager
async def _gateway(url: str) -> AsyncIterator[tuple[int, psutil.Process]]:
    """A gateway in a process of its own: its port, and the process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.sockets", url,
        env={**os.environ, _KEY: json.dumps(tokens.KEY.as_dict(private=True))},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    try:
        port = int(await process.stdout.readline())
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _serve(url: str) -> None:
    """The gateway of that process."""
    tokens.KEY = ECKey.import_key(json.loads(os.environ[_KEY]))
    limits: dict[str, Any] = {
        "sockets": "11000",
        "connections": "12000",
        "unknown_sockets": "1000",
        "address_sockets": "1000",
    }
    async with served(login_at(url, "bench"), seal_key=SEAL_KEY.hex(), **limits) as live:
        collect_seldom()  # as `gerbang serve` does
        print(live.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    run_on_fastest_loop(_serve(sys.argv[1]))
