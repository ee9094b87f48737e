"""`gerbang demo`: starts PostgreSQL with synthetic data, the gateway, and the dashboard."""

import asyncio
import contextlib
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import click
import httpx2
import uvicorn

from gateway.access.judge_rules import judge_rules
from gateway.access.key_service_clients import key_service_for
from gateway.cli.data import WorldOptions, with_world_options
from gateway.cli.database_errors import DatabaseError
from gateway.cli.demo_users import DOCUMENTS as USERS_DOCUMENTS
from gateway.cli.init import register_dashboard
from gateway.cli.keeper import run_keeper
from gateway.cli.lively import LivelyDemo
from gateway.cli.main_job import DOCUMENTS, MainJob, show_addresses
from gateway.cli.serving import run_on_fastest_loop, server_config
from gateway.cli.starting import internal_server, require_free_port
from gateway.cli.vault import relate_now
from gateway.service import gateway
from gateway.settings import Settings, read_settings
from models.database.connections import connected
from models.database.url import read_database_url
from models.documents import register
from models.garbage import collect_seldom
from models.key_service import Cause, Principal, create_key_file
from models.key_service.preparing import prepare_store
from models.key_service.process import UNWRAPS_A_MINUTE, credentials_beside, running_keys
from models.logs import process_log
from models.migrations import UnknownRevisionError, migrate
from models.postgres import KEYS_OWNER, OWNER, default_data_dir, running_postgres
from models.postgres.guardian import end_with_parent
from models.row_security import login_at
from models.synthetic import synthesise

_PROJECT = Path(__file__).parent.parent.parent
_START_SECONDS = 60
#: What a front end's developer chooses.
_CHOSEN = (
    "GERBANG_ORIGINS",
    "GERBANG_PORTAL_URL",
    "GERBANG_REDIRECTS",
    "GERBANG_DOCUMENTS",
    "GERBANG_TOKEN_SECONDS",
    "GERBANG_IDENTITY_ACR",
)
#: Nobody waits for a whole world to be loaded at the usual pace.
_DIGESTS_A_MINUTE = 10_000_000


_SOMEBODY = "SELECT applicant_id FROM identity WHERE sealed IS NOT NULL LIMIT 1"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database.")
@click.option("--port", default=8000, show_default=True, help="Port of the gateway.")
@click.option("--dashboard-port", default=8050, show_default=True, help="Port of the dashboard.")
@click.option("--metrics-port", default=9464, show_default=True, help="Port of its metrics.")
@click.option("--origin", "origins", multiple=True, help="Origin of a front end of your own.")
@click.option(
    "--lively",
    "pace",
    type=click.FloatRange(min=0.01),
    is_flag=False,
    flag_value=1.0,
    metavar="[SECONDS]",
    help="People pay, ask, answer and decide: a step each second, or as said.",
)
@with_world_options
@click.option("--check", is_flag=True, help="Run the main job once, on free ports, and end.")
def demo(
    data: Path | None,
    port: int,
    dashboard_port: int,
    metrics_port: int,
    origins: tuple[str, ...],
    pace: float | None,
    world: WorldOptions,
    check: bool,
) -> None:
    """Bring everything up on this machine and print the volumes per partner country.

    For front ends elsewhere --origin (or GERBANG_ORIGINS) lets pages call, GERBANG_REDIRECTS lets
    applications sign people in, GERBANG_DOCUMENTS says what they may ask, GERBANG_TOKEN_SECONDS how
    long a token is good, and GERBANG_IDENTITY_ACR which sign-in reading identity takes.
    """
    if check:
        port, dashboard_port, metrics_port = _free_port(), _free_port(), _free_port()
    require_free_port("127.0.0.1", port, "--port")
    require_free_port("127.0.0.1", dashboard_port, "--dashboard-port")
    started_at = monotonic()
    binaries = os.environ.get("GERBANG_POSTGRES_BIN")
    data = (data or default_data_dir(_PROJECT)).absolute()
    # Beside the data, whose index of people was made with these keys.
    keys_file = data.with_name(f"{data.name}.keys.json")
    programs = Path(binaries) if binaries else None
    with contextlib.ExitStack() as stack:
        # The superuser makes the database and its owner, and does nothing else.
        server = stack.enter_context(running_postgres(data, binaries=programs))
        url = server.owned_url(OWNER)
        store = stack.enter_context(_key_store(data.with_name(f"{data.name}.keys"), programs))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gerbang-")))
        keys_socket = folder / "keys"  # paths of sockets are short
        ports = port, dashboard_port, metrics_port
        chosen = _settings(data, url, store, keys_file, keys_socket, ports, origins)
        exports = _write_exports(data.with_name(f"{data.name}.env"), chosen)
        settings = read_settings(chosen)
        stack.enter_context(_keys(keys_file, keys_socket, settings))
        asyncio.run(_load(settings, world))
        # People read this terminal, so only warnings and errors are logged to it.
        with _dashboard(settings, dashboard_port), process_log("WARNING", as_json=False):
            run_on_fastest_loop(_run(settings, exports, world, started_at, check, pace))


