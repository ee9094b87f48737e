"""A command that cannot start says what to do in one sentence, without a traceback."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from models.postgres import Server
from models.row_security import login_at
from tests import tokens
from tests.clusters import TEMPLATE, data_folder
from tests.commands import call_command
from tests.free_ports import free_port
from tests.linking import key_service, keys_file
from tests.owners import run
from tests.running_demo import GERBANG

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "GERBANG_CURSOR_KEY": "cd" * 32,
    "GERBANG_SEAL_KEY": tokens.SEAL_KEY.hex(),
    "GERBANG_KEY_SERVICE": key_service(),
    "GERBANG_CHECKPOINTS": str(keys_file().parent / "checkpoints"),
}
UNMIGRATED, MIGRATED = "never_migrated", TEMPLATE


@dataclass(frozen=True)
class Case:
    """A command, what it is started with, and how its only sentence begins."""

    command: str
    message: str
    database: str = MIGRATED
    #: Parts of the address to be replaced.
    wrong: dict[str, object] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    #: In this process; the others are programs of their own.
    is_called: bool = False


AWAY = "The database does not answer: start PostgreSQL, or correct host and port in GERBANG_OWNER"
REFUSED = "The database refuses the login: look at the user and the password in GERBANG_"
NO_DATABASE = "There is no such database: let a superuser make it with models/postgres/owner.sql"
NOT_MIGRATED = "The database was not migrated to this version: run `gerbang migrate` first."
NOT_THE_OWNER = "The database does not let this login do that: look whether GERBANG_OWNER_URL"
READ_ONLY = "The database is a replica or set to read only: name the primary in GERBANG_OWNER_URL."
PORT, PASSWORD, NAME = {"port": 9}, {"password": "wrong"}, {"database": "nothing"}
LOGIN = {"username": "gerbang_gateway", "password": tokens.PASSWORD}

CASES = {
    "init, database away": Case("init", AWAY, wrong=PORT, is_called=True),
    "init, wrong password": Case(
        "init", REFUSED + "OWNER_URL", wrong=PASSWORD, is_called=True
    ),
    "init, no such database": Case(
        "init", NO_DATABASE, wrong=NAME, is_called=True
    ),
    "init, never migrated": Case("init", NOT_MIGRATED, UNMIGRATED, is_called=True),
    "init, not the owner": Case("init", NOT_THE_OWNER, wrong=LOGIN, is_called=True),
    "serve, port taken": Case("serve", "127.0.0.1:{taken} is taken: end what listens there, or"
        " choose another with GERBANG_PORT.", environ={"GERBANG_PORT": "{taken}"}),
    "dashboard, port taken": Case("dashboard", "127.0.0.1:{taken} cannot be listened on (Address"
        " already in use): end what listens there, or set GERBANG_DASHBOARD_PORT",
        environ={"GERBANG_DASHBOARD_PORT": "{taken}"}),
    "demo, port taken": Case("demo --port {taken}", "127.0.0.1:{taken} is taken: end what listens"
        " there, or choose another with --port.", is_called=True),
    "demo, folder that cannot be written": Case("demo --check --data /proc/gerbang",
        "The data folder /proc/gerbang cannot be made: ", is_called=True),
    "demo, no PostgreSQL": Case("demo --check --data {folder}/postgres",
        "{folder} holds no PostgreSQL of version 17 or newer",
        environ={"GERBANG_POSTGRES_BIN": "{folder}"}, is_called=True),
}  # fmt: skip
#: What these would show is shown by others already.
RARER = {
    "migrate, wrong password": Case("migrate", REFUSED + "OWNER_URL", wrong=PASSWORD),
    "serve, never migrated": Case("serve", NOT_MIGRATED, UNMIGRATED),
    "serve, foreign address": Case("serve", "192.0.2.1:8000 is no address of this machine",
        environ={"GERBANG_HOST": "192.0.2.1"}),
    "migrate, database away": Case("migrate", AWAY, wrong=PORT),
    "synthesise, database away": Case("synthesise", AWAY, wrong=PORT),
    "volumes, database away": Case("volumes verify", AWAY, wrong=PORT),
    "serve, wrong password": Case("serve", REFUSED + "DATABASE_URL", wrong=PASSWORD),
    "keep, wrong password": Case("keep", REFUSED + "OWNER_URL", wrong=PASSWORD),
    "volumes, wrong password": Case("volumes rebuild", REFUSED + "OWNER_URL", wrong=PASSWORD),
    "keep, no such database": Case("keep", NO_DATABASE, wrong=NAME),
    "keep, never migrated": Case("keep", NOT_MIGRATED, UNMIGRATED),
    "migrate, no such database": Case("migrate", NO_DATABASE, wrong=NAME),
    "serve, no such database": Case("serve", NO_DATABASE, wrong=NAME),
    "synthesise, never migrated": Case("synthesise", NOT_MIGRATED, UNMIGRATED),
    "volumes, never migrated": Case("volumes verify", NOT_MIGRATED, UNMIGRATED),
    "init, replica": Case("init", READ_ONLY, "read_only"),
    "migrate, replica": Case("migrate", READ_ONLY, "read_only"),
    "dashboard, nothing set": Case("dashboard", "GERBANG_ISSUER is missing: set it to",
        environ={"GERBANG_ISSUER": ""}),
}  # fmt: skip
PROVEN = [pytest.param(case, id=name, marks=pytest.mark.proof) for name, case in RARER.items()]


@pytest.fixture(scope="module")
async def databases(server: Server) -> None:
    """A database that nobody has migrated, and one that lets nobody write."""
    superuser = server.url("postgres")
    await run(
        superuser,
        f"CREATE DATABASE {UNMIGRATED}",
        f"CREATE DATABASE read_only TEMPLATE {TEMPLATE}",
        "ALTER DATABASE read_only SET default_transaction_read_only = on",
    )


@pytest.fixture(scope="module")
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as data:
        yield data.parent


def environment(server: Server, case: Case) -> dict[str, str]:
    owner = make_url(server.url("postgres")).set(database=case.database)
    login = make_url(login_at(server.url("postgres"), tokens.PASSWORD)).set(database=case.database)
    shown = [it.set(**case.wrong).render_as_string(hide_password=False) for it in (owner, login)]
    return {
        "PATH": os.defpath,
        "GERBANG_OWNER_URL": shown[0],
        "GERBANG_DATABASE_URL": shown[1],
        "GERBANG_ISSUER": "https://sign-in.example",
        "GERBANG_JWKS_URL": "https://sign-in.example/keys",
        # Others may run on this machine, so metrics are served nowhere.
        "GERBANG_METRICS_PORT": "",
        "GERBANG_KEEPER_PORT": "",
        **KEYS,
        **case.environ,
    }


@pytest.mark.usefixtures("anyio_backend", "databases")
@pytest.mark.parametrize(
    "case", [*(pytest.param(case, id=name) for name, case in CASES.items()), *PROVEN]
)
def test_a_command_says_in_one_sentence_what_to_do(
    server: Server, taken: int, folder: Path, case: Case
) -> None:
    def fill(text: str) -> str:
        return text.format(taken=taken, folder=folder)

    environ = {name: fill(text) for name, text in environment(server, case).items()}
    arguments = map(fill, case.command.split())
    start = call_command if case.is_called else _start
    done = start([*arguments], environ)
    assert done.returncode == 1, done.stderr
    said = done.stderr.strip().removeprefix("gerbang: ").removeprefix("gerbang dashboard: ")
    assert said.startswith(fill(case.message)), done.stderr
    assert "\n" not in said
    assert environ["GERBANG_OWNER_URL"] not in done.stderr + done.stdout
    assert tokens.PASSWORD not in done.stderr + done.stdout


def _start(arguments: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [GERBANG, *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=150)


def test_a_data_folder_without_room_is_reported() -> None:
    """As a full disk does, a limit on the size of files ends what initdb writes."""
    limited = ["/bin/sh", "-c", 'ulimit -f 100; exec "$@"', "sh"]
    with data_folder() as data:
        done = subprocess.run(
            [*limited, GERBANG, "demo", "--check", "--data", data], capture_output=True, text=True
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"gerbang: PostgreSQL could not make {data}/cluster: ")
    assert done.stderr.endswith("make room there, or choose another folder.\n")
    assert done.stderr.count("\n") == 1


def test_a_machine_without_a_suitable_python_is_reported() -> None:
    done = subprocess.run(
        ["make", "--silent", "setup", "ANY="], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stdout == "Gerbang needs Python 3.11 or newer\n"


# --- Everything at once ---------------------------------------------------------------------------


def test_all_missing_settings_are_reported_together() -> None:
    done = call_command(["serve"], {"GERBANG_PORT": "many", "GERBANG_LOCK_SECONDS": "20"})
    assert done.returncode == 1
    lines = done.stderr.removeprefix("gerbang: ").splitlines()
    assert [sentence.split()[0] for sentence in lines] == [
        "GERBANG_PORT",
        "GERBANG_DATABASE_URL",
        "GERBANG_ISSUER",
        "GERBANG_JWKS_URL",
        "GERBANG_CURSOR_KEY",
        "GERBANG_SEAL_KEY",
        "GERBANG_LOCK_SECONDS",
    ]
    assert all(sentence.endswith(".") for sentence in lines)


# --- A database that may come back ----------------------------------------------------------------


@pytest.mark.parametrize("command", ["keep", pytest.param("serve", marks=pytest.mark.proof)])
@pytest.mark.usefixtures("anyio_backend")
def test_long_running_commands_wait_for_a_database_that_is_away(
    server: Server, command: str
) -> None:
    """A machine that starts again must not depend on which of its programs is up first."""
    case = Case(command, "", wrong=PORT, environ={"GERBANG_PORT": str(free_port())})
    process = subprocess.Popen(
        [GERBANG, command], env=environment(server, case), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        first = process.stderr.readline()
        assert first.startswith("gerbang: The database does not answer: start PostgreSQL")
        assert first.rstrip().endswith("Starting all the same, and waiting for it.")
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.wait(30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
