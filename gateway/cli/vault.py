"""The commands `gerbang vault`: the keys by which people are sealed."""

from pathlib import Path

import click

from models.key_service import KeyServiceError
from models.key_service.rotation import rotate_data_keys

_EVERY = 10_000


@click.group()
def vault() -> None:
    """Keep the keys by which people are sealed."""


@vault.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--second",
    type=click.Path(path_type=Path),
    help="The second copy of the data keys, as `gerbang keys` has it.",
)
def rotate(file: Path, second: Path | None) -> None:
    """Wrap all data keys by a new key of FILE, and retire the one before.

    Run it where the key service runs, as its user; everything goes on meanwhile. Stopped, it goes
    on when it is run again.
    """
    told = 0

    def tell(done: int, number: int) -> None:
        nonlocal told
        if done - told >= _EVERY:
            told = done
            click.echo(f"{done:,} of {number:,} data keys")

    try:
        done = rotate_data_keys(file, second, tell)
    except KeyServiceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{done:,} data keys are wrapped by a new key; {file} has no other any more.")
