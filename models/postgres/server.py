"""A running embedded PostgreSQL: started, waited for, and stopped."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from models.postgres import guardian
from models.postgres.binaries import AlreadyRunningError, Binaries, PostgresError, find_binaries
from models.postgres.cluster import ENVIRONMENT, SUPERUSER, Cluster
from models.postgres.system_user import server_account

LOOPBACK = "127.0.0.1"
START_PATIENCE = 60.0  # seconds: recovery after a crash is included
PORT_TRIES = 3  # a free port may be taken by somebody else before the server has it

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Sized for a demo on two cores beside a gateway and a dashboard.
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # compiling costs short statements more than it saves
}


class Owner(NamedTuple):
    """Who owns a database and is no superuser, as in production: the script that makes both, run by
    a superuser."""

    name: str
    database: str
    script: str
    #: The environment variable from which the script takes the password.
    password: str


OWNER = Owner("gerbang_owner", "gerbang", "owner.sql", "GERBANG_OWNER_PASSWORD")
KEYS_OWNER = Owner(
    "gerbang_keys_owner", "gerbang_keys", "keys.sql", "GERBANG_KEY_STORE_OWNER_PASSWORD"
)


class Server:
    """One PostgreSQL on the loopback interface, with a password."""

    def __init__(
        self,
        cluster: Cluster,
        binaries: Binaries,
        port: int,
        guardian_process: subprocess.Popen[bytes] | None,
    ) -> None:
        self.cluster = cluster
        self.binaries = binaries
        self.port = port
        self._guard = guardian_process

    @property
    def pid(self) -> int | None:
        """The server's process id; None if it is gone."""
        running = self.cluster.postmaster()
        return running.pid if running else None

    def url(self, database: str) -> str:
        """The URL of a database, which is created if it is missing."""
        self._create(database)
        return self.address(database)

    def address(self, database: str) -> str:
        """The URL of a database that is there."""
        return self._address(SUPERUSER, self.cluster.password(), database)

    def owned_url(self, owner: Owner) -> str:
        """The URL of a database for its owner, with a new password; what is missing is made."""
        password = secrets.token_urlsafe(24)
        script = Path(__file__).with_name(owner.script).read_text(encoding="utf-8")
        self._administer(owner.database, script, **{owner.password: password})
        return self._address(owner.name, password, owner.database)

    def _address(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.port}/{database}"

    def is_guarded(self) -> bool:
        """Whether the guardian that we started still watches over the server."""
        return self._guard is not None and self._guard.poll() is None

    def stop(self) -> None:
        """Shut the server down; does nothing if we only attached to it."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()

    def _create(self, database: str) -> None:
        statement = (
            "SELECT format('CREATE DATABASE %I', :'database') WHERE NOT EXISTS"
            " (SELECT FROM pg_database WHERE datname = :'database') \\gexec\n"
        )
        self._administer(database, statement)

    def _administer(self, database: str, script: str, **environment: str) -> None:
        """Run a script of psql as the superuser, which makes a database."""
        result = subprocess.run(
            [self.binaries["psql"], "-qXv", "ON_ERROR_STOP=1", "-v", f"database={database}"],
            env={
                **ENVIRONMENT,
                "PGHOST": LOOPBACK,
                "PGPORT": str(self.port),
                "PGUSER": SUPERUSER,
                "PGDATABASE": "postgres",
                "PGPASSWORD": self.cluster.password(),
                **environment,
            },
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise PostgresError(
                f"The database {database} could not be made: {result.stderr.strip()}"
            )


@contextmanager
def running_postgres(
    data_dir: Path,
    *,
    binaries: Path | None = None,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
    attach: bool = False,
) -> Iterator[Server]:
    """A server on this data folder for as long as the block runs; port 0 takes a free one.

    `settings` go over our own; `{"fsync": "off"}` suits tests. With `attach`, a server that
    already runs on the folder is used and left running; otherwise it is an error.
    """
    server = start(data_dir, binaries, port, SETTINGS | dict(settings or {}), attach=attach)
    try:
        yield server
    finally:
        server.stop()


def start(
    data_dir: Path, binaries: Path | None, port: int, settings: dict[str, str], *, attach: bool
) -> Server:
    cluster = Cluster(data_dir.absolute(), server_account(data_dir))
    cluster.prepare_folder()
    programs = find_binaries(binaries)
    if not cluster.account.can_enter(programs.folder):
        programs = programs.copy_to(cluster.folder)
    try:
        lock = cluster.lock()
    except AlreadyRunningError:
        running = cluster.postmaster()
        if attach and running and running.status == "ready":
            return Server(cluster, programs, running.port, guardian_process=None)
        raise
    try:
        if not cluster.data.exists():
            cluster.initialise(programs, lock, durable=settings.get("fsync") != "off")
        cluster.check_version(programs)
        cluster.remove_stale_pid_file()
        return _launch(cluster, programs, port, settings, lock)
    finally:
        os.close(lock)  # the server holds it from here on


def _launch(
    cluster: Cluster, binaries: Binaries, port: int, settings: dict[str, str], lock: int
) -> Server:
    failure = None
    for _ in range(1 if port else PORT_TRIES):
        server = _start_guarded(cluster, binaries, port or _free_port(), settings, lock)
        failure = _failure_to_start(server)
        if failure is None:
            return server
        if "Address already in use" not in failure:
            break
    raise PostgresError(f"PostgreSQL did not start on {cluster.data}:\n{failure}")


def _start_guarded(
    cluster: Cluster, binaries: Binaries, port: int, settings: dict[str, str], lock: int
) -> Server:
    options = [f"--{name}={value}" for name, value in (settings | {"port": str(port)}).items()]
    command = [binaries["postgres"], "-D", str(cluster.data), *options]
    account = cluster.account
    with cluster.log.open("wb") as log:
        guard = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", guardian.__file__),
                *(str(lock), str(account.uid), str(account.gid)),
                *command,
            ],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=cluster.data,  # one that the server's account can enter
            env=ENVIRONMENT,
            pass_fds=(lock,),
            start_new_session=True,  # a Ctrl-C is for us; the server ends after us
        )
    return Server(cluster, binaries, port, guard)


def _failure_to_start(server: Server) -> str | None:
    """Wait until the server is ready; return its log if it fails to start."""
    deadline = time.monotonic() + START_PATIENCE
    while server.is_guarded() and time.monotonic() < deadline:
        running = server.cluster.postmaster()
        if running and running.status == "ready":
            return None
        time.sleep(0.01)
    server.stop()
    return server.cluster.log.read_text(errors="replace").strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


# The data is thrown away, so durability is not needed.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def temporary_postgres(
    *, binaries: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server on a fresh data folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-"))
    folder.chmod(0o711)  # when we are root, the server's account passes through
    try:
        with running_postgres(
            folder / "postgres", binaries=binaries, settings=NOT_DURABLE | dict(settings or {})
        ) as server:
            yield server
    finally:
        shutil.rmtree(folder)
