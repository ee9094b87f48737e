"""The command `gerbang serve`, which serves the gateway."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette

from gateway.cli.internal import internal_server
from gateway.cli.open_files import allow_open_files
from gateway.cli.ports import require_free_port
from gateway.cli.process_log import logging_as
from gateway.cli.starting import require_database
from gateway.cli.stopping import DrainingServer
from gateway.service import gateway
from gateway.settings import Command, Settings, read_settings
from gateway.wire.drain import Drain
from gateway.wire.protocol import BoundedSocket, bounded_http
from models.garbage import collect_seldom
from models.logs import log_unhandled


@click.command()
def serve() -> None:
    """Serve the gateway.

    One process; run several behind a balancer for more. SIGTERM turns readiness false, lets
    running requests finish, and ends with code 0; so does Ctrl+C, without the wait for a balancer.
    """
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
