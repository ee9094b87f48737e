"""Clients that retry what is safe to retry: requests as bytes, and a tiny load balancer."""

import asyncio
import json
import ssl
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests import tokens

ASKED = "{ applications(first: 20) { nodes { reference country { code } } } }"


def request_bytes(
    query: str = ASKED, role: str = "OFFICER", variables: Any = None, **claims: Any
) -> bytes:
    """One request as it goes over the wire."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = (
        "POST /graphql HTTP/1.1",
        "Host: gateway",
        "Content-Type: application/json",
        "Accept: application/graphql-response+json",
        f"Authorization: Bearer {tokens.token(role, **claims)}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Reply:
    """What came back, and after how many seconds."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Wire:
    """One connection, opened when it is needed and kept as long as the gateway keeps it."""

    def __init__(
        self, port: int, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        self._port, self._host, self._tls = port, host, tls
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Reply:
        """Raises ConnectionRefusedError where nothing was sent, EOFError or OSError where it may
        have been."""
        began = time.perf_counter()
        reader, writer = await self._connect()
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return Reply(int(head[0].split()[1]), headers, body, time.perf_counter() - began)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        return self._streams

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


@dataclass
class Tally:
    """How it went: what was answered, asked again because it was refused, and lost."""

    answered: int = 0
    retried: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


class Balancer:
    """Spreads requests over the gateways that say they are ready, in turn.

    It asks again only what was refused and thus never ran: 503 with `Retry-After`, or nobody who
    listens. What breaks after it was sent has failed, as it would for a mutation without a key.
    """

    def __init__(self, ports: Sequence[int], tally: Tally, patience: float = 15) -> None:
        self._ports = ports
        self._ready = list(ports)
        self._turn = 0
        self._patience = patience
        self.tally = tally

    async def watch(self) -> None:
        """Ask for readiness all the time."""
        probe = b"GET /health/ready HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"
        while True:
            self._ready = [port for port in self._ports if await _is_ready(port, probe)]
            await asyncio.sleep(0.1)

    async def keep_asking(self, stop: asyncio.Event, pause: float = 0.02) -> None:
        wires = {port: Wire(port) for port in self._ports}
        while not stop.is_set():
            await self._ask(wires)
            await asyncio.sleep(pause)
        for wire in wires.values():
            wire.close()

    async def _ask(self, wires: dict[int, Wire]) -> None:
        request, end = request_bytes(), time.monotonic() + self._patience
        while time.monotonic() < end:
            try:
                reply = await wires[self._next()].ask(request)
            except ConnectionRefusedError:
                self.tally.retried["refused connection"] += 1
            except (EOFError, OSError) as error:
                self.tally.failed[type(error).__name__] += 1
                return
            else:
                if reply.status == 200 and b'"errors"' not in reply.body:
                    self.tally.answered += 1
                    return
                if reply.status != 503 or "retry-after" not in reply.headers:
                    self.tally.failed[f"{reply.status} {reply.body[:200]!r}"] += 1
                    return
                self.tally.retried["503"] += 1
            await asyncio.sleep(0.1)
        self.tally.failed["out of patience"] += 1

    def _next(self) -> int:
        self._turn += 1
        ports = self._ready or self._ports
        return ports[self._turn % len(ports)]


async def _is_ready(port: int, probe: bytes) -> bool:
    with suppress(OSError, EOFError, TimeoutError):
        async with asyncio.timeout(2):
            return (await Wire(port).ask(probe)).status == 200
    return False
