"""The README's way from an empty database to the first application, on Debian's PostgreSQL.

Its commands are run as they stand there, by an ordinary user, but for the ports and the folder of
the server, which are this run's own.
"""

import contextlib
import os
import pwd
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.free_ports import free_port
from tests.machine import needs

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: Where `make test` unpacks them, see deploy/setup/debian_postgres.py.
PROGRAMS = ROOT / ".tools" / "debian-postgres" / "bin"
ABSENT = "Debian's PostgreSQL is not unpacked here (`make debian-postgres`, where there is apt)"
SECONDS = 180


def commands() -> str:
    """The shell blocks of the section, one after the other."""
    section = README.split("## From an empty database to the first application\n")[1]
    return "\n".join(re.findall(r"```sh\n(.*?)```", section.split("\n## ")[0], re.DOTALL))


def ordinary_user() -> dict[str, Any]:
    """Arguments for `subprocess`: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


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
def test_the_first_application_is_granted_and_counted(folder: Path) -> None:
    user = ordinary_user()
    if not all(is_reached(it, user) for it in (PROGRAMS / "psql", Path(sys.executable))):
        pytest.skip("the clone or its Python lies where an ordinary user cannot reach it")
    replaced = {
        "$PWD/.gerbang/server": f"{folder}/server",
        "5433": str(free_port()),
        ":8000": f":{(port := free_port())}",
    }
    script = commands()
    for written, ours in replaced.items():
        assert written in script
        script = script.replace(written, ours)
    # Others may run on this machine, so metrics are served nowhere.
    environ = {"GERBANG_PORT": str(port), "GERBANG_METRICS_PORT": "", "GERBANG_KEEPER_PORT": ""}
    done = run(f"set -euo pipefail\n{script}", folder, user, environ)
    assert done.returncode == 0, done.stdout + done.stderr
    output = done.stdout.splitlines()
    assert "partners: 2 added" in output
    assert "Nothing to mend." in output
    assert output[-1] == "Australia: 1 taken in, 1 granted"
    assert re.fullmatch(r"recordDecision by officer: [0-9A-Z-]{14}, CLOSED", output[-2])


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
