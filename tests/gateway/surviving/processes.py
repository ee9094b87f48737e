"""Gateways as processes of their own, beside an issuer of tokens that all of them believe."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2

from tests import tokens
from tests.free_ports import free_port
from tests.linking import key_service

ROOT = Path(__file__).parents[3]
RUN = [sys.executable, "-c", "from gateway.cli import main; main()"]
START_SECONDS = 60


class _Keys(BaseHTTPRequestHandler):
    """Answers every question with the keys of the test issuer."""

    def do_GET(self) -> None:
        body = json.dumps({"keys": [tokens.KEY.as_dict(private=False)]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def published_keys() -> Iterator[str]:
    """The address at which the test issuer's keys are found."""
    server = HTTPServer(("127.0.0.1", 0), _Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Process:
    """One `gerbang serve`, or `keep`, which can be ended and started again at the same address."""

    variables: dict[str, str]
    command: str = "serve"
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    _running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        given = {
            "ENVIRONMENT": "development",
            "ISSUER": tokens.ISSUER,
            "SEAL_KEY": tokens.SEAL_KEY.hex(),
            "CURSOR_KEY": "ab" * 32,
            "KEY_SERVICE": key_service(),
            "PORT": str(self.port),
            "METRICS_PORT": str(self.metrics_port),
            "KEEPER_PORT": str(self.port),
            **self.variables,
        }
        environ = {f"GERBANG_{name}": value for name, value in given.items()}
        self._running = subprocess.Popen(
            [*RUN, self.command], cwd=ROOT, env={**os.environ, **environ}
        )

    def end(self, order: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        assert self._running
        self._running.send_signal(order)
        return self._running.wait(START_SECONDS)

    def is_running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/health/ready", timeout=3).is_success
        except httpx2.TransportError:
            return False

    def until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert self.is_running(), "the gateway ended"
            assert time.monotonic() < end, "the gateway did not get ready"
            time.sleep(0.05)


@contextmanager
def gateways(count: int, database_url: str, **variables: str) -> Iterator[list[Process]]:
    """So many ready gateways on one database."""
    with published_keys() as keys:
        given = {"DATABASE_URL": database_url, "JWKS_URL": keys, **variables}
        processes = [Process(given) for _ in range(count)]
        try:
            for process in processes:
                process.start()
            for process in processes:
                process.until_ready()
            yield processes
        finally:
            for process in processes:
                if process.is_running():
                    process.end(signal.SIGKILL)
