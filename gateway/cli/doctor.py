"""The command that examines an installation."""

import asyncio
import sys

import click

from gateway.doctor import examine
from gateway.settings import Command, read_settings, variable_name

#: What is examined only with these settings.
_NEEDS_MORE = {
    "the seal": ("seal_key",),
    "the provider": ("issuer", "jwks_url"),
}


@click.command()
def doctor() -> None:
    """Examine this installation: what is wrong, why it matters, how to mend it."""
    settings = read_settings(command=Command.DOCTOR)
    findings = asyncio.run(examine(settings))
    for finding in findings:
        click.echo(str(finding))
    for what, variables in _NEEDS_MORE.items():
        missing = [name for name in variables if not getattr(settings, name)]
        if missing and not (settings.signs_in_itself and "issuer" in variables):
            given = " and ".join(map(variable_name, missing))
            click.echo(f"Not examined: {what}, without {given}.")
    click.echo(f"{len(findings)} findings" if findings else "Nothing to mend.")
    sys.exit(bool(findings))
