"""The command `gerbang keys`, which serves keys to gateways, the LINKER and keepers over Unix
sockets."""

import os
from pathlib import Path

import click

from gateway.access.judge_rules import judge_rules
from gateway.settings import Command, read_settings
from models.key_service import Address, create_key_file
from models.key_service.addresses import require_certificates
from models.key_service.process import (
    DIGESTS_A_MINUTE,
    LOG_LEVELS,
    STORE,
    UNWRAPS_A_MINUTE,
    command,
    credentials_beside,
)


class _AddressType(click.ParamType[Address]):
    """The path of a socket, or an address."""

    name = "address"

    def convert(
        self, value: str | Address, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        if isinstance(value, Address):
            return value
        try:
            return Address.of_argument(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("socket", type=_AddressType())
@click.option(
    "--unwraps",
    default=UNWRAPS_A_MINUTE,
    show_default=True,
    help="How many data keys are opened a minute, at most.",
)
@click.option(
    "--digests",
    default=DIGESTS_A_MINUTE,
    show_default=True,
    help="How many digests of people are made a minute, at most: of each person there are two.",
)
@click.option(
    "--signing",
    type=_AddressType(),
    help="The socket on which alone checkpoints of the account are signed, and people erased.  "
    "[default: SOCKET.signing]",
)
@click.option(
    "--linking",
    type=_AddressType(),
    help="The socket on which people are opened without a viewer, to link them.  "
    "[default: SOCKET.linking]",
)
@click.option(
    "--credentials",
    type=click.Path(path_type=Path),
    help="The folder with the credentials of whoever asks without a viewer; one that is missing is"
    " made.  [default: GERBANG_CREDENTIALS, or beside FILE]",
)
@click.option(
    "--log-level",
    type=click.Choice(LOG_LEVELS),
    default="info",
    envvar="GERBANG_LOG_LEVEL",
    show_default=True,
    help="How much is logged (GERBANG_LOG_LEVEL).",
)
def keys(
    file: Path,
    socket: Address,
    unwraps: int,
    digests: int,
    signing: Address | None,
    linking: Address | None,
    credentials: Path | None,
    log_level: str,
) -> None:
    """Serve the keys of FILE on SOCKET, which gateways name by GERBANG_KEY_SERVICE.

    FILE is made where there is none. The data keys that it wraps are in the database of
    GERBANG_KEY_STORE, which `gerbang vault prepare` makes ready; any number of services share it.
    SOCKET is a path, or tcp:HOST:PORT with the certificates of GERBANG_KEY_SERVICE_CERTIFICATE,
    …_PRIVATE_KEY and …_AUTHORITY: then nobody is answered who shows none of that authority.
    On SOCKET people are opened for viewers, whose tokens are checked as gateways check them: give
    both the same settings of the provider. Keepers name the sockets of `--signing` and `--linking`
    by GERBANG_SIGNING_SERVICE and GERBANG_LINKING_SERVICE; no gateway reaches them. Each principal
    that asks there shows a credential of its own, which it has in its folder GERBANG_CREDENTIALS.
    """
    settings = read_settings(command=Command.KEYS)
    rules = judge_rules(settings)
    create_key_file(file)
    if socket.is_remote and not (signing and linking):
        raise click.ClickException("Beside an address by TCP, --signing and --linking are named.")
    signing, linking = signing or socket.beside("signing"), linking or socket.beside("linking")
    certificates = settings.key_service_certificates
    require_certificates([socket, signing, linking], certificates)
    credentials = credentials or settings.credentials or credentials_beside(file)
    program = command(
        *(file, socket, unwraps, signing, digests, linking),
        *(rules.to_json(), credentials, certificates, log_level),
        metrics=(settings.metrics_host, settings.keys_port) if settings.keys_port else None,
    )
    environment = {**os.environ, STORE: settings.required_key_store}
    # Which then loads nothing that it does not need.
    os.execve(program[0], program, environment)  # noqa: S606
