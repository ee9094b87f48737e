"""The command `gerbang dashboard`."""

import os
import sys

import click


@click.command()
def dashboard() -> None:
    """Serve the dashboard, in this very process."""
    os.execv(sys.executable, [sys.executable, "-m", "dashboard"])  # noqa: S606
