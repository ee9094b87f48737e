"""Applies the recipes of CONTRIBUTING.md to a copy of the code, as they are written there."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAMES = ("field", "noun", "role", "dimension of the volumes", "mutation")
GERBANG = "from gateway.cli import main; main()"
CHECK = (
    f"{sys.executable} -m checks; status=$?;"
    f" {sys.executable} -c '{GERBANG}' snapshots --check; exit $((status | $?))"
)

_BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>diff|sh)\n(?P<text>.*?)^ *```$", re.M | re.S)


@dataclass(frozen=True)
class Step:
    """A block of a recipe: a difference of a file, or commands."""

    kind: str
    text: str

    @property
    def file(self) -> str:
        """What it changes; the first command, if it is one."""
        return self.text.splitlines()[0].removeprefix("--- ")

    @property
    def is_new(self) -> bool:
        """Whether it makes a file: it adds all of its lines."""
        lines = self.text.splitlines()[1:]
        return self.kind == "diff" and all(line.startswith("+") for line in lines)

    @property
    def _added(self) -> str:
        return "".join(f"{line[1:]}\n" for line in self.text.splitlines()[1:])

    def apply(self, tree: Path, *, undo: bool = False) -> None:
        """Do what the step says, or take it back."""
        if self.kind == "sh":
            run(tree, self.text, must_succeed=True)
            return
        file, signs = tree / self.file, ("+", "-") if undo else ("-", "+")
        if self.is_new:
            if undo:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(self._added, encoding="utf-8")
            return
        text = file.read_text(encoding="utf-8")
        for hunk in self.text.split("\n", 1)[1].rstrip("\n").split("\n@@\n"):
            lines = hunk.split("\n")
            before = "\n".join(line[1:] for line in lines if line[:1] in (" ", signs[0], ""))
            after = "\n".join(line[1:] for line in lines if line[:1] in (" ", signs[1], ""))
            text = _replace(text, f"{before}\n", f"{after}\n", self.file)
        file.write_text(text, encoding="utf-8")


def recipe(name: str) -> list[Step]:
    """The steps of a recipe, in order."""
    (section,) = re.findall(rf"^## Add a {name}\n(.*?)(?=^## )", PAGE, re.M | re.S)
    return [
        Step(block["kind"], textwrap.dedent(block["text"])) for block in _BLOCK.finditer(section)
    ]


def messages(name: str) -> list[str]:
    """What a recipe says that the build answers where something is left out."""
    (section,) = re.findall(rf"^## Add a {name}\n(.*?)(?=^## )", PAGE, re.M | re.S)
    rows = re.findall(r"^\|(.*)\|(.*)\|(.*)\|$", section, re.M)[2:]
    return [found[2] for row in rows if (found := re.search(r"(`+)(.+?)\1", row[2]))]


def copy_tree(folder: Path) -> Path:
    """A copy of the code, with what Python compiled of it, so that programs start quickly there."""
    tree, left_out = folder / "tree", shutil.ignore_patterns("*.png", "node_modules")
    for name in ("gateway", "models", "dashboard", "docs", "checks", "deploy"):
        shutil.copytree(ROOT / name, tree / name, ignore=left_out)
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tree)
    for name in (
        "bench",
        "client",
        "examples",
        "tests",
        "SECURITY.md",
        "docker-compose.yml",
    ):  # documents link to them
        (tree / name).symlink_to(ROOT / name)
    return tree


def run(tree: Path, commands: str, *, must_succeed: bool = False) -> tuple[int, str]:
    """Run commands as they are typed in a checkout; the exit code, and all that was printed."""
    commands = commands.replace(".venv/bin/gerbang", f"{sys.executable} -c '{GERBANG}'")
    commands = commands.replace("make snapshots", f"{sys.executable} -c '{GERBANG}' snapshots")
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail\n{commands}"],
        cwd=tree, env=environment(tree), capture_output=True, text=True, check=False,
    )  # fmt: skip
    output = ran.stdout + ran.stderr
    assert not must_succeed or ran.returncode == 0, f"{commands}\n{output}"
    return ran.returncode, output


def environment(tree: Path) -> dict[str, str]:
    """The copy's code, and the tests of this checkout.

    Nothing more is compiled to files: one that is changed twice in a second might look unchanged.
    """
    return {
        **os.environ,
        "PYTHONPATH": f"{tree}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _replace(text: str, before: str, after: str, name: str) -> str:
    assert text.count(before) == 1, f"{name} has {text.count(before)} times:\n{before}"
    return text.replace(before, after)
