"""Serves health and metrics on a separate address, away from clients."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette

from gateway.settings import SettingsError


@contextlib.asynccontextmanager
async def internal_server(
    app: Starlette, host: str, port: int | None, variable: str = "GERBANG_METRICS_PORT"
) -> AsyncIterator[None]:
    """Serve ``app``, an ``internal_app``, while the context is open. Without a port, do nothing.

    ``variable`` is the setting that names the port. Raises SettingsError if it cannot be bound.
    """
    if port is None:
        yield
        return
    server = _InternalServer(
        uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            log_level="warning",
            timeout_graceful_shutdown=1,
            ws="none",
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[_listener(host, port, variable)]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _InternalServer(uvicorn.Server):
    """A server that leaves signals to the process that it reports on."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listener(host: str, port: int, variable: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Metrics cannot be served on {host}, port {port}: {error.strerror}. "
            f"Choose another {variable}, one for each process, or set it to nothing."
        ) from None
    return listener
