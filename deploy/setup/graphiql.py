"""Bundles GraphiQL from npm for the explorer of the development gateway."""

from __future__ import annotations

import subprocess

import npm
from npm import ROOT

FOLDER = ROOT / "gateway" / "wire" / "explorer" / "graphiql"
SOURCES = tuple(
    sorted(FOLDER.glob("*.js*")) + sorted(FOLDER.glob("*.css")) + [FOLDER / "build.mjs"]
)
#: Why this machine cannot have it, for the tests to skip with.
ABSENT = ROOT / ".tools" / "graphiql.absent"


def main() -> None:
    npm.install_once("GraphiQL", FOLDER, ABSENT, SOURCES, bundle)


def bundle() -> None:
    subprocess.run([npm.node(), FOLDER / "build.mjs"], check=True)


if __name__ == "__main__":
    main()