async def _load(settings: Settings, world: WorldOptions) -> None:
    """Migrate, register the documents of dashboard and main job, and load synthetic data if there
    is none yet."""
    url = settings.required_owner_url
    try:
        await migrate(url, gateway_url=settings.database_url, seal_keys=settings.seal_key)
    except UnknownRevisionError as error:
        raise DatabaseError(f"{error} --data DIR names another.", may_pass=False) from None
    async with connected(url) as connection:
        await register_dashboard(connection, "gerbang demo")
        await register(connection, [*DOCUMENTS, *USERS_DOCUMENTS], client="demo", by="gerbang demo")
        has_world = await connection.fetchval("SELECT EXISTS (SELECT FROM application)")
        somebody = await connection.fetchval(_SOMEBODY)
    keys = key_service_for(settings, Principal.LOADER, waits=True)
    if not has_world:
        click.echo(f"Loading a synthetic world of {world.applications:,} applications …")
        await synthesise(url, **vars(world), keys=keys)
    elif somebody and not await keys.open_data_keys([somebody], Cause.LOADING):
        raise DatabaseError(
            "The data keys of this world are not in its store: they are in files of an earlier"
            " release, or lost. --data DIR names another folder.",
            may_pass=False,
        )
    elif not await keys.judges_everybody():
        await relate_now(settings)  # of a demo from before


def _settings(
    data: Path,
    url: str,
    store: str,
    keys_file: Path,
    keys_socket: Path,
    ports: tuple[int, int, int],
    origins: tuple[str, ...],
) -> dict[str, str]:
    """What the demo is set to: its files lie beside its data."""
    port, dashboard_port, metrics_port = ports
    chosen = {name: os.environ[name] for name in _CHOSEN if name in os.environ}
    if origins:
        chosen["GERBANG_ORIGINS"] = ",".join(origins)
        chosen.setdefault("GERBANG_PORTAL_URL", origins[0])
    return {
        **chosen,
        "GERBANG_ENVIRONMENT": "development",
        "GERBANG_DATABASE_URL": login_at(url, secrets.token_hex(16)),
        "GERBANG_OWNER_URL": url,
        "GERBANG_KEY_SERVICE": f"unix:{keys_socket}",
        "GERBANG_CREDENTIALS": str(credentials_beside(keys_file)),
        "GERBANG_CHECKPOINTS": f"{data}.checkpoints",
        "GERBANG_MAIL": f"file:{data}.mail",
        "GERBANG_MAIL_FROM": "gerbang@gerbang.example",
        "GERBANG_DOCUMENT_STORE": f"file:{data}.documents",
        "GERBANG_WEBHOOK_KEY": _kept_key(data.with_name(f"{data.name}.webhook_key")),
        "GERBANG_KEY_STORE": store,
        "GERBANG_PORT": str(port),
        "GERBANG_METRICS_PORT": str(metrics_port),
        "GERBANG_DASHBOARD_URL": f"http://127.0.0.1:{dashboard_port}",
    }


def _write_exports(file: Path, settings: dict[str, str]) -> Path:
    """What a shell needs to look at the demo with an operator's commands; nobody else reads it."""
    file.unlink(missing_ok=True)
    file.touch(0o600)
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def _kept_key(file: Path) -> str:
    """The key for which secrets of endpoints lie sealed in the database beside it."""
    if not file.exists():
        file.touch(0o600)
        file.write_text(f"{secrets.token_hex(32)}\n", "ascii")
    return file.read_text("ascii").strip()


