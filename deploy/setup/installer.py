"""Brings uv, with whatever can install a wheel on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pythons import Python

PINNED = Path(__file__).with_name("uv.txt")
WHEELS_OF_THE_SYSTEM = Path("/usr/share/python-wheels")
QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_USER": "0"}


class CannotInstallError(Exception):
    """Nothing on this machine can install a Python package."""


def uv(tools: Path, pythons: list[Python]) -> tuple[str, dict[str, str]]:
    """Our own uv below the tools folder, and the environment it runs in."""
    program = tools / "uv" / "bin" / "uv"
    environment = {**os.environ, **QUIET}
    with tempfile.TemporaryDirectory(prefix="gerbang-setup-") as scratch:
        command = next(_installers(pythons, Path(scratch)), None)
        if command is None:
            raise CannotInstallError(
                "This machine has neither pip nor ensurepip nor uv. On Debian and Ubuntu: "
                "apt-get update && apt-get install python3-pip"
            )
        if not _is_current(program):
            partial = tools / "uv.partial"
            shutil.rmtree(partial, ignore_errors=True)
            options = ["--quiet", "--target", str(partial), "--require-hashes", "-r", str(PINNED)]
            subprocess.run([*command, "install", *options], env=environment, check=True)
            shutil.rmtree(tools / "uv", ignore_errors=True)
            partial.rename(tools / "uv")
        return str(program), _environment(command, tools)


def _is_current(program: Path) -> bool:
    pinned = next(line for line in PINNED.read_text().splitlines() if line.startswith("uv=="))
    version = pinned.split()[0].partition("==")[2]
    return (program.parents[1] / f"uv-{version}.dist-info").exists() and program.exists()


def _installers(pythons: list[Python], scratch: Path) -> Iterator[list[str]]:
    """Commands that understand `install --target`, the likeliest first."""
    for python in pythons:
        if _works([python.path, "-m", "pip"]):
            yield [python.path, "-m", "pip"]
    wheels = [WHEELS_OF_THE_SYSTEM, *(Path(it.stdlib, "ensurepip", "_bundled") for it in pythons)]
    for folder in wheels:
        yield from _pip_in_a_wheel(folder, pythons)
    if shutil.which("uv"):
        yield ["uv", "pip"]
    if shutil.which("apt-get") and shutil.which("dpkg"):
        yield from _pip_in_a_wheel(_from_debian(scratch), pythons)


def _pip_in_a_wheel(folder: Path, pythons: list[Python]) -> Iterator[list[str]]:
    for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
        for python in pythons:
            command = [python.path, str(wheel / "pip")]
            if python.suits and _works(command):
                yield command


def _from_debian(scratch: Path) -> Path:
    """Debian's package of pip's wheel, unpacked and not installed, which takes no rights."""
    download = ["apt-get", "--quiet", "download", "python3-pip-whl"]
    subprocess.run(download, cwd=scratch, capture_output=True, check=False)
    for package in scratch.glob("*.deb"):
        subprocess.run(["dpkg", "--extract", package, scratch], check=True)
    return scratch / "usr" / "share" / "python-wheels"


def _works(command: list[str]) -> bool:
    asked = subprocess.run([*command, "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def _environment(installer: list[str], tools: Path) -> dict[str, str]:
    """uv downloads no Python, trusts what the machine trusts, and uses the mirror pip uses."""
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    if not os.access(os.path.expanduser("~"), os.W_OK):
        environment["UV_CACHE_DIR"] = str(tools / "cache")
    if installer[0] != "uv" and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & environment.keys():
        result = subprocess.run(
            [*installer, "config", "list"], capture_output=True, text=True, check=False
        )
        for line in result.stdout.splitlines():
            key, _, value = line.partition("=")
            if key.endswith(".index-url"):
                environment.setdefault("UV_DEFAULT_INDEX", value.strip("'\""))
    return environment
