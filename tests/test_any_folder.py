"""The commands of the README work in a folder of any name, and behind a symbolic link."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Longer than the path of a socket may be, and than a kernel reads in the first line of a script.
LONG = "/".join(("long" * 30, "path" * 40))
NAMES = {
    "a space": "visa  gateway",
    "an umlaut and an apostrophe": "Gäste d'Orient",
    "a long path": LONG,
}


#: Whose name has what the others have, and behind which lies another one; the others are for the
#: proof.
QUICK = ("an umlaut and an apostrophe", "a symbolic link")


@pytest.fixture(
    params=[
        name if name in QUICK else pytest.param(name, marks=pytest.mark.proof)
        for name in (*NAMES, "a symbolic link")
    ]
)
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """An empty folder of such a name, which the server of a root can reach."""
    with TemporaryDirectory(prefix="gerbang-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        if request.param in NAMES:
            made = Path(name, NAMES[request.param])
            made.mkdir(parents=True)
        else:
            Path(name, "it is here").mkdir()
            made = Path(name, "linked here")
            made.symlink_to("it is here")
        yield made


def make(folder: Path, *arguments: str, cwd: Path | None = None) -> str:
    """What make says, told of the folder in one of two ways."""
    told = ("--file", str(folder / "Makefile")) if cwd else ()
    command = ["make", "--silent", *told, *arguments]
    done = subprocess.run(command, cwd=cwd or folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("is_elsewhere", [False, True], ids=["there", "from elsewhere"])
def test_make_finds_what_it_starts(folder: Path, is_elsewhere: bool) -> None:
    """With the environment of this project, and nothing set up anew: only the way is tried."""
    cwd = Path("/") if is_elsewhere else None
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "deploy/setup").mkdir(parents=True)
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    assert "make demo" in make(folder, cwd=cwd)
    assert make(folder, "setup", "ANY=ls -d", cwd=cwd).endswith("/deploy/setup\n")
    if is_elsewhere:
        assert "pytest" in make(folder, "test", "ANY=ls -d", "TOOLS=", "ARGS=--version", cwd=cwd)
    else:
        assert "gerbang demo" in make(folder, "demo", "ANY=ls -d", "ARGS=--help")


@pytest.mark.proof
def test_the_demo_sets_itself_up_and_runs(folder: Path) -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, os.fsdecode(names.stdout).split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    said = make(folder, "demo", "ARGS=--check --applications 500")
    assert re.search(r"^Malaysia +\d+", said, re.MULTILINE), said
    assert (folder / ".gerbang").is_dir()
