"""The command that examines an installation."""

import asyncio
import sys

import click

from gateway.doctor import examine
from gateway.settings import read_settings


@click.command()
def doctor() -> None:
    """Examine this installation: what is wrong, why it matters, how to mend it."""
    findings = asyncio.run(examine(read_settings()))
    for finding in findings:
        click.echo(str(finding))
    click.echo(f"{len(findings)} findings" if findings else "Nothing to mend.")
    sys.exit(bool(findings))
