"""`python3 deploy/setup`: makes .venv from the fastest Python and the lock file, once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import installer
import pythons

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "gerbang-setup"  # gone together with what it vouches for
CELLS = ROOT / "gateway" / "execution" / "plan" / "gerbang_cells.pyx"
INPUTS = (
    ROOT / "requirements.lock",
    ROOT / "pyproject.toml",
    CELLS,
    *Path(__file__).parent.iterdir(),
)


def main() -> None:
    if read_stamp() == current_stamp():
        return
    if not os.access(ROOT, os.W_OK):
        sys.exit(
            f"Setting up writes into {ROOT}, which belongs to another user: use a clone of yours"
        )
    try:
        set_up_once()
    except (installer.CannotInstallError, OSError) as error:
        sys.exit(f"Setting up failed: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"Setting up failed at: {' '.join(map(str, error.cmd))}")


def set_up_once() -> None:
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if read_stamp() != current_stamp():
            set_up()


def set_up() -> None:
    candidates = pythons.find_pythons()
    uv, environment = installer.uv(TOOLS, candidates)

    def run(*arguments: str | Path) -> None:
        subprocess.run([uv, *arguments], cwd=ROOT, env=environment, check=True)

    if not read_stamp() or read_stamp()[:2] != current_stamp()[:2]:
        python = pythons.fastest(candidates)
        if python is None:
            oldest = ".".join(map(str, pythons.OLDEST))
            sys.exit(f"Gerbang needs Python {oldest} or newer, and this machine has none")
        print(f"{python}: the fastest that suits, of {len(candidates)} here", flush=True)
        run("venv", "--quiet", "--clear", "--python", python.path, VENV)
    STAMP.unlink(missing_ok=True)
    print("Installing the packages of requirements.lock", flush=True)
    run("pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", "requirements.lock")
    itself = ("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    run("pip", "install", "--python", PYTHON, *itself)
    subprocess.run([PYTHON, Path(__file__).parent / "cells.py"], check=True)
    STAMP.write_text("\n".join(current_stamp()))


def read_stamp() -> list[str]:
    """Where, with what and from which files the environment was made; empty when it was not."""
    return STAMP.read_text().splitlines() if STAMP.exists() else []


def current_stamp() -> list[str]:
    """What the stamp says where nothing has changed since."""
    digest = hashlib.sha256()
    for path in sorted(path for path in INPUTS if path.is_file()):
        digest.update(path.read_bytes())
    return [str(ROOT), version_of_the_environment(), digest.hexdigest()]


def version_of_the_environment() -> str:
    """The version of its Python; empty when that is gone."""
    try:
        result = subprocess.run([PYTHON, "-IS", "--version"], capture_output=True, text=True)
        return result.stdout.strip()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
