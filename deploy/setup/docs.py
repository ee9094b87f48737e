"""`make docs`: the documentation as a site in build/docs, which needs no network to be read."""

from __future__ import annotations

import shutil
import subprocess
import sys

import installer
import npm
import pythons
from npm import ROOT

SITE, TOOLS, BUILT = ROOT / "docs" / "site", ROOT / ".tools", ROOT / "build" / "docs"
PYTHON = TOOLS / "docs" / "bin" / "python"
#: Why this machine cannot draw diagrams.
ABSENT = TOOLS / "mermaid.absent"


def main() -> None:
    npm.install_once("Mermaid", SITE, ABSENT)
    uv, environment = installer.uv(TOOLS, pythons.find_pythons())

    def run(*command: object) -> None:
        subprocess.run([*map(str, command)], cwd=ROOT, env=environment, check=True)

    if not PYTHON.exists():
        run(uv, "venv", "--quiet", "--python", sys.executable, PYTHON.parents[1])
    pinned = ROOT / "deploy" / "setup" / "docs.txt"
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, pinned)
    shutil.rmtree(BUILT, ignore_errors=True)
    run(PYTHON, "-m", "sphinx", "--quiet", "--fail-on-warning", "-c", SITE, ROOT, BUILT)
    print(BUILT / "index.html")


if __name__ == "__main__":
    main()
