"""The commands of docs/operations.md, one after the other, on Debian's PostgreSQL.

They, and those of docs/trusted-documents.md, are run as they stand there, by an ordinary user, but
for the ports and the folder of the server, which are this run's own: from an empty database to the
first application, and then what an operator does to an installation.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.free_ports import free_port
from tests.machine import needs, ordinary_user

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DOCUMENTS = (ROOT / "docs" / "trusted-documents.md").read_text(encoding="utf-8")
QUERY = "query Who { viewer { role } }"
#: Where `make test` unpacks them, see deploy/setup/debian_postgres.py.
PROGRAMS = ROOT / ".tools" / "debian-postgres" / "bin"
ABSENT = "Debian's PostgreSQL is not unpacked here (`make debian-postgres`, where there is apt)"
SECONDS = 280


def commands() -> str:
    """The shell blocks of the page, one after the other, and then that of registering documents."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return "\n".join([*blocks, re.findall(r"```sh\n(.*?)```", DOCUMENTS, re.DOTALL)[0]])


def is_reached(program: Path, user: dict[str, Any]) -> bool:
    try:
        asked = [program, "--version"]
        return subprocess.run(asked, cwd="/", capture_output=True, **user).returncode == 0
    except PermissionError:
        return False


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the ordinary user, for the server."""
    with tempfile.TemporaryDirectory(prefix="gerbang-day-one-", dir="/var/tmp") as name:
        if user := ordinary_user():
            os.chown(name, user["user"], user["group"])
        yield Path(name)


@needs("debian-postgres", is_here=(PROGRAMS / "postgres").exists(), absent=ABSENT)
@pytest.mark.timeout(300)  # programs of their own, one after the other
def test_the_first_application_is_granted_and_the_installation_looked_after(folder: Path) -> None:
    user = ordinary_user()
    if not all(is_reached(it, user) for it in (PROGRAMS / "psql", Path(sys.executable))):
        pytest.skip("the clone or its Python lies where an ordinary user cannot reach it")
    replaced = {
        "$PWD/.gerbang/server": f"{folder}/server",
        "5433": str(free_port()),
        ":8000": f":{(port := free_port())}",
        ":9464": f":{(metrics := free_port())}",
    }
    hash_ = sha256(QUERY.encode()).hexdigest()
    manifest = folder / "persisted-documents.json"
    manifest.write_text(json.dumps({"who-1": QUERY}), encoding="utf-8")
    replaced |= {" persisted-documents.json": f" {manifest}", "sha256:5f1d…": f"sha256:{hash_}"}
    script = commands()
    for written, ours in replaced.items():
        assert written in script
        script = script.replace(written, ours)
    ports = {"GERBANG_PORT": str(port), "GERBANG_METRICS_PORT": str(metrics)}
    environ = {**ports, "GERBANG_KEEPER_PORT": ""}  # others may run on this machine
    done = run(f"set -euo pipefail\n{script}", folder, user, environ)
    assert done.returncode == 0, done.stdout + done.stderr
    output = done.stdout.splitlines()
    said = iter(output)  # in this order
    for expected in (
        r"partners: 2 added",
        r"Nothing to mend\.",
        r"recordDecision by officer: [0-9A-Z-]{14}, CLOSED",
        r"Australia: 1 taken in, 1 granted",
        r'\{"ready":true.*',
        r"gerbang_running 0\.0",
        r"Nothing to mend\.",
        r"0 differences",
        r"Nothing to do\.",
        r"Nothing to add\.",
        r".*: a new key writes, the one before is accepted\.",
        r"Everybody is indexed by the key that writes\.",
        r".*: one key is left\.",
        r"0 of 1 data keys belong to nobody and would be swept\.",
        r"Nothing was rewritten\.",
        r"1 registered, 0 known already\.",
        rf" +sha256:{hash_}, who-1",
        rf"retired sha256:{hash_}",
    ):
        assert any(re.fullmatch(expected, line) for line in said), f"{expected}\n{done.stdout}"


def run(
    script: str, folder: Path, user: dict[str, Any], environ: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """What a shell of the ordinary user says; whatever it started ends with it."""
    out, err = folder / "out", folder / "err"  # files: what runs on would hold pipes open
    with out.open("w") as stdout, err.open("w") as stderr:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=ROOT,
            env={"PATH": f"{PROGRAMS}:{os.defpath}", "HOME": str(folder), **environ},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            **user,
        )
    try:
        code = shell.wait(SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        stop = [PROGRAMS / "pg_ctl", "--pgdata", folder / "server", "--mode=immediate", "stop"]
        subprocess.run(stop, cwd="/", check=False, stdout=subprocess.DEVNULL, **user)
    return subprocess.CompletedProcess([], code, *(it.read_text() for it in (out, err)))
