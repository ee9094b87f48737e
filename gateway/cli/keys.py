"""The command `gerbang keys`, which serves keys to gateways and keepers over a Unix socket."""

import asyncio
from pathlib import Path

import click

from models.key_service import create_key_file
from models.key_service.process import UNWRAPS_A_MINUTE, serve_keys


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("socket", type=click.Path(path_type=Path))
@click.option(
    "--second",
    type=click.Path(path_type=Path),
    help="The second copy of the data keys: on another disk.",
)
@click.option(
    "--unwraps",
    default=UNWRAPS_A_MINUTE,
    show_default=True,
    help="How many data keys are opened a minute, at most.",
)
def keys(file: Path, socket: Path, second: Path | None, unwraps: int) -> None:
    """Serve the keys of FILE on SOCKET, which gateways and keepers name by GERBANG_KEY_SERVICE.

    FILE is made where there is none. The data keys lie beside it.
    """
    create_key_file(file)
    asyncio.run(serve_keys(file, socket, second, unwraps))
