"""The command `gerbang rehearse`: whether a backup of the database and one of the keys bring
everybody back."""

import asyncio
import sys
from pathlib import Path

import click

from gateway.access.key_service_clients import key_service_for
from gateway.cli.database_errors import explain_database_errors
from gateway.settings import Command, Settings, read_settings
from models.account.notes import read_public_key
from models.database.connections import connected
from models.key_service import KeyServiceError, LocalKeyService
from models.rights import rehearsing


@click.command()
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the signed report is written.",
)
@click.option(
    "--check",
    "checked",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check a report instead, with --public-key.",
)
@click.option("--public-key", help="As `gerbang audit key` prints it.")
def rehearse(report: Path | None, checked: Path | None, public_key: str | None) -> None:
    """Try whether a restored copy of the database and one of the keys bring everybody back.

    Name copies that were restored for this alone: GERBANG_OWNER_URL, GERBANG_KEY_STORE, and
    GERBANG_KEY_SERVICE=file:… with the file of keys. Both may be of any instants: who was erased is
    erased again in them, who belongs together is noted again, everybody's key is opened, and who is
    lost is named. The exit code is 1 where somebody is.
    """
    if checked is not None:
        try:
            _show(rehearsing.read_report(checked.read_bytes(), read_public_key(public_key or "")))
        except ValueError as error:
            raise click.ClickException(f"{checked}: {error}") from None
        return
    settings = read_settings(command=Command.REHEARSE)
    with explain_database_errors("GERBANG_OWNER_URL"):
        try:
            done, signed = asyncio.run(_rehearse(settings))
        except KeyServiceError as error:
            raise click.ClickException(str(error)) from None
    _show(done)
    if report is not None:
        report.write_bytes(signed)
    sys.exit(bool(done.lost))


def _show(done: rehearsing.Rehearsal) -> None:
    click.echo(f"{done.verdict.capitalize()}.")
    click.echo(f"{done.erased_again:,} people who were erased had come back, and are erased again.")
    click.echo(f"{done.orphans:,} keys belong to nobody on file.")
    click.echo(
        f"{done.opened:,} of {done.people:,} people are opened; {len(done.lost):,} are lost."
    )
    for subject in done.lost:
        click.echo(f"    {subject}")


async def _rehearse(settings: Settings) -> tuple[rehearsing.Rehearsal, bytes]:
    keys = key_service_for(settings)
    if not isinstance(keys, LocalKeyService):
        raise click.ClickException(
            "A rehearsal changes copies alone: name the file of keys by GERBANG_KEY_SERVICE=file:…,"
            " and the copy of their store by GERBANG_KEY_STORE."
        )
    try:
        async with connected(settings.required_owner_url) as connection:
            done = await rehearsing.rehearse(keys, connection)
            return done, await rehearsing.sign(keys, done)
    finally:
        await keys.close()
