"""Brings Lighthouse, which judges the pages of the dashboard in the proof."""

from __future__ import annotations

import npm
from npm import ROOT

#: Why this machine cannot have it, for the tests to skip with.
ABSENT = ROOT / ".tools" / "lighthouse.absent"


def main() -> None:
    npm.install_once("Lighthouse", ROOT / "tests" / "dashboard" / "lighthouse", ABSENT)


if __name__ == "__main__":
    main()
