"""What a process does before it serves, and beside it: it makes sure of its port and its database,
logs, and serves health and metrics at an address of their own, away from clients.

If the database does not answer, the process prints a warning and starts anyway, since the database
may come back. If it refuses the login or was never migrated, waiting does not help, and the process
fails.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager

import click
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette

from gateway.cli.database_errors import DatabaseError, explain_database_errors
from gateway.settings import Settings, SettingsError
from models.database.connections import engine
from models.logs import process_log

_WHY = {
    errno.EADDRINUSE: "is taken: end what listens there, or choose another with {choice}",
    errno.EACCES: "may not be used by this user: choose one above 1023 with {choice}",
    errno.EADDRNOTAVAIL: "is no address of this machine: choose another",
}


def require_free_port(host: str, port: int, choice: str) -> None:
    """Raises SettingsError if the port cannot be bound. ``choice`` is the variable or option that
    chooses another one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = _WHY.get(error.errno or 0, f"cannot be listened on ({error.strerror})")
            raise SettingsError(f"{host}:{port} {why.format(choice=choice)}.") from None


#: Any revision will do here: readiness reports an old one.
_MIGRATED = "SELECT version_num FROM alembic_version"
_SECONDS = 5


async def require_database(url: str, variable: str) -> None:
    """Raises DatabaseError if the database refuses the login or was never migrated."""
    try:
        with explain_database_errors(variable):
            async with asyncio.timeout(_SECONDS):
                async with engine(url).connect() as connection:
                    await connection.execute(text(_MIGRATED))
    except DatabaseError as error:
        if not error.may_pass:
            raise
        click.echo(f"gerbang: {error} Starting all the same, and waiting for it.", err=True)


def logging_as(settings: Settings) -> AbstractContextManager[None]:
    """JSON lines in production, readable ones in development."""
    return process_log(settings.log_level.name, as_json=not settings.in_development)


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
