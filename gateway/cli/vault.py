"""The commands `gerbang vault`: the keys by which people are sealed."""

import asyncio
import sys
from pathlib import Path

import click

from gateway.access.key_service_clients import key_service_for
from gateway.cli.database_errors import explain_database_errors
from gateway.settings import Command, Settings, read_settings
from models.account import AccountError
from models.database.connections import connected
from models.jobs.relating import relate_everybody
from models.key_service import KeyServiceError, KeyUse, LocalKeys, Principal, create_key_file
from models.key_service.preparing import prepare_store
from models.key_service.rotation import begin_rotation, rotate_data_keys
from models.rights.key_comparison import KeyComparison, RelativeAge, compare_keys
from models.rights.orphan_keys import Sweep, preview
from models.rights.orphan_keys import sweep as sweep_keys

_EVERY = 10_000
#: What moves the keys of each use from the file into its token.
_ROTATIONS = {
    KeyUse.PERSON_INDEX: "gerbang people rotate",
    KeyUse.DATA_KEY: "gerbang vault rotate",
    KeyUse.ACCESS_LOG: "gerbang audit rotate seals",
    KeyUse.CHECKPOINT: "gerbang audit rotate signatures",
    KeyUse.VISA: "gerbang audit rotate visas",
    KeyUse.LOOK_UP: "gerbang audit rotate look-ups",
}
#: Of the people without a key, so many are named.
_MOST_NAMED = 20


@click.group()
def vault() -> None:
    """Keep the keys by which people are sealed."""


@vault.command()
def prepare() -> None:
    """Make the tables of the key service in its own database, and the login of GERBANG_KEY_STORE.

    Run it as the owner of that database (GERBANG_KEY_STORE_OWNER), once and after each upgrade.
    """
    settings = read_settings(command=Command.PREPARE)
    with explain_database_errors("GERBANG_KEY_STORE_OWNER"):
        asyncio.run(prepare_store(settings.key_store_owner or "", settings.required_key_store))
    click.echo("The store of the data keys is ready.")


@vault.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("address", metavar="URI")
def token(file: Path, address: str) -> None:
    """Keep the keys of FILE in a PKCS#11 token, without which a copy of FILE opens nothing.

    URI is pkcs11:token=LABEL?module-path=LIBRARY&pin-source=FILE_OF_PIN. FILE is made where there
    is none. In one that is there, new keys are the token's: rotate those of before.
    """
    if not file.exists():
        create_key_file(file, address)
    else:
        LocalKeys.from_file(file).with_token(address).write(file)
    for use in LocalKeys.from_file(file).uses_in_file():
        click.echo(f"A key still stands in {file} as it is: run `{_ROTATIONS[use]}`.")
    click.echo(f"{file}: new keys are made in the token.")


@vault.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--begin",
    is_flag=True,
    help="Put the new key into FILE alone, to copy it to every key service before the rest.",
)
def rotate(file: Path, *, begin: bool) -> None:
    """Wrap all data keys by a new key of FILE, and retire the one before.

    Run it where the key service runs, as its user; everything goes on meanwhile. Stopped, it goes
    on when it is run again. Where several services have a FILE of their own, run it with --begin
    first, copy FILE to each, run it without, and copy FILE again.
    """
    if begin:
        try:
            begin_rotation(file)
        except KeyServiceError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{file}: a new key writes, the one before is accepted.")
        return
    store = read_settings(command=Command.ROTATE).required_key_store
    reported = 0

    def report(done: int, number: int) -> None:
        nonlocal reported
        if done - reported >= _EVERY:
            reported = done
            click.echo(f"{done:,} of {number:,} data keys")

    try:
        done = asyncio.run(rotate_data_keys(file, store, report))
    except KeyServiceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{done:,} data keys are wrapped by a new key; {file} has no other any more.")


@vault.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would be swept.")
@click.option(
    "--most",
    type=click.IntRange(1, 100_000),
    help="How many keys may have no subject: more than a hundredth of all is refused without it.",
)
def sweep(dry_run: bool, most: int | None) -> None:
    """Delete data keys whose subject was never written, as the keeper does by itself.

    Nothing is deleted that is younger than GERBANG_SWEEP_DAYS, or in a database that does not know
    the last sweep. The exit code is 1 where it is refused.
    """
    settings = read_settings(command=Command.VAULT)
    with explain_database_errors("GERBANG_OWNER_URL"):
        try:
            done = asyncio.run(_sweep(settings, most, dry_run=dry_run))
        except (AccountError, KeyServiceError) as error:
            raise click.ClickException(str(error)) from None
    if done.refused is not None:
        raise click.ClickException(f"{done.refused}.")
    what = "would be swept" if dry_run else "are swept"
    number = len(done.orphans) if dry_run else done.swept
    click.echo(f"{number:,} of {done.keys:,} data keys belong to nobody and {what}.")


@vault.command()
def relate() -> None:
    """Tell the key service who belongs together, by the database as it is now, and have it open
    nobody else from now on.

    Run it once on a database from before the key service kept relations, and after a store of keys
    was restored that is older than the database. Whoever runs it vouches for the database.
    """
    settings = read_settings(command=Command.VAULT)
    with explain_database_errors("GERBANG_OWNER_URL"):
        try:
            number = asyncio.run(relate_now(settings))
        except KeyServiceError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{number:,} relations are noted, and nobody is opened without one.")


@vault.command()
def compare() -> None:
    """Compare the data keys with the people on file, as after one of both was restored.

    Nothing is changed. The exit code is 1 where they are not of the same instant.
    """
    settings = read_settings(command=Command.VAULT)
    with explain_database_errors("GERBANG_OWNER_URL"):
        try:
            found = asyncio.run(_compare(settings))
        except KeyServiceError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{found.people:,} people are on file, and there are {found.keys:,} data keys.")
    click.echo(f"{len(found.lost):,} people have no key, so that nobody can read them.")
    for subject in found.lost[:_MOST_NAMED]:
        click.echo(f"    {subject}")
    click.echo(f"{found.orphans:,} keys belong to nobody on file.")
    click.echo(f"{found.verdict.capitalize()}.")
    sys.exit(found.verdict is not RelativeAge.SAME)


async def _compare(settings: Settings) -> KeyComparison:
    keys = key_service_for(settings, Principal.AUDITOR)
    async with connected(settings.required_owner_url) as connection:
        return await compare_keys(keys, connection)


async def relate_now(settings: Settings) -> int:
    keys = key_service_for(settings, Principal.LOADER, waits=True)
    async with connected(settings.required_owner_url) as connection:
        number = await relate_everybody(keys, connection)
    await keys.judge_everybody()
    return number


async def _sweep(settings: Settings, most: int | None, *, dry_run: bool) -> Sweep:
    keys = key_service_for(settings, Principal.KEEPER)
    async with connected(settings.required_owner_url) as connection:
        run = preview if dry_run else sweep_keys
        return await run(keys, connection, settings.sweep_days, most)
