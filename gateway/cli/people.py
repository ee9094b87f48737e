"""The commands `gerbang people`: the index by which files of one person are found."""

from collections.abc import Collection
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
import click

from gateway.access.key_service_clients import key_service_for
from gateway.cli.database_errors import run_as_owner
from gateway.settings import Command, Settings, read_settings
from models.jobs.linker import index_everybody
from models.jobs.linking import forget_other_keys, forget_settled
from models.key_service import KeyUse, LocalKeys, LocalKeyService, Principal
from models.key_service.store import KeyStore


@click.group()
def people() -> None:
    """Index people anew with another key, so that their files are found by it."""


@people.command()
def rotate() -> None:
    """Put a new key before the one that writes: both are accepted.

    Then restart every gateway and keeper, run `gerbang people index`, and `gerbang people settle`.
    """
    file = _keys_file(read_settings(command=Command.PEOPLE))
    keys = LocalKeys.from_file(file)
    if len(keys.by_use[KeyUse.PERSON_INDEX]) > 1:
        raise click.ClickException("Two keys are accepted: run `gerbang people settle`.")
    keys.with_new_key(KeyUse.PERSON_INDEX).write(file)
    click.echo(f"{file}: a new key writes, the one before is accepted.")


@people.command()
def index() -> None:
    """Index everybody whom the key that writes has not indexed. Stopped, it goes on when run again.

    Nobody who was linked waits for it meanwhile. Whom nobody can read is left, and counted.
    """
    settings = read_settings(command=Command.PEOPLE)
    keys = key_service_for(settings, Principal.LOADER, waits=True)
    left = run_as_owner(settings.required_owner_url, partial(index_everybody, keys))
    if left:
        raise click.ClickException(f"{_left(left)} Everybody else is indexed.")
    click.echo("Everybody is indexed by the key that writes.")


@people.command()
@click.option(
    "--forget-kept", is_flag=True, help="Find nobody any more who was erased and is kept by law."
)
@click.option(
    "--forget-unreadable", is_flag=True, help="Find nobody any more whom nobody can read."
)
def settle(*, forget_kept: bool, forget_unreadable: bool) -> None:
    """End a rotation: nobody is found by the key of before. Restart every process afterwards.

    Whom `gerbang people index` has not indexed is indexed first.
    Whoever was erased, and is to be found again by law, cannot be indexed anew. While there is
    anybody, the key of before stays accepted, for them alone.
    """
    settings = read_settings(command=Command.PEOPLE)
    file = _keys_file(settings)
    settled = LocalKeys.from_file(file).with_one_key(KeyUse.PERSON_INDEX)
    if settings.key_store is None:
        raise click.ClickException("GERBANG_KEY_STORE is missing.")
    keys = LocalKeyService(settled, KeyStore(settings.key_store))

    async def forget(connection: asyncpg.Connection) -> None:
        left = await index_everybody(keys, connection)
        if left and not forget_unreadable:
            raise click.ClickException(
                f"{_left(left)} They are found by the key of before alone: both keys stay accepted."
                " Run this again once they can be read, or with --forget-unreadable."
            )
        kept = await forget_settled(keys, connection, left)
        if kept and not forget_kept:
            raise click.ClickException(
                f"{kept} people who were erased are found by the key of before alone, as the law"
                " wants it: both keys stay accepted. Run this again when their periods have ended,"
                " or with --forget-kept."
            )
        await forget_other_keys(keys, connection)

    run_as_owner(settings.required_owner_url, forget)
    settled.write(file)
    settled.destroy_retired(file)
    click.echo(f"{file}: one key is left.")


def _left(people: Collection[UUID]) -> str:
    return f"{len(people)} on file cannot be read: `gerbang vault compare` says why."


def _keys_file(settings: Settings) -> Path:
    kind, _, path = _address(settings).partition(":")
    if kind != "file":
        raise click.ClickException(
            "A rotation changes the file of keys: run it where that is, with"
            " GERBANG_KEY_SERVICE=file:…, while no key service runs."
        )
    return Path(path)


def _address(settings: Settings) -> str:
    if settings.key_service is None:
        raise click.ClickException("GERBANG_KEY_SERVICE is missing.")
    return settings.key_service
