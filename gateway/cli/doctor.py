"""The command `gerbang doctor`."""

import asyncio
import logging
import re
import signal
import sys
from importlib.metadata import version

import click

from gateway.cli.starting import logging_as
from gateway.doctor import Finding, examine
from gateway.settings import Command, Settings, read_settings, variable_name
from models.logs import PLACE, facts

#: Examinations that are skipped unless these settings are given.
_OPTIONAL_EXAMINATIONS = {
    "the seal": ("seal_key",),
    "the provider": ("issuer", "jwks_url"),
    "the folder of checkpoints": ("checkpoints",),
    "the key service": ("key_service", "credentials"),
}

#: A finding whose numbers alone have changed is the same.
_NUMBER = re.compile(r"\d+")

log = logging.getLogger(__name__)


@click.command()
@click.option(
    "--continuous",
    is_flag=True,
    help="Go on until SIGTERM: a line of the log for each finding that is new, and for each that is"
    " mended.",
)
@click.option(
    "--every",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    help="Seconds between two examinations.",
)
def doctor(*, continuous: bool, every: float) -> None:
    """Examine this installation: what is wrong, why it matters, how to mend it."""
    settings = read_settings(command=Command.DOCTOR)
    if continuous:
        with logging_as(settings):
            asyncio.run(_watch(settings, every))
        return
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


async def _watch(settings: Settings, every: float) -> None:
    """Examine again and again, and say what is new and what is mended."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    log.info("start", extra=facts(version=version("gerbang"), process="doctor"))
    known = dict[str, Finding]()
    while not stop.is_set():
        found = {_NUMBER.sub("", one.what): one for one in await examine(settings)}
        for name, new in found.items():
            if name not in known:
                told = facts(what=new.what, fault=new.fault, remedy=new.mend)
                log.warning("finding", extra={PLACE: name, **told})
        for name, old in known.items():
            if name not in found:
                log.info("mended", extra=facts(what=old.what, fault=old.fault))
        known = found
        try:
            await asyncio.wait_for(stop.wait(), every)
        except TimeoutError:
            continue
    log.info("stop", extra=facts(findings=len(known)))