@contextlib.contextmanager
def _key_store(data: Path, binaries: Path | None) -> Iterator[str]:
    """The database of the key service, on a server of its own with its own administrator; the URL
    of the login of services."""
    settings = {"shared_buffers": "32MB", "max_wal_size": "1GB"}
    with running_postgres(data, binaries=binaries, settings=settings) as server:
        owner = server.owned_url(KEYS_OWNER)
        login = read_database_url(owner).with_login("gerbang_keys", secrets.token_hex(16))
        asyncio.run(prepare_store(owner, str(login)))
        yield str(login)


@contextlib.contextmanager
def _keys(file: Path, path: Path, settings: Settings) -> Iterator[None]:
    """Run the key service in a child process, which ends with this one."""
    create_key_file(file)
    signing, linking = (path.with_name(f"{path.name}.{name}") for name in ("signing", "linking"))
    judge = judge_rules(settings).to_json()
    with running_keys(
        *(file, path, settings.required_key_store),
        *(UNWRAPS_A_MINUTE, signing, _DIGESTS_A_MINUTE, linking),
        *(judge, settings.credentials),
    ):
        yield


@contextlib.contextmanager
def _dashboard(settings: Settings, port: int) -> Iterator[None]:
    """Run the dashboard in a child process, which ends with this one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard"],
        env={
            **os.environ,
            "GERBANG_ENVIRONMENT": settings.environment.value,
            "GERBANG_API_URL": f"http://127.0.0.1:{settings.port}",
            "GERBANG_ISSUER": settings.token_issuer,
            "GERBANG_DASHBOARD_URL": settings.dashboard_url,
            "GERBANG_DASHBOARD_PORT": str(port),
            "GERBANG_LOG_LEVEL": "warning",
        },
        preexec_fn=end_with_parent(),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def _run(
    settings: Settings,
    exports: Path,
    world: WorldOptions,
    started_at: float,
    check: bool,
    pace: float | None,
) -> None:
    """Serve, print the volumes per partner country, and wait for a signal to stop."""
    url = f"http://127.0.0.1:{settings.port}"
    until = world.until or datetime.now(UTC)
    job = MainJob(url, until)
    async with run_keeper(settings, stands_still=world.until is not None), _serve(settings):
        await _wait_until_ready(f"{url}/health/ready")
        await _wait_until_ready(f"{settings.dashboard_url}/health/live")
        await asyncio.to_thread(job.show_volumes)
        if check:
            await asyncio.to_thread(job.check_scopes)
            return
        show_addresses(settings, exports)
        click.echo(f"Ready after {monotonic() - started_at:.1f} s. Ctrl+C ends it.")
        async with _lively(url, world.seed, pace):
            await _wait_for_stop_signal()


@contextlib.asynccontextmanager
async def _serve(settings: Settings) -> AsyncIterator[None]:
    app = gateway(settings)
    collect_seldom()  # as `gerbang serve` does
    serving = _DemoServer(server_config(app, settings))
    task = asyncio.create_task(serving.serve())
    try:
        async with internal_server(
            app.state.internal, settings.metrics_host, settings.metrics_port
        ):
            yield
    finally:
        serving.should_exit = True
        await task


@contextlib.asynccontextmanager
async def _lively(url: str, seed: int, pace: float | None) -> AsyncIterator[None]:
    """Let the demo's users act, where a pace is given."""
    acting = asyncio.create_task(LivelyDemo(url, seed).run(pace)) if pace else None
    try:
        yield
    finally:
        if acting:
            acting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await acting


class _DemoServer(uvicorn.Server):
    """A server that leaves signals to the demo."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _wait_until_ready(url: str) -> None:
    """Raises ClickException if nothing answers in time."""
    end = monotonic() + _START_SECONDS
    async with httpx2.AsyncClient() as client:
        while monotonic() < end:
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.05)
    raise click.ClickException(f"{url} did not answer within {_START_SECONDS} s")


async def _wait_for_stop_signal() -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    await stop.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
