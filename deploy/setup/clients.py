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
#: Of its own, because ariadne-codegen takes an older graphql-core than we do.
ARIADNE = TOOLS / "ariadne"


def main() -> None:
    npm.install_once("the clients that are tested", FOLDER, ABSENT)
    install_ariadne(FOLDER / "ariadne.txt")


def install_ariadne(pinned: Path) -> None:
    """Make an environment with ariadne-codegen: anew whenever what is pinned changed."""
    stamp = ARIADNE / "gerbang-setup"
    if stamp.exists() and stamp.read_text() == pinned.read_text():
        return
    print("Installing ariadne-codegen", flush=True)
    uv, environment = installer.uv(TOOLS, pythons.find_pythons())

    def run(*arguments: str | Path) -> None:
        subprocess.run([uv, *arguments], env=environment, check=True)

    run("venv", "--quiet", "--clear", "--python", sys.executable, ARIADNE)
    python = ARIADNE / "bin" / "python"
    run("pip", "sync", "--quiet", "--python", python, "--require-hashes", pinned)
    stamp.write_text(pinned.read_text())


if __name__ == "__main__":
    main()
