"""Commands that serve, and the token of a demo user."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from importlib.metadata import version
from typing import Any

import click
import httpx2
import uvicorn
from starlette.applications import Starlette

from gateway.cli.internal import internal_server
from gateway.cli.keeper import keeper_app
from gateway.cli.process_log import logging_as
from gateway.cli.stopping import DrainingServer
from gateway.logs.lines import facts
from gateway.logs.output import log_unhandled
from gateway.service import gateway
from gateway.settings import Settings, read_settings
from gateway.wire.drain import Drain
from models.forgetting import keep_forgetting
from models.keeping import Jobs
from models.life.lapsing import keep_lapsing
from models.publication import keep_publishing
from models.volumes import keep_folding

#: Long enough for a fold that is under way; one that is cut off is undone and done again.
_KEEPER_SECONDS = 5

log = logging.getLogger(__name__)


@click.command()
def serve() -> None:
    """Serve the gateway.

    One process; run several behind a balancer for more. SIGTERM turns readiness false, lets
    running requests finish, and ends with code 0; so does Ctrl+C, without the wait for a balancer.
    """
    settings = read_settings()
    with logging_as(settings):
        on_the_fastest_loop(_serve(settings))


@click.command()
def keep() -> None:
    """Do what the gateway does not: fold and publish figures, end what waits too long."""
    settings = read_settings()
    with logging_as(settings):
        asyncio.run(_keep(settings))


@click.command()
def dashboard() -> None:
    """Serve the dashboard, in this very process."""
    os.execv(sys.executable, [sys.executable, "-m", "dashboard"])  # noqa: S606


@click.command()
@click.argument("user")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running demo.")
def token(user: str, url: str) -> None:
    """Print an access token for a demo user of a running demo."""
    try:
        click.echo(demo_token(user, url))
    except httpx2.HTTPError as error:
        raise click.ClickException(f"no demo answers at {url}: {error}") from None


def demo_token(user: str, url: str) -> str:
    answer = httpx2.post(f"{url}/development/users/{user}/token", timeout=10)
    if answer.is_error:
        raise click.ClickException(f"there is no demo user {user} at {url}")
    return answer.json()["access_token"]


def on_the_fastest_loop(serving: Coroutine[Any, Any, None]) -> None:
    """Run what serves on the event loop that uvicorn would choose: uvloop, where there is one."""
    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        runner.run(serving)


async def _serve(settings: Settings) -> None:
    asyncio.get_running_loop().set_exception_handler(log_unhandled)
    drain = Drain()
    app = gateway(settings, drain=drain)
    gc.freeze()  # what stays for ever is not looked through again in the middle of an answer
    async with internal_server(app.state.internal, settings.metrics_host, settings.metrics_port):
        await DrainingServer(configured(app, settings), drain, settings.drain_grace_seconds).serve()


async def _keep(settings: Settings) -> None:
    asyncio.get_running_loop().set_exception_handler(log_unhandled)
    told = asyncio.Event()
    for order in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(order, told.set)
    jobs = Jobs()
    host, port = settings.metrics_host, settings.keeper_port
    async with internal_server(keeper_app(settings, jobs), host, port, "GERBANG_KEEPER_PORT"):
        log.info("start", extra=facts(version=version("gerbang"), process="keeper", port=port))
        async with keeping(settings, jobs):
            await told.wait()
            log.info("drain")
    log.info("stop")


def configured(app: Starlette, settings: Settings) -> uvicorn.Config:
    """Uvicorn without its own log of requests: addresses do not belong into logs."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.drain_seconds,  # pyright: ignore[reportArgumentType]
        ws="websockets-sansio",
        ws_max_size=settings.body_limit,
        # Secrets and what others write do not share a compressor.
        ws_per_message_deflate=False,
    )


@contextlib.asynccontextmanager
async def keeping(settings: Settings, jobs: Jobs | None = None) -> AsyncIterator[None]:
    """Keep the volumes up to date meanwhile, publish them nightly, end what waits too long, and
    forget what nobody follows from any more."""
    stop, url = asyncio.Event(), settings.owned_url
    keepers = (keep_folding, keep_publishing, keep_lapsing, keep_forgetting)
    running = [asyncio.create_task(keeper(url, stop, jobs=jobs)) for keeper in keepers]
    try:
        yield
    finally:
        stop.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*running), _KEEPER_SECONDS)
