"""What a release is made of, and that strangers can use it."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_command_says_its_version() -> None:
    gerbang = Path(sys.executable).with_name("gerbang")
    printed = subprocess.run([gerbang, "--version"], capture_output=True, text=True, check=True)
    assert printed.stdout == f"gerbang {PROJECT['version']}\n"


def test_the_licence_names_whom_the_package_names() -> None:
    [author] = PROJECT["authors"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert re.search(rf"Copyright 20\d\d {author['name']}$", licence, re.MULTILINE)


@pytest.mark.proof
def test_a_release_runs_where_nothing_else_of_ours_is() -> None:
    """The command itself runs the demo from the wheel, in an empty folder."""
    made = subprocess.run(
        ["make", "release"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert f"gerbang {PROJECT['version']}\n" in made.stdout
    assert "Australia" in made.stdout
    names = {path.name for path in (ROOT / "dist").iterdir()}
    assert any("manylinux" in name for name in names)
    assert {f"gerbang-{PROJECT['version']}-py3-none-any.whl", "licences.md"} < names
    bill = json.loads((ROOT / "dist" / "gerbang.cdx.json").read_text(encoding="utf-8"))
    listed = {canonicalize_name(component["name"]) for component in bill["components"]}
    licences = (ROOT / "dist" / "licences.md").read_text(encoding="utf-8")
    licensed = {
        canonicalize_name(name) for name in re.findall(r"^\| (\S+)", licences, re.MULTILINE)
    }
    needed = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}
    assert needed <= listed
    assert needed <= licensed
