"""The command `gerbang doctor`."""

import asyncio
import sys

import click

from gateway.doctor import examine
from gateway.settings import Command, read_settings, variable_name

#: Examinations that are skipped unless these settings are given.
_OPTIONAL_EXAMINATIONS = {
    "the seal": ("seal_key",),
    "the provider": ("issuer", "jwks_url"),
    "the folder of checkpoints": ("checkpoints",),
    "the key service": ("key_service", "credentials"),
}


@click.command()
def doctor() -> None:
    """Examine this installation: what is wrong, why it matters, how to mend it."""
    settings = read_settings(command=Command.DOCTOR)
    findings = asyncio.run(examine(settings))
    for finding in findings:
        click.echo(str(finding))
    for what, variables in _OPTIONAL_EXAMINATIONS.items():
        missing = [name for name in variables if not getattr(settings, name)]
        if missing and not (settings.signs_in_itself and "issuer" in variables):
            names = " and ".join(map(variable_name, missing))
            click.echo(f"Not examined: {what}, without {names}.")
    click.echo(f"{len(findings)} findings" if findings else "Nothing to mend.")
    sys.exit(bool(findings))
