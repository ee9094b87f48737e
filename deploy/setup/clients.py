"""Brings the GraphQL clients of tests/clients, at pinned versions."""

from __future__ import annotations

import npm
from npm import ROOT

#: Why this machine cannot have them, for the tests to skip with.
ABSENT = ROOT / ".tools" / "clients.absent"


def main() -> None:
    npm.install_once("the clients that are tested", ROOT / "tests" / "clients", ABSENT)


if __name__ == "__main__":
    main()
