"""Brings the GraphQL clients of tests/clients, at pinned versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import installer
import npm
import pythons
from npm import ROOT

FOLDER = ROOT / "tests" / "clients"
TOOLS = ROOT / ".tools"
#: Why this machine cannot have those from npm, for the tests to skip with.
ABSENT = TOOLS / "clients.absent"
#: Of its own, because those from PyPI take an older graphql-core than we do.
PYTHON = TOOLS / "python-clients"


def main() -> None:
    npm.install_once("the clients that are tested", FOLDER, ABSENT)
    install_from_pypi(FOLDER / "python.txt")


def install_from_pypi(pinned: Path) -> None:
    """Make an environment with them: anew whenever what is pinned changed."""
    stamp = PYTHON / "gerbang-setup"
    if stamp.exists() and stamp.read_text() == pinned.read_text():
        return
    print("Installing the clients from PyPI", flush=True)
    uv, environment = installer.uv(TOOLS, pythons.find_pythons())

    def run(*arguments: str | Path) -> None:
        subprocess.run([uv, *arguments], env=environment, check=True)

    run("venv", "--quiet", "--clear", "--python", sys.executable, PYTHON)
    python = PYTHON / "bin" / "python"
    run("pip", "sync", "--quiet", "--python", python, "--require-hashes", pinned)
    stamp.write_text(pinned.read_text())


if __name__ == "__main__":
    main()
