"""The commands `gerbang audit`: whether the account is what was signed."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.database_errors import explain_database_errors
from gateway.settings import Command, Settings, read_settings
from models.account import AccountError, CheckpointFolder, begin_anew, verify
from models.account.findings import Report
from models.account.notes import verifier_key
from models.database.connections import connect
from models.key_service import KeyUse, key_service_at


@click.group()
def audit() -> None:
    """Verify the account of reads, decisions and changes against what was signed outside."""


@audit.command("verify")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Look at rows from then on (UTC); the tree is always verified as a whole.",
)
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with a checkpoint that somebody kept elsewhere, too.",
)
def verify_account(since: datetime | None, checkpoint: Path | None) -> None:
    """Name what was changed, removed, cut off, reordered, forged, unrecorded or rolled back.

    The exit code is 1 where there is any.
    """
    settings = read_settings(command=Command.AUDIT)
    instant = since.replace(tzinfo=UTC) if since else None
    with explain_database_errors("GERBANG_OWNER_URL"):
        report = asyncio.run(_verify(settings, instant, checkpoint))
    for finding in report.findings:
        click.echo(str(finding))
    assert report.checkpoint
    click.echo(
        f"{report.entries:,} entries in {report.seconds:.1f} s, against {report.checkpoint.size:,}"
        f" leaves signed at {report.checkpoint.signed_at:%Y-%m-%d %H:%M:%S} UTC;"
        f" {report.unsigned:,} are to be signed"
    )
    click.echo(f"{len(report.findings)} findings" if report.findings else "Nothing was rewritten.")
    sys.exit(bool(report.findings))


@audit.command("key")
def print_key() -> None:
    """Print the key by which others verify checkpoints (C2SP signed notes)."""
    settings = read_settings(command=Command.AUDIT)
    assert settings.key_service
    keys = key_service_at(settings.key_service)
    for public_key in asyncio.run(keys.public_keys(KeyUse.CHECKPOINT)).values():
        click.echo(verifier_key(public_key))


@audit.command()
def begin() -> None:
    """Begin in a new, empty folder of checkpoints, as after a backup was restored.

    Keep the old folder: it says what was lost.
    """
    settings = read_settings(command=Command.AUDIT)
    with explain_database_errors("GERBANG_OWNER_URL"):
        asyncio.run(_begin(settings))
    click.echo("The next pass of `gerbang keep` signs all that is there.")


async def _begin(settings: Settings) -> None:
    assert settings.checkpoints
    connection = await connect(settings.required_owner_url)
    try:
        await begin_anew(connection, CheckpointFolder(settings.checkpoints))
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    finally:
        await connection.close()


async def _verify(settings: Settings, since: datetime | None, checkpoint: Path | None) -> Report:
    assert settings.key_service
    assert settings.checkpoints
    keys, folder = key_service_at(settings.key_service), CheckpointFolder(settings.checkpoints)
    connection = await connect(settings.required_owner_url)
    try:
        return await verify(connection, keys, folder, since=since, checkpoint=checkpoint)
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    finally:
        await connection.close()
