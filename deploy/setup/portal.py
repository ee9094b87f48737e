"""Brings the packages of examples/portal, at pinned versions."""

from __future__ import annotations

import npm
from npm import ROOT

FOLDER = ROOT / "examples" / "portal"
#: Why this machine cannot have them, for the tests to skip with.
ABSENT = ROOT / ".tools" / "portal.absent"


def main() -> None:
    npm.install_once("the packages of the example portal", FOLDER, ABSENT)


if __name__ == "__main__":
    main()
