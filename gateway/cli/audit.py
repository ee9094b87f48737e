"""The commands `gerbang audit`: whether the account is what was signed."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from gateway.access.key_service_clients import key_service_for
from gateway.cli.database_errors import explain_database_errors
from gateway.settings import Command, Settings, read_settings
from models.account import (
    AccountError,
    CheckpointFolder,
    reconcile_all,
    restart_account,
    verify,
)
from models.account.cosignatures import Witness
from models.account.findings import Report, Tampering
from models.account.notes import read_public_key, verifier_key
from models.account.proven_reads import ProvenReads
from models.account.proving import check_entry, check_since, prove_entry, prove_since
from models.database.connections import connect
from models.database.url import read_database_url
from models.key_service import KeyServiceError, KeyUse, LocalKeys, Principal

#: That of gateways, where the auditor names none in GERBANG_DATABASE_URL.
_LOGIN = "gerbang_gateway"
_USES = {
    "seals": KeyUse.ACCESS_LOG,
    "signatures": KeyUse.CHECKPOINT,
    "visas": KeyUse.VISA,
    "look-ups": KeyUse.LOOK_UP,
}
_WHAT = click.argument("what", type=click.Choice([*_USES]))
_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_FILE = click.argument("file", type=_EXISTING)
_PINNED = click.option(
    "--public-key", "pinned", multiple=True, required=True, help="As of `verify`."
)
_WITNESSES = click.option(
    "--witness",
    "witnesses",
    multiple=True,
    help="What `gerbang witness key` prints: it must have cosigned.",
)


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
    type=_EXISTING,
    help="Compare with a checkpoint that somebody kept elsewhere, too.",
)
@click.option(
    "--public-key",
    "pinned",
    multiple=True,
    help="Believe signatures by this key alone, whatever the key service says: a file with what"
    " `gerbang audit key` printed, or the key itself, also in hexadecimal or base64. Can be"
    " repeated, as during a rotation.",
)
def verify_account(
    since: datetime | None, checkpoint: Path | None, pinned: tuple[str, ...]
) -> None:
    """Name what was changed, removed, cut off, reordered, forged, unrecorded, rolled back, dropped
    early or contradicted; whom the key service opened without an entry of the log of reads, or the
    log names without a receipt of the key service: but for the last minutes; and what was altered
    of the database: triggers, functions, rules, grants and settings of roles.

    The exit code is 1 where there is any.
    """
    settings = read_settings(command=Command.AUDIT)
    instant = since.replace(tzinfo=UTC) if since else None
    with explain_database_errors("GERBANG_OWNER_URL"):
        report = asyncio.run(_verify(settings, instant, checkpoint, pinned))
    for finding in report.findings:
        click.echo(str(finding))
    assert report.checkpoint
    click.echo(
        f"{report.entries:,} entries in {report.seconds:.1f} s, against {report.checkpoint.size:,}"
        f" leaves signed at {report.checkpoint.signed_at:%Y-%m-%d %H:%M:%S} UTC;"
        f" {report.unsigned:,} are to be signed"
    )
    click.echo(f"{report.receipts:,} receipts of the key service were compared with the log")
    for key_id, number in sorted(report.sealed_by.items()):
        click.echo(f"{number:,} entries are sealed by the key {key_id}")
    if report.dropped and report.dropped_before:
        click.echo(
            f"{report.dropped:,} entries were let go by age: all were written before"
            f" {report.dropped_before:%Y-%m-%d %H:%M:%S} UTC"
        )
    click.echo(f"{len(report.findings)} findings" if report.findings else "Nothing was rewritten.")
    sys.exit(bool(report.findings))


@audit.command()
@click.argument("table", required=False)
@click.argument("key", type=click.UUID, required=False)
@click.option(
    "--since",
    type=_EXISTING,
    help="Prove that the account continues this checkpoint, which somebody kept.",
)
def prove(table: str | None, key: UUID | None, since: Path | None) -> None:
    """Print a proof that the entry of TABLE with KEY is in the account (C2SP tlog-proof), or that
    the account continues an older checkpoint: for anybody to verify offline.
    """
    settings = read_settings(command=Command.AUDIT)
    assert settings.checkpoints
    folder = CheckpointFolder(settings.checkpoints)
    if since is not None:
        click.echo(prove_since(folder, since), nl=False)
        return
    if table is None or key is None:
        raise click.UsageError("name TABLE and KEY, or a checkpoint with --since")
    with explain_database_errors("GERBANG_OWNER_URL"):
        click.echo(asyncio.run(_prove_entry(settings, folder, table, key)), nl=False)


@audit.command()
@_FILE
@_PINNED
@_WITNESSES
@click.option(
    "--checkpoint",
    type=_EXISTING,
    help="The older checkpoint that a proof of continuation begins with.",
)
def check(
    file: Path, pinned: tuple[str, ...], witnesses: tuple[str, ...], checkpoint: Path | None
) -> None:
    """Verify a proof of `prove` offline: no database, no key service. The exit code is 1 where it
    proves nothing.
    """
    public = {key: read_public_key(key) for one in pinned for key in keys_in(one)}
    cosigners = [Witness.read(one) for one in witnesses]
    proof = file.read_text(encoding="utf-8")
    if checkpoint is not None:
        click.echo(check_since(proof, checkpoint, public, cosigners))
    else:
        click.echo(check_entry(proof, public, cosigners))


@audit.command()
@_FILE
@_PINNED
@_WITNESSES
@click.option(
    "--earlier",
    type=_EXISTING,
    help="A file of before: what it proves must still be listed.",
)
def reads(
    file: Path, pinned: tuple[str, ...], witnesses: tuple[str, ...], earlier: Path | None
) -> None:
    """Verify offline who read one's data: FILE is the download of the page My data.

    Each read is compared with its proof: when, in which role, why and what; by whom, and for which
    case, it does not tell. The exit code is 1 where one is not proven, or no longer listed.
    """
    public = {key: read_public_key(key) for one in pinned for key in keys_in(one)}
    cosigners = [Witness.read(one) for one in witnesses]
    listed = ProvenReads.verify(file, public, cosigners)
    faults = list(listed.faults)
    if earlier is not None:
        before = ProvenReads.verify(earlier, public, cosigners).by_key
        faults += [
            f"{lines} is in the account ({entry.where}), and is not listed any more"
            for key, (lines, entry) in before.items()
            if key not in listed.by_key
        ]
    for line, entry in listed.by_key.values():
        click.echo(f"{line}: {entry.where}")
    for line in listed.waiting:
        click.echo(f"{line}: waits for the next checkpoint")
    for fault in faults:
        click.echo(f"FALSE: {fault}")
    click.echo(f"{len(listed.by_key):,} reads are in the account; {len(faults):,} findings")
    sys.exit(bool(faults))


@audit.command("key")
def print_key() -> None:
    """Print the key by which others verify checkpoints (C2SP signed notes)."""
    settings = read_settings(command=Command.AUDIT)
    assert settings.key_service
    keys = key_service_for(settings)
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


@audit.command("rotate")
@_WHAT
@_FILE
def rotate_key(what: str, file: Path) -> None:
    """Put a new key into FILE, the key service's, which takes it at once; both are accepted.

    `seals` are those of entries by gateways, `signatures` those of checkpoints, `visas` those of
    visas in hand, `look-ups` those of whom look-ups were for. Nothing waits.
    """
    keys, use = LocalKeys.from_file(file), _USES[what]
    if len(keys.by_use[use]) > 1:
        raise click.ClickException(f"Two keys are accepted: run `gerbang audit retire {what}`.")
    keys.with_new_key(use).write(file)
    click.echo(f"{file}: a new key makes the {what}, the one before is accepted.")


@audit.command("retire")
@_WHAT
@_FILE
def retire_key(what: str, file: Path) -> None:
    """End a rotation: take the key of before out of FILE.

    What it sealed or signed is found to be forged from then on. So `signatures` once the next
    checkpoint is signed; `seals` once `gerbang audit verify` counts none by it any more; `visas` at
    any time: what they signed stays good. Look-ups of before are compared with nobody any more:
    retire the key of `look-ups` only if it was stolen, or once the log keeps none of them.
    """
    keys = LocalKeys.from_file(file).with_one_key(_USES[what])
    keys.write(file)
    keys.destroy_retired(file)
    click.echo(f"{file}: one key of the {what} is left.")


async def _begin(settings: Settings) -> None:
    assert settings.checkpoints
    connection = await connect(settings.required_owner_url)
    try:
        await restart_account(connection, CheckpointFolder(settings.checkpoints))
    except AccountError as error:
        raise click.ClickException(str(error)) from None
    finally:
        await connection.close()


async def _verify(
    settings: Settings, since: datetime | None, checkpoint: Path | None, pinned: Sequence[str]
) -> Report:
    # It knows the whole schema, which checking a proof offline does not wait for.
    from gateway.doctor import find_alterations

    assert settings.key_service
    assert settings.checkpoints
    keys, folder = key_service_for(settings), CheckpointFolder(settings.checkpoints)
    connection = await connect(settings.required_owner_url)
    try:
        public = {key: read_public_key(key) for one in pinned for key in keys_in(one)}
        report = await verify(
            connection,
            keys,
            folder,
            since=since,
            checkpoint=checkpoint,
            public_keys=public,
            witnesses=settings.witnesses,
        )
        if settings.keeps_receipts:
            receipts = key_service_for(settings, Principal.AUDITOR)
            await reconcile_all(receipts, connection, report)
        login = read_database_url(settings.database_url).user if settings.database_url else _LOGIN
        for altered in await find_alterations(connection, login):
            report.add(Tampering.ALTERED, altered.what)
        return report
    except (AccountError, KeyServiceError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        await connection.close()


async def _prove_entry(settings: Settings, folder: CheckpointFolder, table: str, key: UUID) -> str:
    connection = await connect(settings.required_owner_url)
    try:
        return await prove_entry(connection, folder, table, key)
    finally:
        await connection.close()


def keys_in(pinned: str) -> list[str]:
    """The lines of a file, or what was given, if there is no such file. Raises AccountError."""
    file = Path(pinned)
    try:
        return file.read_text(encoding="ascii").split() if file.is_file() else [pinned]
    except (OSError, UnicodeDecodeError) as error:
        raise AccountError(f"{file} cannot be read ({type(error).__name__})") from None
