"""Bundles Plotly from npm with the traces that the dashboard draws."""

from __future__ import annotations

import subprocess

import npm
from npm import ROOT

FOLDER = ROOT / "deploy" / "plotly"


def main() -> None:
    npm.run_npm(FOLDER, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    subprocess.run([npm.node(), FOLDER / "build.mjs"], check=True)


if __name__ == "__main__":
    main()
