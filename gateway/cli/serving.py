"""The command `gerbang serve`, which serves the gateway, and stops without failing a request."""

import asyncio
import resource
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette

from gateway.cli.starting import internal_server, logging_as, require_database, require_free_port
from gateway.service import gateway
from gateway.settings import Command, Settings, SettingsError, read_settings
from gateway.wire.health import Drain
from gateway.wire.protocol import BoundedSocket, bounded_http
from models.confinement import keep_memory_private
from models.garbage import collect_seldom
from models.logs import log_unhandled

import_module("scipy.special")  # else the first to ask for findings would hold everybody up


@click.command()
def serve() -> None:
    """Serve the gateway.

    One process; run several behind a balancer for more. SIGTERM turns readiness false, lets
    running requests finish, and ends with code 0; so does Ctrl+C, without the wait for a balancer.
    """
    keep_memory_private()
    settings = read_settings(command=Command.SERVE)
    require_free_port(settings.host, settings.port, "GERBANG_PORT")
    with logging_as(settings):
        run_on_fastest_loop(_serve(settings))


def run_on_fastest_loop(serving: Coroutine[Any, Any, None]) -> None:
    """Run on the event loop that uvicorn would choose: uvloop, if it is installed.

    Without a ``log_config``: uvicorn's own would close every handler that is set up already.
    """
    choice = uvicorn.Config("", log_config=None)
    with asyncio.Runner(loop_factory=choice.get_loop_factory()) as runner:
        runner.run(serving)


async def _serve(settings: Settings) -> None:
    await require_database(settings.database_url, "GERBANG_DATABASE_URL")
    allow_open_files(settings)
    asyncio.get_running_loop().set_exception_handler(log_unhandled)
    drain = Drain()
    app = gateway(settings, drain=drain)
    collect_seldom()
    async with internal_server(app.state.internal, settings.metrics_host, settings.metrics_port):
        await DrainingServer(
            server_config(app, settings), drain, settings.drain_grace_seconds
        ).serve()


def server_config(app: Starlette, settings: Settings) -> uvicorn.Config:
    """Uvicorn with our limits, and without its access log: URLs must not be logged."""
    return uvicorn.Config(
        app,
        http=bounded_http(settings, app.state.metrics),
        ws=BoundedSocket,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.drain_seconds,  # pyright: ignore[reportArgumentType]
        ws_max_size=settings.body_limit,
        ws_ping_interval=settings.socket_ping_seconds,
        ws_ping_timeout=settings.socket_ping_seconds,
        # Compressing secrets together with text that others wrote could reveal the secrets.
        ws_per_message_deflate=False,
    )


#: Listeners, the event loop, logs, requests to the provider, and files that are open briefly.
_OTHERS = 100


def allow_open_files(settings: Settings) -> None:
    """Raise the soft limit if needed. Raises SettingsError if the hard limit is too low."""
    needed = (
        settings.connections
        + settings.sockets
        + settings.unknown_sockets
        + settings.database_connections
        + _OTHERS
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SettingsError(
            f"The system lets this process open {hard} files, and its connections may need "
            f"{needed}. Raise that limit (`ulimit -Hn`, LimitNOFILE), or lower "
            "GERBANG_CONNECTIONS, GERBANG_SOCKETS or GERBANG_UNKNOWN_SOCKETS."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


class DrainingServer(uvicorn.Server):
    """A server that shuts down gracefully on SIGTERM, so that the process exits with code 0.

    1. Readiness turns false, and every response asks its client to reconnect.
    2. After the grace period, no connection is accepted, and running requests finish (by uvicorn).

    Ctrl+C, or a second SIGTERM, skips the grace period. One more signal drops running requests.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, grace_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._grace_seconds = grace_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's own method raises the signal again at the end, so the exit code is not 0."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop, self._grace_seconds)
        loop.add_signal_handler(signal.SIGINT, self._stop, 0)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            loop.remove_signal_handler(signal.SIGINT)

    def _stop(self, grace_seconds: float) -> None:
        if self.should_exit:
            self.force_exit = True
        elif self._drain.has_begun or not grace_seconds:
            self._drain.begin()
            self._stop_listening()
        else:
            self._drain.begin()
            asyncio.get_running_loop().call_later(grace_seconds, self._stop_listening)

    def _stop_listening(self) -> None:
        self.should_exit = True
